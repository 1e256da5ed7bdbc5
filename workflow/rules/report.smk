REPORTED_TUNES = (
    [*CONDITIONS, *(each["condition"] for each in INTERVENTIONS), *GENERATED]
    if HAS_BARS
    else []
)
CAPTIONS = [code_file(path) for path in caption_paths()]


rule write_report:
    """One page that tells the study: question, figures, dots and sound, effects, claims, where all of it is from."""
    input:
        figures=expand(
            "results/{{model}}/figures/{figure}.png",
            figure=FIGURE_NAMES,
        ),
        captions=local(CAPTIONS),
        tunes=expand("results/{{model}}/{condition}/tunes.h5", condition=REPORTED_TUNES),
        lesion_tunes="results/{model}/lesions/tunes.h5" if HAS_BARS else [],
        template=local(code_file("workflow/report/report.html.j2")),
        style=local(code_file("workflow/report/page.css")),
        behaviour=local(code_file("workflow/report/report.js")),
        effects="results/{model}/effects.csv",
        claims="results/{model}/claims.csv" if HAS_CLAIMS else [],
        answers="results/{model}/count_answers.csv" if HAS_BARS else [],
        interchange="results/{model}/interchange.csv" if HAS_BARS else [],
        checkpoint="results/{model}/intact/checkpoint.h5",
        # Made of the records of all jobs before; so this one keeps none.
        manifest="results/{model}/provenance.json",
    output:
        report="results/{model}/report.html",
    log:
        "results/{model}/logs/write_report.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "write_report",
            {
                "sections": sections(config),
                "tune_index": config["spectra"]["shown_tune_index"],
                "lesion_sets": shown_lesions(config),
                "words": in_words(config),
                "cuts": describe_cuts(**cuts(config)),
                "study": {
                    "model": config["model"],
                    "period_steps": config["selection"]["period_steps"],
                    "primary_family": config["lesion_study"]["primary_family"],
                    "generation": what_tunes_depend_on(config),
                },
            },
        ),
    script:
        "../scripts/write_report.py"
