"""Every figure can be read at the size in which it is printed."""

import inspect
import re
from itertools import product

import pytest
import yaml
from legibility import flaws
from matplotlib.backends.backend_agg import FigureCanvasAgg
from project import ROOT, load_script

from folkprobe.figures.page import new_figure
from study.checks import complete_config, default_config, merge_configs
from study.figure import drawn
from study.figures import FIGURES


@pytest.fixture(scope="module")
def config():
    overlay = yaml.safe_load((ROOT / "config/smoke.yaml").read_text(encoding="utf-8"))
    config = merge_configs(default_config(), overlay)
    complete_config(config)
    return config


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.stem)
def test_no_text_is_small_or_cut_or_over_another(figure, config, finished, monkeypatch, tmp_path):
    saved = []
    print_png = FigureCanvasAgg.print_png
    monkeypatch.setattr(
        FigureCanvasAgg, "print_png", lambda self, *a, **k: (saved.append(self.figure), print_png(self, *a, **k))
    )
    main = load_script(figure.rule).main
    block = figure.block(config)
    wildcards = re.findall(r"\{(\w+)\}", figure.path)
    for values in product(*(drawn(config)[name] for name in wildcards)):
        given = {"figure_paths": [tmp_path / "figure.png"], "table_path": tmp_path / "table.csv"} | block
        for name, value in zip(wildcards, values, strict=True):
            given.setdefault(name, value)
        for name, path in figure.files(config).items():
            paths = [path] if isinstance(path, str) else path
            paths = [finished.folder / each.format(model="smoke") for each in paths]
            given |= {f"{name}_path": paths[0], f"{name}_paths": paths}
        main(**{name: given[name] for name in inspect.signature(main).parameters})
    assert saved
    for each in saved:
        assert not flaws(each)


@pytest.mark.parametrize(
    ("place", "flaw"),
    [
        ({"x": 0.5, "y": 0.5, "fontsize": 6.5}, "'seen' has 6.5 points"),
        ({"x": 0.99, "y": 0.5}, "'seen' leaves the canvas"),
        ({"x": 0.1, "y": 0.1}, "'there' and 'seen' overlap"),
        ({"x": 0.5, "y": 0.5}, None),
    ],
)
def test_a_flaw_is_found(place, flaw):
    with new_figure(height_mm=40) as figure:
        figure.text(0.1, 0.1, "there")
        figure.text(s="seen", **place)
        figure.text(0.1, 0.1, "hidden", visible=False)
        assert flaws(figure) == ([flaw] if flaw else [])
