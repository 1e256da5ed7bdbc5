"""What is compared between sets of tunes, counted by hand."""

import numpy as np
import pandas as pd

from folkprobe.music.outcomes import count_outcomes
from folkprobe.music.tunes import Tunes


def test_a_tune_with_bars_and_one_without():
    vocabulary = ("<s>", "</s>", "C", "2", "|:")
    tunes = Tunes(
        vocabulary, np.array([0, 4, 2, 3, 2, 1, 0, 1], dtype=np.int16), np.array([0, 6, 8]), np.zeros(2, np.int8),
        np.array([np.nan, 0, 0, 0, 0, 0, np.nan, 0]), rng_seed=0, first_tune=5, temperature=1.0, prompt="",
        sampler="per-tune", dtype="float64", max_steps=9,
    )  # fmt: skip
    verdicts = {"tune_index": [5, 5, 5], "verdict": ["correct", "short", "unmeasured"], "is_ok": [True, False, False]}
    counts = count_outcomes(tunes, pd.DataFrame(verdicts))
    assert list(counts)[-2:] == ["drawn tokens per tune", "share of correct bars"]
    np.testing.assert_array_equal(counts["share of pitch tokens"], [[2, 5], [0, 1]])
    np.testing.assert_array_equal(counts["share of |:"], [[1, 5], [0, 1]])
    np.testing.assert_array_equal(counts["share of </s>"], [[1, 5], [1, 1]])
    np.testing.assert_array_equal(counts["drawn tokens per tune"], [[5, 1], [1, 1]])
    np.testing.assert_array_equal(counts["share of correct bars"], [[1, 2], [0, 0]])
