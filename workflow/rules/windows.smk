rule compare_windows:
    """Tables of the windows' lobes, and the article's printed tables beside them."""
    input:
        claims=local(code_file("resources/claims.yaml")),
        schema=local(code_file("workflow/schemas/claims.schema.yaml")),
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
