"""The script plot_score."""

import subprocess
import sys

from folkprobe.music import engraving
from folkprobe.music.score import WRONG_COLOUR


def test_one_panel_a_condition_and_a_sentence_where_none_can_be_drawn(script, write_tune_texts, tmp_path, caplog):
    caplog.set_level("INFO", logger="folkprobe")
    paths = []
    for condition, tune in (
        ("intact", "<s> M:4/4 K:Cmaj C 8 | D 8 | </s>"),
        ("layer_1_excised", "<s> M:4/4 K:Cmaj C 8 | D 9 | </s>"),
        ("layer_2_excised", "<s> </s>"),
    ):
        path = tmp_path / condition / "tunes.h5"
        path.parent.mkdir()
        write_tune_texts("<s> M:4/4 E 8 |", tune).rename(path)
        paths.append(path)
    script("plot_score").main(tunes_paths=paths, score_path=tmp_path / "score.svg", tune_index=1)
    intact, excised, none = (tmp_path / "score.svg").read_text(encoding="utf-8").split("tune 1</text>")[1:]
    assert WRONG_COLOUR not in intact
    assert WRONG_COLOUR in excised
    assert "9 of 8" in excised
    assert "the tune has no bars" in none
    assert caplog.messages == [
        "intact, tune 1: drawn",
        "layer_1_excised, tune 1: drawn",
        "layer_2_excised, tune 1: the tune has no bars, there is nothing to draw",
    ]


def test_a_crash_costs_one_picture_and_not_the_run(script, write_tune_texts, tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", logger="folkprobe")
    paths = []
    for condition in ("intact", "layer_1_excised", "layer_2_excised"):
        paths.append(tmp_path / condition / "tunes.h5")
        paths[-1].parent.mkdir()
        write_tune_texts("<s> M:4/4 K:Cmaj C 8 | D 9 | </s>").rename(paths[-1])
    run = subprocess.run

    def run_or_crash(command, **options):
        if command[-1] == "1":
            command = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"]
        return run(command, **options)

    monkeypatch.setattr(engraving.subprocess, "run", run_or_crash)
    script("plot_score").main(tunes_paths=paths, score_path=tmp_path / "score.svg", tune_index=0)
    panels = (tmp_path / "score.svg").read_text(encoding="utf-8").split("tune 0</text>")[1:]
    assert [WRONG_COLOUR in panel for panel in panels] == [True, False, True]
    assert "Verovio crashed (signal 11)" in panels[1]
    assert caplog.messages[1] == "layer_1_excised, tune 0: Verovio crashed (signal 11)"
