"""The p-value of a statistic among its surrogates."""

import numpy as np

from folkprobe.signal.nulls import surrogate_p_values


def test_p_values_count_the_data_as_one_of_the_surrogates():
    surrogates = [np.array([1.0, 5.0]), np.array([2.0, 5.0]), np.array([3.0, 5.0])]
    np.testing.assert_allclose(surrogate_p_values(np.array([2.0, 6.0]), iter(surrogates)), [3 / 4, 1 / 4])
