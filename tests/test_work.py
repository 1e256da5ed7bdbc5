"""Work is counted, not timed."""

import math

import pytest
from work import counted_calls


def test_calls_of_both_kinds_are_counted_and_those_before_and_after_are_not():
    def one():
        return math.sqrt(4)

    one()
    with counted_calls() as few:
        one()
    with counted_calls() as many:
        for _ in range(100):
            one()
    one()
    assert many.n - few.n == 198


def test_the_count_is_there_when_the_block_raises():
    with pytest.raises(ValueError, match="domain"), counted_calls() as calls:
        math.sqrt(-1)
    assert calls.n > 0
    # And the next one can be begun.
    with counted_calls() as again:
        pass
    assert again.n < calls.n
