"""The command line."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib

import pytest
from fuzz.genuine import without_initial_states, write_folkrnn_pickle
from networks import random_checkpoint
from project import ROOT

from folkprobe.__main__ import main
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.formats.npz import write_npz

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_show_tells_what_a_checkpoint_is(tmp_path, checkpoint, capsys):
    path = tmp_path / "mine.pkl"
    write_folkrnn_pickle(checkpoint, path)
    assert main(["show", str(path)]) == 0
    output = capsys.readouterr().out
    assert hashlib.sha256(path.read_bytes()).hexdigest() in output
    assert "model 'mine', converted from folk-rnn pickle" in output
    assert f"{checkpoint.n_parameters:,}" in output
    assert "bar (1): |" in output
    assert "excised: nothing" in output
    assert "warning: the vocabulary has no token of the class chord" in output


def test_show_tells_what_an_excised_checkpoint_lacks(tmp_path, checkpoint, capsys):
    write_checkpoint(excise_units(checkpoint, 3, [1, 2, 5]), tmp_path / "cut.h5")
    assert main(["show", str(tmp_path / "cut.h5")]) == 0
    output = capsys.readouterr().out
    assert "excised: 3 units of layer 3, scope both, held at 0: 1-2, 5" in output
    # Where it came from, whatever its own digest is.
    assert f"sha256 {checkpoint.source_sha256}" in output


def test_show_takes_a_vocabulary_for_formats_that_have_none(tmp_path, capsys):
    checkpoint = without_initial_states(random_checkpoint(n_units=(4, 4, 4)))
    write_npz(checkpoint, tmp_path / "a.npz", layout="pytorch")
    tokens = tmp_path / "a.json"
    tokens.rename(tmp_path / "tokens")
    assert main(["show", str(tmp_path / "a.npz")]) == 1
    assert "--vocabulary" in capsys.readouterr().err
    for content in (checkpoint.vocabulary, {t: i for i, t in enumerate(checkpoint.vocabulary)}):
        (tmp_path / "tokens").write_text(json.dumps(content))
        assert main(["show", str(tmp_path / "a.npz"), "--vocabulary", str(tmp_path / "tokens")]) == 0
        assert "vocabulary: 12 tokens" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[1, 2]", "tokens: its vocabulary is neither a list of tokens"),
        ('{"a": 1}', "tokens: its vocabulary does not number its 1 tokens from 0"),
        ("{", "tokens is not JSON that can be read"),
        ("[" * 100_000, "tokens is not JSON that can be read"),
        (None, "tokens: the vocabulary cannot be read"),
    ],
)
def test_a_vocabulary_that_is_none_is_refused(tmp_path, checkpoint, capsys, text, sentence):
    write_folkrnn_pickle(checkpoint, tmp_path / "a.pkl")
    if text is not None:
        (tmp_path / "tokens").write_text(text)
    assert main(["show", str(tmp_path / "a.pkl"), "--vocabulary", str(tmp_path / "tokens")]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_a_refusal_is_one_sentence_and_no_traceback(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "folkprobe", "show", str(tmp_path / "none.pkl")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert (
        ended.stderr
        == f"{tmp_path}/none.pkl: the checkpoint cannot be read (No such file or directory); check the path\n"
    )


def test_a_folder_is_no_checkpoint(tmp_path, capsys):
    assert main(["show", str(tmp_path)]) == 1
    assert "not a regular file" in capsys.readouterr().err


BOOK = """X:1
T:One
M:4/4
L:1/8
K:D
|:A|DEFG ABcd|D8|E7|F9:|

X:2
T:Five
M:5/4
K:G
G10|A7/4B33/4|]

X:3
K:C
C8|
"""


def test_count_gives_the_bars_of_any_tune_book(tmp_path, capsys):
    (tmp_path / "book.abc").write_text(BOOK, encoding="utf-8")
    assert main(["count", str(tmp_path / "book.abc")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "X:1 One: 5 bars, not ok",
        "  bar 0: pickup, 1 of 8 eighths",
        "  bar 3: short, 7 of 8 eighths",
        "  bar 4: long, 9 of 8 eighths",
        # Neither the metre nor the lengths have tokens.
        "X:2 Five: 2 bars, strictly ok",
        "X:3: not read: the tune has no meter (M:)",
        "3 tunes: 1 not ok, 1 strictly ok, 1 not read",
        "5 of 7 measured bars counted correctly: 4 correct, 1 pickup, 1 short, 1 long",
    ]
    (tmp_path / "prose.txt").write_text("No tune.", encoding="utf-8")
    assert main(["count", str(tmp_path / "prose.txt")]) == 1
    assert "no tune: no line begins with X:" in capsys.readouterr().err


def test_an_installed_package_works_outside_the_checkout(tmp_path):
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (package,) = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    shutil.copytree(ROOT / package, site / package)
    module, _, function = PROJECT["project"]["scripts"]["folkprobe"].partition(":")
    (elsewhere / "book.abc").write_text(BOOK, encoding="utf-8")
    shutil.copy(ROOT / "docs/lesion_draws.svg", elsewhere)

    def run(*arguments):
        code = f"import sys; sys.path.insert(0, {str(site)!r}); from {module} import {function}; sys.exit({function}())"
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)

    assert "X:2 Five: 2 bars, strictly ok" in run("count", "book.abc").stdout
    assert "demo" in run("show", str(ROOT / "resources/checkpoints/demo.pkl")).stdout
    # A figure of a study that is not here.
    ended = run("audit", "lesion_draws.svg")
    assert "UNANCHORED" in ended.stdout
    assert "Traceback" not in ended.stderr
