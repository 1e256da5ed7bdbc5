rule select_units:
    """Mark the units whose power sits in the band of periods, and compare this selection with others."""
    input:
        spectra="results/{model}/intact/spectra.h5",
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        units="results/{model}/intact/units.csv",
        selection="results/{model}/selection.csv",
        record="results/{model}/records/select_units.json",
    log:
        "results/{model}/logs/select_units.log",
    benchmark:
        "results/{model}/benchmarks/select_units.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("select_units", config),
        runtime=runtime_minutes("select_units", config),
    params:
        job=job_params(
            "select_units",
            config["selection"]
            | {
                key: by_layer(config["selection"][key], config)
                for key in ("share_of_layer", "power_fraction_above")
            }
            | {
                key: config["spectra"][key]
                for key in ("population_segment_steps", "shown_tune_index")
            },
        ),
    script:
        "../scripts/select_units.py"


rule excise_units:
    """Cut the selected units of one layer out of the network."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        units="results/{model}/intact/units.csv",
    output:
        checkpoint="results/{model}/{lesion}/checkpoint.h5",
        record="results/{model}/records/excise_units_{lesion}.json",
    log:
        "results/{model}/logs/excise_units_{lesion}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=lambda wildcards: job_params(
            "excise_units", excision_block(config, wildcards.lesion)
        ),
    script:
        "../scripts/excise_units.py"


rule compare_specifications:
    """What the article's criterion selects in the shown tune under every reading of it."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        specifications="results/{model}/specifications.csv",
        record="results/{model}/records/compare_specifications.json",
    log:
        "results/{model}/logs/compare_specifications.log",
    benchmark:
        "results/{model}/benchmarks/compare_specifications.tsv"
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "compare_specifications",
            config["specifications"]
            | {"tune_index": config["spectra"]["shown_tune_index"]},
        ),
    script:
        "../scripts/compare_specifications.py"
