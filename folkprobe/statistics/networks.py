"""Networks side by side: levels of each, and differences from one of them.

Tune k of all networks is drawn with the same random numbers, so outcomes of tunes are compared tune by tune
(`folkprobe.statistics.crossed`). What is known only by an estimate and its interval is subtracted by Zou and Donner's
MOVER: with x in [l_x, u_x] and y in [l_y, u_y], x - y lies in

    [x - y - sqrt((x - l_x)^2 + (u_y - y)^2), x - y + sqrt((u_x - x)^2 + (y - l_y)^2)]

which takes the two for independent. Common random numbers make it wider than it need be, not narrower.

References
----------
G. Y. Zou and A. Donner, Construction of confidence limits about effect measures, Statistics in Medicine 27 (2008) 1693.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from folkprobe.statistics.crossed import compare_sides, linearise
from folkprobe.statistics.effects import is_mean, tabulate_conditions

LEVEL, DIFFERENCE = "level", "difference"
_MOVER = "difference of two estimates (MOVER)"


def compare_outcomes(outcomes: Mapping[str, pd.DataFrame], *, reference: str, level: float) -> pd.DataFrame:
    """Estimate what tunes of each network come to, and how that differs from a reference's.

    Parameters
    ----------
    outcomes : mapping of str to DataFrame
        By network: the rows of its intact condition, as for `folkprobe.statistics.effects.compare_lesions`. Only tunes
        that all networks have are compared.
    reference : str
        One of the networks.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        For each network and outcome a row with ``contrast`` `level` and one with `difference`: network, contrast,
        outcome, estimate, lower, upper, level, n_tunes, method.
    """
    common = set.intersection(*(set(table["tune_index"]) for table in outcomes.values()))
    table = pd.concat([of[of["tune_index"].isin(common)].assign(condition=network) for network, of in outcomes.items()])
    conditions, counts, names = tabulate_conditions(table)
    sides = {network: linearise(counts[[k]]) for k, network in enumerate(conditions["condition"])}
    is_share = np.array([not is_mean(name) for name in names])
    tables = []
    for network, side in sides.items():
        for contrast, other in ((LEVEL, None), (DIFFERENCE, sides[reference])):
            intervals = compare_sides(side, other, level=level, is_share=is_share)
            columns = {name: getattr(intervals, name) for name in ("lower", "upper", "n_tunes", "method")}
            what = {"network": network, "contrast": contrast, "outcome": names, "estimate": intervals.value}
            tables.append(pd.DataFrame(what | columns | {"level": level}))
    columns = ["network", "contrast", "outcome", "estimate", "lower", "upper", "level", "n_tunes", "method"]
    return pd.concat(tables, ignore_index=True)[columns]


def subtract_reference(estimates: pd.DataFrame, *, keys: Sequence[str], reference: str) -> pd.DataFrame:
    """Add to estimates of networks their differences from a reference's.

    Parameters
    ----------
    estimates : pandas.DataFrame
        One row for each network and combination of the keys: network, the keys, estimate, lower, upper, method.
    keys : sequence of str
        What tells the estimates of one network apart, as layer.
    reference : str
        One of the networks.

    Returns
    -------
    pandas.DataFrame
        The rows with ``contrast`` `level`, then a row `difference` for each that the reference has too.
    """
    keys = list(keys)
    of_reference = estimates[estimates["network"] == reference][[*keys, "estimate", "lower", "upper"]]
    pairs = estimates.merge(of_reference, on=keys, suffixes=("", "_of_reference"))
    x, y = ([pairs[f"{name}{end}"] for name in ("estimate", "lower", "upper")] for end in ("", "_of_reference"))
    difference = x[0] - y[0]
    differences = pairs[estimates.columns].assign(
        estimate=difference,
        lower=difference - np.hypot(x[0] - x[1], y[2] - y[0]),
        upper=difference + np.hypot(x[2] - x[0], y[0] - y[1]),
        method=_MOVER,
    )
    both = [estimates.assign(contrast=LEVEL), differences.assign(contrast=DIFFERENCE)]
    return pd.concat(both, ignore_index=True)


def shifts_of_layers(interchange: pd.DataFrame) -> pd.DataFrame:
    """Return how far whole layers shift the count to that of their donor, as estimates of `subtract_reference`.

    Parameters
    ----------
    interchange : pandas.DataFrame
        With `network`; without a row or a column, where no network has bars, the estimates have no row.
    """
    columns = ["network", "layers", "mode", "estimate", "lower", "upper", "n_pairs", "n_tunes", "method"]
    table = interchange.rename(columns={"shift": "estimate", "interval": "method"})
    table = table.reindex(columns=[*columns, "set", "donor"])
    return table.loc[(table["set"] == "all") & (table["donor"] == "other_count"), columns]
