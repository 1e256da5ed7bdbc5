"""Put the results of several studies side by side, with the differences of each network from one of them."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.provenance.job import run_job
from folkprobe.report.comparison import differing_keys, tabulate_verdicts
from folkprobe.statistics.lesion_design import PRIMARY_OUTCOME
from folkprobe.statistics.networks import DIFFERENCE, compare_outcomes, shifts_of_layers, subtract_reference

log = logging.getLogger("folkprobe.compare_networks")


def main(
    *,
    outcomes_paths: list[Path],
    effects_paths: list[Path],
    spectra_paths: list[Path],
    directions_paths: list[Path],
    bar_ends_paths: list[Path],
    interchange_paths: list[Path],
    claims_paths: list[Path],
    output_outcomes_path: Path,
    contrasts_path: Path,
    output_spectra_path: Path,
    singular_values_path: Path,
    output_bar_ends_path: Path,
    output_interchange_path: Path,
    output_claims_path: Path,
    configurations_path: Path,
    reference: str,
    confidence_level: float,
    networks: list[str],
    configurations: dict[str, dict],
    with_bars: list[str],
    with_claims: list[str],
) -> None:
    """Write one table a question; networks are in the order of the configuration."""
    outcomes = {
        name: pd.read_csv(path).query("kind == 'intact'") for name, path in zip(networks, outcomes_paths, strict=True)
    }
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
    held = shifts_of_layers(_joined(with_bars, interchange_paths))
    write_table(subtract_reference(held, keys=["layers", "mode"], reference=reference), output_interchange_path)
    claims = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in claims_paths]
    write_table(tabulate_verdicts(dict(zip(with_claims, claims, strict=True))), output_claims_path)
    ordered = {name: configurations[name] for name in networks}
    differing = pd.DataFrame(differing_keys(ordered), columns=["key", *networks])
    write_table(differing, configurations_path)
    log.info("%d networks, %d keys of their configurations differ", len(networks), len(differing))


def _joined(networks: list[str], paths: list[Path]) -> pd.DataFrame:
    pairs = zip(networks, paths, strict=True)
    tables = [pd.read_csv(path, dtype={"layers": str}).assign(network=name) for name, path in pairs]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


if __name__ == "__main__":
    run_job(main, snakemake)
