"""The plain equations against captured trajectories."""

import numpy as np
import pytest
from networks import VOCABULARY, random_checkpoint

from folkprobe.claims.equations import check_equations
from folkprobe.network.trajectory import capture_trajectory

TOKENS = [*VOCABULARY, "C", "D", "|"]
STATES = ("x.p2.eq", "largest difference of h from the equations")
POSTERIOR = ("x.p2.eq", "largest difference of p from softmax(V h + v)")


@pytest.mark.parametrize("n_embedding", [None, 5])
def test_a_captured_trajectory_satisfies_them_and_a_changed_one_does_not(n_embedding):
    checkpoint = random_checkpoint(n_embedding=n_embedding)
    captured = capture_trajectory(checkpoint, TOKENS)
    states, posterior = [state.copy() for state in captured.hidden_state], captured.posterior.copy()
    values = check_equations(checkpoint, TOKENS, states, posterior)
    assert values[STATES][0] < 1e-6
    assert values[POSTERIOR][0] < 1e-6
    posterior[7, 3] += 0.25
    states[1][-1, 2] -= 0.5
    values = check_equations(checkpoint, TOKENS, states, posterior)
    np.testing.assert_allclose(values[STATES][0], 0.5, atol=1e-6)
    np.testing.assert_allclose(values[POSTERIOR][0], 0.25, atol=1e-6)
