"""docs/pipeline.svg shows the stages of the rule graph of today."""

import re

from project import all_rules

from folkprobe.figures.page import new_figure
from study.pipeline import PICTURE, STAGES, draw_pipeline, drawn_edges, rule_graph, stage_edges, stages_of_rules

# Rules that the default study does not have.
OTHERS = {"compare", "training", "seeds"}


def _reached(stage, edges):
    following = {other for one, other in edges if one == stage}
    return following.union(*(_reached(each, edges) for each in following))


def test_every_rule_has_a_stage_and_every_stage_a_place_of_its_own():
    stages = stages_of_rules()
    assert all_rules().keys() <= stages.keys()
    assert set(stages.values()) == STAGES.keys() | OTHERS
    assert len({place[:2] for place in STAGES.values()}) == len(STAGES)


def test_the_picture_has_the_edges_of_the_rule_graph():
    edges = stage_edges(rule_graph())
    assert {stage for edge in edges for stage in edge} == STAGES.keys()
    on, back = drawn_edges(edges)
    # What is left out is implied.
    order = list(STAGES)
    assert on | back <= edges
    for one, other in edges - back:
        assert other in _reached(one, on)
        assert order.index(one) < order.index(other)
    names = re.findall(r'<g id="(\w+)-to-(\w+)"', PICTURE.read_text(encoding="utf-8"))
    assert sorted(names) == sorted(on | back), "stale: run `make pipeline`"
    assert set(re.findall(r'<g id="stage-(\w+)"', PICTURE.read_text(encoding="utf-8"))) == STAGES.keys()


def test_edges_that_others_imply_are_left_out_and_those_that_lead_back_are_kept():
    edges = {("tunes", "spectra"), ("tunes", "trajectories"), ("trajectories", "spectra"), ("units", "tunes")}
    assert drawn_edges(edges) == ({("tunes", "trajectories"), ("trajectories", "spectra")}, {("units", "tunes")})


def test_no_text_leaves_its_box():
    with new_figure(height_mm=110) as figure:
        draw_pipeline(figure, {("tunes", "bars")})
        figure.canvas.draw()
        (ax,) = figure.axes
        boxes = {patch.get_gid(): patch.get_window_extent() for patch in ax.patches if "stage-" in patch.get_gid()}
        *texts, note = ax.texts
        assert len(texts) == 2 * len(boxes) == 2 * len(STAGES)
        assert note.get_window_extent().x0 > 0
        for number, (name, box) in enumerate(boxes.items()):
            for text in texts[2 * number : 2 * number + 2]:
                extent = text.get_window_extent()
                assert box.x0 < extent.x0 < extent.x1 < box.x1, name
                assert box.y0 < extent.y0 < extent.y1 < box.y1, name
