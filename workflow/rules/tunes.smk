rule generate_tunes:
    """Draw tunes from the intact or an excised network, from the same random streams."""
    input:
        checkpoint="results/{model}/{condition}/checkpoint.h5",
    output:
        tunes="results/{model}/{condition}/tunes.h5",
    log:
        "results/{model}/logs/generate_tunes_{condition}.log",
    benchmark:
        "results/{model}/benchmarks/generate_tunes_{condition}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        job=job_params("generate_tunes", config["generation"]),
    script:
        "../scripts/generate_tunes.py"


rule write_abc:
    """Write tunes as ABC; apart from drawing them, so that a change of the spelling draws nothing anew."""
    input:
        tunes="results/{model}/{condition}/tunes.h5",
    output:
        abc="results/{model}/{condition}/tunes.abc",
    log:
        "results/{model}/logs/write_abc_{condition}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("write_abc", {}),
    script:
        "../scripts/write_abc.py"
