"""SVG from MEI: drawn in another process, which may crash."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from folkprobe.identity import Identity, working_as
from folkprobe.music import engraving
from folkprobe.music.engraving import Panel, engrave, side_by_side
from folkprobe.music.score import WRONG_COLOUR, mei_score

TUNE = "M:4/4 K:Cdor G | c 2 > d (3 e f g ^c 4 | [ C E ] 9 |1 c 8 :| |2 d 8 |"


@pytest.fixture(scope="module")
def drawn():
    svg, remark = engrave(mei_score(TUNE.split()), panel_number=3)
    assert remark == ""
    return svg


def elements(svg, name):
    return [each for each in ElementTree.fromstring(svg).iter() if name in (each.get("class") or "").split()]


def test_all_notes_are_drawn_and_the_wrong_bar_is_marked(drawn):
    assert len(elements(drawn, "measure")) == 5
    assert len(elements(drawn, "note")) == 13
    assert len(elements(drawn, "ending")) == 2
    assert WRONG_COLOUR in drawn
    assert "9 of 8" in "".join(ElementTree.fromstring(drawn).itertext())


def test_the_same_bytes_and_no_name_twice_in_a_picture(drawn):
    again, _ = engrave(mei_score(TUNE.split()), panel_number=3)
    other, _ = engrave(mei_score(TUNE.split()), panel_number=4)
    assert again == drawn
    sheet = ElementTree.fromstring(side_by_side([Panel("left", drawn), Panel("right", other)]))
    names = [element.get("id") for element in sheet.iter() if element.get("id")]
    assert len(names) == len(set(names)) > 50


@pytest.mark.parametrize(
    ("child", "longest_s", "sentence"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", 600, "Verovio crashed (signal 11)"),
        ("raise SystemExit('no such glyph')", 600, "Verovio failed: no such glyph"),
        ("print('no picture')", 600, "Verovio failed: it said nothing"),
        ("import time; time.sleep(6000)", 1, "Verovio took longer than 1 s"),
    ],
)
def test_what_the_child_dies_of_is_reported(monkeypatch, child, longest_s, sentence):
    run = subprocess.run
    monkeypatch.setattr(engraving, "_LONGEST_S", longest_s)
    monkeypatch.setattr(
        engraving.subprocess, "run", lambda command, **options: run([sys.executable, "-c", child], **options)
    )
    assert engrave("", panel_number=0) == (None, sentence)


def test_mei_that_is_none_costs_a_sentence():
    svg, remark = engrave("<score", panel_number=0)
    assert svg is None
    assert remark.startswith("Verovio failed: ")


def test_a_panel_without_a_drawing_says_why(drawn):
    sheet = side_by_side([Panel("intact, tune 1", drawn), Panel("a < b", None, "no bars & nothing")])
    texts = [element.text for element in ElementTree.fromstring(sheet) if element.tag.endswith("text")]
    assert texts == ["intact, tune 1", "a < b", "no bars & nothing"]


def test_a_picture_carries_the_identity_of_the_job_that_draws_it():
    panels = [Panel("intact", None, "no bars")]
    with working_as(Identity("plot_score", "0f" * 32)):
        sheet = ElementTree.fromstring(side_by_side(panels))
    (metadata,) = (element for element in sheet if element.tag.endswith("metadata"))
    assert metadata.text == "folkprobe:plot_score:sha256:" + "0f" * 32
    assert "metadata" not in side_by_side(panels)
