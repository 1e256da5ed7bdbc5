rule estimate_spectra:
    """Spectra of every unit and their means with standard errors, for one tune and for the population."""
    input:
        trajectories="results/{model}/{replay}/trajectories.h5",
    output:
        spectra="results/{model}/{replay}/spectra.h5",
        record="results/{model}/records/estimate_spectra_{replay}.json",
    log:
        "results/{model}/logs/estimate_spectra_{replay}.log",
    benchmark:
        "results/{model}/benchmarks/estimate_spectra_{replay}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_spectra", config),
        runtime=runtime_minutes("estimate_spectra", config),
    params:
        job=job_params("estimate_spectra", config["spectra"]),
    script:
        "../scripts/estimate_spectra.py"
