rule count_bars:
    """Judge every bar of every tune, and every tune."""
    input:
        tunes="results/{model}/{condition}/tunes.h5",
    output:
        bars="results/{model}/{condition}/bars.csv",
        tunes="results/{model}/{condition}/tunes.csv",
        record="results/{model}/records/count_bars_{condition}.json",
    log:
        "results/{model}/logs/count_bars_{condition}.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("count_bars", config),
        runtime=runtime_minutes("count_bars", config),
    params:
        job=job_params("count_bars", {}),
    script:
        "../scripts/count_bars.py"


rule compare_conditions:
    """Every number that a text would quote: shares of correct bars by condition, and the lesion study's effects."""
    input:
        bars=expand("results/{{model}}/{condition}/bars.csv", condition=CONDITIONS),
        outcomes="results/{model}/lesions/outcomes.csv",
    output:
        effects="results/{model}/effects.csv",
        record="results/{model}/records/compare_conditions.json",
    log:
        "results/{model}/logs/compare_conditions.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("compare_conditions", config),
        runtime=runtime_minutes("compare_conditions", config),
    params:
        job=job_params(
            "compare_conditions",
            config["comparison"]
            | {
                "conditions": CONDITIONS,
                "lesion_study": {
                    key: config["lesion_study"][key]
                    for key in ("rng_seed", "primary_family")
                },
            },
        ),
    script:
        "../scripts/compare_conditions.py"


rule estimate_population:
    """Shares of good tunes and bars, along the tune and by form, beside tunes that people wrote."""
    input:
        tunes=expand("results/{{model}}/{condition}/tunes.csv", condition=CONDITIONS),
        human_tunes=local(given_files(config)["baseline.tunes"]),
    output:
        population="results/{model}/population.csv",
        record="results/{model}/records/estimate_population.json",
    log:
        "results/{model}/logs/estimate_population.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_population", config),
        runtime=runtime_minutes("estimate_population", config),
    params:
        job=job_params(
            "estimate_population",
            config["comparison"]
            | {
                "conditions": CONDITIONS,
                "human_label": config["baseline"]["label"],
                "prompt": config["generation"]["prompt"],
            },
        ),
    script:
        "../scripts/estimate_population.py"
