SPECTRA = ["population", "shown_tune", "shown_tune_rect"]
# Part 7: 33 % of the units of layer 1 exceed the threshold.
ARTICLE_SHARE_SELECTED = 0.33
FIGURES = [
    *expand("hidden_state_layer_{layer}", layer=LAYERS),
    *expand("mean_spectra_{spectrum}", spectrum=SPECTRA),
    *expand("unit_spectra_layer_{layer}", layer=LAYERS),
    "posterior",
    "activation_distribution",
    "maximum_magnitude",
    "unit_overlay_strongest",
    "long_periods",
    "specification_curve",
    "recurrences",
    "lines",
    "responses",
    "replays",
    "window_spectra",
    "power_fraction",
    "bar_shares",
    "bar_verdicts",
    "population",
]
LESION_UNITS = {
    name: {key: excision_block(config, name)[key] for key in ("layer", "unit_index")}
    for name in config["lesions"]
}
VERDICTS_SHOWN = shown_with_verdicts(config)
TABLES = [
    "effects",
    "selection",
    "specifications",
    "peaks",
    "band_lines",
    "responses",
    "replays",
    "claims",
    "window_tables",
    "window_tables_printed",
]


wildcard_constraints:
    spectrum="|".join(SPECTRA),
    units=r"strongest|[1-3]_\d+",


rule plot_hidden_state:
    """Image of the hidden state of one layer over the shown tune."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/hidden_state_layer_{{layer}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/hidden_state.rst",
            category="Figures",
        ),
        table="results/{model}/figures/hidden_state_layer_{layer}.csv",
        record="results/{model}/records/plot_hidden_state_{layer}.json",
    log:
        "results/{model}/logs/plot_hidden_state_{layer}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_hidden_state", {"tune_index": config["spectra"]["shown_tune_index"]}
        ),
    script:
        "../scripts/plot_hidden_state.py"


rule plot_mean_spectra:
    """Mean spectra of the layers and the softmax output with one standard error on either side."""
    input:
        spectra="results/{model}/intact/spectra.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/mean_spectra_{{spectrum}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/mean_spectra.rst",
            category="Figures",
        ),
        table="results/{model}/figures/mean_spectra_{spectrum}.csv",
        record="results/{model}/records/plot_mean_spectra_{spectrum}.json",
    log:
        "results/{model}/logs/plot_mean_spectra_{spectrum}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_mean_spectra", {}),
    script:
        "../scripts/plot_mean_spectra.py"


rule plot_unit_spectra:
    """Image of the spectra of all units of one layer."""
    input:
        spectra="results/{model}/intact/spectra.h5",
        units="results/{model}/intact/units.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/unit_spectra_layer_{{layer}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/unit_spectra.rst",
            category="Figures",
        ),
        table="results/{model}/figures/unit_spectra_layer_{layer}.csv",
        record="results/{model}/records/plot_unit_spectra_{layer}.json",
    log:
        "results/{model}/logs/plot_unit_spectra_{layer}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_unit_spectra", {"spectrum": config["selection"]["spectrum"]}
        ),
    script:
        "../scripts/plot_unit_spectra.py"


rule plot_power_fraction:
    """Power fraction of every unit in the band, with the thresholds."""
    input:
        units="results/{model}/intact/units.csv",
        selection="results/{model}/selection.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/power_fraction.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/power_fraction.rst",
            category="Figures",
        ),
        table="results/{model}/figures/power_fraction.csv",
        record="results/{model}/records/plot_power_fraction.json",
    log:
        "results/{model}/logs/plot_power_fraction.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_power_fraction",
            {"period_steps": config["selection"]["period_steps"]},
        ),
    script:
        "../scripts/plot_power_fraction.py"


rule plot_bar_shares:
    """Share of correctly counted bars by condition."""
    input:
        effects="results/{model}/effects.csv",
        selection="results/{model}/selection.csv",
    output:
        figure=report(
            expand("results/{{model}}/figures/bar_shares.{suffix}", suffix=SUFFIXES),
            caption="../report/bar_shares.rst",
            category="Figures",
        ),
        table="results/{model}/figures/bar_shares.csv",
        record="results/{model}/records/plot_bar_shares.json",
    log:
        "results/{model}/logs/plot_bar_shares.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_bar_shares", {"conditions": CONDITIONS, "lesions": LESION_UNITS}
        ),
    script:
        "../scripts/plot_bar_shares.py"


rule plot_posterior:
    """Image of the posterior over the shown tune."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        figure=report(
            expand("results/{{model}}/figures/posterior.{suffix}", suffix=SUFFIXES),
            caption="../report/posterior.rst",
            category="Figures",
        ),
        table="results/{model}/figures/posterior.csv",
        record="results/{model}/records/plot_posterior.json",
    log:
        "results/{model}/logs/plot_posterior.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_posterior",
            {
                "tune_index": config["spectra"]["shown_tune_index"],
                "probability_above": 0.05,
            },
        ),
    script:
        "../scripts/plot_posterior.py"


