"""Tables of a lesion study that nobody ran, in the form of lesions/outcomes.csv and effects.csv."""

import numpy as np
import pandas as pd

from folkprobe.music.vocabulary import TOKEN_CLASSES

ZEROED = {"value": "zero", "scope": "both"}
DEFAULT_CUTS = {
    "third": ZEROED,
    "third_mean": {"value": "mean", "scope": "both"},
    "third_out": {"value": "zero", "scope": "out"},
    "third_rec": {"value": "zero", "scope": "rec"},
}
FULL_CUTS = DEFAULT_CUTS | {f"units_{n_units}": ZEROED for n_units in (8, 16, 32, 64)}
# Units of a layer of 128 that each family cuts.
_N_UNITS = dict.fromkeys(DEFAULT_CUTS, 42) | {f"units_{n_units}": n_units for n_units in (8, 16, 32, 64)}

_OUTCOMES = {
    "share_of_wrong_bars": ("n_wrong_bars", "n_measured_bars"),
    "share_of_ok_tunes": ("ok", "n_ok_judged"),
    "share_of_strict_ok_tunes": ("strict_ok", "n_ok_judged"),
    "share_of_wellformed_tunes": ("wellformed", "n_tunes"),
    "mean_tokens_per_tune": ("n_tokens", "n_tunes"),
    "mean_log_probability_per_token": ("intact_log_probability", "n_tokens"),
    "share_of_ended_tunes": ("ended", "n_tunes"),
    **{f"share_of_{name}_tokens": (f"n_{name}_tokens", "n_tokens") for name in TOKEN_CLASSES},
}


def made_outcomes(n_sets, *, n_tunes=40, share_of_wrong_bars=None, n_bars=16):
    """Make a row for each condition and tune, the intact network's first.

    Parameters
    ----------
    n_sets : mapping of str to int
        By family: how many random sets; families that zero units both ways have controls too.
    n_tunes : int
    share_of_wrong_bars : float, optional
        The same for every tune of every lesion; by default layer 3 counts, layer 1 follows.
    n_bars : int
        Measured bars of a tune, about.

    Returns
    -------
    DataFrame
    """
    rng = np.random.default_rng(5)
    tables = [_tunes_of("intact", None, None, None, "intact", None, 0.04, rng, n_tunes, n_bars)]
    for layer in (1, 2, 3):
        for family, n_random in n_sets.items():
            kinds = [("targeted", 0), *(("random", number) for number in range(n_random))]
            if FULL_CUTS[family] == ZEROED:
                kinds += [("activity_matched", 0), ("bottom", 0)]
            for kind, number in kinds:
                harm = {"targeted": (0, 0.04, 0.45)[layer - 1], "bottom": -0.05}.get(kind, rng.normal(0, 0.02))
                share = 0.06 + (0.1 + harm) * _N_UNITS[family] / 42
                share = np.clip(share, 0.01, 1) if share_of_wrong_bars is None else share_of_wrong_bars
                name = f"layer_{layer}_{family}_{kind}" + f"_{number:02d}" * (kind == "random")
                place = (layer, family, _N_UNITS[family], kind, number)
                tables.append(_tunes_of(name, *place, share, rng, n_tunes, n_bars))
    return pd.concat(tables, ignore_index=True)


def _tunes_of(condition, layer, family, n_units, kind, set_index, share, rng, n_tunes, n_bars):
    n_measured = rng.poisson(n_bars, n_tunes)
    n_wrong = rng.binomial(n_measured, share)
    n_tokens = 9 * n_measured + rng.integers(3, 12, n_tunes)
    n_by_class = rng.multinomial(n_tokens, [0.01, 0, 0, 0.12, 0.62, 0.2, 0.01, 0.04])
    return pd.DataFrame(
        {
            "condition": condition,
            "layer": layer,
            "family": family,
            "n_units": n_units,
            "kind": kind,
            "set_index": set_index,
            "tune_index": np.arange(n_tunes),
            "n_measured_bars": n_measured,
            "n_wrong_bars": n_wrong,
            # Nothing is judged in a tune without a measured bar.
            "ok": np.where(n_measured > 0, n_wrong == 0, np.nan),
            "strict_ok": np.where(n_measured > 0, (n_wrong == 0) & (rng.random(n_tunes) < 0.9), np.nan),
            "wellformed": (rng.random(n_tunes) < 0.97).astype(int),
            "n_tokens": n_tokens,
            "ended": (rng.random(n_tunes) < 0.95).astype(int),
            "intact_log_probability": -n_tokens * rng.normal(0.9 + share, 0.1, n_tunes),
            **{f"n_{name}_tokens": n_by_class[:, k] for k, name in enumerate(TOKEN_CLASSES)},
        }
    )


