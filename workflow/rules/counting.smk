rule estimate_clocks:
    """What eighths and steps since the bar token each add to the prediction of every unit's state, against a null."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        clocks="results/{model}/clocks.csv",
        summary="results/{model}/clock_summary.csv",
        record="results/{model}/records/estimate_clocks.json",
    log:
        "results/{model}/logs/estimate_clocks.log",
    benchmark:
        "results/{model}/benchmarks/estimate_clocks.tsv"
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "estimate_clocks",
            config["count_study"]["clocks"]
            | {
                "confidence_level": config["comparison"]["confidence_level"],
                "n_resamples": config["comparison"]["n_resamples"],
            },
        ),
    script:
        "../scripts/estimate_clocks.py"


rule estimate_probe:
    """How well the eighths since the bar token can be decoded from each layer, in 4/4 and transferred to other metres."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        probe="results/{model}/probe.csv",
        record="results/{model}/records/estimate_probe.json",
    log:
        "results/{model}/logs/estimate_probe.log",
    benchmark:
        "results/{model}/benchmarks/estimate_probe.tsv"
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "estimate_probe",
            config["count_study"]["probe"]
            | {
                "confidence_level": config["comparison"]["confidence_level"],
                "n_resamples": config["comparison"]["n_resamples"],
            },
        ),
    script:
        "../scripts/estimate_probe.py"
