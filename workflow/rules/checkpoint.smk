rule fetch_checkpoint:
    """Bring the published or local checkpoint file, accepted by its git blob id."""
    input:
        given=local(given_files(config)["checkpoint.source"]),
    output:
        source="results/{model}/source/checkpoint",
        record="results/{model}/records/fetch_checkpoint.json",
    log:
        "results/{model}/logs/fetch_checkpoint.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "fetch_checkpoint",
            {key: config["checkpoint"][key] for key in ("source", "git_blob_id")},
        ),
    script:
        "../scripts/fetch_checkpoint.py"


rule convert_checkpoint:
    """Read the foreign format, safely, into named arrays."""
    input:
        source="results/{model}/source/checkpoint",
        vocabulary=local(given_files(config)["checkpoint.vocabulary"]),
        description=local(given_files(config)["checkpoint.description"]),
    output:
        checkpoint="results/{model}/intact/checkpoint.h5",
        record="results/{model}/records/convert_checkpoint.json",
    log:
        "results/{model}/logs/convert_checkpoint.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "convert_checkpoint",
            {
                "model": config["model"],
                "n_layers": len(layers(config)),
                "transform": config["checkpoint"]["transform"],
                "transform_rng_seed": config["checkpoint"]["transform_rng_seed"],
                "is_planned_with_bars": HAS_BARS,
            },
        ),
    script:
        "../scripts/convert_checkpoint.py"
