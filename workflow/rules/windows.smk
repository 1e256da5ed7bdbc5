rule compare_windows:
    """Tables of the windows' lobes, and the article's printed tables beside them."""
    input:
        claims="resources/claims.yaml",
        schema="workflow/schemas/claims.schema.yaml",
    output:
        tables="results/{model}/window_tables.csv",
        printed_tables="results/{model}/window_tables_printed.csv",
        record="results/{model}/records/compare_windows.json",
    log:
        "results/{model}/logs/compare_windows.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "compare_windows",
            config["windows"],
        ),
    script:
        "../scripts/compare_windows.py"


rule plot_window_spectra:
    """Spectra of the article's two windows with the sidelobes of DC."""
    input:
        tables="results/{model}/window_tables.csv",
    output:
        figure=report(
            expand(
                "results/{{model}}/figures/window_spectra.{suffix}", suffix=SUFFIXES
            ),
            caption="../report/window_spectra.rst",
            category="Figures",
        ),
        table="results/{model}/figures/window_spectra.csv",
        record="results/{model}/records/plot_window_spectra.json",
    log:
        "results/{model}/logs/plot_window_spectra.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("plot_window_spectra", config["windows"]),
    script:
        "../scripts/plot_window_spectra.py"
