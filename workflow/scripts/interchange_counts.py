"""Hand parts of some layers' states over from tunes at one count to tunes at another, and see what is expected."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.evidence import Counter, Undefined, count_sites
from folkprobe.counting.interchange import HOLDS, OTHER_COUNT, SAME_COUNT, TELLS, Interchange
from folkprobe.counting.parts import ALL, declare_parts
from folkprobe.counting.sites import BAR_EIGHTHS, find_sites, sample_sites
from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.signal.lesion_sets import resolve_n_units

log = logging.getLogger("folkprobe.interchange_counts")
COLUMNS = ["layers", "set", "n_units", "rank", "mode", "donor", "shift", "lower", "upper", "share_at_donor", "n_sets"]
COLUMNS += ["n_pairs", "n_tunes", "interval", "p_value"]


def main(
    *,
    checkpoint_path: Path,
    tunes_path: Path,
    units_path: Path,
    sets_path: Path,
    interchange_path: Path,
    layers: list[int],
    sizes: list[dict],
    elapsed_eighths: list[int],
    n_sites_per_count: int,
    n_pairs: int,
    n_eighths: int,
    rng_seed: int,
    n_resamples: int,
    confidence_level: float,
    **parts: object,
) -> None:
    """Write one row a part, mode and kind of donor; only the header where the experiment is undefined."""
    checkpoint = read_checkpoint(checkpoint_path)
    tunes, units, sets = read_tunes(tunes_path), pd.read_csv(units_path), pd.read_csv(sets_path)
    name, rows = "+".join(map(str, layers)), []
    try:
        counter, sites = Counter.of(checkpoint, tunes), find_sites(tunes)
        # What is chosen by the count is chosen on every other tune, and tried on the rest.
        is_tried = sites["tune"] % 2 == 1
        tried = count_sites(sites[is_tried], range(elapsed_eighths[0], elapsed_eighths[1] + 1))
        fitted = count_sites(sites[~is_tried], range(BAR_EIGHTHS + 1))
        fitted = sample_sites(fitted, n_per_count=n_sites_per_count, rng_seed=rng_seed)
        interchange = Interchange(
            counter,
            tried,
            n_pairs=n_pairs,
            n_eighths=n_eighths,
            rng_seed=rng_seed,
            n_resamples=n_resamples,
            level=confidence_level,
        )
        log.info("%d sites, %d pairs in %d tunes", len(sites), len(interchange.pairs), interchange.n_tunes)
        present = {layer: checkpoint.layers[layer - 1].unit_index for layer in layers}
        powers = {layer: units.loc[units["layer"] == layer, "power_fraction"].to_numpy() for layer in layers}
        n_cut = {layer: resolve_n_units(len(powers[layer]), **size) for layer, size in zip(layers, sizes, strict=True)}
        chosen = sets["n_units"] == sets["layer"].map(n_cut)
        states, count = counter.states(fitted), fitted["elapsed_eighths"].to_numpy()
        for part in declare_parts(present, states, count, powers, sets[chosen], rng_seed=rng_seed, **parts):
            for donor in (OTHER_COUNT, SAME_COUNT) if part.set == ALL else (OTHER_COUNT,):
                for mode in (HOLDS, TELLS):
                    found = interchange.estimate([interchange.patch(each, mode, donor) for each in part.parts])
                    labels = {"layers": name, "set": part.set, "n_units": part.n_units, "rank": part.rank}
                    rows.append(labels | {"mode": mode, "donor": donor} | found)
    except Undefined as reason:
        log.warning("No interchange of counts: %s.", reason)
    write_table(pd.DataFrame(rows, columns=COLUMNS).astype({"rank": "Int64"}), interchange_path)


if __name__ == "__main__":
    run_job(main, snakemake)
