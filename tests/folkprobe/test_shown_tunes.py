"""Tunes on the page: where the cursor stands, and what can be taken away."""

import base64
import re

import pytest
from constructed_tunes import constructed_tunes

from folkprobe.music.engraving import engrave
from folkprobe.music.midi import midi_bytes, played_events
from folkprobe.music.score import mei_score
from folkprobe.report.shown_tunes import MOST_TOKENS, compact_svg, cursor_places, shown_tune

# A chord, a rest, a tuplet, a note that is tied from bar to bar by its length (five eighths), and a repeat.
TUNE = "M:4/4 K:Gmaj |: [ G B ] 2 z 2 (3 c d e f 5 | g 8 :| A 4 B 4 |".split()  # noqa: SIM905


def decoded(url):
    return base64.b64decode(url.partition(";base64,")[2])


def test_the_cursor_stands_at_each_event_also_when_it_is_played_again():
    tune = shown_tune(TUNE, name="intact", title="m, intact, tune 0", number=0)
    events = tune["events"]
    # Eight are written, the six before the repeat sign are played twice; at 120 quarters a minute.
    once = [[0.5, [67, 71]], [0.5, []], [1 / 6, [72]], [1 / 6, [74]], [1 / 6, [76]], [1.25, [78]], [2.0, [79]]]
    assert [event[1:3] for event in events] == [
        [pytest.approx(seconds, abs=1e-3), numbers] for seconds, numbers in [*once, *once, [1.0, [69]], [1.0, [71]]]
    ]
    assert events[7][0] == pytest.approx(sum(seconds for seconds, _ in once), abs=1e-3)
    assert [event[3:] for event in events[7:14]] == [event[3:] for event in events[:7]]
    places = [event[3:] for event in events[:7] + events[14:]]
    assert all(0 < x < 100 and 0 < y < 100 for x, y in places)
    assert places == sorted(places, key=lambda place: (place[1], place[0]))
    assert len({tuple(place) for place in places}) == 9


@pytest.mark.parametrize("tokens", constructed_tunes(6, rng_seed=23), ids=range(6))
def test_every_event_of_any_tune_has_its_place(tokens):
    mei = mei_score(tokens)
    svg, remark = engrave(mei, panel_number=0)
    assert not remark
    assert cursor_places(mei, svg).keys() == {event.token_index for event in played_events(tokens)}
    # A drawing that lacks one has no cursor, in place of one at another note.
    assert cursor_places(mei, svg.replace('class="note"', 'class="lost"', 1)) == {}


def test_the_files_are_the_tune():
    tune = shown_tune(TUNE, name="intact", title="m, intact, tune 0", number=0)
    assert decoded(tune["midi"]) == midi_bytes(TUNE, title="m, intact, tune 0")
    abc = decoded(tune["abc"]).decode()
    assert "X:1\n" in abc
    assert "T:m, intact, tune 0\n" in abc
    assert shown_tune(TUNE, name="intact", title="m, intact, tune 0", number=0) == tune


def test_a_drawing_keeps_all_that_is_seen():
    svg, _ = engrave(mei_score(TUNE), panel_number=0)
    small = compact_svg(svg)
    assert len(small) < 0.7 * len(svg)
    for seen in ("<use", "<polygon", "<text"):
        assert small.count(seen) == svg.count(seen), seen
    # Lines in one path are as many as before.
    lines = [re.findall(r"M-?\d+ -?\d+ L-?\d+ -?\d+", each) for each in (svg, small)]
    assert lines[0] == lines[1]
    assert len(lines[0]) > small.count("<path")
    # What is used is defined.
    assert set(re.findall(r'href="#([^"]*)"', small)) <= set(re.findall(r'<g id="([^"]*)"', small))
    assert 'id="' in small.partition("<style")[0]


def test_of_an_endless_tune_the_beginning_is_shown_and_the_files_have_all():
    tokens = ["M:4/4", "K:Cmaj", *["C", "8", "|"] * 120]
    tune = shown_tune(tokens, name="n", title="t", number=0)
    assert tune["n_tokens"] == len(tokens) > MOST_TOKENS
    assert len(tune["events"]) == (MOST_TOKENS - 2 + 2) // 3
    assert decoded(tune["midi"]) == midi_bytes(tokens, title="t")


def test_a_tune_that_cannot_be_drawn_can_still_be_heard():
    tune = shown_tune(["C", "2", "D"], name="n", title="t", number=0)
    assert tune["events"]
    silent = shown_tune(["M:4/4"], name="n", title="t", number=0)
    assert (silent["score"], silent["events"]) == (None, [])
    assert "no bars" in silent["remark"]
