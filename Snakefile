from snakemake.utils import min_version
from study.places import DEFAULT_CONFIG, given_file

min_version("9.27")


# The user's copy, where there is one in the working folder.
configfile: given_file(DEFAULT_CONFIG)


# Several studies side by side, each by this file with its own configuration; or one study.
if "compare" in config:

    include: "workflow/rules/compare.smk"

else:

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
    include: "workflow/rules/bars.smk"
    include: "workflow/rules/score.smk"
    include: "workflow/rules/figures.smk"
    include: "workflow/rules/softmax.smk"
    include: "workflow/rules/seeds.smk"
    include: "workflow/rules/provenance.smk"
    include: "workflow/rules/report.smk"

    if HAS_BARS:

        include: "workflow/rules/counting.smk"

    # The articles are about networks of three layers.
    if HAS_CLAIMS:

        include: "workflow/rules/claims.smk"

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
                condition=CONDITIONS if HAS_BARS else [],
            ),
            expand(
                "results/{model}/{table}.csv",
                model=config["model"],
                table=[*TABLES, *SOFTMAX_TABLES],
            ),
            expand(
                "results/{model}/scores/{condition}.{suffix}",
                model=config["model"],
                condition=CONDITIONS if HAS_BARS else [],
                suffix=["svg", "mid"],
            ),
            expand(
                "results/{model}/{file}.json",
                model=config["model"],
                file=["provenance", "ro-crate-metadata"],
            ),
            expand("results/{model}/report.html", model=config["model"]),

    declare_files(own_rules())
