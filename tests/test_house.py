"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from project import ROOT, all_rules
from snakemake.io import is_flagged

from folkprobe.claims import claim as claims
from folkprobe.network.excision import SCOPES
from folkprobe.network.lstm import DTYPES
from folkprobe.signal.window import WINDOWS
from study import figures_page
from study.configuration_page import PAGE, page
from study.figures import FIGURES

# Which wings a wing may import; every wing may import the modules at the top of the package.
WINGS = {
    "music": set(),
    "network": {"music"},
    # Statistics for the words of the lesion design.
    "signal": {"statistics"},
    "statistics": set(),
    "counting": {"music", "network", "signal", "statistics"},
    "provenance": set(),
    # Typing only: what it draws is handed over.
    "figures": {"signal", "statistics"},
    "claims": {"music", "network", "signal", "statistics", "counting", "provenance", "figures"},
    "report": {"music", "network", "signal", "statistics", "counting", "provenance", "figures", "claims"},
}
CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "folkprobe").rglob("*.py"))
SCRIPTS = sorted((ROOT / "workflow/scripts").glob("*.py"))


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_check():
    assert len(MODULES) > 20
    assert len(SCRIPTS) > 10
    assert {path.name for path in (ROOT / "folkprobe").iterdir() if path.is_dir() and path.name[0] != "_"} == set(WINGS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_wing_imports_the_wrong_way(path):
    wing = path.relative_to(ROOT / "folkprobe").parts[0]
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "folkprobe" and len(parts) > 1 and parts[1] in WINGS and wing in WINGS:
            assert parts[1] == wing or parts[1] in WINGS[wing], f"{path.name} imports {name}"
        assert parts[0] not in ("snakemake", "workflow"), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_thin_and_belong_to_a_rule(path):
    text = path.read_text(encoding="utf-8")
    assert Path(all_rules()[path.stem].script).name == path.name
    assert len(text.splitlines()) <= 80
    assert "def main(\n" in text or "def main(*" in text
    # Its log is filled, its record written, and main() given what its rule names.
    assert text.endswith('\n\n\nif __name__ == "__main__":\n    run_job(main, snakemake)\n')
    for name in _imports(path):
        assert name.split(".")[0] not in {script.stem for script in SCRIPTS}


# They come after the manifest of all records.
UNRECORDED = {"write_provenance", "write_crate", "write_report", "write_comparison_provenance", "write_comparison"}


def test_every_rule_with_a_script_has_a_record_named_as_its_log():
    assert {path.stem for path in SCRIPTS} == all_rules().keys()
    for name, rule in all_rules().items():
        (log,) = rule.log
        record = str(log).replace("/logs/", "/records/").removesuffix(".log") + ".json"
        assert dict(rule.output.items()).get("record") == (None if name in UNRECORDED else record), name


def test_the_results_readme_has_every_file_with_its_rule():
    table = (ROOT / "results/README.md").read_text(encoding="utf-8").splitlines()
    rows = [
        [re.findall(r"`([^`]+)`", cell) for cell in line.split("|")[1:3]] for line in table if line.startswith("| `")
    ]
    assert {name for _, names in rows for name in names} <= {*all_rules(), "plot_*"}
    for name, rule in all_rules().items():
        for written in rule.output:
            path = str(written).partition("/{model}/")[2]
            if not path or is_flagged(written, "temp") or path.startswith(("records/", "figures/")):
                continue
            # What every replay has is listed for the intact network.
            path = re.sub(r"\{replay[^}]*\}", "intact", path)
            listed = [
                names
                for paths, names in rows
                if any(path == one or (one.endswith("/") and path.startswith(one)) for one in paths)
            ]
            assert any(name in names for names in listed), f"{name}: {path}"


def test_every_figure_has_its_script_and_its_caption_and_stands_in_the_docs():
    for figure in FIGURES:
        assert (ROOT / f"workflow/scripts/{figure.rule}.py").is_file()
        assert (ROOT / f"workflow/report/{figure.stem}.rst").is_file()
    page = figures_page.PAGE.read_text(encoding="utf-8")
    assert page == figures_page.page(), "stale: run `python -m study.figures_page`"
    thumbnails = {path.stem for path in figures_page.THUMBNAILS.iterdir()}
    assert thumbnails == set(re.findall(r"\(thumbnails/(\w+)\.png\)", page))


def test_the_page_of_the_configuration_is_the_schemas():
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run `python -m study.configuration_page`"


def test_rules_find_files_of_the_code_from_any_folder():
    found = re.compile(r'(?<!code_file\()(?<!given_file\()(?<!ROOT / )"(?:resources|workflow|config)/')
    for path in sorted((ROOT / "workflow").rglob("*.smk")):
        assert found.search(path.read_text(encoding="utf-8")) is None, path


def test_schemas_allow_what_the_code_knows():
    def schema(name):
        return yaml.safe_load((ROOT / f"workflow/schemas/{name}.schema.yaml").read_text(encoding="utf-8"))

    config, listed = schema("config")["properties"], schema("claims")["$defs"]["claim"]["properties"]
    of_lesion = config["lesions"]["additionalProperties"]["properties"]
    of_family = config["lesion_study"]["properties"]["families"]["additionalProperties"]["properties"]
    for allowed, known in (
        (config["spectra"]["properties"]["window"], WINDOWS),
        (config["specifications"]["properties"]["windows"]["items"], WINDOWS),
        (config["generation"]["properties"]["dtype"], DTYPES),
        (of_lesion["scope"], SCOPES),
        (of_family["scope"], SCOPES),
        (listed["needs"], (claims.NOTHING, claims.WEIGHTS, claims.TUNE, claims.DATA, claims.HISTORY, claims.QUESTION)),
    ):
        assert set(allowed["enum"]) == set(known)


def test_no_module_is_a_drawer_or_grows_out_of_hand():
    for path in [*MODULES, *SCRIPTS]:
        assert path.stem not in ("utils", "util", "helpers", "misc", "common")
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


def test_no_ignored_file_is_committed():
    if not (ROOT / ".git").exists():
        pytest.skip("SKIPPED: not in a git checkout")
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""


def test_nothing_loads_what_may_be_hostile():
    # Assembled, so that this file does not contain what it forbids.
    forbidden = ("pickle.load", "allow_pickle" + "=True", "yaml.load" + "(", "np.load(")
    for path in [*MODULES, *SCRIPTS, *(ROOT / "workflow").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in forbidden if word in text], path


def test_each_test_module_mirrors_a_module():
    names = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    for path in sorted((ROOT / "tests/folkprobe").glob("test_*.py")):
        stem = Path(path).stem.removeprefix("test_")
        assert stem in names or stem.removeprefix("figures_") in names, path.name


def test_each_script_has_a_test_module():
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/scripts").glob("test_*.py")}
    assert {path.stem for path in SCRIPTS} <= tested
