"""The script select_lesion_units: what is cut, and what is written of it."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.signal.lesion_sets import random_units

# Layer 1 of the trajectories has the units 0, 2 and 4; layers 2 and 3 have four and six.
POWER_FRACTIONS = {1: [0.1, 0.3, 0.2], 2: [0.4, 0.3, 0.2, 0.1], 3: [0.0, 0.1, 0.5, 0.2, 0.4, 0.3]}
UNITS = {1: [0, 2, 4], 2: range(4), 3: range(6)}


@pytest.fixture
def sets(script, trajectories_path, tmp_path):
    def select(*wanted):
        rows = [
            (layer, unit, fraction)
            for layer in (1, 2, 3)
            for unit, fraction in zip(UNITS[layer], POWER_FRACTIONS[layer], strict=True)
        ]
        pd.DataFrame(rows, columns=["layer", "unit_index", "power_fraction"]).to_csv(
            tmp_path / "units.csv", index=False
        )
        keys = ("layer", "kind", "set_index", "n_units", "share_of_layer")
        script("select_lesion_units").main(
            units_path=tmp_path / "units.csv",
            trajectories_path=trajectories_path,
            sets_path=tmp_path / "sets.csv",
            rng_seed=6,
            sets=[dict(zip(keys, each, strict=True)) for each in wanted],
        )
        return pd.read_csv(tmp_path / "sets.csv")

    return select


def test_units_go_by_their_own_numbers_and_carry_their_moments(sets, trajectories):
    table = sets((1, "targeted", 0, 2, None))
    assert list(table["unit_index"]) == [2, 4]
    assert list(table["power_fraction"]) == [0.3, 0.2]
    steps = np.concatenate([tune.hidden_state[0] for tune in trajectories])[:, [1, 2]].astype(np.float64)
    assert table["mean_hidden_state"].to_numpy() == pytest.approx(steps.mean(axis=0))
    assert table["mean_absolute_hidden_state"].to_numpy() == pytest.approx(np.abs(steps).mean(axis=0))
    assert table["variance"].to_numpy() == pytest.approx(steps.var(axis=0))


def test_each_set_is_distinguished(sets):
    table = sets((3, "random", 0, None, 0.5), (3, "random", 1, None, 0.5), (2, "bottom", 0, 1, None))
    for index in (0, 1):
        found = table[(table["layer"] == 3) & (table["set_index"] == index)]
        assert list(found["unit_index"]) == list(random_units(6, 3, rng_seed=6, layer=3, set_index=index))
        assert (found["n_units"] == 3).all()
    assert list(table[table["layer"] == 2]["unit_index"]) == [3]


def test_two_sizes_that_come_to_one_number_are_one_set(sets):
    once, twice = sets((2, "random", 0, 4, None)), sets((2, "random", 0, 4, None), (2, "random", 0, 64, None))
    assert len(once) == len(twice) == 4


def test_a_study_without_families_has_no_sets(sets):
    assert sets().empty
