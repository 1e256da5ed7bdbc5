"""What README.md and docs/ show and quote is what the default study gives, and the code in README.md runs."""

import csv
import re

import numpy as np
import pytest
from PIL import Image
from project import ROOT

from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.likeness import look_at
from study.figures_page import THUMBNAILS, draw_thumbnail

FIGURE = "lesion_draws.svg"


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_readmes_python_runs(capsys):
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    exec(code.replace('"resources/', f'"{ROOT}/resources/'), {})
    assert len(capsys.readouterr().out.splitlines()) == 6


def test_the_readme_is_short_and_its_links_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 140
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.full
def test_the_readmes_figure_and_numbers_are_the_default_studys(project):
    project.snakemake("--cores", "2")
    results = project.folder / "results/demo"
    # The fingerprint in it changes with every line of code behind it; what is drawn does not.
    look = look_at(ROOT / "docs" / FIGURE, [results / "figures" / FIGURE])
    assert (look.refused, look.alike) == (None, 0)
    _assert_thumbnails_are_of(results / "figures")
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    text = " ".join(" ".join(page.read_text(encoding="utf-8") for page in pages).split())
    shares = {
        row["contrast"]: row for row in _rows(results / "effects.csv") if row["outcome"] == "share_of_correct_bars"
    }
    intact = shares["intact"]
    value, lower, upper = (100 * float(intact[name]) for name in ("estimate", "lower", "upper"))
    assert f"{value:.1f} % are correctly counted (95 % interval {lower:.1f} to {upper:.1f} %: full" in text
    counts = [
        int(shares[name]["n_bars"]) for name in ("intact", "layer_1_excised", "layer_2_excised", "layer_3_excised")
    ]
    assert "have {:,} bars intact, and {:,}, {:,} and {:,} with".format(*counts) in text
    for line in _lesion_lines(results):
        assert line in text, line
    for row in _rows(results / "count_answers.csv"):
        assert row["sentence"] in text, row["sentence"]
    tunes = _rows(results / "intact/tunes.csv")
    lengths = [
        np.median(np.diff(read_tunes(results / name / "tunes.h5").tune_offsets))
        for name in ("generated_bars_deleted", "generated_bars_jittered", "intact")
    ]
    assert "medians of {:g} tokens without bars, {:g} with late ones, {:g} intact".format(*lengths) in text
    n_ok = sum(row["ok"] == "True" for row in tunes)
    assert f"{100 * n_ok / len(tunes):.1f} % of the tunes are correct throughout" in text


def _assert_thumbnails_are_of(figures):
    for path in THUMBNAILS.glob("*.png"):
        # The default study has no doses.
        if path.stem != "lesion_doses":
            with Image.open(path) as image:
                shown = np.asarray(image.convert("RGB"), dtype=int)
            drawn = np.asarray(draw_thumbnail(figures / path.name).convert("RGB"), dtype=int)
            assert shown.shape == drawn.shape, path.name
            assert np.abs(shown - drawn).mean() < 0.2, f"{path.name}: run `python -m study.figures_page results/demo`"


def _lesion_lines(results):
    """Lines of the table of lesions, as README words them."""
    rows = [row for row in _rows(results / "effects.csv") if row["outcome"] == "share_of_wrong_bars"]

    def of(contrast, family, column):
        cells = {
            row["layer"]: float(row[column]) for row in rows if (row["contrast"], row["family"]) == (contrast, family)
        }
        return [cells[layer] for layer in "123"]

    def levels(contrast):
        return " | ".join(f"{100 * value:.1f}" for value in of(contrast, "third", "estimate"))

    def differences(family):
        columns = zip(*(of("targeted - random", family, name) for name in ("estimate", "lower", "upper")), strict=True)
        texts = [
            [f"{100 * value:.1f}".replace("-", "−").replace("100.0", "100") for value in column] for column in columns
        ]
        return [f"{estimate} [{lower}, {upper}]" for estimate, lower, upper in texts]

    for name, contrast in (
        ("targeted third", "targeted"),
        ("random thirds, mean", "random"),
        ("as active as the targeted", "activity_matched"),
        ("bottom third", "bottom"),
    ):
        yield f"| {name} | {levels(contrast)} |"
    yield f"| **targeted − random** | {' | '.join(f'**{each}**' for each in differences('third'))} |"
    adjusted = of("targeted - random", "third", "p_value_adjusted")
    yield f"| p, by Holm | {' | '.join(f'{value:.2g}' for value in adjusted)} |"
    yield f"| held at their means instead: targeted − random | {' | '.join(differences('third_mean'))} |"
    yield f"| hidden from the next layer only | {' | '.join(differences('third_out'))} |"
    yield f"| hidden from their own layer only | {' | '.join(differences('third_rec'))} |"
