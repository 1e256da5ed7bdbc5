"""How long the rest of a run takes: estimated for each rule in advance, then from its jobs that have ended."""

from collections import Counter, defaultdict
from collections.abc import Mapping

# How long jobs must have run until what they took counts as much as what was expected.
_SECONDS_OF_TRUST = 20.0


class Estimate:
    """The jobs of a run: which are waiting, running and done.

    Parameters
    ----------
    n_jobs : mapping of str to int
        Number of jobs of each rule that will run.
    seconds : mapping of str to float
        Estimate in advance: seconds that a job of each rule takes.
    n_cores : int
        Number of jobs that run at the same time.
    """

    def __init__(self, n_jobs: Mapping[str, int], seconds: Mapping[str, float], n_cores: int) -> None:
        self.n_cores = n_cores
        self._unfinished = Counter(n_jobs)
        self._seconds = dict(seconds)
        self._running: dict[int, tuple[str, float]] = {}
        self._taken: dict[str, list[float]] = defaultdict(list)
        self._first_start: float | None = None

    @property
    def n_jobs(self) -> int:
        """Number of jobs that have not finished."""
        return self._unfinished.total()

    @property
    def stage(self) -> str:
        """The rules whose jobs are running, in the order in which they started."""
        return ", ".join(dict.fromkeys(rule for rule, _ in list(self._running.values())))

    def start(self, job_id: int, rule: str, now: float) -> None:
        """Note that a job started at `now`, in seconds."""
        self._running[job_id] = rule, now
        if self._first_start is None:
            self._first_start = now

    def finish(self, job_id: int, now: float) -> None:
        """Note that a job ended at `now`, in seconds."""
        rule, started = self._running.pop(job_id)
        self._taken[rule].append(now - started)
        self._unfinished[rule] -= 1

    def fail(self, job_id: int) -> None:
        """Note that a job failed: it may run again."""
        self._running.pop(job_id, None)

    def seconds_left(self, now: float) -> float:
        """Return the seconds until all jobs are done, at least those of the longest that waits.

        Cores stay as busy as they have been: jobs wait for each other, and Snakemake takes time between them.
        """
        running = list(self._running.values())
        each = {rule: self._seconds_of(rule) for rule, n_jobs in self._unfinished.items() if n_jobs > 0}
        work = sum(self._unfinished[rule] * seconds for rule, seconds in each.items())
        work -= sum(min(now - started, each[rule]) for rule, started in running)
        busy = sum(map(sum, list(self._taken.values()))) + sum(now - started for _, started in running)
        available = self.n_cores * (now - (now if self._first_start is None else self._first_start))
        n_busy_cores = self.n_cores * (_SECONDS_OF_TRUST + busy) / (_SECONDS_OF_TRUST + max(busy, available))
        waiting = self._unfinished - Counter(rule for rule, _ in running)
        return max([work / n_busy_cores, *(each[rule] for rule in waiting)])

    def _seconds_of(self, rule: str) -> float:
        if taken := self._taken.get(rule):
            return sum(taken) / len(taken)
        # Of all jobs that ended, whatever their rule.
        taken = sum(map(sum, list(self._taken.values())))
        estimated = sum(self._seconds[rule] * len(taken) for rule, taken in list(self._taken.items()))
        return self._seconds[rule] * (_SECONDS_OF_TRUST + taken) / (_SECONDS_OF_TRUST + estimated)


def in_words(seconds: float) -> str:
    """Return an estimated duration: "less than 1 min", "about 12 min", "about 3 h 5 min"."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return f"about {hours} h {minutes} min"
    return f"about {minutes} min" if minutes else "less than 1 min"
