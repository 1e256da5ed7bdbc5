"""The script estimate_responses."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def tables(script, trajectories_path, shown_tunes_path, tmp_path):
    script("estimate_responses").main(
        trajectories_path=trajectories_path,
        tunes_path=shown_tunes_path,
        jittered_path=trajectories_path,
        jittered_tunes_path=shown_tunes_path,
        responses_path=tmp_path / "responses.csv",
        curves_path=tmp_path / "curves.csv",
        lag_steps_max=1,
        n_surrogates=19,
        rng_seed=0,
    )
    return pd.read_csv(tmp_path / "responses.csv"), pd.read_csv(tmp_path / "curves.csv")


# The steps at which the tunes of the fixture read a bar token.
BARS = ((6, 11, 15), (6,), (6, 10, 14, 18))


@pytest.mark.parametrize(("event", "earlier"), [("input", 0), ("output", 1)])
def test_curves_are_means_around_bars_at_the_input_and_one_step_before_them(tables, trajectories, event, earlier):
    responses, curves = tables
    assert len(responses) == 2 * (3 + 4 + 6)
    for lag in (-1, 0, 1):
        of_tunes = []
        for tune, bars in zip(trajectories, BARS, strict=True):
            states = tune.hidden_state[0].astype(float)
            at = np.array(bars) - earlier + lag
            of_tunes.append(states[at[at < len(states)]].mean(axis=0) - states.mean(axis=0))
        rows = curves[(curves["layer"] == 1) & (curves["event"] == event) & (curves["lag_steps"] == lag)]
        assert rows["unit_index"].tolist() == [0, 2, 4]
        assert np.allclose(rows["mean_response"], np.mean(of_tunes, axis=0), atol=1e-6)


def test_the_largest_response_is_the_curves(tables):
    responses, curves = tables
    key = ["layer", "unit_index", "event"]
    largest = curves.loc[curves["mean_response"].abs().groupby([curves[name] for name in key]).idxmax()]
    both = responses.merge(largest, on=key)
    assert len(both) == len(responses)
    assert np.allclose(both["largest_response"], both["mean_response"])
    assert (both["largest_lag_steps"] == both["lag_steps"]).all()
    assert (responses["exceeds_null"] == (responses["largest_response"].abs() > responses["null_bound"])).all()
    assert set(responses["follows"]) <= {"input", "output", "undecided"}
