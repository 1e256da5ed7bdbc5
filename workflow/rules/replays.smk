rule manipulate_tunes:
    """The intact network's tunes without their bar tokens, and with each bar token moved."""
    input:
        tunes="results/{model}/intact/tunes.h5",
    output:
        deleted="results/{model}/bars_deleted/tunes.h5",
        jittered="results/{model}/bars_jittered/tunes.h5",
        record="results/{model}/records/manipulate_tunes.json",
    log:
        "results/{model}/logs/manipulate_tunes.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("manipulate_tunes", config["manipulation"]),
    script:
        "../scripts/manipulate_tunes.py"


rule estimate_responses:
    """Mean responses of all units around bar tokens at the input, against shifted bars, and what units follow."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
        jittered="results/{model}/bars_jittered/trajectories.h5",
        jittered_tunes="results/{model}/bars_jittered/tunes.h5",
    output:
        responses="results/{model}/responses.csv",
        curves="results/{model}/intact/responses.csv",
        record="results/{model}/records/estimate_responses.json",
    log:
        "results/{model}/logs/estimate_responses.log",
    benchmark:
        "results/{model}/benchmarks/estimate_responses.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_responses", config),
        runtime=runtime_minutes("estimate_responses", config),
    params:
        job=job_params("estimate_responses", config["responses"]),
    script:
        "../scripts/estimate_responses.py"


rule compare_replays:
    """How much power sits at the bar, and how probable `|` is, when the bar tokens read are deleted or moved."""
    input:
        spectra=expand("results/{{model}}/{replay}/spectra.h5", replay=REPLAYS),
        trajectories=expand(
            "results/{{model}}/{replay}/trajectories.h5", replay=REPLAYS
        ),
        tunes=expand("results/{{model}}/{replay}/tunes.h5", replay=REPLAYS),
    output:
        replays="results/{model}/replays.csv",
        record="results/{model}/records/compare_replays.json",
    log:
        "results/{model}/logs/compare_replays.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("compare_replays", config),
        runtime=runtime_minutes("compare_replays", config),
    params:
        job=job_params(
            "compare_replays",
            {
                "replays": list(REPLAYS),
                "period_steps": config["selection"]["period_steps"],
                "include_dc": config["selection"]["include_dc"],
            },
        ),
    script:
        "../scripts/compare_replays.py"


rule estimate_bar_ends:
    """Whether the output still tells where a bar ends when the bar tokens read are deleted or moved."""
    input:
        trajectories=expand(
            "results/{{model}}/{replay}/trajectories.h5",
            replay=[INTACT, *MANIPULATIONS],
        ),
        tunes=expand(
            "results/{{model}}/{replay}/tunes.h5", replay=[INTACT, *MANIPULATIONS]
        ),
    output:
        bar_ends="results/{model}/bar_ends.csv",
        record="results/{model}/records/estimate_bar_ends.json",
    log:
        "results/{model}/logs/estimate_bar_ends.log",
    benchmark:
        "results/{model}/benchmarks/estimate_bar_ends.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_bar_ends", config),
        runtime=runtime_minutes("estimate_bar_ends", config),
    params:
        job=job_params(
            "estimate_bar_ends",
            config["comparison"] | {"replays": [INTACT, *MANIPULATIONS]},
        ),
    script:
        "../scripts/estimate_bar_ends.py"
