"""The script compare_conditions, on tables of bars whose counts are known."""

import pandas as pd
import pytest

from folkprobe.evidence.statistics import compare_shares, estimate_share

VERDICT_OF_LETTER = {"c": "correct", "p": "pickup", "s": "short", "u": "unmeasured"}
SETTINGS = {"rng_seed": 5, "level": 0.9, "n_resamples": 200}

# Verdicts of each tune's bars. Tune 2 of `cut` has only unmeasured bars and tune 3 of it has none.
BARS = {
    "intact": {0: "cccsu", 1: "ccsss", 2: "cpc", 3: "cs"},
    "same": {3: "cs", 2: "cpc", 1: "ccsss", 0: "cccsu"},
    "cut": {0: "cssss", 1: "cc", 2: "uu"},
}
# The same by tune: correct bars, measured bars.
COUNTS = {
    "intact": ([3, 2, 3, 1], [4, 5, 3, 2]),
    "same": ([3, 2, 3, 1], [4, 5, 3, 2]),
    "cut": ([1, 2, 0, 0], [5, 2, 0, 0]),
}


@pytest.fixture
def effects(script, tmp_path):
    def compare(*conditions):
        for name in conditions:
            rows = [
                (tune, verdict, verdict in ("correct", "pickup"))
                for tune, letters in BARS[name].items()
                for verdict in map(VERDICT_OF_LETTER.get, letters)
            ]
            bars = pd.DataFrame(rows, columns=["tune_index", "verdict", "is_ok"])
            bars.to_csv(tmp_path / f"{name}.csv", index=False)
        script("compare_conditions").main(
            bars_paths=[tmp_path / f"{name}.csv" for name in conditions],
            effects_path=tmp_path / "effects.csv",
            conditions=list(conditions),
            confidence_level=0.9,
            n_resamples=200,
            rng_seed=5,
        )
        return pd.read_csv(tmp_path / "effects.csv").set_index(["condition", "outcome"])

    return compare


def test_every_condition_has_its_share_of_measured_bars(effects):
    table = effects("intact", "same", "cut").xs("share_of_correct_bars", level="outcome")
    assert list(table.index) == ["intact", "same", "cut"]
    for name, (n_ok, n_bars) in COUNTS.items():
        row = table.loc[name]
        assert row["value"] == pytest.approx(sum(n_ok) / sum(n_bars))
        assert row["n_bars"] == sum(n_bars)
        assert row.to_dict() == vars(estimate_share(n_ok, n_bars, **SETTINGS))


def test_differences_are_from_the_first_condition_tune_by_tune(effects):
    table = effects("intact", "same", "cut").xs("share_of_correct_bars_minus_intact", level="outcome")
    assert list(table.index) == ["same", "cut"]
    # Nothing but a pairing by tune makes the interval of two equal conditions a point.
    assert (table.loc["same", ["value", "lower", "upper"]] == 0).all()
    row = table.loc["cut"]
    assert row["value"] == pytest.approx(3 / 7 - 9 / 14)
    assert row.to_dict() == vars(compare_shares(*COUNTS["cut"], *COUNTS["intact"], **SETTINGS))


def test_the_reference_is_the_condition_that_stands_first(effects):
    table = effects("cut", "intact").xs("share_of_correct_bars_minus_cut", level="outcome")
    assert table.loc["intact", "value"] == pytest.approx(9 / 14 - 3 / 7)
