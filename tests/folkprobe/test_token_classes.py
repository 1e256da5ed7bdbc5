"""Tokens in the order of an axis, and counted by class."""

import json

import numpy as np
from project import ROOT

from folkprobe.music.token_classes import class_of, count_classes, order_by_class
from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import TOKEN_CLASSES

V2 = tuple(json.loads((ROOT / "resources/vocabulary_v2.json").read_text()))


def test_every_token_has_one_place_and_classes_stand_together():
    order = order_by_class(V2)
    assert sorted(order) == list(range(137))
    classes = [class_of(V2[index]) for index in order]
    assert [name for name, before in zip(classes, [None, *classes[:-1]], strict=True) if name != before] == list(
        TOKEN_CLASSES
    )


def test_pitches_rise_and_durations_grow():
    ordered = [V2[index] for index in order_by_class(V2)]
    pitches = ["C,", "^C,", "D,", "B,", "_C", "C", "=C", "^C", "D", "B", "c", "^c", "b", "c'", "b'"]
    assert [token for token in ordered if token in pitches] == pitches
    lengths = ["/8", "/4", "/3", "/2", "3/4", "3/2", "2", "5/2", "3", "12", "16", "/2<", ">", "2>"]
    assert [token for token in ordered if token in lengths] == lengths


def test_an_unknown_token_stands_last():
    order = order_by_class(("?", "C", "<s>"))
    np.testing.assert_array_equal(order, [2, 1, 0])


def test_only_drawn_tokens_are_counted():
    vocabulary = ("<s>", "</s>", "M:4/4", "C", "2", "|:", "?")
    token_index = np.array([0, 2, 3, 4, 3, 5, 6, 1, 0, 2, 5], dtype=np.int16)
    forced = [0, 1, 8, 9]
    log_probability = np.zeros(11)
    log_probability[forced] = np.nan
    tunes = Tunes(
        vocabulary, token_index, np.array([0, 8, 11]), np.zeros(2, np.int8), log_probability,
        rng_seed=0, first_tune=0, temperature=1.0, prompt="M:4/4", sampler="per-tune", dtype="float64", max_steps=9,
    )  # fmt: skip
    counts = {name: list(values) for name, values in count_classes(tunes).items()}
    assert {name: values for name, values in counts.items() if any(values)} == {
        "special": [1, 0],
        "bar": [1, 1],
        "pitch": [2, 0],
        "duration": [1, 0],
        "other": [1, 0],
        "|:": [1, 1],
        "</s>": [1, 0],
        "drawn": [6, 1],
    }
    assert counts["meter"] == counts[":|"] == [0, 0]
