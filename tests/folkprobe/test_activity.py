import numpy as np
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.activity import estimate_activity


def test_moments_are_those_of_all_steps_together():
    rng = np.random.default_rng(1)
    tunes = [rng.uniform(-1, 1, (n, 4)).astype(np.float32) for n in (7, 20, 1)]
    activity = estimate_activity(iter(tunes))
    steps = np.concatenate(tunes).astype(np.float64)
    assert activity.n_steps == 28
    assert activity.mean == pytest.approx(steps.mean(axis=0), abs=1e-15)
    assert activity.mean_absolute == pytest.approx(np.abs(steps).mean(axis=0), abs=1e-15)
    assert activity.variance == pytest.approx(steps.var(axis=0), abs=1e-15)


def test_a_constant_unit_varies_by_nothing():
    assert (estimate_activity([np.full((33, 2), 0.1)]).variance >= 0).all()
    assert estimate_activity([np.full((33, 2), 0.1)]).variance == pytest.approx(0, abs=1e-16)


@pytest.mark.parametrize("tunes", [[], [np.zeros((0, 3))]])
def test_nothing_to_judge_by_is_refused(tunes):
    with pytest.raises(Refusal, match="there is no step"):
        estimate_activity(tunes)
