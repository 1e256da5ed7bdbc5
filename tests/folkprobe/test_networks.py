"""Networks side by side: the same network differs by nothing, a planted difference is found."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.statistics.networks import compare_outcomes, subtract_reference


def outcomes_of(n_wrong, n_tunes=40):
    rng = np.random.default_rng(1)
    n_measured = rng.integers(8, 20, n_tunes)
    return pd.DataFrame(
        {
            "condition": "intact",
            "layer": None,
            "family": None,
            "n_units": None,
            "kind": "intact",
            "tune_index": np.arange(n_tunes),
            "n_measured_bars": n_measured,
            "n_wrong_bars": np.minimum(rng.poisson(n_wrong, n_tunes), n_measured),
            "ok": 1,
            "strict_ok": rng.integers(0, 2, n_tunes),
            "wellformed": 1,
            "n_tokens": 9 * n_measured,
            "ended": 1,
            "intact_log_probability": -n_measured.astype(float),
            "n_bar_tokens": n_measured,
        }
    )


def differences(table):
    return table[table["contrast"] == "difference"].set_index(["network", "outcome"])


def test_a_network_differs_from_itself_by_exactly_nothing():
    table = compare_outcomes({"a": outcomes_of(1), "b": outcomes_of(1)}, reference="a", level=0.95)
    found = differences(table)
    assert len(found) == 2 * table["outcome"].nunique()
    assert (found["estimate"] == 0).all()
    assert (found["lower"] <= 0).all()
    assert (found["upper"] >= 0).all()


def test_a_planted_difference_is_found_in_what_was_planted():
    table = compare_outcomes({"a": outcomes_of(1), "b": outcomes_of(4)}, reference="a", level=0.95)
    planted = differences(table).loc[("b", "share_of_wrong_bars")]
    assert planted["lower"] > 0
    assert differences(table).loc[("b", "mean_tokens_per_tune"), "estimate"] == 0
    of_level = table[table["contrast"] == "level"].set_index(["network", "outcome"])["estimate"]
    assert planted["estimate"] == pytest.approx(
        of_level["b", "share_of_wrong_bars"] - of_level["a", "share_of_wrong_bars"]
    )


def test_only_tunes_of_all_networks_are_compared():
    table = compare_outcomes({"a": outcomes_of(1, 40), "b": outcomes_of(1, 30)}, reference="a", level=0.95)
    assert set(table["n_tunes"]) == {30}


def test_estimates_are_subtracted_with_their_intervals():
    rows = [("a", 1, 0.3, 0.2, 0.5), ("a", 2, 0.1, 0.0, 0.2), ("b", 1, 0.7, 0.4, 0.8), ("c", 3, 0.5, 0.4, 0.6)]
    estimates = pd.DataFrame(rows, columns=["network", "layer", "estimate", "lower", "upper"]).assign(method="t")
    table = subtract_reference(estimates, keys=["layer"], reference="a")
    assert table["contrast"].tolist() == ["level"] * 4 + ["difference"] * 3
    found = table[table["contrast"] == "difference"].set_index(["network", "layer"])
    for layer, width in ((1, np.hypot(0.1, 0.2)), (2, np.hypot(0.1, 0.1))):
        assert found.loc[("a", layer), "estimate"] == 0
        assert found.loc[("a", layer), "lower"] == pytest.approx(-width)
        assert found.loc[("a", layer), "upper"] == pytest.approx(width)
    assert tuple(found.loc[("b", 1), ["estimate", "lower", "upper"]]) == pytest.approx(
        (0.4, 0.4 - np.hypot(0.3, 0.2), 0.4 + np.hypot(0.1, 0.1))
    )
