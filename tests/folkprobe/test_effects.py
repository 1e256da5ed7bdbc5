"""The rows of effects.csv from tables of outcomes, against sums by hand and other modules' answers."""

import io

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from folkprobe.refusal import Refusal
from folkprobe.statistics.effects import EFFECT_COLUMNS, compare_lesions

SETTINGS = {"level": 0.95, "rng_seed": 3, "primary_family": "third"}
N_TUNES = 12
KINDS = {"targeted": 0.8, "activity_matched": 0.5, "bottom": 0.2}


def _condition(rng, condition, kind, share, *, layer=None, family=None, n_units=None, set_index=None):
    n_bars = rng.integers(2, 20, N_TUNES)
    n_bars[3] = 0
    n_wrong = rng.binomial(n_bars, share)
    judged = np.where(n_bars > 0, (n_wrong == 0).astype(float), np.nan)
    n_tokens = rng.integers(60, 200, N_TUNES)
    n_bar_tokens = rng.binomial(n_tokens, 0.1)
    return pd.DataFrame(
        {
            "condition": condition,
            "layer": layer,
            "family": family,
            "n_units": n_units,
            "kind": kind,
            "set_index": set_index,
            "tune_index": np.arange(100, 100 + N_TUNES),
            "n_measured_bars": n_bars,
            "n_wrong_bars": n_wrong,
            "ok": judged,
            "strict_ok": judged,
            "wellformed": rng.integers(0, 2, N_TUNES),
            "n_tokens": n_tokens,
            "ended": rng.integers(0, 2, N_TUNES),
            "intact_log_probability": -rng.random(N_TUNES) * n_tokens,
            "n_bar_tokens": n_bar_tokens,
            "n_pitch_tokens": n_tokens - n_bar_tokens,
        }
    )


def _outcomes(*, layers=(1, 2, 3), families=("third", "third_mean"), n_random_sets=5, kinds=KINDS, rng_seed=0):
    rng = np.random.default_rng(rng_seed)
    tables = [_condition(rng, "intact", "intact", 0.1)]
    for layer in layers:
        for family in families:
            where = {"layer": layer, "family": family, "n_units": 7}
            for kind, share in kinds.items():
                tables.append(_condition(rng, f"layer_{layer}_{family}_{kind}", kind, share, **where))
            for i in range(n_random_sets):
                name = f"layer_{layer}_{family}_random_{i:02d}"
                tables.append(_condition(rng, name, "random", rng.uniform(0.3, 0.6), **where, set_index=i))
    # As read from the file: whole numbers beside empty cells are floats, an empty family is nan.
    return pd.read_csv(io.StringIO(pd.concat(tables).to_csv(index=False)))


def _row(effects, contrast, outcome="share_of_wrong_bars", *, layer=1, family="third"):
    there = (effects["contrast"] == contrast) & (effects["outcome"] == outcome)
    there &= effects["layer"].isna() if layer is None else (effects["layer"] == layer) & (effects["family"] == family)
    (place,) = np.flatnonzero(there.fillna(False))
    return effects.iloc[place]


@pytest.fixture(scope="module")
def outcomes():
    return _outcomes()


@pytest.fixture(scope="module")
def effects(outcomes):
    return compare_lesions(outcomes, **SETTINGS)


def _sums(outcomes, numerator, denominator, **chosen):
    for column, value in chosen.items():
        outcomes = outcomes[outcomes[column] == value]
    return (outcomes[numerator].groupby(outcomes["condition"]).sum()
            / outcomes[denominator].groupby(outcomes["condition"]).sum())  # fmt: skip


