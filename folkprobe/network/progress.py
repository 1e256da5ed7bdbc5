"""Progress lines in the log."""

import logging
import time

_PAUSE_SECONDS = 10.0


class Progress:
    """Log the progress through a set of tunes, at most every ten seconds; short work logs nothing.

    Parameters
    ----------
    log : logging.Logger
    n_tunes : int
        Total number.
    """

    def __init__(self, log: logging.Logger, n_tunes: int) -> None:
        self._log, self._n_tunes = log, n_tunes
        self._n_done = self._n_steps = 0
        self._start = self._last = time.monotonic()

    def add(self, n_steps: int) -> None:
        """Count one more tune, of n_steps network steps, as done."""
        self._n_done += 1
        self._n_steps += n_steps
        now = time.monotonic()
        if now - self._last < _PAUSE_SECONDS:
            return
        self._last = now
        elapsed = now - self._start
        left = elapsed / self._n_done * (self._n_tunes - self._n_done)
        arguments = (self._n_done, self._n_tunes, self._n_steps / elapsed, left)
        self._log.info("%d of %d tunes, %.0f tokens a second, about %.0f s left", *arguments)
