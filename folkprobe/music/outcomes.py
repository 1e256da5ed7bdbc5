"""What is compared between sets of tunes: classes of tokens, length, bars, each as a ratio of sums over tunes."""

from typing import TYPE_CHECKING

import numpy as np

from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.token_classes import SECTION_TOKENS, count_classes
from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import TOKEN_CLASSES

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
    # A tune without a measured bar has no row.
    every_tune = range(tunes.first_tune, tunes.first_tune + len(tunes))
    ratios["share of correct bars"] = tuple(
        each.reindex(every_tune, fill_value=0).to_numpy() for each in (is_ok.sum(), is_ok.count())
    )
    return {name: np.stack(pair, axis=-1).astype(np.int64) for name, pair in ratios.items()}


def tabulate_outcomes(tunes: Tunes) -> "pd.DataFrame":
    """Count what a lesion may change, tune by tune.

    Returns
    -------
    pandas.DataFrame
        One row a tune: ``tune_index``; ``n_measured_bars`` and, of them, ``n_wrong_bars``; ``ok``, ``strict_ok`` (1, 0,
        missing without a measured bar) and ``wellformed`` (1, 0), see `folkprobe.music.bars`; ``n_tokens``, drawn ones;
        ``ended``, 1 if the tune came to its end token; ``n_{class}_tokens`` of the drawn ones for each class.
    """
    import pandas as pd

    rows = []
    for k in range(len(tunes)):
        count = count_bars(tunes.tokens(k))
        verdicts = [bar.verdict for bar in count.bars if bar.verdict != "unmeasured"]
        rows.append(
            {
                "tune_index": tunes.first_tune + k,
                "n_measured_bars": len(verdicts),
                "n_wrong_bars": sum(verdict not in OK_VERDICTS for verdict in verdicts),
                "ok": count.ok,
                "strict_ok": count.strict_ok,
                "wellformed": count.wellformed,
                "ended": tunes.stop_reason(k) == "end_token",
            }
        )
    flags = dict.fromkeys(("ok", "strict_ok", "wellformed", "ended"), "Int64")
    classes = count_classes(tunes)
    counts = {f"n_{name}_tokens": classes[name] for name in TOKEN_CLASSES}
    return pd.DataFrame(rows).astype(flags).assign(n_tokens=classes["drawn"], **counts)