def test_there_is_a_row_of_every_level_and_difference(effects):
    assert tuple(effects.columns) == EFFECT_COLUMNS
    of_layer = effects[(effects["layer"] == 2) & (effects["family"] == "third_mean")]
    assert list(of_layer["contrast"].unique()) == [
        "targeted",
        "random",
        "activity_matched",
        "bottom",
        "targeted - random",
        "targeted - activity_matched",
        "targeted - bottom",
        "targeted - intact",
        "random - intact",
        "activity_matched - intact",
        "bottom - intact",
    ]
    assert set(effects["outcome"]) == {
        "share_of_wrong_bars",
        "share_of_ok_tunes",
        "share_of_strict_ok_tunes",
        "share_of_wellformed_tunes",
        "share_of_ended_tunes",
        "mean_tokens_per_tune",
        "mean_log_probability_per_token",
        "share_of_bar_tokens",
        "share_of_pitch_tokens",
    }
    assert len(effects) == 9 * (1 + 6 * 11)
    assert (effects["contrast"] == "intact").sum() == 9
    assert set(effects["rng_seed"]) == {3}
    assert set(effects["level"]) == {0.95}
    assert effects[["n_tunes", "n_sets", "method", "estimate"]].notna().all().all()


@pytest.mark.parametrize(
    ("outcome", "numerator", "denominator"),
    [
        ("share_of_wrong_bars", "n_wrong_bars", "n_measured_bars"),
        ("mean_log_probability_per_token", "intact_log_probability", "n_tokens"),
        ("share_of_bar_tokens", "n_bar_tokens", "n_tokens"),
    ],
)
def test_estimates_are_ratios_of_sums_and_means_over_sets(outcomes, effects, outcome, numerator, denominator):
    chosen = {"layer": 1, "family": "third"}
    targeted = _sums(outcomes, numerator, denominator, kind="targeted", **chosen).iloc[0]
    random = _sums(outcomes, numerator, denominator, kind="random", **chosen)
    intact = _sums(outcomes, numerator, denominator, kind="intact").iloc[0]
    assert len(random) == 5
    for contrast, expected in (
        ("targeted", targeted),
        ("random", random.mean()),
        ("targeted - random", targeted - random.mean()),
        ("random - intact", random.mean() - intact),
    ):
        assert _row(effects, contrast, outcome)["estimate"] == pytest.approx(expected, rel=1e-12)
    # Shares as angles; log-probabilities as they are.
    scale = np.arcsin(np.sqrt([targeted, *random])) if outcome.startswith("share") else np.array([targeted, *random])
    p_value = stats.ttest_ind(scale[:1], scale[1:]).pvalue
    assert _row(effects, "targeted - random", outcome)["p_value"] == pytest.approx(p_value, rel=1e-9)


def test_outcomes_of_whole_tunes(outcomes, effects):
    intact = outcomes[outcomes["kind"] == "intact"]
    for outcome, expected, n_tunes in (
        ("share_of_ok_tunes", (intact["ok"] == 1).sum() / 11, 11),
        ("share_of_wellformed_tunes", intact["wellformed"].mean(), 12),
        ("share_of_ended_tunes", intact["ended"].mean(), 12),
        ("mean_tokens_per_tune", intact["n_tokens"].mean(), 12),
    ):
        row = _row(effects, "intact", outcome, layer=None)
        assert row["estimate"] == pytest.approx(expected)
        # Tune 103 has no measured bar, so it was not judged.
        assert row["n_tunes"] == n_tunes


def test_differences_are_paired_by_tune(outcomes, effects):
    n_tokens = {name: table["n_tokens"].to_numpy() for name, table in outcomes.groupby("condition")}
    interval = stats.ttest_rel(n_tokens["layer_1_third_targeted"], n_tokens["intact"]).confidence_interval()
    row = _row(effects, "targeted - intact", "mean_tokens_per_tune")
    np.testing.assert_allclose([row["lower"], row["upper"]], interval)
    # The same, the rows of the table in any order.
    shuffled = compare_lesions(outcomes.sample(frac=1, random_state=1), **SETTINGS)
    row = _row(shuffled, "targeted - intact", "mean_tokens_per_tune")
    np.testing.assert_allclose([row["lower"], row["upper"]], interval)


