"""The picture of the pipeline, docs/pipeline.svg: Snakemake's rule graph, reduced to one stage for each file of rules.

``make pipeline`` draws it.
"""

import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from folkprobe.figures.page import PAGE_WIDTH_MM, new_figure, write_figure
from study.figures import FIGURES
from study.places import ROOT

PICTURE = ROOT / "docs/pipeline.svg"
# By the stem of the file of rules, in the order of the study: column, row and what is done.
STAGES = {
    "checkpoint": (0, 0, "read and convert\nthe network"),
    "windows": (4, 3, "lobes of\nspectral windows"),
    "tunes": (1, 0, "draw, from the same\nrandom numbers"),
    "trajectories": (2, 0, "replay the tunes,\nkeep hidden states"),
    "spectra": (3, 0, "power of each unit\nat each period"),
    "units": (4, 0, "select those of the\nbar, cut them out"),
    "lesions": (4, 1, "targeted sets and\ncontrols: new tunes"),
    "bars": (1.95, 2, "judge every bar,\ncompare conditions"),
    "score": (0, 2, "staff notation\nand sound"),
    "peaks": (2.95, 1, "lines, coherence,\nrecurrences"),
    "replays": (2, 1, "bar tokens deleted\nor moved"),
    "softmax": (1, 2, "directions removed\nor pushed"),
    "counting": (4, 2, "where the count\nis held"),
    "figures": (3, 3, "SVG, PDF and PNG,\neach with its CSV"),
    "claims": (2, 3, "verdicts on what\nwas published"),
    "provenance": (1, 3, "records of all jobs,\nfor the audit"),
    "report": (0, 3, "the study\non one page"),
}
_HEIGHT_MM = 110
_COLUMN_MM, _ROW_MM, _TOP_MM = PAGE_WIDTH_MM / 5, 26, 17
_BOX_MM = (28, 12.5)

Edges = Collection[tuple[str, str]]


def rule_graph() -> str:
    """Return Snakemake's graph of the rules of the default study, in DOT."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "--forceall"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603


def stages_of_rules() -> dict[str, str]:
    """Return the stage of each rule."""
    stages = {figure.rule: "figures" for figure in FIGURES}
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        stages |= dict.fromkeys(re.findall(r"^rule (\w+):", path.read_text(encoding="utf-8"), re.MULTILINE), path.stem)
    return stages


def stage_edges(graph: str) -> set[tuple[str, str]]:
    """Return each pair of stages of which the second reads what the first wrote; `all` is no stage."""
    names, stages = dict(re.findall(r'(\d+)\[label = "(\w+)', graph)), stages_of_rules()
    pairs = [(names[one], names[other]) for one, other in re.findall(r"(\d+) -> (\d+)", graph)]
    edges = {(stages[one], stages[other]) for one, other in pairs if other != "all"}
    return {(one, other) for one, other in edges if one != other}


def drawn_edges(edges: Edges) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Split edges into those that lead on, without those that others imply, and those that lead back."""
    order = list(STAGES)
    on = {(one, other) for one, other in edges if order.index(one) < order.index(other)}
    implied = {(one, far) for one, near in on for far in _reached(near, on)}
    return on - implied, set(edges) - on


def _reached(stage: str, edges: Edges) -> set[str]:
    following = {other for one, other in edges if one == stage}
    return following.union(*(_reached(each, edges) for each in following))


def draw_pipeline(figure: Figure, edges: Edges) -> None:
    """Draw the stages as boxes, and edges as arrows whose names in an SVG are those of both stages."""
    ax = figure.subplots()
    ax.set(xlim=(0, PAGE_WIDTH_MM), ylim=(_HEIGHT_MM, 0))
    ax.axis("off")
    width, height = _BOX_MM
    boxes = {}
    for name, (column, row, text) in STAGES.items():
        x, y = _COLUMN_MM * (column + 0.5), _TOP_MM + _ROW_MM * row
        box = FancyBboxPatch((x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=1.5")
        box.set(facecolor="0.95", edgecolor="0.3", linewidth=0.6, gid=f"stage-{name}")
        boxes[name] = (ax.add_patch(box), (x, y))
        ax.text(x, y - 3.3, name, ha="center", va="center", weight="bold")
        ax.text(x, y + 1.9, text, ha="center", va="center", fontsize=7, linespacing=1.1)
    on, back = drawn_edges(edges)
    for one, other in sorted(on | back):
        (start, begin), (stop, end) = boxes[one], boxes[other]
        arrow = FancyArrowPatch(begin, end, patchA=start, patchB=stop, arrowstyle="-|>", shrinkA=0, shrinkB=0)
        arrow.set(mutation_scale=7, linewidth=0.8, color="0.2", gid=f"{one}-to-{other}")
        if (one, other) in back:
            arrow.set(linestyle="--", color="C1")
            # Along a row, stages lie between.
            arrow.set_connectionstyle("arc3", rad=0.25 if begin[1] == end[1] else 0)
        ax.add_patch(arrow)
    note = "dashed: back to the beginning, with units cut out, directions edited or bar tokens moved"
    ax.text(PAGE_WIDTH_MM, _HEIGHT_MM - 1, note, ha="right", va="bottom", fontsize=7, color="C1")


def main(path: Path = PICTURE) -> None:
    """Draw the pipeline of the default study."""
    edges = stage_edges(rule_graph())
    with new_figure(height_mm=_HEIGHT_MM) as figure:
        draw_pipeline(figure, edges)
        write_figure(figure, path)


if __name__ == "__main__":
    main()