def made_effects(outcomes):
    """Make the rows that a study gives of these outcomes, with plain normal intervals.

    Parameters
    ----------
    outcomes : DataFrame
        From `made_outcomes`.

    Returns
    -------
    DataFrame
    """
    outcomes = outcomes.assign(n_tunes=1, n_ok_judged=outcomes["ok"].notna().astype(int))
    intact, lesions = (outcomes[(outcomes["kind"] == "intact") == wanted] for wanted in (True, False))
    families = [(None, None, None), *lesions[["family", "layer", "n_units"]].drop_duplicates().to_numpy().tolist()]
    rows = []
    for family, layer, n_units in families:
        of_family = lesions[(lesions["family"] == family) & (lesions["layer"] == layer)]
        for outcome, (part, whole) in _OUTCOMES.items():
            levels = {"intact": _values(intact, part, whole)}
            levels |= {kind: _values(table, part, whole) for kind, table in of_family.groupby("kind", sort=False)}
            contrasts = {kind: (values, np.zeros(1)) for kind, values in levels.items()}
            contrasts |= {
                f"{kind} - {other}": (levels[kind], levels[other])
                for kind, other in [("targeted", other) for other in list(levels)[1:]] + [(k, "intact") for k in levels]
                if kind in levels and kind != other
            }
            for contrast, (of_kind, of_other) in contrasts.items():
                n_sets = max(len(of_kind), len(of_other))
                row = {
                    "contrast": contrast,
                    "role": "descriptive",
                    "family": family,
                    "layer": layer,
                    "n_units": n_units,
                    "outcome": outcome,
                    "estimate": of_kind.mean() - of_other.mean(),
                    "level": 0.95,
                    "n_tunes": intact["tune_index"].nunique(),
                    "n_sets": n_sets,
                    "n_bars": intact["n_measured_bars"].sum(),
                    "rng_seed": 20151117,
                }
                spread = _spread(of_kind, of_other, contrast)
                row |= {"lower": row["estimate"] - 2 * spread, "upper": row["estimate"] + 2 * spread}
                row["method"] = "paired percentile bootstrap over tunes, 9999 resamples"
                if "random" in contrast:
                    row["method"] = "studentised bootstrap over sets, tunes within, 9999 resamples"
                    if n_sets == 1:
                        row["method"] = "none: one random set"
                if contrast == "targeted - random" and family == "third":
                    is_primary = outcome == "share_of_wrong_bars"
                    row["role"] = "primary" if is_primary else "secondary"
                    row["adjustment"] = "Holm over 3" if is_primary else "Benjamini-Hochberg over 14"
                    row["p_value"] = 2 * np.exp(-abs(row["estimate"]) / spread) if spread > 0 else np.nan
                    row["p_value_adjusted"] = min(1, 3 * row["p_value"]) if spread > 0 else np.nan
                    n_beyond = (of_other >= of_kind.mean()).sum()
                    row["permutation_p_value"] = (1 + n_beyond) / (1 + len(of_other))
                rows.append(row)
    columns = [
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
    ]
    columns += ["n_sets", "n_bars", "p_value", "p_value_adjusted", "adjustment", "permutation_p_value", "method"]
    return pd.DataFrame(rows).reindex(columns=[*columns, "rng_seed"])


def _values(table, part, whole):
    sums = table.groupby("condition")[[part, whole]].sum()
    return (sums[part] / sums[whole]).to_numpy()


def _spread(of_kind, of_other, contrast):
    if "random" not in contrast:
        return 0.02
    values = of_kind if contrast.startswith("random") else of_other
    return np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
