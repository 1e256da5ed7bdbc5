rule plot_score:
    """The shown tune of a condition in staff notation, beside the one of the intact network."""
    input:
        tunes=lambda wildcards: [
            f"results/{wildcards.model}/{condition}/tunes.h5"
            for condition in dict.fromkeys([INTACT, wildcards.condition])
        ],
    output:
        score=report(
            "results/{model}/scores/{condition}.svg",
            caption="../report/score.rst",
            category="Scores",
        ),
        record="results/{model}/records/plot_score_{condition}.json",
    log:
        "results/{model}/logs/plot_score_{condition}.log",
    group:
        "figures"
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_score", {"tune_index": config["spectra"]["shown_tune_index"]}
        ),
    script:
        "../scripts/plot_score.py"


rule write_midi:
    """The shown tune of a condition as sound, repeats and endings unfolded."""
    input:
        tunes="results/{model}/{condition}/tunes.h5",
    output:
        midi="results/{model}/scores/{condition}.mid",
        record="results/{model}/records/write_midi_{condition}.json",
    log:
        "results/{model}/logs/write_midi_{condition}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "write_midi", {"tune_index": config["spectra"]["shown_tune_index"]}
        ),
    script:
        "../scripts/write_midi.py"
