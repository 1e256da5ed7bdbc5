"""What the page of a comparison tells beside numbers: verdicts side by side, and what differs in the configurations."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from folkprobe.report.verdicts import decimals_of, with_interval

if TYPE_CHECKING:
    import pandas as pd


def side_by_side(
    table: "pd.DataFrame", key: str, networks: Sequence[str], footnotes: dict[str, int]
) -> list[dict[str, object]]:
    """Put the estimates of all networks, and their differences from the reference's, into one row for each key.

    Parameters
    ----------
    table : pandas.DataFrame
        A row for each network, value of the key and `contrast`, level or difference: network, estimate, lower, upper,
        level, n_tunes, method; perhaps n_sets.
    key : str
        The column that tells the estimates of one network apart, as layer.
    networks : sequence of str
        In the order of the columns.
    footnotes : dict of str to int
        Numbers of the methods so far; new ones are added.

    Returns
    -------
    list of dict
        `name`, the key in words; `cells`, for each network a list of pairs: an estimate with its interval, and the
        number of its footnote. First the network's own, then the difference; the list is empty where it has neither.
    """
    rows: dict[object, dict[str, list]] = {}
    for row in table.to_dict("records"):
        sets = f"{row['n_sets']:g} random sets" if row.get("n_sets", 0) > 0 else ""
        told = (row["contrast"], f"{100 * row['level']:g} % interval", row["method"], f"{row['n_tunes']:g} tunes", sets)
        number = footnotes.setdefault("; ".join(filter(None, told)), len(footnotes) + 1)
        text = with_interval(row, "estimate", 1, decimals_of(f"{row[key]}"))
        rows.setdefault(row[key], {}).setdefault(row["network"], []).append((text, number))
    return [
        {"name": f"{value}".replace("_", " "), "cells": [cells.get(network, []) for network in networks]}
        for value, cells in rows.items()
    ]


def tabulate_verdicts(claims: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Return a row for each published claim, with a verdict and a value for each network.

    Parameters
    ----------
    claims : mapping of str to DataFrame
        ``claims.csv`` of each network, read as text.
    """
    import pandas as pd

    columns = {}
    for network, table in claims.items():
        of_claim = table.set_index("claim")
        columns["statement"] = of_claim["statement"]
        columns |= {f"{name}_{network}": of_claim[name] for name in ("verdict", "value")}
    return pd.DataFrame(columns).rename_axis("claim").reset_index()


def differing_keys(configurations: Mapping[str, dict]) -> Iterator[tuple[str, ...]]:
    """Yield the keys that do not have the same value in all configurations, each with the values as JSON."""
    flat = [dict(_leaves(configuration)) for configuration in configurations.values()]
    for key in dict.fromkeys(key for leaves in flat for key in leaves):
        values = [leaves.get(key, "") for leaves in flat]
        if len(set(values)) > 1:
            yield key, *values


def _leaves(block: dict, path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in block.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", json.dumps(value)
