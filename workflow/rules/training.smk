rule tokenise_corpus:
    """Turn ABC tune books into tunes in folk-rnn v2 token format, each tune once."""
    input:
        vocabulary="resources/vocabulary_v2.json",
        tune_books=config["corpus"]["tune_books"],
    output:
        corpus="results/training/corpus.txt",
    log:
        "results/training/logs/tokenise_corpus.log",
    conda:
        "../../envs/train.yaml"
    params:
        job=job_params(
            "tokenise_corpus",
            {"music21_collections": config["corpus"]["music21_collections"]},
        ),
    script:
        "../scripts/tokenise_corpus.py"


rule train_model:
    """Train the three-layer LSTM of the demo and write it as a folk-rnn pickle."""
    input:
        corpus="results/training/corpus.txt",
        vocabulary="resources/vocabulary_v2.json",
    output:
        checkpoint="results/training/demo.pkl",
    log:
        "results/training/logs/train_model.log",
    benchmark:
        "results/training/benchmarks/train_model.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        job=job_params("train_model", config["model"]),
    script:
        "../scripts/train_model.py"
