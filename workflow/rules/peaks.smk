rule count_recurrences:
    """How many steps apart the tokens of the shown tune come back, singly, by class and as phrases."""
    input:
        tunes="results/{model}/intact/tunes.h5",
    output:
        recurrences="results/{model}/recurrences.csv",
        phrases="results/{model}/phrases.csv",
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
    """Peaks of the shown tune's mean spectra: real or a sidelobe, and the recurrences inside each."""
    input:
        spectra="results/{model}/intact/spectra.h5",
        recurrences="results/{model}/recurrences.csv",
        phrases="results/{model}/phrases.csv",
    output:
        peaks="results/{model}/peaks.csv",
    log:
        "results/{model}/logs/select_peaks.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("select_peaks", config["peaks"]),
    script:
        "../scripts/select_peaks.py"


rule plot_recurrences:
    """Peaks of the mean spectra above the recurrences of the tokens."""
    input:
        spectra="results/{model}/intact/spectra.h5",
        peaks="results/{model}/peaks.csv",
        phrases="results/{model}/phrases.csv",
        tunes="results/{model}/intact/tunes.h5",
    output:
        figure=report(
            expand("results/{{model}}/figures/recurrences.{suffix}", suffix=SUFFIXES),
            caption="../report/recurrences.rst",
            category="Figures",
        ),
        table="results/{model}/figures/recurrences.csv",
    log:
        "results/{model}/logs/plot_recurrences.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_recurrences", {"tune_index": config["spectra"]["shown_tune_index"]}
        ),
    script:
        "../scripts/plot_recurrences.py"
