"""The code may lie anywhere: results and the user's own files are in the working folder, under a prefix or none."""

import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml
from project import Project, copy_project

from study.checks import check_config, complete_config, default_config, merge_configs, over_default, with_defaults
from study.conditions import lesions
from study.places import ROOT, code_file, given_file, recorded_config

TARGETS = ("results/mine/window_tables.csv", "results/mine/intact/checkpoint.h5")
OWN = {"model": "mine", "checkpoint": {"source": "my folder/mine.pkl"}}


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("the code"))


@pytest.fixture(scope="module")
def in_place(code):
    """Records of a run in the folder of the code."""
    _own_files(code.folder)
    code.snakemake(*TARGETS, "--configfile", "mine.yaml")
    return {path.name: path.read_bytes() for path in (code.folder / "results/mine/records").iterdir()}


def _own_files(folder):
    (folder / "my folder").mkdir(parents=True)
    shutil.copy(ROOT / "resources/checkpoints/demo.pkl", folder / "my folder/mine.pkl")
    (folder / "mine.yaml").write_text(yaml.safe_dump(OWN))


def _records(folder):
    return {path.name: path.read_bytes() for path in (folder / "records").iterdir()}


@pytest.mark.parametrize("way", ["-s", "--directory", "a copy of config/"])
def test_a_study_runs_in_another_folder_than_the_code(code, in_place, tmp_path, way):
    work = Project(tmp_path / "work")
    _own_files(work.folder)
    config_files = ["--configfile", str(work.folder / "mine.yaml")]
    cwd = work.folder
    if way == "--directory":
        where, cwd = ["--directory", str(work.folder)], code.folder
    elif way == "-s":
        where = ["-s", str(code.folder / "Snakefile")]
    else:
        # As a workflow of the catalogue is deployed.
        (work.folder / "workflow").mkdir()
        module = f"module folkprobe:\n    snakefile: {str(code.folder / 'Snakefile')!r}\n    config: config\n\n"
        text = f'configfile: "config/config.yaml"\n\n{module}use rule * from folkprobe\n'
        (work.folder / "workflow/Snakefile").write_text(text)
        (work.folder / "config").mkdir()
        config = merge_configs(default_config(), OWN)
        (work.folder / "config/config.yaml").write_text(yaml.safe_dump(config))
        where, config_files = [], []
    work.snakemake(*where, *TARGETS, *config_files, cwd=cwd)
    assert _records(work.folder / "results/mine") == in_place
    assert all(str(code.folder).encode() not in record for record in in_place.values())


def test_another_workflow_uses_it_twice_under_two_prefixes(code, in_place, tmp_path):
    work = Project(tmp_path / "work")
    _own_files(work.folder)
    other = {"model": "other", "lesions": {"layer_3_excised": None}, "generation": {"n_shards": 2}}
    (work.folder / "config.yaml").write_text(yaml.safe_dump({"first": OWN, "second": other, "theirs": 1}))
    text = 'configfile: "config.yaml"\n\n'
    for name, prefix in (("first", "a"), ("second", "b/results")):
        text += f"module {name}:\n    snakefile: {str(code.folder / 'Snakefile')!r}\n"
        text += f'    config: config["{name}"]\n    prefix: "{prefix}"\n\nuse rule * from {name} as {name}_*\n\n'
    text += 'rule theirs:\n    output: "theirs.txt"\n    script: "theirs.py"\n'
    (work.folder / "Snakefile").write_text(text)
    (work.folder / "theirs.py").write_text("open(snakemake.output[0], 'w').write(str(dict(snakemake.params)))")
    figure = "figures/window_spectra.png"
    work.snakemake(
        "theirs.txt",
        *(f"a/{path}" for path in TARGETS),
        f"a/results/mine/{figure}",
        f"b/results/results/other/{figure}",
    )
    # Their rules are left alone.
    assert (work.folder / "theirs.txt").read_text() == "{}"
    records = _records(work.folder / "a/results/mine")
    assert records.items() >= in_place.items()
    record = json.loads(records["plot_window_spectra.json"])
    assert (record["rule"], record["script"]) == ("plot_window_spectra", "workflow/scripts/plot_window_spectra.py")
    assert [each["path"] for each in record["inputs"]] == ["results/mine/window_tables.csv"]
    (output,) = json.loads(_records(work.folder / "b/results/results/other")["plot_window_spectra.json"])["outputs"][
        -1:
    ]
    assert output["path"] == "results/other/figures/window_spectra.csv"
    # All of both, and the manifests gather their own records.
    planned = work.snakemake("--dry-run", "first_all", "second_all").stdout
    assert "a/results/mine/records/generate_tunes_intact_0.json" in planned
    assert "b/results/results/other/records/generate_tunes_intact_1.json" in planned
    assert "a/a/" not in planned


