# Nothing of the study depends on these; `snakemake results/{model}/seeds.csv` asks for them.


rule scan_seeds:
    """The seeds of a range whose first tune, by folk-rnn's own sampler, begins with given tokens."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        seeds="results/{model}/seeds/{shard}.csv",
        record="results/{model}/records/scan_seeds_{shard}.json",
    log:
        "results/{model}/logs/scan_seeds_{shard}.log",
    benchmark:
        "results/{model}/benchmarks/scan_seeds_{shard}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=500,
        runtime=60,
    params:
        job=lambda wildcards: job_params(
            "scan_seeds", seed_range_block(config, int(wildcards.shard))
        ),
    script:
        "../scripts/scan_seeds.py"


rule find_seed:
    """The tunes of the seeds that were found, and how far each is the unprinted tune of the articles."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        claims=local(code_file("resources/claims.yaml")),
        schema=local(code_file("workflow/schemas/claims.schema.yaml")),
        shards=expand(
            "results/{{model}}/seeds/{shard}.csv",
            shard=range(config["find_seed"]["n_shards"]),
        ),
    output:
        seeds="results/{model}/seeds.csv",
        record="results/{model}/records/find_seed.json",
    log:
        "results/{model}/logs/find_seed.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "find_seed",
            {key: config["find_seed"][key] for key in ("prompt", "temperature")},
        ),
    script:
        "../scripts/find_seed.py"
