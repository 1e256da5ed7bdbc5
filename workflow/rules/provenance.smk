rule write_provenance:
    """Gather what every job of the study wrote about itself, and what every figure shows."""
    input:
        records=lambda wildcards: outputs_of_all()["records"],
        figures=lambda wildcards: outputs_of_all()["figures"],
    output:
        manifest="results/{model}/provenance.json",
    log:
        "results/{model}/logs/write_provenance.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params(
            "write_provenance",
            {"configuration": configuration(workflow, config, OVERLAYS)},
        ),
    script:
        "../scripts/write_provenance.py"


rule write_crate:
    """Describe the study as a Provenance Run Crate, for other programs."""
    input:
        manifest="results/{model}/provenance.json",
        kept=lambda wildcards: outputs_of_all()["kept"],
        snakefile=local(code_file("Snakefile")),
        citation=local(code_file("CITATION.cff")),
    output:
        crate="results/{model}/ro-crate-metadata.json",
        workflow="results/{model}/Snakefile",
    log:
        "results/{model}/logs/write_crate.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("write_crate", {"model": config["model"]}),
    script:
        "../scripts/write_crate.py"
