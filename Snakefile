from snakemake.utils import min_version
from study.places import DEFAULT_CONFIG, given_file

min_version("9.27")


# The user's copy, where there is one in the working folder.
configfile: given_file(DEFAULT_CONFIG)


include: "workflow/rules/common.smk"
include: "workflow/rules/checkpoint.smk"
include: "workflow/rules/windows.smk"
include: "workflow/rules/tunes.smk"
include: "workflow/rules/trajectories.smk"
include: "workflow/rules/spectra.smk"
include: "workflow/rules/peaks.smk"
include: "workflow/rules/replays.smk"
include: "workflow/rules/units.smk"
include: "workflow/rules/lesions.smk"
include: "workflow/rules/counting.smk"
include: "workflow/rules/bars.smk"
include: "workflow/rules/score.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/softmax.smk"
include: "workflow/rules/seeds.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        expand(
            "results/{model}/figures/{figure}.svg",
            model=config["model"],
            figure=FIGURE_NAMES,
        ),
        expand(
            "results/{model}/{condition}/tunes.abc",
            model=config["model"],
            condition=CONDITIONS,
        ),
        expand(
            "results/{model}/{table}.csv",
            model=config["model"],
            table=[*TABLES, *SOFTMAX_TABLES],
        ),
        expand(
            "results/{model}/scores/{condition}.{suffix}",
            model=config["model"],
            condition=CONDITIONS,
            suffix=["svg", "mid"],
        ),
        expand(
            "results/{model}/{file}.json",
            model=config["model"],
            file=["provenance", "ro-crate-metadata"],
        ),
        expand("results/{model}/report.html", model=config["model"]),


declare_files(own_rules())
