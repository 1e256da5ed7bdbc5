"""The script excise_units: what the written network computes, against a scalar loop."""

import pandas as pd
import pytest
import reference

from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.trajectory import capture_trajectory
from folkprobe.refusal import Refusal

TOKENS = ["<s>", "M:4/4", "K:Cmaj", "C", "D", "2", "|"]
SELECTED = {1: [0, 4], 2: [1, 2], 3: []}


@pytest.fixture
def excise(script, checkpoint, checkpoint_path, tmp_path):
    def excise(layer, unit_index=None, **how):
        rows = [
            (number, unit, unit in SELECTED[number])
            for number in (1, 2, 3)
            for unit in range(checkpoint.layers[number - 1].n_units)
        ]
        pd.DataFrame(rows, columns=["layer", "unit_index", "selected"]).to_csv(tmp_path / "units.csv", index=False)
        script("excise_units").main(
            checkpoint_path=checkpoint_path,
            units_path=tmp_path / "units.csv",
            output_checkpoint_path=tmp_path / "excised.h5",
            layer=layer,
            unit_index=unit_index,
            **how,
        )
        return read_checkpoint(tmp_path / "excised.h5")

    return excise


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("value", [0.0, 0.4])
@pytest.mark.parametrize("scope", ["both", "out", "rec"])
def test_the_selected_units_of_the_layer_are_held_at_the_value(checkpoint, excise, layer, value, scope):
    held = [(layer, unit, value, scope) for unit in SELECTED[layer]]
    steps = reference.run(checkpoint, checkpoint.token_indices(TOKENS), held)
    posterior = capture_trajectory(excise(layer, value=value, scope=scope), TOKENS).posterior
    for t, (_, _, logits) in enumerate(steps):
        assert posterior[t] == pytest.approx(reference.posterior(logits), abs=1e-9)


def test_a_selection_of_nothing_is_a_network_and_a_warning(checkpoint, excise, caplog):
    excised = excise(3, value=0.0, scope="both")
    assert [layer.n_units for layer in excised.layers] == [layer.n_units for layer in checkpoint.layers]
    assert "none of the units of layer 3 are excised" in caplog.messages


def test_a_list_of_units_takes_the_place_of_the_selection(checkpoint, excise):
    excised = excise(1, unit_index=[3, 1], value=0.0, scope="both")
    assert list(excised.layers[0].unit_index) == [0, 2, 4]
    with pytest.raises(Refusal, match="layer 1 has no unit 9"):
        excise(1, unit_index=[9], value=0.0, scope="both")
