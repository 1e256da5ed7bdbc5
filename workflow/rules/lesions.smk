LESION_CONDITIONS = lesion_conditions(config)
LESION_BATCHES = lesion_batches(config)


rule select_lesion_units:
    """The units that each lesion of the study cuts out: targeted, random, as active, at the bottom."""
    input:
        units="results/{model}/intact/units.csv",
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        sets="results/{model}/lesions/sets.csv",
        record="results/{model}/records/select_lesion_units.json",
    log:
        "results/{model}/logs/select_lesion_units.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "select_lesion_units",
            {
                "rng_seed": config["lesion_study"]["rng_seed"],
                "sets": lesion_sets(config),
            },
        ),
    script:
        "../scripts/select_lesion_units.py"


rule generate_lesions:
    """Tunes of some conditions of the lesion study, from the same random streams as the intact network's."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        sets="results/{model}/lesions/sets.csv",
    output:
        tunes=temp("results/{model}/lesions/batches/{batch}.h5"),
        record="results/{model}/records/generate_lesions_{batch}.json",
    log:
        "results/{model}/logs/generate_lesions_{batch}.log",
    benchmark:
        "results/{model}/benchmarks/generate_lesions_{batch}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("generate_lesions", config),
        runtime=runtime_minutes("generate_lesions", config),
    params:
        job=lambda wildcards: job_params(
            "generate_lesions", lesion_batch_block(config, int(wildcards.batch))
        ),
    script:
        "../scripts/generate_lesions.py"


rule gather_lesions:
    """Join the tunes of all lesions; the number of batches leaves no trace."""
    input:
        batches=expand(
            "results/{{model}}/lesions/batches/{batch}.h5",
            batch=range(len(LESION_BATCHES)),
        ),
    output:
        tunes="results/{model}/lesions/tunes.h5",
        record="results/{model}/records/gather_lesions.json",
    log:
        "results/{model}/logs/gather_lesions.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("gather_lesions", config),
        runtime=runtime_minutes("gather_lesions", config),
    params:
        job=job_params("gather_lesions", {}),
    script:
        "../scripts/gather_lesions.py"


rule count_lesions:
    """What came of every tune under every lesion: bars, length, end, token classes, probability."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        intact_tunes="results/{model}/intact/tunes.h5",
        lesion_tunes="results/{model}/lesions/tunes.h5",
    output:
        outcomes="results/{model}/lesions/outcomes.csv",
        record="results/{model}/records/count_lesions.json",
    log:
        "results/{model}/logs/count_lesions.log",
    benchmark:
        "results/{model}/benchmarks/count_lesions.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("count_lesions", config),
        runtime=runtime_minutes("count_lesions", config),
    params:
        job=job_params("count_lesions", {"conditions": LESION_CONDITIONS}),
    script:
        "../scripts/count_lesions.py"
