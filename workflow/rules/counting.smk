wildcard_constraints:
    layers="|".join(map(re.escape, layer_groups(config))),


rule interchange_counts:
    """How far parts of some layers carry a tune's count to another tune."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        tunes="results/{model}/intact/tunes.h5",
        units="results/{model}/intact/units.csv",
        sets="results/{model}/lesions/sets.csv",
    output:
        interchange=temp("results/{model}/counting/interchange_{layers}.csv"),
        record="results/{model}/records/interchange_counts_{layers}.json",
    log:
        "results/{model}/logs/interchange_counts_{layers}.log",
    benchmark:
        "results/{model}/benchmarks/interchange_counts_{layers}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("interchange_counts", config),
        runtime=runtime_minutes("interchange_counts", config),
    params:
        job=lambda wildcards: job_params(
            "interchange_counts", interchange_block(config, wildcards.layers)
        ),
    script:
        "../scripts/interchange_counts.py"


rule gather_interchanges:
    """The interchanges of all layers, the tests of single layers adjusted for their number."""
    input:
        batches=expand(
            "results/{{model}}/counting/interchange_{layers}.csv",
            layers=layer_groups(config),
        ),
    output:
        interchange="results/{model}/interchange.csv",
        record="results/{model}/records/gather_interchanges.json",
    log:
        "results/{model}/logs/gather_interchanges.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("gather_interchanges", {}),
    script:
        "../scripts/gather_interchanges.py"


rule perturb_phase:
    """How the count moves when bar tokens are inserted or omitted, and when notes are lengthened."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        phase_response="results/{model}/phase_response.csv",
        record="results/{model}/records/perturb_phase.json",
    log:
        "results/{model}/logs/perturb_phase.log",
    benchmark:
        "results/{model}/benchmarks/perturb_phase.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("perturb_phase", config),
        runtime=runtime_minutes("perturb_phase", config),
    params:
        job=job_params("perturb_phase", phase_block(config)),
    script:
        "../scripts/perturb_phase.py"


rule estimate_clocks:
    """What eighths and steps since the bar token each add to the prediction of every unit's state, against a null."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        clocks="results/{model}/clocks.csv",
        summary="results/{model}/clock_summary.csv",
        record="results/{model}/records/estimate_clocks.json",
    log:
        "results/{model}/logs/estimate_clocks.log",
    benchmark:
        "results/{model}/benchmarks/estimate_clocks.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_clocks", config),
        runtime=runtime_minutes("estimate_clocks", config),
    params:
        job=job_params("estimate_clocks", regression_block(config, "clocks")),
    script:
        "../scripts/estimate_clocks.py"


rule estimate_probe:
    """How well the eighths since the bar token can be decoded from each layer, in 4/4 and transferred to other metres."""
    input:
        checkpoint="results/{model}/intact/checkpoint.h5",
        tunes="results/{model}/intact/tunes.h5",
    output:
        probe="results/{model}/probe.csv",
        record="results/{model}/records/estimate_probe.json",
    log:
        "results/{model}/logs/estimate_probe.log",
    benchmark:
        "results/{model}/benchmarks/estimate_probe.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=mem_mb("estimate_probe", config),
        runtime=runtime_minutes("estimate_probe", config),
    params:
        job=job_params("estimate_probe", regression_block(config, "probe")),
    script:
        "../scripts/estimate_probe.py"


rule answer_count_questions:
    """Where the count is held, in words; and the open questions of the articles that are answered by it."""
    input:
        tables=expand(
            "results/{{model}}/{table}.csv",
            table=["interchange", "phase_response", "clock_summary"],
        ),
    output:
        answers="results/{model}/count_answers.csv",
        claims="results/{model}/claims_counting.csv",
        record="results/{model}/records/answer_count_questions.json",
    log:
        "results/{model}/logs/answer_count_questions.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("answer_count_questions", {"has_claims": HAS_CLAIMS}),
    script:
        "../scripts/answer_count_questions.py"
