"""Tables and captions for the figures of the lesion study."""

from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from folkprobe.statistics.lesion_design import (
    ACTIVITY_MATCHED,
    BOTTOM,
    FEWEST_SETS_TO_TEST,
    INTACT,
    KINDS,
    PRIMARY_CONTRAST,
    PRIMARY_OUTCOME,
    RANDOM,
    TARGETED,
)

if TYPE_CHECKING:
    import pandas as pd

# Of the kinds of sets.
SET_WORDS = {
    TARGETED: "targeted (most power at the bar)",
    RANDOM: "random",
    ACTIVITY_MATCHED: "as active as the targeted",
    BOTTOM: "bottom (least power at the bar)",
}
_VALUES = {"zero": "at zero", "mean": "at their mean"}
_SCOPES = {"both": "", "out": " for the next layer only", "rec": " for their own layer only"}

# Letters of the notes that fit on a line of a page.
_NOTE_WIDTH = 125
_NOTE_SLACK = 10


def leading_family(effects: "pd.DataFrame") -> str | None:
    """Return the family of lesions that the primary contrast is about.

    Parameters
    ----------
    effects : DataFrame
        The study's rows of effects.csv: role, family.

    Returns
    -------
    str or None
        The first family where none is primary; None where there is no family.
    """
    primary_first = effects.sort_values("role", key=lambda role: role != "primary", kind="stable")
    return next(iter(primary_first["family"].dropna()), None)


def share_by_set(outcomes: "pd.DataFrame") -> "pd.DataFrame":
    """Sum the bars of each set of units that was cut out over its tunes.

    Parameters
    ----------
    outcomes : DataFrame
        A row for each condition and tune: layer, family, n_units, kind, set_index, tune_index, n_measured_bars,
        n_wrong_bars. The intact network's rows, without a family, are left out.

    Returns
    -------
    DataFrame
        A row for each set, in their order: the first five columns, n_tunes that have a measured bar, the sums of bars,
        share_of_wrong_bars (nan without a bar).
    """
    keys = ["layer", "family", "n_units", "kind", "set_index"]
    lesions = outcomes.dropna(subset="family").fillna({"set_index": 0})
    lesions = lesions.astype(dict.fromkeys(("layer", "n_units", "set_index"), int))
    counted = lesions.assign(n_tunes=(lesions["n_measured_bars"] > 0).astype(int))
    sets = counted.groupby(keys, sort=False)[["n_tunes", "n_measured_bars", "n_wrong_bars"]].sum().reset_index()
    return sets.assign(share_of_wrong_bars=sets["n_wrong_bars"] / sets["n_measured_bars"])


def dose_levels(effects: "pd.DataFrame", cuts: Mapping[str, Mapping[str, str]]) -> "pd.DataFrame":
    """Find the levels of wrong bars of the families that differ only in how many units they zero.

    Parameters
    ----------
    effects : DataFrame
        As effects.csv.
    cuts : mapping of str to mapping
        By family: value and scope.

    Returns
    -------
    DataFrame
        Rows of `effects`. Where two families cut as many units of a layer, the one with more random sets stands for
        both: their sets are the same as far as both have any.
    """
    zeroing = [family for family, cut in cuts.items() if cut == {"value": "zero", "scope": "both"}]
    is_level = (effects["outcome"] == PRIMARY_OUTCOME) & effects["contrast"].isin(KINDS)
    levels = effects[is_level & effects["family"].isin(zeroing)]
    sizes = levels.groupby(["layer", "n_units", "family"], sort=False)["n_sets"].max().reset_index()
    sizes = sizes.sort_values("n_sets", kind="stable").drop_duplicates(["layer", "n_units"], keep="last")
    return levels.merge(sizes[["layer", "family"]])


def intact_share(effects: "pd.DataFrame") -> float:
    """Return the share of wrong bars of the intact network from effects.csv; nan if it has no bar."""
    is_intact = (effects["outcome"] == PRIMARY_OUTCOME) & (effects["contrast"] == INTACT)
    return float(effects.loc[is_intact, "estimate"].iloc[0])


