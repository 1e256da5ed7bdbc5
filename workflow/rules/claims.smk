rule compute_claims:
    """The numbers of part 7 of the articles (and parts 5 and 6), computed for this network and the printed tunes."""
    input:
        tables=[
            *expand(
                "results/{{model}}/{table}.csv",
                table=[
                    "window_tables",
                    "window_tables_printed",
                    "specifications",
                    "selection",
                    "peaks",
                    "recurrences",
                    "phrases",
                    "coherence",
                    "responses",
                    "replays",
                    "bar_ends",
                    "effects",
                ],
            ),
            *expand(
                "results/{{model}}/figures/{table}.csv",
                table=[
                    "activation_distribution",
                    "maximum_magnitude",
                    "mean_spectra_shown_tune",
                    "posterior",
                ],
            ),
        ],
        spectra="results/{model}/intact/spectra.h5",
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
        printed=local(code_file("resources/printed_tunes.txt")),
        vocabulary=local(code_file("resources/vocabulary_v2.json")),
    output:
        claims="results/{model}/claims_part7.csv",
        record="results/{model}/records/compute_claims.json",
    log:
        "results/{model}/logs/compute_claims.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "compute_claims",
            {"tune_index": config["spectra"]["shown_tune_index"]},
        ),
    script:
        "../scripts/compute_claims.py"


rule compute_claims_part3:
    """The numbers of part 3 of the articles (and parts 1, 2 and 9), computed for this network."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        projections="results/{model}/intact/projections.h5",
        auc="results/{model}/softmax_auc.csv",
        trajectories="results/{model}/intact/trajectories.h5",
        tunes="results/{model}/intact/tunes.h5",
        vocabulary=local(code_file("resources/vocabulary_v2.json")),
    output:
        claims="results/{model}/claims_part3.csv",
        record="results/{model}/records/compute_claims_part3.json",
    log:
        "results/{model}/logs/compute_claims_part3.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "compute_claims_part3",
            {"tune_index": config["spectra"]["shown_tune_index"]},
        ),
    script:
        "../scripts/compute_claims_part3.py"


rule judge_claims:
    """A verdict on every published claim, or what it waits for."""
    input:
        claims=local(code_file("resources/claims.yaml")),
        schema=local(code_file("workflow/schemas/claims.schema.yaml")),
        values=[
            "results/{model}/claims_part3.csv",
            "results/{model}/claims_part7.csv",
            "results/{model}/claims_counting.csv",
        ],
        source="results/{model}/source/checkpoint",
    output:
        claims="results/{model}/claims.csv",
        quantities="results/{model}/claim_quantities.csv",
        page="results/{model}/claims.md",
        record="results/{model}/records/judge_claims.json",
    log:
        "results/{model}/logs/judge_claims.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "judge_claims",
            {"transform": config["checkpoint"]["transform"]},
        ),
    script:
        "../scripts/judge_claims.py"
