"""Put the results of several studies side by side, with the differences of each network from one of them."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.provenance.job import run_job
from folkprobe.statistics.lesion_design import PRIMARY_OUTCOME
from folkprobe.statistics.networks import DIFFERENCE, compare_outcomes, subtract_reference

log = logging.getLogger("folkprobe.compare_networks")


def main(
    *,
    outcomes_paths: list[Path],
    effects_paths: list[Path],
    spectra_paths: list[Path],
    directions_paths: list[Path],
    bar_ends_paths: list[Path],
    claims_paths: list[Path],
    output_outcomes_path: Path,
    contrasts_path: Path,
    output_spectra_path: Path,
    singular_values_path: Path,
    output_bar_ends_path: Path,
    output_claims_path: Path,
    configurations_path: Path,
    reference: str,
    confidence_level: float,
    configurations: dict[str, dict],
    with_bars: list[str],
    with_claims: list[str],
) -> None:
    """Write one table a question; networks are in the order of the configuration."""
    networks = list(configurations)
    outcomes = {name: _intact(pd.read_csv(path)) for name, path in zip(networks, outcomes_paths, strict=True)}
    compared = compare_outcomes(outcomes, reference=reference, level=confidence_level)
    of_primary = compared[(compared["outcome"] == PRIMARY_OUTCOME) & (compared["contrast"] == DIFFERENCE)]
    for row in of_primary.itertuples():
        log.info("%s - %s: %+.4f [%+.4f, %+.4f]", row.network, reference, row.estimate, row.lower, row.upper)
    write_table(compared, output_outcomes_path)
    effects = _joined(networks, effects_paths)
    columns = ["network", "layer", "estimate", "lower", "upper", "level", "n_tunes", "n_sets", "n_units", "method"]
    contrasts = effects.loc[effects["role"] == "primary", columns].astype({"layer": "Int64", "n_units": "Int64"})
    write_table(subtract_reference(contrasts, keys=["layer"], reference=reference), contrasts_path)
    curves = ["network", "curve", "frequency_cycles_per_step", "period_steps", "level_db", "lower_db", "upper_db"]
    write_table(_joined(networks, spectra_paths)[curves], output_spectra_path)
    values = ["network", "decomposition", "direction", "singular_value"]
    write_table(_joined(networks, directions_paths)[values], singular_values_path)
    ends = _joined(with_bars, bar_ends_paths).rename(columns={"auc": "estimate"})
    keys = ["replay", "first_bar", "last_bar"]
    # Without a network that has bars, there is no interval to subtract.
    ends = ends.reindex(columns=["network", *keys, "estimate", "lower", "upper", "level", "n_tunes", "method"])
    write_table(subtract_reference(ends, keys=keys, reference=reference), output_bar_ends_path)
    write_table(_claims(with_claims, claims_paths), output_claims_path)
    rows = list(_differing(configurations))
    write_table(pd.DataFrame(rows, columns=["key", *networks]), configurations_path)
    log.info("%d networks, %d keys of their configurations differ", len(networks), len(rows))


def _intact(outcomes: pd.DataFrame) -> pd.DataFrame:
    return outcomes[outcomes["kind"] == "intact"]


def _joined(networks: list[str], paths: list[Path]) -> pd.DataFrame:
    tables = [pd.read_csv(path).assign(network=name) for name, path in zip(networks, paths, strict=True)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _claims(networks: list[str], paths: list[Path]) -> pd.DataFrame:
    """Return a row a claim, with a verdict and a value of each network."""
    columns = {}
    for name, path in zip(networks, paths, strict=True):
        claims = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("claim")
        columns |= {
            "statement": claims["statement"],
            f"verdict_{name}": claims["verdict"],
            f"value_{name}": claims["value"],
        }
    return pd.DataFrame(columns).rename_axis("claim").reset_index()


def _differing(configurations: dict[str, dict]) -> Iterator[tuple[str, ...]]:
    """Yield the keys that do not have one value in all configurations, with their values as JSON."""
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


if __name__ == "__main__":
    run_job(main, snakemake)
