"""Several studies side by side: `snakemake compare --configfile config/compare.yaml`."""

from folkprobe.provenance.ledger import COMPARISONS
from folkprobe.refusal import Refusal
from snakemake.exceptions import WorkflowError
from study.comparison import (
    QUESTIONS,
    check_comparison,
    comparison_block,
    studies,
)
from study.conditions import declare_files, job_params
from study.figure_blocks import REPLAYS, words_of
from study.jobs import configuration
from study.places import code_file, refuse_read_only_folder

try:
    if workflow.is_main_process:
        refuse_read_only_folder()
    check_comparison(config)
    STUDIES = studies(config)
    COMPARISON = comparison_block(config)
except Refusal as refusal:
    raise WorkflowError(str(refusal)) from None

NETWORKS = list(STUDIES)
HOME = f"results/{COMPARISONS}/{{comparison}}"


wildcard_constraints:
    comparison=config["compare"]["name"],
    figure="|".join(QUESTIONS),


# Each study has its own rules, with its name before theirs, and its own configuration.
for network, study_config in STUDIES.items():
    study = f"{network}__"

    module:
        name: study
        snakefile:
            "../../Snakefile"
        config:
            study_config

    use rule * from study as study*


rule compare_networks:
    """Tables of all networks, with differences from the reference and their intervals."""
    input:
        outcomes=expand("results/{model}/lesions/outcomes.csv", model=NETWORKS),
        effects=expand("results/{model}/effects.csv", model=NETWORKS),
        spectra=expand(
            "results/{model}/figures/mean_spectra_population.csv", model=NETWORKS
        ),
        directions=expand("results/{model}/directions.csv", model=NETWORKS),
        bar_ends=expand("results/{model}/bar_ends.csv", model=COMPARISON["with_bars"]),
        interchange=expand(
            "results/{model}/interchange.csv", model=COMPARISON["with_bars"]
        ),
        claims=expand("results/{model}/claims.csv", model=COMPARISON["with_claims"]),
    output:
        outcomes=f"{HOME}/outcomes.csv",
        contrasts=f"{HOME}/contrasts.csv",
        spectra=f"{HOME}/spectra.csv",
        singular_values=f"{HOME}/singular_values.csv",
        bar_ends=f"{HOME}/bar_ends.csv",
        interchange=f"{HOME}/interchange.csv",
        claims=f"{HOME}/claims.csv",
        configurations=f"{HOME}/configurations.csv",
        record=f"{HOME}/records/compare_networks.json",
    log:
        f"{HOME}/logs/compare_networks.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("compare_networks", COMPARISON),
    script:
        "../scripts/compare_networks.py"


rule plot_networks:
    """One table of all networks as a figure."""
    input:
        table=f"{HOME}/{{figure}}.csv",
    output:
        figure=expand(
            f"{HOME}/figures/{{figure}}.{{suffix}}",
            suffix=["svg", "pdf", "png"],
            allow_missing=True,
        ),
        table=f"{HOME}/figures/{{figure}}.csv",
        record=f"{HOME}/records/plot_networks_{{figure}}.json",
    log:
        f"{HOME}/logs/plot_networks_{{figure}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "plot_networks",
            {
                "networks": NETWORKS,
                "reference": COMPARISON["reference"],
                "words": words_of(STUDIES[COMPARISON["reference"]], REPLAYS),
                "period_steps": STUDIES[COMPARISON["reference"]]["selection"][
                    "period_steps"
                ],
            },
        ),
    script:
        "../scripts/plot_networks.py"


rule write_comparison_provenance:
    """What every job of the comparison and of its studies wrote about itself."""
    input:
        records=[
            f"{HOME}/records/compare_networks.json",
            *(f"{HOME}/records/plot_networks_{figure}.json" for figure in QUESTIONS),
        ],
        figures=expand(
            f"{HOME}/figures/{{figure}}.{{suffix}}",
            figure=QUESTIONS,
            suffix=["svg", "pdf", "png"],
            allow_missing=True,
        ),
        manifests=expand("results/{model}/provenance.json", model=NETWORKS),
    output:
        manifest=f"{HOME}/provenance.json",
    log:
        f"{HOME}/logs/write_comparison_provenance.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "write_comparison_provenance",
            {"configuration": configuration(workflow, config), "networks": NETWORKS},
        ),
    script:
        "../scripts/write_comparison_provenance.py"


rule write_comparison:
    """The page of the comparison."""
    input:
        figures=expand(
            f"{HOME}/figures/{{figure}}.png", figure=QUESTIONS, allow_missing=True
        ),
        template=local(code_file("workflow/report/comparison.html.j2")),
        style=local(code_file("workflow/report/page.css")),
        outcomes=f"{HOME}/outcomes.csv",
        contrasts=f"{HOME}/contrasts.csv",
        claims=f"{HOME}/claims.csv",
        configurations=f"{HOME}/configurations.csv",
        manifest=f"{HOME}/provenance.json",
    output:
        report=f"{HOME}/report.html",
    log:
        f"{HOME}/logs/write_comparison.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "write_comparison",
            {
                "questions": QUESTIONS,
                "networks": NETWORKS,
                "reference": COMPARISON["reference"],
            },
        ),
    script:
        "../scripts/write_comparison.py"


rule compare:
    default_target: True
    input:
        expand(
            f"{HOME}/{{file}}",
            comparison=config["compare"]["name"],
            file=["report.html", "provenance.json"],
        ),
        # Whole studies, with their own pages.
        expand(
            "results/{model}/{file}",
            model=NETWORKS,
            file=["report.html", "ro-crate-metadata.json"],
        ),


declare_files(workflow.rules)
