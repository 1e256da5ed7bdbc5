"""The script interchange_counts, on the network of the known answers."""

import logging

import numpy as np
import pandas as pd
import pytest
from known_answers import COUNTERS, FOLLOWER, N_UNITS, PROMPT, constructed_network

from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.sampling import generate_tunes


@pytest.fixture
def interchange(script, tmp_path):
    """Run the script on layer 1; the targeted set is the follower, the random ones have the counter in one of two."""

    def run(**properties):
        network = constructed_network(**properties)
        write_checkpoint(network, tmp_path / "checkpoint.h5")
        tunes = generate_tunes(network, rng_seed=3, n_tunes=12, prompt=PROMPT, max_steps=1000)
        write_tunes(tunes, tmp_path / "tunes.h5")
        power = np.where(np.arange(N_UNITS) == FOLLOWER, 0.5, 0.1)
        units = pd.DataFrame({"layer": 1, "unit_index": range(N_UNITS), "power_fraction": power})
        units.to_csv(tmp_path / "units.csv", index=False)
        sets = [("targeted", 0, FOLLOWER), ("random", 0, COUNTERS[0]), ("random", 1, 0)]
        sets = pd.DataFrame(sets, columns=["kind", "set_index", "unit_index"]).assign(layer=1, n_units=1)
        # Of another size, and not to be tried.
        sets = pd.concat([sets, sets.assign(kind="bottom", n_units=2)])
        sets.to_csv(tmp_path / "sets.csv", index=False)
        script("interchange_counts").main(
            **{f"{name}_path": tmp_path / f"{name}.csv" for name in ("units", "sets", "interchange")},
            checkpoint_path=tmp_path / "checkpoint.h5",
            tunes_path=tmp_path / "tunes.h5",
            layers=[1],
            sizes=[{"n_units": 1, "share_of_layer": None}],
            elapsed_eighths=[1, 6],
            n_sites_per_count=20,
            n_pairs=20,
            n_eighths=10,
            rng_seed=1,
            n_resamples=99,
            confidence_level=0.95,
            n_units=[1, 99],
            ranks=[4, 50],
            n_random_subspaces=2,
        )
        return pd.read_csv(tmp_path / "interchange.csv", dtype={"layers": str})

    return run


def test_each_part_is_tried_in_both_modes(interchange):
    table = interchange()
    assert (table["layers"] == "1").all()
    assert table["mode"].tolist() == ["holds", "tells"] * (len(table) // 2)
    shift = table[table["mode"] == "holds"].groupby(["set", "donor"])["shift"].first()
    others = shift.xs("other_count", level="donor").to_dict()
    # A random subspace of 4 in 32 dimensions may lie anywhere.
    assert abs(others.pop("random_subspace")) < 0.7
    expected = {"all": 1, "targeted": 0, "complement_of_targeted": 1, "random": 0.5, "complement_of_random": 0.5}
    expected |= {"count_explained": 1, "band_power": 0}
    # The thresholds above read the counter to less than an eighth, more exactly than few sites tell its direction.
    assert 1.05 > others.pop("subspace") > others.pop("complement_of_subspace") > -0.05
    assert others == pytest.approx(expected, abs=0.1)
    assert shift.xs("same_count", level="donor").to_dict() == {"all": pytest.approx(0, abs=0.02)}
    assert set(table.loc[table["set"] == "random", "n_sets"]) == {2}
    assert set(table["rank"].dropna()) == {4}


def test_where_it_is_undefined_the_table_is_empty_and_the_log_says_why(interchange, caplog):
    with caplog.at_level(logging.WARNING):
        table = interchange(n_counters=0)
    assert len(table) == 0
    assert "shift" in table
    assert "does not tell counts apart" in caplog.text
