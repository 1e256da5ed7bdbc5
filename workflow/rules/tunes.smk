rule generate_tunes:
    """Draw a share of a condition's tunes from its network, from the same random streams as every other condition."""
    input:
        checkpoint=lambda wildcards: (
            f"results/{wildcards.model}/{network_of(config, wildcards.condition)}/checkpoint.h5"
        ),
    output:
        tunes=temp("results/{model}/{condition}/shards/{shard}.h5"),
        record="results/{model}/records/generate_tunes_{condition}_{shard}.json",
    log:
        "results/{model}/logs/generate_tunes_{condition}_{shard}.log",
    benchmark:
        "results/{model}/benchmarks/generate_tunes_{condition}_{shard}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("generate_tunes", config),
        runtime=runtime_minutes("generate_tunes", config),
    params:
        job=lambda wildcards: job_params(
            "generate_tunes",
            generation_block(config, wildcards.condition, int(wildcards.shard)),
        ),
    script:
        "../scripts/generate_tunes.py"


rule gather_tunes:
    """Join the shares of a condition's tunes; the number of shards leaves no trace."""
    input:
        shards=expand(
            "results/{{model}}/{{condition}}/shards/{shard}.h5",
            shard=range(config["generation"]["n_shards"]),
        ),
    output:
        tunes="results/{model}/{condition}/tunes.h5",
        record="results/{model}/records/gather_tunes_{condition}.json",
    log:
        "results/{model}/logs/gather_tunes_{condition}.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("gather_tunes", config),
        runtime=runtime_minutes("gather_tunes", config),
    params:
        job=job_params("gather_tunes", {}),
    script:
        "../scripts/gather_tunes.py"


rule write_abc:
    """Write tunes as ABC; apart from drawing them, so that a change of the spelling draws nothing anew."""
    input:
        tunes="results/{model}/{condition}/tunes.h5",
    output:
        abc="results/{model}/{condition}/tunes.abc",
        record="results/{model}/records/write_abc_{condition}.json",
    log:
        "results/{model}/logs/write_abc_{condition}.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("write_abc", config),
        runtime=runtime_minutes("write_abc", config),
    params:
        job=job_params("write_abc", {}),
    script:
        "../scripts/write_abc.py"
