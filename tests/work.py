"""How much work something is, counted in calls: the same on every machine, whoever else is at work there."""

import cProfile
from contextlib import contextmanager


class Calls:
    """How many there were.

    Attributes
    ----------
    n : int
        Of functions written in Python and in C, by this thread; 0 until the counting has ended.
    """

    n = 0


@contextmanager
def counted_calls():
    """Count the calls that a block makes.

    Loops that call nothing, and what happens inside a C function, are not counted.

    Yields
    ------
    Calls
    """
    calls, profile = Calls(), cProfile.Profile()
    profile.enable()
    try:
        yield calls
    finally:
        profile.disable()
        calls.n = sum(entry.callcount for entry in profile.getstats())
