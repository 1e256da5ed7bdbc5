rule capture_trajectories:
    """Replay tunes through the network that drew them, and keep the hidden states."""
    input:
        checkpoint=lambda wildcards: (
            f"results/{wildcards.model}/{network_of(config, wildcards.replay)}/checkpoint.h5"
        ),
        tunes="results/{model}/{replay}/tunes.h5",
    output:
        trajectories="results/{model}/{replay}/trajectories.h5",
        record="results/{model}/records/capture_trajectories_{replay}.json",
    log:
        "results/{model}/logs/capture_trajectories_{replay}.log",
    benchmark:
        "results/{model}/benchmarks/capture_trajectories_{replay}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("capture_trajectories", config),
        runtime=runtime_minutes("capture_trajectories", config),
    params:
        job=job_params("capture_trajectories", replay_block(config)),
    script:
        "../scripts/capture_trajectories.py"
