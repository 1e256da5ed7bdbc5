"""What the page of a comparison tells beside numbers: verdicts side by side, and what differs in the configurations."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


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
