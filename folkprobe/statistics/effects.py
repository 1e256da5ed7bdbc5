"""Effects of the lesion study: from outcomes counted tune by tune to the rows of `effects.csv`.

Every outcome is a ratio of sums over tunes. `folkprobe.statistics.crossed` makes the intervals, which speak of *this*
targeted set and the mean of all random ones, and the tests, which ask whether the targeted set could be one more of the
random ones. These are two questions: a set may well be worse than the average random set beyond doubt, and yet not be
remarkable, if random sets differ much.

Tested is one contrast, targeted minus random, in one family of lesions. Its outcome `share_of_wrong_bars` is primary:
one test a layer, p-values adjusted by Holm over the layers. All its other outcomes are secondary, over all layers
together, adjusted by Benjamini and Hochberg. Everything else is descriptive and has no p-value.

Holm takes the prediction p-value. The permutation p-value, which assumes less, stands beside it unadjusted: with n
random sets it is never below 1 / (n + 1). So 39 sets reach 0.025, but the smallest of 3 p-values must reach 0.05 / 3
under Holm, which takes 59.
"""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from folkprobe.refusal import Refusal
from folkprobe.statistics.crossed import Intervals, compare_sides, exchangeability_p_values, linearise
from folkprobe.statistics.lesion_design import INTACT, KINDS, PRIMARY_CONTRAST, PRIMARY_OUTCOME, RANDOM, TARGETED
from folkprobe.statistics.multiplicity import benjamini_hochberg, holm

EFFECT_COLUMNS = (
    "contrast",
    "role",
    "family",
    "layer",
    "n_units",
    "outcome",
    "estimate",
    "lower",
    "upper",
    "level",
    "n_tunes",
    "n_sets",
    "n_bars",
    "p_value",
    "p_value_adjusted",
    "adjustment",
    "permutation_p_value",
    "method",
    "rng_seed",
)
# Columns of numerator and denominator; None: 1 for each tune; the same: 1 where the tune was judged.
_OUTCOMES = {
    PRIMARY_OUTCOME: ("n_wrong_bars", "n_measured_bars"),
    "share_of_ok_tunes": ("ok", "ok"),
    "share_of_strict_ok_tunes": ("strict_ok", "strict_ok"),
    "share_of_wellformed_tunes": ("wellformed", None),
    "share_of_ended_tunes": ("ended", None),
    "mean_tokens_per_tune": ("n_tokens", None),
    "mean_log_probability_per_token": ("intact_log_probability", "n_tokens"),
}
_MEANS = ("mean_tokens_per_tune", "mean_log_probability_per_token")
_CLASS_COLUMN = re.compile(r"n_(\w+)_tokens")
_TEST = "; p-value: prediction t over random sets"


def is_mean(outcome: str) -> bool:
    """Report whether an outcome is a mean, which may lie outside [0, 1], and not a share."""
    return outcome in _MEANS


