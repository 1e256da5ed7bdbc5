rule tokenise_corpus:
    """Turn ABC tune books into tunes in folk-rnn v2 token format, each tune once."""
    input:
        vocabulary=local(code_file("resources/vocabulary_v2.json")),
        tune_books=local(config["corpus"]["tune_books"]),
    output:
        corpus="results/training/corpus.txt",
        record="results/training/records/tokenise_corpus.json",
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


rule count_corpus:
    """Judge every tune of the corpus; resources/training_tunes.csv is a copy of the result."""
    input:
        corpus="results/training/corpus.txt",
    output:
        tunes="results/training/tunes.csv",
        record="results/training/records/count_corpus.json",
    log:
        "results/training/logs/count_corpus.log",
    conda:
        "../../envs/environment.yaml"
    params:
        job=job_params("count_corpus", {}),
    script:
        "../scripts/count_corpus.py"


rule train_model:
    """Train an LSTM and write it as a folk-rnn pickle."""
    input:
        corpus="results/training/corpus.txt",
        vocabulary=local(code_file("resources/vocabulary_v2.json")),
    output:
        checkpoint="results/training/{network}.pkl",
        record="results/training/records/train_model_{network}.json",
    log:
        "results/training/logs/train_model_{network}.log",
    benchmark:
        "results/training/benchmarks/train_model_{network}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        job=lambda wildcards: job_params(
            "train_model", config["models"][wildcards.network]
        ),
    script:
        "../scripts/train_model.py"
