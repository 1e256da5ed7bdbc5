"""The script estimate_coherence, on a unit that follows bars and one that has a period of its own."""

import numpy as np
import pandas as pd
import pytest

BAR_STEPS, N_TUNES = 9, 30


@pytest.fixture
def estimate(script, write_states, write_tune_texts, tmp_path):
    def estimate(excised=(1, 3), n_units=(3, 4, 6)):
        rng = np.random.default_rng(7)
        states, texts = [], []
        for n_steps in rng.integers(80, 120, N_TUNES):
            states.append([rng.normal(0, 0.1, (n_steps, n)) for n in n_units])
            phases = np.arange(n_steps) + rng.integers(BAR_STEPS, size=(2, 1))
            is_bar, of_another = phases % BAR_STEPS == 0
            if n_units[0]:
                states[-1][0][:, 1] += of_another
                states[-1][0][:, 2] += is_bar
            texts.append(" ".join("|" if bar else "C" for bar in is_bar) + " </s>")
        script("estimate_coherence").main(
            trajectories_path=write_states(states, excised=excised),
            tunes_path=write_tune_texts(*texts),
            coherence_path=tmp_path / "coherence.csv",
            time_half_bandwidth=3.0,
            n_surrogates=99,
            rng_seed=2,
        )
        return pd.read_csv(tmp_path / "coherence.csv"), sorted(len(tune[0]) for tune in states)

    return estimate


def test_a_unit_that_marks_the_bars_is_coherent_and_one_with_their_period_is_not(estimate):
    coherence, n_steps = estimate()
    # As many steps of each tune as half of the tunes have.
    half = (n_steps[N_TUNES // 2 - 1] + n_steps[N_TUNES // 2]) // 2
    assert (coherence["n_steps"] == half).all()
    assert (coherence["n_tunes"] == sum(n >= half for n in n_steps)).all()
    assert np.allclose(coherence["period_steps"], 1 / coherence["frequency_cycles_per_step"])
    for layer, of_layer in coherence.groupby("layer"):
        assert (of_layer["n_units"] == (3, 4, 6)[layer - 1]).all()
        at_bar = of_layer.loc[(of_layer["frequency_cycles_per_step"] - 1 / BAR_STEPS).abs().idxmin()]
        if layer == 1:
            assert at_bar["share_coherent_with_bars"] == pytest.approx(1 / 3)
            # Of the three units, one with 1 and two with little.
            assert at_bar["mean_coherence_with_bars"] == pytest.approx(1 / 3, abs=0.1)
        else:
            assert of_layer["share_coherent_with_bars"].mean() < 0.12
            assert of_layer["mean_coherence_with_bars"].mean() < 0.05


def test_a_layer_without_units_has_no_share(estimate):
    coherence, _ = estimate(excised=range(5), n_units=(0, 4, 6))
    is_empty = coherence["layer"] == 1
    assert (coherence.loc[is_empty, "n_units"] == 0).all()
    assert coherence[is_empty].filter(regex="share|mean").isna().all(axis=None)
    assert coherence[~is_empty].filter(regex="share|mean").notna().all(axis=None)
