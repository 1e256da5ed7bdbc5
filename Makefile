# `make run` and `make test` need python3 (3.11 to 3.13), make and a package registry, but no root.
# After the first call they work offline.

PYTHON ?= python3
CORES ?= 2
VENV := .venv
PYTEST = $(VENV)/bin/python -m pytest -n $(CORES) --dist worksteal

# One thread per process: Snakemake runs jobs in parallel, and results depend on BLAS's number of threads.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
# Nothing is written outside this folder.
export XDG_CACHE_HOME := $(CURDIR)/.cache
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib

.PHONY: run plan figure report slurm slurm-check test test-full test-training lint docs pipeline demo-model lock clean help

help:
	@echo "make run         run the default study, to results/ (CORES=$(CORES)); shows jobs done and time left"
	@echo "make plan        tell which jobs make run would run, why, and about how long they would take"
	@echo "make figure      draw one figure: make figure NAME=unit_overlay_1_5"
	@echo "                 each with ARGS, as make run: ARGS='--configfile mine.yaml'"
	@echo "make report      write Snakemake's own report of the finished study, some 26 MB, to snakemake-report.html"
	@echo "make slurm       run the default study on a Slurm cluster (docs/cluster.md); make slurm-check only checks it"
	@echo "make test        run the tests, within an hour on 2 cores"
	@echo "make test-full   run all tests, including the long ones"
	@echo "make test-training  run the tests of the training, which need PyTorch"
	@echo "make lint        run ruff, snakefmt, snakemake --lint"
	@echo "make docs        build the documentation's site in site/, strictly"
	@echo "make pipeline    draw docs/pipeline.svg again, after a change of what the rules read"
	@echo "make demo-model  train the networks of resources/checkpoints again, from the tunes of the music21 package"
	@echo "make lock        update the lock files after a change of pyproject.toml (needs uv)"
	@echo "make clean       remove results and environments"

run: $(VENV)/run.stamp
	$(VENV)/bin/python -m workflow.run --cores $(CORES) $(ARGS)
	@echo "Done: open results/demo/report.html (for your own model, results/MODEL/report.html). Figures are in figures/ next to it; README.md explains them."

plan: $(VENV)/run.stamp
	@$(VENV)/bin/python -m workflow.plan --cores $(CORES) $(ARGS)

figure: $(VENV)/run.stamp
	@$(VENV)/bin/python -m workflow.figure "$(NAME)" --cores $(CORES) $(ARGS)

report: $(VENV)/run.stamp
	$(VENV)/bin/snakemake --report snakemake-report.html $(ARGS)

# Before anything is queued, the check reports what the cluster would refuse.
slurm: slurm-check
	$(VENV)/bin/snakemake --workflow-profile profiles/slurm $(ARGS)

slurm-check: $(VENV)/slurm.stamp
	$(VENV)/bin/python -m study.cluster.preflight $(ARGS)

test: $(VENV)/test.stamp
	$(PYTEST) $(ARGS)

test-full: $(VENV)/test.stamp
	$(PYTEST) -m "full or not full" $(ARGS)

test-training: .venv-train/stamp
	.venv-train/bin/python -m pytest tests/folkprobe/test_training.py tests/scripts/test_tokenise_corpus.py

lint: $(VENV)/test.stamp
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakefmt --check Snakefile workflow
	$(VENV)/bin/snakemake --lint

docs: $(VENV)/docs.stamp
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict --quiet

pipeline: $(VENV)/run.stamp
	$(VENV)/bin/python -m study.pipeline

demo-model: .venv-train/stamp
	.venv-train/bin/snakemake --snakefile workflow/training.smk --cores 1 $(ARGS)

lock:
	uv pip compile $(LOCK_OPTIONS) pyproject.toml -o requirements.lock
	uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra slurm -c requirements.lock -o requirements-slurm.lock
	uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra test -c requirements.lock -o requirements-test.lock
	uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra docs -c requirements-test.lock -o requirements-docs.lock

LOCK_OPTIONS := --universal --generate-hashes --no-annotate --no-header --python-version 3.11

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("folkprobe needs Python 3.11 to 3.13, this is " + sys.version.split()[0] + ": run make PYTHON=python3.12" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/slurm.stamp: requirements-slurm.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-slurm.lock
	touch $@ $(VENV)/run.stamp

# The test lock contains the versions of the other two.
$(VENV)/test.stamp: requirements-test.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@ $(VENV)/run.stamp $(VENV)/slurm.stamp

$(VENV)/docs.stamp: requirements-docs.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	touch $@

# pyproject.toml pins PyTorch without hashes, because the right build depends on the machine.
.venv-train/stamp: requirements-test.lock pyproject.toml
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	.venv-train/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["train"], sep="\n")' > .venv-train/train.txt
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -r .venv-train/train.txt
	touch $@

clean:
	rm -rf $(VENV) .venv-train .cache .snakemake
	find results -mindepth 1 ! -name README.md -delete