def test_counts_that_stand_beside_an_estimate(outcomes, effects):
    n_bars = outcomes.groupby("condition")["n_measured_bars"].sum()
    row = _row(effects, "targeted - random")
    random = [name for name in n_bars.index if name.startswith("layer_1_third_random")]
    assert row["n_bars"] == n_bars["layer_1_third_targeted"] + n_bars[random].sum()
    assert (row["n_sets"], row["n_tunes"], row["n_units"]) == (5, 11, 7)
    row = _row(effects, "targeted - bottom")
    assert row["n_bars"] == n_bars["layer_1_third_targeted"] + n_bars["layer_1_third_bottom"]
    assert row["n_sets"] == 1
    assert pd.isna(_row(effects, "targeted", "share_of_ended_tunes")["n_bars"])


def test_only_what_was_named_before_is_tested(effects):
    primary = effects[effects["role"] == "primary"]
    assert list(primary["layer"]) == [1, 2, 3]
    assert set(primary["contrast"]) == {"targeted - random"}
    assert set(primary["outcome"]) == {"share_of_wrong_bars"}
    assert set(primary["family"]) == {"third"}
    # Holm by hand.
    smallest, middle, largest = np.sort(primary["p_value"])
    expected = np.minimum(np.maximum.accumulate([3 * smallest, 2 * middle, largest]), 1)
    np.testing.assert_allclose(np.sort(primary["p_value_adjusted"]), expected)
    assert set(primary["adjustment"]) == {"Holm over 3"}

    secondary = effects[effects["role"] == "secondary"]
    assert len(secondary) == 3 * 8
    assert set(secondary["contrast"]) == {"targeted - random"}
    np.testing.assert_allclose(
        secondary["p_value_adjusted"], stats.false_discovery_control(secondary["p_value"].to_numpy())
    )
    assert set(secondary["adjustment"]) == {"Benjamini-Hochberg over 24"}
    rest = effects[effects["role"] == "descriptive"]
    assert rest[["p_value", "p_value_adjusted", "permutation_p_value", "adjustment"]].isna().all().all()
    assert effects[effects["role"] != "descriptive"]["permutation_p_value"].min() >= 1 / 6


def test_the_permutation_p_value_reaches_its_floor_with_39_sets():
    effects = compare_lesions(_outcomes(layers=(1,), families=("third",), n_random_sets=39), **SETTINGS)
    row = _row(effects, "targeted - random")
    assert row["permutation_p_value"] == 1 / 40
    # It stays as it is: only the prediction p-value is adjusted.
    assert row["p_value_adjusted"] == row["p_value"] < 0.05
    assert row["adjustment"] == "Holm over 1"


def test_the_family_that_is_tested_has_a_name(outcomes):
    effects = compare_lesions(outcomes, **SETTINGS | {"primary_family": "third_mean"})
    assert set(effects.loc[effects["role"] != "descriptive", "family"]) == {"third_mean"}
    assert set(compare_lesions(outcomes, **SETTINGS | {"primary_family": "none"})["role"]) == {"descriptive"}


def test_a_family_without_controls_and_one_without_random_sets():
    outcomes = _outcomes(kinds={"targeted": 0.8}, layers=(1,), families=("third",))
    contrasts = set(compare_lesions(outcomes, **SETTINGS)["contrast"])
    assert contrasts == {"intact", "targeted", "random", "targeted - random", "targeted - intact", "random - intact"}
    outcomes = _outcomes(n_random_sets=0, layers=(1,), families=("third",))
    effects = compare_lesions(outcomes, **SETTINGS)
    assert "targeted - bottom" in set(effects["contrast"])
    assert set(effects["role"]) == {"descriptive"}
    only_intact = compare_lesions(outcomes[outcomes["kind"] == "intact"], **SETTINGS)
    assert set(only_intact["contrast"]) == {"intact"}
    without = compare_lesions(outcomes[outcomes["kind"] != "intact"], **SETTINGS)
    assert not without["contrast"].str.contains("intact").any()


