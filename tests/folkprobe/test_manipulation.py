"""Bars deleted and moved, and nothing else touched."""

import numpy as np
import pytest

from folkprobe.music.manipulation import delete_bars, jitter_bars
from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal

TUNE = ["<s>", "M:4/4", "K:Cmaj", "|:", *(["A", "2", "B", "|"] * 12), "c", ":|", "</s>"]


def test_deleting_leaves_the_rest():
    assert delete_bars(["<s>", "A", "|", "|:", "2", ":|", "|1", "B", "</s>"]) == ["<s>", "A", "2", "B", "</s>"]
    assert delete_bars([]) == []


@pytest.mark.parametrize("rng_seed", range(8))
def test_jitter_keeps_both_orders_and_both_ends(rng_seed):
    moved = jitter_bars(TUNE, np.random.default_rng(rng_seed), shift_steps_max=3)
    assert delete_bars(moved) == delete_bars(TUNE)
    assert [t for t in moved if token_class(t) == "bar"] == [t for t in TUNE if token_class(t) == "bar"]
    assert moved[:3] == TUNE[:3]
    assert moved[-1] == "</s>"
    assert moved != TUNE

    def before(tokens):
        return np.array([len(delete_bars(tokens[:k])) for k, t in enumerate(tokens) if token_class(t) == "bar"])

    assert np.abs(before(moved) - before(TUNE)).max() <= 3


def test_bars_are_no_longer_periodic():
    rng = np.random.default_rng(0)
    gaps = []
    for _ in range(200):
        moved = jitter_bars(TUNE, rng, shift_steps_max=3)
        gaps += np.diff([k for k, token in enumerate(moved) if token == "|"]).tolist()
    assert np.mean(gaps) == pytest.approx(4, abs=0.2)
    assert np.std(gaps) > 1.5


def test_no_shift_is_no_change_and_a_negative_one_is_refused():
    assert jitter_bars(TUNE, np.random.default_rng(0), shift_steps_max=0) == TUNE
    with pytest.raises(Refusal, match="shift_steps_max = -1"):
        jitter_bars(TUNE, np.random.default_rng(0), shift_steps_max=-1)