rule plot_activation_distribution:
    """Distribution of the values of hidden states in each layer."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/activation_distribution.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/activation_distribution.rst",
            category="Figures",
        ),
        table="results/{model}/figures/activation_distribution.csv",
        record="results/{model}/records/plot_activation_distribution.json",
    log:
        "results/{model}/logs/plot_activation_distribution.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_activation_distribution",
            {"tune_index": config["spectra"]["shown_tune_index"]},
        ),
    script:
        "../scripts/plot_activation_distribution.py"


rule plot_maximum_magnitude:
    """Largest magnitude of each unit, sorted."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/maximum_magnitude.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/maximum_magnitude.rst",
            category="Figures",
        ),
        table="results/{model}/figures/maximum_magnitude.csv",
        record="results/{model}/records/plot_maximum_magnitude.json",
    log:
        "results/{model}/logs/plot_maximum_magnitude.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_maximum_magnitude",
            {"tune_index": config["spectra"]["shown_tune_index"]},
        ),
    script:
        "../scripts/plot_maximum_magnitude.py"


rule plot_long_periods:
    """Mean spectra at long periods under both windows, and of the rectified sequences."""
    input:
        spectra="results/{model}/intact/spectra.h5",
    output:
        figure=report(
            expand("results/{{model}}/figures/long_periods.{suffix}", suffix=SUFFIXES),
            caption="../report/long_periods.rst",
            category="Figures",
        ),
        table="results/{model}/figures/long_periods.csv",
        record="results/{model}/records/plot_long_periods.json",
    log:
        "results/{model}/logs/plot_long_periods.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_long_periods", {}),
    script:
        "../scripts/plot_long_periods.py"


rule plot_unit_overlay:
    """Hidden states of single units against the tokens of the shown tune."""
    input:
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
        spectra="results/{model}/intact/spectra.h5",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/unit_overlay_{{units}}.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/unit_overlay.rst",
            category="Figures",
        ),
        table="results/{model}/figures/unit_overlay_{units}.csv",
        record="results/{model}/records/plot_unit_overlay_{units}.json",
    log:
        "results/{model}/logs/plot_unit_overlay_{units}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_unit_overlay",
            {
                "tune_index": config["spectra"]["shown_tune_index"],
                "period_steps": config["selection"]["period_steps"],
            },
        ),
    script:
        "../scripts/plot_unit_overlay.py"


rule plot_specification_curve:
    """Share of units that each reading of the article's criterion selects."""
    input:
        specifications="results/{model}/specifications.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/specification_curve.{suffix}",
                suffix=SUFFIXES,
            ),
            caption="../report/specification_curve.rst",
            category="Figures",
        ),
        table="results/{model}/figures/specification_curve.csv",
        record="results/{model}/records/plot_specification_curve.json",
    log:
        "results/{model}/logs/plot_specification_curve.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_specification_curve",
            {"article_share": ARTICLE_SHARE_SELECTED},
        ),
    script:
        "../scripts/plot_specification_curve.py"


rule plot_bar_verdicts:
    """The bars of the shown tune with their verdicts, as drawn and under each stimulus."""
    input:
        bars=expand("results/{{model}}/{condition}/bars.csv", condition=VERDICTS_SHOWN),
    output:
        figure=report(
            expand("results/{{model}}/figures/bar_verdicts.{suffix}", suffix=SUFFIXES),
            caption="../report/bar_verdicts.rst",
            category="Figures",
        ),
        table="results/{model}/figures/bar_verdicts.csv",
        record="results/{model}/records/plot_bar_verdicts.json",
    log:
        "results/{model}/logs/plot_bar_verdicts.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_bar_verdicts",
            {
                "conditions": VERDICTS_SHOWN,
                "tune_index": config["spectra"]["shown_tune_index"],
            },
        ),
    script:
        "../scripts/plot_bar_verdicts.py"


rule plot_population:
    """Good tunes, forms, and where along a tune the counting goes wrong, beside tunes that people wrote."""
    input:
        population="results/{model}/population.csv",
    output:
        figure=report(
            expand("results/{{model}}/figures/population.{suffix}", suffix=SUFFIXES),
            caption="../report/population.rst",
            category="Figures",
        ),
        table="results/{model}/figures/population.csv",
        record="results/{model}/records/plot_population.json",
    log:
        "results/{model}/logs/plot_population.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_population", {}),
    script:
        "../scripts/plot_population.py"
