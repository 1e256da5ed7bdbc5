"""The script estimate_responses, on units made to follow bars at the input or at the output."""

import numpy as np
import pandas as pd
import pytest

N_STEPS, N_TUNES, LAG_MAX = 60, 4, 3
# Of the vocabulary </s> <s> C |.
BAR = 3


def text_of(is_bar):
    """A token for each step and one that was drawn after the last."""
    return " ".join("|" if bar else "C" for bar in is_bar)


@pytest.fixture
def study(script, write_states, write_tune_texts, tmp_path):
    """Layer 1: its unit 0 is there where a bar is read, 2 where one is put out, 4 is noise; the rest is noise."""
    rng = np.random.default_rng(3)

    def states(read, put_out):
        made = [rng.normal(0, 0.1, (N_STEPS, n)) for n in (3, 4, 6)]
        made[0][:, 0] += 0.5 * read[:-1]
        made[0][:, 1] -= 0.5 * put_out
        return made

    def posterior(put_out):
        probability = np.where(put_out, 0.9, 0.1)[:, np.newaxis]
        return np.concatenate([np.repeat((1 - probability) / 3, 3, axis=1), probability], axis=1)

    read = rng.random((N_TUNES, N_STEPS + 1)) < 0.15
    # In the network's own tunes, what is put out is read next.
    own = [states(bars, bars[1:]) for bars in read]
    moved, put_out = (rng.random((N_TUNES, n)) < 0.3 for n in (N_STEPS + 1, N_STEPS))
    ends = "<s> </s>"  # a short tune more, so that the vocabulary is the same
    script("estimate_responses").main(
        trajectories_path=write_states(own, [posterior(bars[1:]) for bars in read], name="own.h5"),
        tunes_path=write_tune_texts(*map(text_of, read), ends, name="own_tunes.h5"),
        jittered_path=write_states(
            [states(*each) for each in zip(moved, put_out, strict=True)], list(map(posterior, put_out)), name="moved.h5"
        ),
        jittered_tunes_path=write_tune_texts(*map(text_of, moved), ends, name="moved_tunes.h5"),
        responses_path=tmp_path / "responses.csv",
        curves_path=tmp_path / "curves.csv",
        rng_seed=1,
        lag_steps_max=LAG_MAX,
        n_surrogates=99,
    )
    return read, own, pd.read_csv(tmp_path / "responses.csv"), pd.read_csv(tmp_path / "curves.csv")


def test_curves_are_means_around_the_bars_that_are_read(study):
    read, own, _, curves = study
    assert len(curves) == (3 + 4 + 6) * (2 * LAG_MAX + 1)
    unit_index = {1: [0, 2, 4], 2: [0, 1, 2, 3], 3: [0, 1, 2, 3, 4, 5]}
    for row in curves.itertuples():
        means = []
        for bars, states in zip(read, own, strict=True):
            # From the first bar to the last, and around again; the last token is not read.
            first, *_, last = np.flatnonzero(bars[:-1])
            trace = states[row.layer - 1][first:last, unit_index[row.layer].index(row.unit_index)]
            around = [trace[(t + row.lag_steps) % len(trace)] for t in np.flatnonzero(bars[first:last])]
            means.append(np.mean(around) - trace.mean())
        assert row.mean_response == pytest.approx(np.mean(means), abs=1e-5)


def test_each_unit_has_its_largest_response_and_what_it_follows(study):
    read, own, responses, curves = study
    assert len(responses) == 3 + 4 + 6
    row = responses.set_index(["layer", "unit_index"]).sort_index()
    assert row.loc[(1, 0), ["largest_lag_steps", "exceeds_null", "follows"]].tolist() == [0, True, "input"]
    # A bar that is put out is read at the next step.
    assert row.loc[(1, 2), ["largest_lag_steps", "exceeds_null", "follows"]].tolist() == [-1, True, "output"]
    assert row.loc[(1, 2), "largest_response"] < -0.3
    assert row.loc[(1, 0), "follows_difference"] > 0.3
    assert row.loc[(1, 2), "follows_difference"] < -0.3
    assert (row["exceeds_null"] == (row["rank_among_surrogates"] <= 5)).all()
    noise = responses[(responses["layer"] > 1) | (responses["unit_index"] == 4)]
    assert noise["exceeds_null"].sum() <= 2
    assert (noise["follows"] == "undecided").sum() > len(noise) / 2
    circles = [slice(*np.flatnonzero(bars[:-1])[[0, -1]]) for bars in read]
    variance = np.mean([states[0][circle, 0].var() for states, circle in zip(own, circles, strict=True)])
    assert row.loc[(1, 0), "effect_size"] == pytest.approx(row.loc[(1, 0), "largest_response"] / np.sqrt(variance))
    for key, of_unit in curves.groupby(["layer", "unit_index"]):
        largest = of_unit.loc[of_unit["mean_response"].abs().idxmax()]
        assert row.loc[key, "largest_response"] == pytest.approx(largest["mean_response"])
        assert row.loc[key, "largest_lag_steps"] == largest["lag_steps"]
