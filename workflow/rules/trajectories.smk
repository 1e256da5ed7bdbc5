rule capture_trajectories:
    """Replay tunes through the network that drew them, and keep the hidden states."""
    input:
        checkpoint=lambda wildcards: (
            f"results/{wildcards.model}/{network_of(config, wildcards.condition)}/checkpoint.h5"
        ),
        tunes="results/{model}/{condition}/tunes.h5",
    output:
        trajectories="results/{model}/{condition}/trajectories.h5",
    log:
        "results/{model}/logs/capture_trajectories_{condition}.log",
    benchmark:
        "results/{model}/benchmarks/capture_trajectories_{condition}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        job=job_params("capture_trajectories", config["trajectories"]),
    script:
        "../scripts/capture_trajectories.py"
