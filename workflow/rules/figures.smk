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
FIGURE_NAMES = [name for figure in FIGURES for name in figure.names]


wildcard_constraints:
    spectrum="|".join(DRAWN["spectrum"]),
    units=r"strongest|[1-3]_\d+",
    decomposition="|".join(DRAWN["decomposition"]),


# A function, since Snakemake reads the name of the script once more when the job runs: each job needs its own row.
def declare(figure):

    rule:
        name:
            figure.rule
        input:
            **figure.files(config),
        output:
            figure=report(
                [
                    f"results/{{model}}/figures/{figure.path}.{suffix}"
                    for suffix in SUFFIXES
                ],
                caption=f"../report/{figure.stem}.rst",
                category=figure.category,
            ),
            table=f"results/{{model}}/figures/{figure.path}.csv",
            record=f"results/{{model}}/records/{figure.job}.json",
        log:
            f"results/{{model}}/logs/{figure.job}.log",
        group:
            "figures"
        conda:
            "../../envs/environment.yaml"
        params:
            job=job_params(figure.rule, figure.block(config)),
        script:
            f"../scripts/{figure.rule}.py"

    workflow.get_rule(figure.rule).docstring = figure.summary


for each in FIGURES:
    declare(each)
