"""Figures are the same bytes on every run, whatever the clock, the user's settings or the other formats."""

import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from folkprobe.figures.page import PAGE_WIDTH_MM, new_figure, write_figure
from folkprobe.identity import Identity, working_as
from folkprobe.refusal import Refusal

REPOSITORY = Path(__file__).parents[2]
NAMES = ("figure.svg", "figure.pdf", "figure.png")


def draw(*paths):
    """Write a figure with what could vary: an image, a colour bar, text, a legend, a clip path."""
    with new_figure(height_mm=60) as figure:
        ax = figure.subplots()
        ax.plot([0, 1, 2], [1.0, 0.5, 2.0], label="line")
        ax.fill_between([0, 1, 2], [0.5, 0, 1], [1.5, 1, 3], alpha=0.3)
        image = ax.imshow(np.arange(6).reshape(2, 3), aspect="auto")
        figure.colorbar(image, ax=ax, pad=0.02).set_label("colours")
        ax.set(xlabel="period (steps)", title="±, é")
        ax.legend()
        write_figure(figure, *paths)


def test_bytes_repeat_in_another_process_with_another_hash_seed_and_clock(tmp_path):
    first = [tmp_path / name for name in NAMES]
    draw(*first)
    other = tmp_path / "other"
    other.mkdir()
    script = f"import test_figures_page as t; t.draw(*[{str(other)!r} + '/' + name for name in t.NAMES])"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "12345",
        "SOURCE_DATE_EPOCH": "1",
        "TZ": "Asia/Tokyo",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(Path(__file__).parent)]),
    }
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=tmp_path)
    for path in first:
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name


def test_a_format_does_not_depend_on_those_written_before_it(tmp_path):
    (tmp_path / "all").mkdir()
    draw(*(tmp_path / "all" / name for name in reversed(NAMES)))
    for name in NAMES:
        draw(tmp_path / name)
        assert (tmp_path / name).read_bytes() == (tmp_path / "all" / name).read_bytes(), name


def test_a_figure_is_drawn_once_for_each_format(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        Figure, "draw", lambda self, renderer, original=Figure.draw: drawn.append(original(self, renderer))
    )
    draw(*(tmp_path / name for name in NAMES))
    assert len(drawn) == len(NAMES)


def test_files_hold_no_date_and_no_path(tmp_path):
    paths = [tmp_path / name for name in NAMES]
    draw(*paths)
    for path in paths:
        content = path.read_bytes()
        for word in (b"CreationDate", b"dc:date", b"tIME", str(tmp_path).encode()):
            assert word not in content, (path.name, word)


def test_the_users_settings_neither_enter_nor_change():
    with matplotlib.rc_context({"font.size": 31, "axes.facecolor": "red", "figure.dpi": 33}):
        with new_figure() as figure:
            ax = figure.subplots()
            assert ax.xaxis.label.get_size() == 8
            assert ax.get_facecolor() == (1, 1, 1, 1)
            assert figure.dpi == 100
        assert matplotlib.rcParams["font.size"] == 31


def test_size_on_paper():
    with new_figure(width_mm=PAGE_WIDTH_MM, height_mm=50.8) as figure:
        assert figure.get_size_inches() == pytest.approx([PAGE_WIDTH_MM / 25.4, 2])


def test_drawing_needs_no_pyplot():
    script = "import sys, folkprobe.figures.page, folkprobe.figures.states, folkprobe.figures.spectra, "
    script += "folkprobe.figures.selection, folkprobe.figures.bars; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=REPOSITORY)


def test_unknown_suffix_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(Refusal, match=r"figure\.jpg.*\.svg"):
        draw(tmp_path / "figure.png", tmp_path / "figure.jpg")
    assert list(tmp_path.iterdir()) == []


def test_the_identity_of_the_job_stands_in_the_metadata_of_each_format(tmp_path):
    plain = [tmp_path / f"plain_{name}" for name in NAMES]
    draw(*plain)
    identity = Identity("plot_lines", "0f" * 32)
    with working_as(identity):
        draw(*(tmp_path / name for name in NAMES))
    for without, name in zip(plain, NAMES, strict=True):
        assert str(identity).encode() in (tmp_path / name).read_bytes()
        assert b"sha256:" not in without.read_bytes()


def test_labels_are_literal(tmp_path):
    tokens = [r"$\frac{$", "$x$", "a$b", r"\$", "$$"]
    with new_figure(height_mm=60) as figure:
        ax = figure.subplots()
        ax.plot([1, 2], [1, 1000], label=tokens[0])
        ax.set(title=tokens[1], xlabel=tokens[0])
        ax.set_xticks(range(5), labels=tokens)
        ax.annotate(tokens[0], (1, 1))
        ax.legend(title=tokens[0])
        ax.set_yscale("log")
        write_figure(figure, *(tmp_path / name for name in NAMES))
    comments = re.findall("<!-- (.*?) -->", (tmp_path / "figure.svg").read_text())
    assert [comments.count(token) for token in tokens] == [5, 2, 1, 1, 1]
    # Powers of ten are mathematics, as ever.
    assert any(r"\mathdefault{10^{2}}" in comment for comment in comments)
