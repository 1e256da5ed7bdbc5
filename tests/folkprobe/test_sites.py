import numpy as np
import pytest
from known_answers import PROMPT, constructed_network

from folkprobe.counting.sites import elapsed_eighths, elapsed_steps, find_sites
from folkprobe.network.sampling import generate_tunes


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("M:4/4 C 2 D | E 3 /2 F", [0, 1, 2, 3, 0, 1, 3, 1.5, 2.5]),
        ("M:4/4 | (3 C D E F |", [0, 0, 0, 2 / 3, 4 / 3, 2, 3, 0]),
        # A marker changes lengths once its other note has been read.
        ("M:4/4 | C > D 2", [0, 0, 1, 1, 2, 3]),
        ("M:4/4 | [ C E ] 2", [0, 0, 0, 1, 2, 1, 2]),
        # A tuplet's time depends on the metre in force before the bar.
        ("M:6/8 | (2 C D", [0, 0, 0, 1.5, 3]),
    ],
)
def test_elapsed_eighths_are_those_read_so_far(tokens, expected):
    assert elapsed_eighths(tokens.split()) == pytest.approx(expected)


def test_elapsed_steps_count_tokens_since_the_bar_token():
    tokens = ["<s>", "M:4/4", "C", "|", "D", "2", ":|", "|:", "E"]
    assert elapsed_steps(tokens).tolist() == [0, 1, 2, 0, 1, 2, 0, 0, 1]
    assert len(elapsed_steps([])) == 0


def _sites(tokens):
    """The sites of a tune of given tokens."""
    tunes = generate_tunes(constructed_network(), rng_seed=0, n_tunes=1, prompt=PROMPT, max_steps=3)
    vocabulary = tuple(dict.fromkeys(tokens.split()))
    index = np.array([vocabulary.index(token) for token in tokens.split()], dtype=np.int16)
    changed = {"vocabulary": vocabulary, "token_index": index, "tune_offsets": np.array([0, len(index)])}
    table = find_sites(type(tunes)(**(vars(tunes) | changed)))
    return list(zip(table["step"], table["elapsed_eighths"], table["after"], strict=True))


def test_sites_lie_between_whole_notes_outside_the_first_bar():
    assert _sites("<s> M:4/4 C D | C D 2 E /2 F /2 G |") == [
        (4, 0, "bar"),
        (5, 1, "pitch"),
        (7, 3, "duration"),
        (11, 4, "duration"),
        (12, 5, "pitch"),
    ]


@pytest.mark.parametrize("begun", ["C >", "[ C", "(3 C", "(6 C D E", "C 3", "C /2", "C 2 >"])
def test_no_site_where_something_is_under_way(begun):
    following = {"[ C": "E ] |", "C 3": "/2 D |"}.get(begun, "D E F G |")
    last = 4 + len(begun.split()) - 1
    steps = [step for step, _, _ in _sites(f"<s> M:4/4 C | {begun} {following}")]
    assert last not in steps
    assert not begun.startswith("C /2") or last + 1 not in steps


def test_other_metres_have_no_sites():
    assert _sites("<s> M:3/4 C | C D | M:4/4 C D |") == [(8, 1, "pitch"), (9, 2, "pitch")]