def compare_lesions(outcomes: pd.DataFrame, *, level: float, rng_seed: int, primary_family: str) -> pd.DataFrame:
    """Estimate levels, effects and tests of the lesion study.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        One row for each condition and tune: condition, layer, family, n_units, kind (intact, targeted, random,
        activity_matched or bottom), tune_index, n_measured_bars, n_wrong_bars, ok, strict_ok, wellformed, n_tokens,
        ended, intact_log_probability and n_{class}_tokens for each class of tokens. The intact network has no layer
        and no family. Every condition has the same tunes: tune k of all was drawn with the same random numbers.
    level : float
        Confidence level, in (0, 1).
    rng_seed : int
        What the random sets were drawn with. It is stated in the rows; nothing is drawn here.
    primary_family : str
        The family whose contrast of targeted and random sets is tested.

    Returns
    -------
    pandas.DataFrame
        Columns `EFFECT_COLUMNS`. For the intact network, and for each layer and family, one row an outcome of

        ``targeted``, ``random``, ``activity_matched``, ``bottom``, ``intact``
            The level; of ``random`` the mean over sets.
        ``targeted - random``, ``targeted - activity_matched``, ``targeted - bottom``, and each kind ``- intact``
            The difference, tune by tune.

        Kinds that the table lacks have no rows. ``n_tunes`` are the tunes with something to count on every side,
        ``n_sets`` the random sets (1 where none enter), ``n_bars`` the measured bars of all conditions that enter, for
        shares of bars only. Intervals are nan where there is nothing to judge the spread by, as with one random set;
        ``method`` then says why.

    Raises
    ------
    Refusal
        For a missing column, an unknown kind, conditions of different tunes, or a family with two sizes or two sets
        of a kind other than random.
    """
    conditions, counts, names = tabulate_conditions(outcomes)
    is_share = np.array([not is_mean(name) for name in names])
    intact, groups = _groups(conditions)
    rows = []
    for (layer, family), members in groups.items():
        n_units = conditions["n_units"].iloc[next(iter(members.values()))].iloc[0]
        where = {"family": family, "layer": layer, "n_units": n_units, "level": level, "rng_seed": rng_seed}
        sides = {kind: linearise(counts[each], is_sample=kind == RANDOM) for kind, each in (members | intact).items()}
        for kind, reference in _contrasts(members, intact):
            of_reference = sides.get(reference)
            intervals = compare_sides(sides[kind], of_reference, level=level, is_share=is_share)
            contrast = f"{kind} - {reference}" if reference else kind
            table = _table(names, intervals).assign(contrast=contrast, **where)
            entering = [position for each in (kind, reference) for position in (members | intact).get(each, [])]
            table.loc[0, "n_bars"] = counts[entering, :, 0, 1].sum()
            if contrast == PRIMARY_CONTRAST and family == primary_family:
                prediction, permutation = exchangeability_p_values(sides[kind], of_reference, is_share=is_share)
                table = table.assign(p_value=prediction, permutation_p_value=permutation)
                table["role"] = np.where(table["outcome"] == PRIMARY_OUTCOME, "primary", "secondary")
                table["method"] += _TEST
            rows.append(table)
    effects = pd.concat(rows, ignore_index=True).reindex(columns=EFFECT_COLUMNS)
    for role, name, adjust in (("primary", "Holm", holm), ("secondary", "Benjamini-Hochberg", benjamini_hochberg)):
        tested = (effects["role"] == role) & effects["p_value"].notna()
        effects.loc[tested, "p_value_adjusted"] = adjust(effects.loc[tested, "p_value"])
        effects.loc[tested, "adjustment"] = f"{name} over {tested.sum()}"
    return effects.astype({"layer": "Int64", "n_units": "Int64", "n_bars": "Int64"})


