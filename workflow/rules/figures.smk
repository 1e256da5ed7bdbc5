TABLES = [
    "effects",
    "selection",
    "specifications",
    "peaks",
    "band_lines",
    *(TABLES_OF_BARS if HAS_BARS else []),
    *(["claims"] if HAS_CLAIMS else []),
    "window_tables",
    "window_tables_printed",
]
FIGURE_NAMES = [name for figure in figures(config) for name in figure.names(config)]


wildcard_constraints:
    spectrum="|".join(drawn(config)["spectrum"]),
    units=rf"strongest|({'|'.join(map(str, layers(config)))})_\d+",
    decomposition="|".join(drawn(config)["decomposition"]),


def script_stem(rule):
    """That of a figure's rule, whatever a workflow that uses this one as a module has put around its name."""
    return max((figure.rule for figure in FIGURES if figure.rule in rule), key=len)


# The name of the loop's variable is that of the parameter in which Snakemake hands over a rule's name when it runs a job:
# `script:` is evaluated then once more, when the loop has ended; of a study among several, its name is before the rule's.
for rule, figure in {figure.rule: figure for figure in FIGURES}.items():

    rule:
        name:
            rule
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
            job=job_params(rule, figure.block(config)),
        script:
            f"../scripts/{script_stem(rule)}.py"

    getattr(rules, rule).rule.docstring = figure.summary
