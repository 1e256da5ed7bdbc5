REMOVALS = [each["condition"] for each in INTERVENTIONS if each["edit"] == "remove"]
PUSHES = [each["condition"] for each in INTERVENTIONS if each["edit"] == "push"]
SOFTMAX_CONDITIONS = [INTACT, *(each["condition"] for each in INTERVENTIONS)]
SOFTMAX_TABLES = [
    "directions",
    "softmax_projections",
    "softmax_auc",
    "softmax_effects",
]


wildcard_constraints:
    removal="|".join(REMOVALS) or "(?!)",
    push="|".join(PUSHES) or "(?!)",


rule decompose_softmax:
    """Singular directions of the softmax layer, as trained and gauge-fixed."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        directions="results/{model}/directions.csv",
        record="results/{model}/records/decompose_softmax.json",
    log:
        "results/{model}/logs/decompose_softmax.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("decompose_softmax", {}),
    script:
        "../scripts/decompose_softmax.py"


rule project_hidden_state:
    """What the softmax reads along its directions, at every captured step."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        projections="results/{model}/intact/projections.h5",
        record="results/{model}/records/project_hidden_state.json",
    log:
        "results/{model}/logs/project_hidden_state.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("project_hidden_state", config),
        runtime=runtime_minutes("project_hidden_state", config),
    params:
        job=job_params("project_hidden_state", {}),
    script:
        "../scripts/project_hidden_state.py"


rule summarise_projections:
    """Distributions of the projections by next token, and shares of the logits' variance."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        projections="results/{model}/intact/projections.h5",
    output:
        summary="results/{model}/softmax_projections.csv",
        shares="results/{model}/softmax_variance_shares.csv",
        record="results/{model}/records/summarise_projections.json",
    log:
        "results/{model}/logs/summarise_projections.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("summarise_projections", {}),
    script:
        "../scripts/summarise_projections.py"


rule estimate_auc:
    """How well each projection tells the steps before a section token or the end."""
    input:
        projections="results/{model}/intact/projections.h5",
    output:
        auc="results/{model}/softmax_auc.csv",
        record="results/{model}/records/estimate_auc.json",
    log:
        "results/{model}/logs/estimate_auc.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_auc", config),
        runtime=runtime_minutes("estimate_auc", config),
    params:
        job=job_params("estimate_auc", config["comparison"]),
    script:
        "../scripts/estimate_auc.py"


rule remove_directions:
    """Make the softmax blind to a direction, or to random ones that carry as much."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        projections="results/{model}/intact/projections.h5",
    output:
        checkpoint="results/{model}/{removal}/checkpoint.h5",
        record="results/{model}/records/remove_directions_{removal}.json",
    log:
        "results/{model}/logs/remove_directions_{removal}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=lambda wildcards: job_params(
            "remove_directions", config["interventions"]["removals"][wildcards.removal]
        ),
    script:
        "../scripts/remove_directions.py"


rule push_bias:
    """Push the softmax along one of its directions."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        checkpoint="results/{model}/{push}/checkpoint.h5",
        record="results/{model}/records/push_bias_{push}.json",
    log:
        "results/{model}/logs/push_bias_{push}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=lambda wildcards: job_params(
            "push_bias", config["interventions"]["pushes"][wildcards.push]
        ),
    script:
        "../scripts/push_bias.py"


rule compare_interventions:
    """Token classes, lengths and bars of every edit, against the intact network and matched controls."""
    input:
        tunes=expand(
            "results/{{model}}/{condition}/tunes.h5", condition=SOFTMAX_CONDITIONS
        ),
        bars=expand(
            "results/{{model}}/{condition}/bars.csv", condition=SOFTMAX_CONDITIONS
        ),
    output:
        effects="results/{model}/softmax_effects.csv",
        record="results/{model}/records/compare_interventions.json",
    log:
        "results/{model}/logs/compare_interventions.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("compare_interventions", config),
        runtime=runtime_minutes("compare_interventions", config),
    params:
        job=job_params(
            "compare_interventions",
            config["comparison"]
            | {"conditions": [{"condition": INTACT}, *INTERVENTIONS]},
        ),
    script:
        "../scripts/compare_interventions.py"
