LESION_FIGURES = [
    "lesion_doses",
    "lesion_effects",
    "lesion_draws",
]
# What each family does to the units, as far as the figures tell families apart.
LESION_CUTS = {
    name: {"value": family["value"], "scope": family["scope"]}
    for name, family in config["lesion_study"]["families"].items()
}


rule plot_lesion_doses:
    """Share of wrong bars against the number of units cut out, targeted and controls."""
    input:
        effects="results/{model}/effects.csv",
        outcomes="results/{model}/lesions/outcomes.csv",
    output:
        figure=report(
            expand("results/{{model}}/figures/lesion_doses.{suffix}", suffix=SUFFIXES),
            caption="../report/lesion_doses.rst",
            category="Lesions",
        ),
        table="results/{model}/figures/lesion_doses.csv",
        record="results/{model}/records/plot_lesion_doses.json",
    log:
        "results/{model}/logs/plot_lesion_doses.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_lesion_doses", {"cuts": LESION_CUTS}),
    script:
        "../scripts/plot_lesion_doses.py"


rule plot_lesion_effects:
    """What cutting out the units at the bar changes beyond what random sets change, by layer."""
    input:
        effects="results/{model}/effects.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/lesion_effects.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/lesion_effects.rst",
            category="Lesions",
        ),
        table="results/{model}/figures/lesion_effects.csv",
        record="results/{model}/records/plot_lesion_effects.json",
    log:
        "results/{model}/logs/plot_lesion_effects.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_lesion_effects", {"cuts": LESION_CUTS}),
    script:
        "../scripts/plot_lesion_effects.py"


rule plot_lesion_draws:
    """Share of wrong bars of each random set, and where the targeted one stands among them."""
    input:
        effects="results/{model}/effects.csv",
        outcomes="results/{model}/lesions/outcomes.csv",
    output:
        figure=report(
            expand("results/{{model}}/figures/lesion_draws.{suffix}", suffix=SUFFIXES),
            caption="../report/lesion_draws.rst",
            category="Lesions",
        ),
        table="results/{model}/figures/lesion_draws.csv",
        record="results/{model}/records/plot_lesion_draws.json",
    log:
        "results/{model}/logs/plot_lesion_draws.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_lesion_draws", {}),
    script:
        "../scripts/plot_lesion_draws.py"
