"""CONTRIBUTING's recipe of a figure, followed to the letter."""

import json
import re
import sys
from subprocess import run

from project import ROOT, tiny_project

SECTIONS = """
import json, pathlib, yaml
from study.sections import sections
print(json.dumps(sections(yaml.safe_load(pathlib.Path("config/config.yaml").read_text()))))
"""


def test_the_recipe_leads_from_a_row_to_a_place_in_the_report(tmp_path):
    project = tiny_project(tmp_path / "own")
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text.split("## A figure of your own\n")[1].split("\n## ")[0]
    row, script, caption = re.findall(r"^```\w+\n(.*?)^```$", recipe, re.MULTILINE | re.DOTALL)
    table = project.folder / "study/figures.py"
    before = table.read_text(encoding="utf-8")
    assert before.count("\nFIGURES = (\n") == 1
    table.write_text(before.replace("\nFIGURES = (\n", f"\nFIGURES = (\n{row},\n"), encoding="utf-8")
    for pattern, content in ((r"A script, `(.+?)`", script), (r"A caption, `(.+?)`", caption)):
        (project.folder / re.search(pattern, recipe)[1]).write_text(content, encoding="utf-8")
    target = re.search(r"`snakemake --cores 1 (results/.+?)`", recipe)[1].replace("/demo/", "/tiny/")
    project.snakemake(target)
    assert (project.folder / target).is_file()
    printed = run(
        [sys.executable, "-c", SECTIONS], cwd=project.folder, capture_output=True, text=True, check=True
    ).stdout
    # The first screen has figures of its own choice.
    assert [section["figures"][0] for section in json.loads(printed)].count("tune_lengths") == 1
    # The report reads the picture and the caption.
    planned = project.snakemake("results/tiny/report.html", "--dry-run")
    inputs = re.search(r"rule write_report:\n\s+input: (.*)", planned.stdout + planned.stderr)[1].split(", ")
    assert {target.replace(".svg", ".png"), "workflow/report/tune_lengths.rst"} <= set(inputs)
