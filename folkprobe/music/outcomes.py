"""What is compared between sets of tunes: classes of tokens, length, bars, each as a ratio of sums over tunes."""

from typing import TYPE_CHECKING

import numpy as np

from folkprobe.music.token_classes import SECTION_TOKENS, count_classes
from folkprobe.music.tunes import Tunes

if TYPE_CHECKING:
    import pandas as pd


def count_outcomes(tunes: Tunes, bars: "pd.DataFrame") -> dict[str, np.ndarray]:
    """Count what makes up each outcome, tune by tune.

    Parameters
    ----------
    tunes : Tunes
    bars : pandas.DataFrame
        Their `bars.csv`: tune_index, verdict, is_ok.

    Returns
    -------
    dict of str to ndarray of int, shape (n_tunes, 2)
        By outcome, numerator and denominator: the share of each class of tokens and of the section tokens among the
        drawn tokens, drawn tokens per tune, share of correct bars among the measured ones.
    """
    classes = count_classes(tunes)
    drawn = classes.pop("drawn")
    ratios = {
        f"share of {name}" if name in SECTION_TOKENS else f"share of {name} tokens": (count, drawn)
        for name, count in classes.items()
    }
    ratios["drawn tokens per tune"] = (drawn, np.ones_like(drawn))
    is_ok = bars[bars["verdict"] != "unmeasured"].groupby("tune_index")["is_ok"]
    # A tune in which no bar was measured has no row of its own.
    every_tune = range(tunes.first_tune, tunes.first_tune + len(tunes))
    ratios["share of correct bars"] = tuple(
        each.reindex(every_tune, fill_value=0).to_numpy() for each in (is_ok.sum(), is_ok.count())
    )
    return {name: np.stack(pair, axis=-1).astype(np.int64) for name, pair in ratios.items()}
