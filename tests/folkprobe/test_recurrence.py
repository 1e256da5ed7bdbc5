"""Recurrences counted by hand, and in the tunes that the articles print."""

import numpy as np
import pytest
from project import ROOT

from folkprobe.claims.printed_tunes import read_printed_tunes
from folkprobe.music.recurrence import RECURRENCE_CLASSES, class_indicators, recurrence_intervals, repeated_phrases
from folkprobe.refusal import Refusal


def printed_tune(number):
    return list(read_printed_tunes(ROOT / "resources/printed_tunes.txt").values())[number]


def test_intervals_of_tokens_and_classes():
    tokens = ["<s>", "M:4/4", "|:", "A", "2", "(3", "B", "|", "A", "2", ":|", "z", "|"]
    intervals = {key: steps.tolist() for key, steps in recurrence_intervals(tokens).items()}
    assert intervals["token", "A"] == [5]
    assert intervals["token", "|"] == [5]
    assert intervals["token", "M:4/4"] == []
    assert intervals["class", "bar"] == [5, 3, 2]
    assert intervals["class", "repeat"] == [8]
    assert intervals["class", "pitch"] == [3, 2, 3]
    assert intervals["class", "duration"] == [5]
    assert intervals["class", "tuplet"] == []
    assert list(intervals)[:2] == [("token", "<s>"), ("token", "M:4/4")]


def test_a_class_without_tokens_is_left_out():
    assert ("class", "tuplet") not in recurrence_intervals(["A", "|"])
    assert recurrence_intervals([]) == {}
    assert class_indicators([]).shape == (0, len(RECURRENCE_CLASSES))


def test_phrases_are_maximal_pairs():
    tokens = [*"ABCD|xABCDyBCD"]
    found = [
        (phrase.tokens, phrase.first_step, phrase.lag_steps) for phrase in repeated_phrases(tokens, n_tokens_min=3)
    ]
    assert found == [
        (("A", "B", "C", "D"), 0, 6),
        (("B", "C", "D"), 1, 10),
        (("B", "C", "D"), 7, 4),
    ]


@pytest.mark.parametrize("rng_seed", range(5))
def test_phrases_are_those_of_a_search_over_all_pairs(rng_seed):
    tokens = list(np.random.default_rng(rng_seed).choice(list("abc"), size=40))
    expected = set()
    for i in range(40):
        for j in range(i + 1, 40):
            n = next((n for n in range(40 - j) if tokens[i + n] != tokens[j + n]), 40 - j)
            if n >= 2 and (i == 0 or tokens[i - 1] != tokens[j - 1]):
                expected.add((i, j, n))
    phrases = repeated_phrases(tokens, n_tokens_min=2)
    assert {(phrase.first_step, phrase.again_step, len(phrase.tokens)) for phrase in phrases} == expected
    assert len(phrases) == len(expected)
    lengths = [len(phrase.tokens) for phrase in phrases]
    assert lengths == sorted(lengths, reverse=True)


def test_the_tune_of_part_5_repeats_its_phrases_four_bars_apart():
    tokens = printed_tune(1)
    (longest, *_) = repeated_phrases(tokens)
    assert " ".join(longest.tokens) == "B, | G, C C 2 G, C E C | G, C E"
    # The 36 steps of the article's longest period.
    assert (longest.first_step, longest.lag_steps) == (2, 36)
    assert np.median(recurrence_intervals(tokens)["class", "bar"]) == 9


def test_a_length_below_1_is_refused():
    with pytest.raises(Refusal, match="n_tokens_min = 0"):
        repeated_phrases(["A"], n_tokens_min=0)