def test_one_random_set_has_an_estimate_but_no_interval():
    effects = compare_lesions(_outcomes(n_random_sets=1, layers=(1, 2), families=("third",)), **SETTINGS)
    row = _row(effects, "targeted - random")
    assert np.isfinite(row["estimate"])
    assert np.isnan([row["lower"], row["upper"], row["p_value"], row["p_value_adjusted"]]).all()
    assert "one random set" in row["method"]
    assert np.isfinite(_row(effects, "targeted - intact")["lower"])


def test_two_random_sets_say_little_but_shares_stay_shares():
    effects = compare_lesions(_outcomes(n_random_sets=2, layers=(1,), families=("third",)), **SETTINGS)
    random = effects[effects["contrast"] == "random"].set_index("outcome")
    shares = random[random.index.str.startswith("share")]
    assert shares["lower"].min() == 0
    assert shares["upper"].max() == 1
    assert random.loc["mean_tokens_per_tune", "upper"] > 1


def test_a_condition_without_a_measured_bar_is_unknown_not_zero(outcomes):
    outcomes = outcomes.copy()
    silent = outcomes["condition"] == "layer_1_third_targeted"
    outcomes.loc[silent, ["n_measured_bars", "n_wrong_bars"]] = 0
    outcomes.loc[silent, ["ok", "strict_ok"]] = np.nan
    effects = compare_lesions(outcomes, **SETTINGS)
    row = _row(effects, "targeted - random")
    assert np.isnan([row["estimate"], row["lower"], row["p_value"], row["permutation_p_value"]]).all()
    assert row["n_tunes"] == 0
    assert "nothing was counted" in row["method"]
    # The two tests that are left.
    assert _row(effects, "targeted - random", layer=2)["adjustment"] == "Holm over 2"


def test_a_lesion_that_changes_nothing(outcomes):
    intact = outcomes[outcomes["kind"] == "intact"]
    same = intact.assign(condition="same", layer=1, family="third", n_units=7, kind="targeted")
    row = _row(compare_lesions(pd.concat([intact, same]), **SETTINGS), "targeted - intact")
    assert (row["estimate"], row["lower"], row["upper"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="n_wrong_bars"), "no column n_wrong_bars"),
        (
            lambda table: table.iloc[:-1],
            "layer_1_third_random_04 has other tunes than intact",
        ),
        (lambda table: pd.concat([table, table.iloc[-1:]]), "layer_1_third_random_04 has other tunes"),
        (lambda table: table.iloc[:0], "has no condition"),
        (lambda table: pd.concat([table, table]), "intact has other tunes than intact, or one of them twice"),
        (
            lambda table: table.assign(tune_index=table["tune_index"] + (table["kind"] == "bottom")),
            "layer_1_third_bottom has other tunes",
        ),
        (lambda table: table.replace({"kind": {"bottom": "top"}}), "kind top is none of"),
        (lambda table: table.replace({"kind": {"random": "bottom"}}), "family third, layer 1, has 6 conditions"),
        (
            lambda table: table.assign(n_tokens=table["n_tokens"].where(table["kind"] != "bottom")),
            "n_tokens of tune 100 of layer_1_third_bottom is nan",
        ),
        (
            lambda table: table.assign(n_wrong_bars=table["n_wrong_bars"] + 30 * (table["kind"] == "bottom")),
            "n_wrong_bars of tune 100 of layer_1_third_bottom is [0-9]+ of [0-9]+: count",
        ),
        (lambda table: table.assign(ended=2 * table["ended"]), "ended of tune 1.. of intact is 2 of 1"),
        (lambda table: table.assign(family=None), "layer_1_third_targeted has no layer or no family"),
        (
            lambda table: table.assign(n_units=table["n_units"].where(table["kind"] != "bottom", 8)),
            "sets of different sizes",
        ),
    ],
)
def test_bad_tables_end_in_a_sentence(change, message):
    table = change(_outcomes(layers=(1,), families=("third",)))
    with pytest.raises(Refusal, match=message):
        compare_lesions(table, **SETTINGS)
