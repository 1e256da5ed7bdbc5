rule plot_singular_values:
    """Singular values of both decompositions."""
    input:
        directions="results/{model}/directions.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/singular_values.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/singular_values.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/singular_values.csv",
        record="results/{model}/records/plot_singular_values.json",
    log:
        "results/{model}/logs/plot_singular_values.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_singular_values", {}),
    script:
        "../scripts/plot_singular_values.py"


rule plot_unit_directions:
    """Entries of w_1 to w_3 and their cumulative histograms."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/unit_directions.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/unit_directions.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/unit_directions.csv",
        record="results/{model}/records/plot_unit_directions.json",
    log:
        "results/{model}/logs/plot_unit_directions.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_unit_directions", {}),
    script:
        "../scripts/plot_unit_directions.py"


rule plot_token_directions:
    """Entries of u_1 to u_3, token by token."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/token_directions.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/token_directions.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/token_directions.csv",
        record="results/{model}/records/plot_token_directions.json",
    log:
        "results/{model}/logs/plot_token_directions.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_token_directions", {}),
    script:
        "../scripts/plot_token_directions.py"


rule plot_pushed_posteriors:
    """Distributions of the next token where the bias is pushed along u_1 to u_3."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/pushed_posteriors_{{decomposition}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/pushed_posteriors.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/pushed_posteriors_{decomposition}.csv",
        record="results/{model}/records/plot_pushed_posteriors_{decomposition}.json",
    log:
        "results/{model}/logs/plot_pushed_posteriors_{decomposition}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_pushed_posteriors",
            {"n_top_tokens": config["softmax"]["n_top_tokens"]},
        ),
    script:
        "../scripts/plot_pushed_posteriors.py"


rule plot_bias_correlation:
    """Correlation of the columns of V with the bias."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/bias_correlation.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/bias_correlation.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/bias_correlation.csv",
        record="results/{model}/records/plot_bias_correlation.json",
    log:
        "results/{model}/logs/plot_bias_correlation.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_bias_correlation", {}),
    script:
        "../scripts/plot_bias_correlation.py"


rule plot_variance_shares:
    """Share of the logits' variance that each direction carries."""
    input:
        shares="results/{model}/softmax_variance_shares.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/variance_shares.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/variance_shares.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/variance_shares.csv",
        record="results/{model}/records/plot_variance_shares.json",
    log:
        "results/{model}/logs/plot_variance_shares.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_variance_shares", {}),
    script:
        "../scripts/plot_variance_shares.py"


rule plot_projections:
    """Distribution of the projections by next token."""
    input:
        summary="results/{model}/softmax_projections.csv",
        auc="results/{model}/softmax_auc.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/projections_{{decomposition}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/projections.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/projections_{decomposition}.csv",
        record="results/{model}/records/plot_projections_{decomposition}.json",
    log:
        "results/{model}/logs/plot_projections_{decomposition}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_projections", {}),
    script:
        "../scripts/plot_projections.py"


rule plot_section_events:
    """Mean projections around the starts and ends of sections."""
    input:
        projections="results/{model}/intact/projections.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/section_events_{{decomposition}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/section_events.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/section_events_{decomposition}.csv",
        record="results/{model}/records/plot_section_events_{decomposition}.json",
    log:
        "results/{model}/logs/plot_section_events_{decomposition}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_section_events", {"n_lags_steps": config["softmax"]["n_lags_steps"]}
        ),
    script:
        "../scripts/plot_section_events.py"


rule plot_removals:
    """What the tunes lose with a direction, beside random directions that carry as much."""
    input:
        effects="results/{model}/softmax_effects.csv",
    output:
        figure=report(
            expand("results/{{model}}/figures/removals.{suffix}", suffix=SUFFIXES),
            caption="../report/removals.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/removals.csv",
        record="results/{model}/records/plot_removals.json",
    log:
        "results/{model}/logs/plot_removals.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_removals", {}),
    script:
        "../scripts/plot_removals.py"


rule plot_dose_response:
    """What the tunes do as the bias is pushed along a direction."""
    input:
        effects="results/{model}/softmax_effects.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/dose_response.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/dose_response.rst",
            category="Softmax",
        ),
        table="results/{model}/figures/dose_response.csv",
        record="results/{model}/records/plot_dose_response.json",
    log:
        "results/{model}/logs/plot_dose_response.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_dose_response", {}),
    script:
        "../scripts/plot_dose_response.py"