def test_an_overlay_from_another_workflow_goes_over_the_default_and_a_whole_configuration_does_not():
    default = default_config()
    assert with_defaults({"model": "a"}) == default | {"model": "a"}
    fewer = default | {"lesions": {"layer_1_excised": default["lesions"]["excised"] | {"layer": 1}}}
    assert with_defaults(fewer) == fewer
    # What the audit rebuilds it from.
    again = merge_configs(default, over_default(fewer))
    complete_config(again)
    assert lesions(again) == lesions(fewer)
    assert again | {"lesions": {}} == fewer | {"lesions": {}}


def test_files_of_the_code_and_of_the_user_are_found(tmp_path, monkeypatch):
    assert code_file("CITATION.cff") == given_file("CITATION.cff") == "CITATION.cff"
    monkeypatch.chdir(tmp_path)
    assert code_file("CITATION.cff") == given_file("CITATION.cff") == str(ROOT / "CITATION.cff")
    (tmp_path / "CITATION.cff").touch()
    assert given_file("CITATION.cff") == "CITATION.cff"
    assert given_file("no.pkl") == "no.pkl"
    assert recorded_config(ROOT / "config/smoke.yaml") == "config/smoke.yaml"
    assert recorded_config("mine.yaml") == "mine.yaml"
    # With the demo's checkpoint and the human baseline.
    check_config(default_config())


def test_a_home_that_cannot_be_written_is_not_needed(code, tmp_path):
    environment = {
        name: value for name, value in code.environment.items() if name not in ("XDG_CACHE_HOME", "MPLCONFIGDIR")
    }
    command = ["-s", str(code.folder / "Snakefile"), "results/demo/window_tables.csv"]
    code.snakemake(*command, cwd=tmp_path, env=environment | {"HOME": "/proc/1/none"})
    assert (tmp_path / "results/demo/window_tables.csv").is_file()


@pytest.fixture
def read_only(tmp_path):
    """A folder that not even root can write."""
    folder = tmp_path / "read only"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
    if os.geteuid() != 0 or not shutil.which("mount") or subprocess.run(mounting, capture_output=True).returncode:
        pytest.skip("SKIPPED: needs root and the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("program", ["snakemake", "workflow.run"])
def test_a_read_only_folder_is_one_sentence(code, read_only, program):
    run = [sys.executable, "-m", program, "--cores", "1", "--nocolor", "-s", str(code.folder / "Snakefile")]
    environment = code.environment | {"PYTHONPATH": str(code.folder)}
    ended = subprocess.run(run, cwd=read_only, env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert f"{read_only}: this folder cannot be written, make it writable" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_nothing_has_changed_when_snakemake_lists_the_last_output_of_each_job(code, in_place):
    """A defect of Snakemake 9.27, told in the README: it adds the file of a job to a set of changes that is empty."""
    arguments = [*TARGETS, "--configfile", "mine.yaml"]
    listed = code.snakemake("--list-params-changes", *arguments).stdout.split()
    assert sorted(listed) == sorted(f"results/mine/records/{name}" for name in in_place)
    assert "Nothing to be done" in "".join(
        vars(code.snakemake("--dry-run", *arguments))[key] for key in ("stdout", "stderr")
    )
