"""The script compare_conditions, on tables of bars whose counts are known."""

import pandas as pd
import pytest

from folkprobe.statistics.shares import compare_shares, estimate_share

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

# Wrong bars of each of two tunes with two bars, by kind and set.
WRONG = {("intact", ""): [0, 0], ("targeted", 0): [2, 1], ("random", 0): [1, 0], ("random", 1): [1, 1]}
LESIONS = [
    {
        "condition": f"{kind}_{number}",
        "layer": None if kind == "intact" else 1,
        "family": None if kind == "intact" else "third",
        "n_units": None if kind == "intact" else 4,
        "kind": kind,
        "set_index": number,
        "tune_index": tune,
        "n_measured_bars": 2,
        "n_wrong_bars": n_wrong,
        **dict.fromkeys(("ok", "strict_ok", "wellformed", "ended"), 1),
        "n_tokens": 20,
        "n_bar_tokens": 2,
        "intact_log_probability": -30.5,
    }
    for (kind, number), of_tunes in WRONG.items()
    for tune, n_wrong in enumerate(of_tunes)
]


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
        outcomes_path = tmp_path / "outcomes.csv"
        pd.DataFrame(LESIONS).to_csv(outcomes_path, index=False)
        script("compare_conditions").main(
            outcomes_path=outcomes_path,
            bars_paths=[tmp_path / f"{name}.csv" for name in conditions],
            effects_path=tmp_path / "effects.csv",
            conditions=list(conditions),
            confidence_level=0.9,
            n_resamples=200,
            rng_seed=5,
            lesion_study={"rng_seed": 8, "primary_family": "third"},
        )
        return pd.read_csv(tmp_path / "effects.csv")

    return compare


def _named(table):
    named = table[table["outcome"] == "share_of_correct_bars"].set_index("contrast")
    return named.rename(columns={"estimate": "value"})


def _is(row, estimate):
    return row[list(vars(estimate))].to_dict() == vars(estimate)


def test_every_condition_has_its_share_of_measured_bars(effects):
    table = _named(effects("intact", "same", "cut"))
    for name, (n_ok, n_bars) in COUNTS.items():
        row = table.loc[name]
        assert row["value"] == pytest.approx(sum(n_ok) / sum(n_bars))
        assert row["n_bars"] == sum(n_bars)
        assert _is(row, estimate_share(n_ok, n_bars, **SETTINGS))


def test_differences_are_from_the_first_condition_tune_by_tune(effects):
    table = _named(effects("intact", "same", "cut"))
    assert list(table.index) == ["intact", "same", "same - intact", "cut", "cut - intact"]
    # Nothing but a pairing by tune makes the interval of two equal conditions a point.
    assert (table.loc["same - intact", ["value", "lower", "upper"]] == 0).all()
    row = table.loc["cut - intact"]
    assert row["value"] == pytest.approx(3 / 7 - 9 / 14)
    assert _is(row, compare_shares(*COUNTS["cut"], *COUNTS["intact"], **SETTINGS))


def test_the_reference_is_the_condition_that_stands_first(effects):
    table = _named(effects("cut", "intact"))
    assert table.loc["intact - cut", "value"] == pytest.approx(9 / 14 - 3 / 7)


def test_the_lesion_studys_rows_follow(effects):
    table = effects("intact")
    ours = table[table["family"].notna() & (table["outcome"] == "share_of_wrong_bars")].set_index("contrast")
    assert ours.loc["targeted - random", "estimate"] == pytest.approx(3 / 4 - (1 / 4 + 2 / 4) / 2)
    assert ours.loc["targeted - random", "role"] == "primary"
    assert ours.loc["targeted - random", "n_sets"] == 2
    assert (ours["rng_seed"] == 8).all()
    assert (ours["level"] == 0.9).all()
