# `make run` and `make test` need python3 (>= 3.11), make and a package registry; nothing else, and no root.
# After the first call they work offline.

PYTHON ?= python3
CORES ?= 2
VENV := .venv

# One thread for each process: parallelism is Snakemake's, and results depend on BLAS's number of threads.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
# Nothing is written outside this folder.
export XDG_CACHE_HOME := $(CURDIR)/.cache
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib

.PHONY: run report slurm slurm-check test test-full test-training lint demo-model lock clean help

help:
	@echo "make run         the default study, to results/ (CORES=$(CORES))"
	@echo "make report      Snakemake's own report of the finished study, with run times, to snakemake-report.html"
	@echo "make slurm       the default study on a Slurm cluster (docs/cluster.md); make slurm-check only asks it"
	@echo "make test        the tests, within 15 minutes on 2 cores; where Slurm is installed, within 25"
	@echo "make test-full   all tests, the long ones too"
	@echo "make test-training  the tests of the training, which need PyTorch"
	@echo "make lint        ruff, snakefmt, snakemake --lint"
	@echo "make demo-model  train resources/checkpoints/demo.pkl again, from the tunes of the music21 package"
	@echo "make lock        renew the lock files after a change of pyproject.toml (needs uv)"
	@echo "make clean       remove results and environments"

run: $(VENV)/run.stamp
	$(VENV)/bin/snakemake --cores $(CORES) $(ARGS)
	@echo "Done: open results/demo/report.html (or results/ and the name of your model); the figures are in figures/ beside it, and README.md says what each is."

report: $(VENV)/run.stamp
	$(VENV)/bin/snakemake --report snakemake-report.html $(ARGS)

# The check finds before anything is queued what the cluster would refuse.
slurm: slurm-check
	$(VENV)/bin/snakemake --workflow-profile profiles/slurm $(ARGS)

slurm-check: $(VENV)/slurm.stamp
	$(VENV)/bin/python -m study.cluster.preflight $(ARGS)

test: $(VENV)/test.stamp
	$(VENV)/bin/python -m pytest -n $(CORES) $(ARGS)

test-full: $(VENV)/test.stamp
	$(VENV)/bin/python -m pytest -n $(CORES) -m "full or not full" $(ARGS)

test-training: .venv-train/stamp
	.venv-train/bin/python -m pytest tests/folkprobe/test_training.py tests/scripts/test_tokenise_corpus.py

lint: $(VENV)/test.stamp
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakefmt --check Snakefile workflow
	$(VENV)/bin/snakemake --lint

demo-model: .venv-train/stamp
	.venv-train/bin/snakemake --snakefile workflow/training.smk --cores 1 $(ARGS)

lock:
	uv pip compile $(LOCK_OPTIONS) pyproject.toml -o requirements.lock
	uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra slurm -c requirements.lock -o requirements-slurm.lock
	uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra test -c requirements.lock -o requirements-test.lock

LOCK_OPTIONS := --universal --generate-hashes --no-annotate --no-header --python-version 3.11

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("folkprobe needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": say make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/slurm.stamp: requirements-slurm.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-slurm.lock
	touch $@ $(VENV)/run.stamp

# The test lock holds the versions of the two others, and more.
$(VENV)/test.stamp: requirements-test.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@ $(VENV)/run.stamp $(VENV)/slurm.stamp

# Named by pyproject.toml without hashes: which build of PyTorch is right depends on the machine.
.venv-train/stamp: requirements-test.lock pyproject.toml
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	.venv-train/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["train"], sep="\n")' > .venv-train/train.txt
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -r .venv-train/train.txt
	touch $@

clean:
	rm -rf $(VENV) .venv-train .cache .snakemake
	find results -mindepth 1 ! -name README.md -delete