def tabulate_conditions(outcomes: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    """Arrange the outcomes of each condition and tune.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        As for `compare_lesions`; the order of its rows does not matter.

    Returns
    -------
    conditions : pandas.DataFrame
        A row of each condition, in the order in which they come.
    counts : ndarray, shape (n_conditions, n_tunes, n_outcomes, 2)
        Numerator and denominator.
    names : list of str
        Of the outcomes, the primary one first.

    Raises
    ------
    Refusal
        For a missing column, a number that is missing, or conditions of different tunes.
    """
    ratios = _OUTCOMES | {
        f"share_of_{match[1]}_tokens": (column, "n_tokens")
        for column in outcomes.columns
        if (match := _CLASS_COLUMN.fullmatch(column))
    }
    counted = {column for ratio in ratios.values() for column in ratio if column}
    for column in ("condition", "tune_index", "kind", "layer", "family", "n_units", *sorted(counted)):
        if column not in outcomes:
            raise Refusal(f"the table of outcomes has no column {column}: count the outcomes of the lesions again")
    code, names = pd.factorize(outcomes["condition"])
    if not len(names):
        raise Refusal("the table of outcomes has no condition: count the outcomes of the lesions again")
    order = np.lexsort((outcomes["tune_index"], code))
    table = outcomes.iloc[order]
    tunes = [set(each) for _, each in table["tune_index"].groupby(code[order])]
    n_rows = np.bincount(code)
    for name, of_condition, n in zip(names, tunes, n_rows, strict=True):
        if of_condition != tunes[0] or n != len(tunes[0]):
            raise Refusal(
                f"condition {name} has other tunes than {names[0]}, or one of them twice: "
                "generate the same tunes under every condition and count each once"
            )
    counts = np.stack([_pair(table, *each, is_share=not is_mean(name)) for name, each in ratios.items()], axis=1)
    n_tunes = len(tunes[0])
    return table.iloc[::n_tunes], counts.reshape(len(names), n_tunes, len(ratios), 2), list(ratios)


def _pair(table: pd.DataFrame, numerator: str, denominator: str | None, *, is_share: bool) -> np.ndarray:
    """Return numerator and denominator of each row, shape (n_rows, 2)."""
    values = table[numerator].to_numpy(dtype=np.float64)
    judged = np.isfinite(values)
    if denominator == numerator:
        return np.stack([np.where(judged, values, 0), judged], axis=-1)
    if not judged.all():
        row = table.iloc[np.flatnonzero(~judged)[0]]
        raise Refusal(
            f"{numerator} of tune {row['tune_index']} of {row['condition']} is {row[numerator]}: "
            "count the outcomes of the lesions again"
        )
    divisor = np.ones_like(values) if denominator is None else table[denominator].to_numpy(dtype=np.float64)
    outside = (values < 0) | (values > divisor)
    if is_share and outside.any():
        row = table.iloc[np.flatnonzero(outside)[0]]
        raise Refusal(
            f"{numerator} of tune {row['tune_index']} of {row['condition']} is {row[numerator]} "
            f"of {row[denominator] if denominator else 1}: count the outcomes of the lesions again"
        )
    return np.stack([values, divisor], axis=-1)


def _groups(conditions: pd.DataFrame) -> tuple[dict[str, list[int]], dict[tuple, dict[str, list[int]]]]:
    """Return the positions of the intact condition, by kind, and of the others by kind, by (layer, family)."""
    kinds = conditions["kind"].to_numpy()
    unknown = set(kinds) - {INTACT, *KINDS}
    if unknown:
        raise Refusal(f"kind {min(unknown)} is not one of {', '.join((INTACT, *KINDS))}: correct the outcomes")
    intact = {INTACT: list(np.flatnonzero(kinds == INTACT))} if INTACT in kinds else {}
    groups = {(None, None): intact} if intact else {}
    places = conditions.assign(position=np.arange(len(conditions)))[kinds != INTACT]
    homeless = places[places[["layer", "family"]].isna().any(axis=1)]
    if len(homeless):
        raise Refusal(f"condition {homeless['condition'].iloc[0]} has no layer or no family: give it both")
    for (layer, family), group in places.groupby(["layer", "family"], sort=False):
        members = {kind: group["position"][group["kind"] == kind].to_list() for kind in KINDS}
        groups[int(layer), family] = {kind: each for kind, each in members.items() if each}
        if (group["n_units"] != group["n_units"].iloc[0]).any():
            raise Refusal(f"family {family} of layer {layer:g} has sets of different sizes: make a family of each size")
    for (layer, family), members in groups.items():
        for kind, each in members.items():
            if kind != RANDOM and len(each) > 1:
                of = f" of family {family}, layer {layer}," if family else ""
                raise Refusal(f"kind {kind}{of} has {len(each)} conditions: only random sets may be several")
    return intact, groups


def _contrasts(members: dict[str, list[int]], intact: dict[str, list[int]]) -> Iterator[tuple[str, str | None]]:
    """Yield levels, differences of the targeted set from its controls, differences from the intact network."""
    yield from ((kind, None) for kind in members)
    if TARGETED in members:
        yield from ((TARGETED, kind) for kind in members if kind != TARGETED)
    yield from ((kind, reference) for reference in intact for kind in members if kind != reference)


def _table(names: list[str], intervals: Intervals) -> pd.DataFrame:
    """Return one row an outcome, all descriptive."""
    return pd.DataFrame(
        {
            "role": "descriptive",
            "outcome": names,
            "estimate": intervals.value,
            "lower": intervals.lower,
            "upper": intervals.upper,
            "n_tunes": intervals.n_tunes,
            "n_sets": intervals.n_sets,
            "n_bars": np.nan,
            "p_value": np.nan,
            "p_value_adjusted": np.nan,
            "adjustment": None,
            "permutation_p_value": np.nan,
            "method": intervals.method,
        }
    )
