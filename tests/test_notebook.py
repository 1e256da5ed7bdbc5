"""docs/explore.ipynb, cell by cell, as Jupyter runs it; the objects that it shows need no IPython."""

import ast
import base64
import io
import re
import wave

import nbformat
import numpy as np
from PIL import Image
from project import ROOT

PATH = ROOT / "docs/explore.ipynb"


def _cells():
    notebook = nbformat.read(PATH, as_version=4)
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _run(source, names):
    """Run a cell; return the value of its last expression, which Jupyter shows."""
    *statements, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        statements, last = [*statements, last], None
    exec(compile(ast.Module(statements, []), str(PATH), "exec"), names)
    return last and eval(compile(ast.Expression(last.value), str(PATH), "eval"), names)


def test_it_is_committed_without_outputs():
    assert all(cell.outputs == [] and cell.execution_count is None for cell in _cells())


def test_it_draws_captures_plots_cuts_and_lets_the_difference_be_heard_and_seen(capsys, monkeypatch):
    # As Jupyter does.
    monkeypatch.chdir(PATH.parent)
    names = {}
    shown = "".join(value._repr_html_() for cell in _cells() if (value := _run(cell.source, names)) is not None)
    found = re.findall(r'src="data:([\w/+]+);base64,([^"]+)"', shown)
    assert [kind for kind, _ in found] == ["image/png", "audio/wav", "audio/wav", "image/svg+xml"]
    plot, *sounds, score = (base64.b64decode(content) for _, content in found)
    assert Image.open(io.BytesIO(plot)).width > 1000
    intact, excised = (_samples(sound) for sound in sounds)
    assert len(intact) == len(excised) == 20 * 8000
    assert intact.std() > 5
    assert np.abs(intact - excised).max() > 50
    assert "#d55e00" in score.decode()
    # The unit follows the bars: of all units, it has the most power at their period.
    assert names["fraction"][names["unit"]] == names["fraction"].max() > 0.1
    printed = dict(re.findall(r"^(intact|excised): (\d+) of", capsys.readouterr().out, re.MULTILINE))
    assert int(printed["excised"]) > int(printed["intact"])


def _samples(sound):
    with wave.open(io.BytesIO(sound)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.uint8).astype(float)