def describe_sets(n_sets: np.ndarray, *, is_tested: bool = True) -> str:
    """Describe how many random sets there are, and whether they are tested or too few for a test.

    Parameters
    ----------
    n_sets : array_like of float
        Of each estimate that is shown; nan where it has none to count.
    is_tested : bool
        Whether a test is made with them where they are many enough.

    Returns
    -------
    str
        Such as "descriptive, 5 random sets" or "20 to 39 random sets".
    """
    tested = is_tested and min(n_sets, default=0) >= FEWEST_SETS_TO_TEST
    return f"{'' if tested else 'descriptive, '}{_span(n_sets)} random set{'' if max(n_sets, default=0) == 1 else 's'}"


def describe_draws(effects: "pd.DataFrame", sets: "pd.DataFrame") -> dict[int, str]:
    """Describe for each layer how its random sets compare with the targeted one.

    Parameters
    ----------
    effects : DataFrame
        Of one family and outcome: layer, contrast, permutation_p_value.
    sets : DataFrame
        Of that family, from `share_by_set`.

    Returns
    -------
    dict of int to str
        By layer: how many units, how many random sets, and the p of the permutation test if they are enough for one.
    """
    remarks = {}
    for layer, of_layer in sets.groupby("layer"):
        shares = of_layer.loc[of_layer["kind"] == "random", "share_of_wrong_bars"]
        lines = [f"{of_layer['n_units'].iloc[0]} units", describe_sets([len(shares)])]
        if shares.isna().any():
            lines.append(f"({shares.isna().sum()} without a measured bar)")
        is_contrast = (effects["layer"] == layer) & (effects["contrast"] == PRIMARY_CONTRAST)
        if len(shares) >= FEWEST_SETS_TO_TEST:
            p_values = effects.loc[is_contrast, "permutation_p_value"].dropna()
            lines += [f"permutation p {describe_p(p_value)}" for p_value in p_values]
        remarks[layer] = "\n".join(lines)
    return remarks


def describe_intervals(effects: "pd.DataFrame") -> str:
    """Describe, for a line below a figure, the intervals on it and their basis.

    Parameters
    ----------
    effects : DataFrame
        Rows that are shown: contrast, level, method, n_tunes, rng_seed.

    Returns
    -------
    str
        A sentence, broken into lines, for each way in which intervals were made.
    """
    lines = []
    for (level, method), rows in effects.groupby(["level", "method"], sort=False):
        contrasts = ", ".join(name.replace("_", " ") for name in rows["contrast"].unique())
        seeds = ", ".join(f"{seed:.0f}" for seed in rows["rng_seed"].dropna().unique())
        # effects.csv says so where there is none.
        interval = f"no interval, {method[6:]}" if method.startswith("none: ") else f"{level:.0%} interval, {method}"
        text = f"{contrasts}: {interval}; {_span(rows['n_tunes'])} tunes; rng_seed {seeds or 'none'}"
        # Lines of about one length, so that no single word is left over.
        n_lines = -(-len(text) // _NOTE_WIDTH)
        lines += wrap(text, len(text) // n_lines + _NOTE_SLACK)
    return "\n".join(lines)


def describe_cuts(cuts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Label families of lesions by what is done to the units.

    Parameters
    ----------
    cuts : mapping of str to mapping
        By family: value ("zero" or "mean"), the constant that replaces their hidden state, and scope ("both", "out" or
        "rec"), which readers it applies to.

    Returns
    -------
    dict of str to str
        With the family's name where several do the same.
    """
    labels = {family: f"{_VALUES[cut['value']]}{_SCOPES[cut['scope']]}" for family, cut in cuts.items()}
    seen = list(labels.values())
    return {family: f"{label} ({family})" if seen.count(label) > 1 else label for family, label in labels.items()}


def describe_p(p_value: float) -> str:
    """Format a p-value in [0, 1] with its relation, such as "= 0.012" or "< 0.001"; nan is empty."""
    if p_value != p_value:
        return ""
    return f"= {p_value:.3f}" if p_value >= 0.001 else "< 0.001"


def _span(counts: np.ndarray) -> str:
    counts = np.asarray(counts, dtype=float)
    if np.all(np.isnan(counts)):
        return "no"
    lowest, highest = np.nanmin(counts), np.nanmax(counts)
    return f"{lowest:,.0f}" if lowest == highest else f"{lowest:,.0f} to {highest:,.0f}"
