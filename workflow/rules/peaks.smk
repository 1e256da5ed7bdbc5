rule count_recurrences:
    """How many steps apart the tokens of the shown tune come back, singly, by class and as phrases."""
    input:
        tunes="results/{model}/intact/tunes.h5",
    output:
        recurrences="results/{model}/recurrences.csv",
        phrases="results/{model}/phrases.csv",
        record="results/{model}/records/count_recurrences.json",
    log:
        "results/{model}/logs/count_recurrences.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "count_recurrences", {"tune_index": config["spectra"]["shown_tune_index"]}
        ),
    script:
        "../scripts/count_recurrences.py"


rule select_peaks:
    """Peaks of the shown tune's mean spectra: sidelobe or not, above those of noise or not, and what recurs at each."""
    input:
        spectra="results/{model}/intact/spectra.h5",
        trajectories="results/{model}/intact/trajectories.h5",
        recurrences="results/{model}/recurrences.csv",
        phrases="results/{model}/phrases.csv",
    output:
        peaks="results/{model}/peaks.csv",
        record="results/{model}/records/select_peaks.json",
    log:
        "results/{model}/logs/select_peaks.log",
    benchmark:
        "results/{model}/benchmarks/select_peaks.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("select_peaks", config),
        runtime=runtime_minutes("select_peaks", config),
    params:
        job=job_params(
            "select_peaks",
            config["peaks"] | {"tune_index": config["spectra"]["shown_tune_index"]},
        ),
    script:
        "../scripts/select_peaks.py"


rule estimate_lines:
    """Spectral lines of the shown tune's units."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        lines="results/{model}/lines.csv",
        unit_lines="results/{model}/unit_lines.csv",
        record="results/{model}/records/estimate_lines.json",
    log:
        "results/{model}/logs/estimate_lines.log",
    benchmark:
        "results/{model}/benchmarks/estimate_lines.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_lines", config),
        runtime=runtime_minutes("estimate_lines", config),
    params:
        job=job_params(
            "estimate_lines",
            {
                "tune_index": config["spectra"]["shown_tune_index"],
                "time_half_bandwidth": config["lines"]["time_half_bandwidth"],
                "false_discovery_rate": config["lines"]["false_discovery_rate"],
            },
        ),
    script:
        "../scripts/estimate_lines.py"


rule estimate_coherence:
    """Coherence of all units with the bar tokens over all replayed tunes, against other tunes' bar tokens."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        coherence="results/{model}/coherence.csv",
        record="results/{model}/records/estimate_coherence.json",
    log:
        "results/{model}/logs/estimate_coherence.log",
    benchmark:
        "results/{model}/benchmarks/estimate_coherence.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_coherence", config),
        runtime=runtime_minutes("estimate_coherence", config),
    params:
        job=job_params(
            "estimate_coherence",
            {
                key: config["lines"][key]
                for key in ("time_half_bandwidth", "n_surrogates", "rng_seed")
            },
        ),
    script:
        "../scripts/estimate_coherence.py"


rule estimate_band_lines:
    """Units with a spectral line in the band of the selection, with all replayed tunes as evidence."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        band_lines="results/{model}/band_lines.csv",
        record="results/{model}/records/estimate_band_lines.json",
    log:
        "results/{model}/logs/estimate_band_lines.log",
    benchmark:
        "results/{model}/benchmarks/estimate_band_lines.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_band_lines", config),
        runtime=runtime_minutes("estimate_band_lines", config),
    params:
        job=job_params(
            "estimate_band_lines",
            {
                "period_steps": config["selection"]["period_steps"],
                "time_half_bandwidth": config["lines"]["time_half_bandwidth"],
                "false_discovery_rate": config["lines"]["false_discovery_rate"],
            },
        ),
    script:
        "../scripts/estimate_band_lines.py"
