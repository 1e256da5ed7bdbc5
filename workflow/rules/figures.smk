SPECTRA = ["population", "shown_tune"]
LAYER_OF_LESION = {name: lesion["layer"] for name, lesion in config["lesions"].items()}
FIGURES = [
    *expand("hidden_state_layer_{layer}", layer=LAYERS),
    *expand("mean_spectra_{spectrum}", spectrum=SPECTRA),
    *expand("unit_spectra_layer_{layer}", layer=LAYERS),
    "window_spectra",
    "power_fraction",
    "bar_shares",
]
TABLES = [
    "effects",
    "selection",
    "window_tables",
    "window_tables_printed",
]


wildcard_constraints:
    spectrum="|".join(SPECTRA),


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
    log:
        "results/{model}/logs/plot_bar_shares.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_bar_shares", {"layer_of_lesion": LAYER_OF_LESION}),
    script:
        "../scripts/plot_bar_shares.py"
