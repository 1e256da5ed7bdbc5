"""Tables of a lesion study that nobody ran, as lesions/outcomes.csv and effects.csv hold them."""

import numpy as np
import pandas as pd

from folkprobe.music.vocabulary import TOKEN_CLASSES
from folkprobe.statistics.effects import compare_lesions

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
RNG_SEED = 3


def outcomes_table(n_sets, *, n_tunes=40, share_of_wrong_bars=None, n_bars=16):
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


def effects_table(outcomes):
    """Compare them, and give the table as it is read from effects.csv.

    Parameters
    ----------
    outcomes : DataFrame
        From `outcomes_table`.

    Returns
    -------
    DataFrame
    """
    effects = compare_lesions(outcomes, level=0.95, rng_seed=RNG_SEED, primary_family="third")
    return effects.astype(dict.fromkeys(("layer", "n_units", "n_bars"), float))
