"""Two clocks: the eighth notes and the steps since the last bar token, and which of them a state follows.

A held-out fold is predicted by ridge regression on the token that was read and one or both clocks, all one-hot. The
gain of a clock is what it adds to the R2 of token and other clock. The clocks are strongly correlated, so the size of a
gain says little; its sign does, beside the gain of the same clock permuted among steps with the same token and other
clock.

A gain is an association: it also shows in a unit that remembers recent duration tokens without counting them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from folkprobe.counting.sites import METER, elapsed_eighths, elapsed_steps
from folkprobe.music.durations import bar_eighths, read_stretches
from folkprobe.music.tunes import Tunes

CLOCKS = ("eighths", "steps")
_OTHER = {"eighths": "steps", "steps": "eighths"}


@dataclass(frozen=True)
class ClockedSteps:
    """The steps of tunes at which both clocks can be read, in order.

    Attributes
    ----------
    tune, step : ndarray of int, shape (n_steps,)
        Position of the tune, and of the token in it.
    token : ndarray of int, shape (n_steps,)
        Index of the token that the step reads.
    eighths, steps : ndarray of int, shape (n_steps,)
        Elapsed since the last bar token, after the step; 0 at the bar token.
    """

    tune: np.ndarray
    step: np.ndarray
    token: np.ndarray
    eighths: np.ndarray
    steps: np.ndarray

    def __len__(self) -> int:
        return len(self.step)

    @property
    def n_tunes(self) -> int:
        """How many of the tunes have such a step."""
        return len(np.unique(self.tune))

    def steps_of_tunes(self, n_tunes: int) -> list[np.ndarray]:
        """Return the steps of each of the first tunes, ndarrays of int."""
        return [self.step[self.tune == k] for k in range(n_tunes)]

    @property
    def is_second_fold(self) -> np.ndarray:
        """Which steps belong to the second fold, that of every second tune; ndarray of bool, shape (n_steps,)."""
        return self.tune % 2 == 1

    def cells(self, clock: str) -> np.ndarray:
        """Return the numbers of the cells of steps that differ in one clock only: same fold, token and other clock.

        Returns
        -------
        ndarray of int, shape (n_steps,)
        """
        keys = np.column_stack([self.is_second_fold, self.token, getattr(self, _OTHER[clock])])
        return np.unique(keys, axis=0, return_inverse=True)[1].ravel()

    def share_apart(self, clock: str) -> float:
        """Return the share of steps in whose cell the clock varies, in [0, 1]; nan without a step."""
        cell, values = self.cells(clock), getattr(self, clock)
        lowest, highest = np.full((2, cell.max(initial=-1) + 1), 0)
        lowest[:] = values.max(initial=0)
        np.minimum.at(lowest, cell, values)
        np.maximum.at(highest, cell, values)
        return float((lowest < highest)[cell].mean()) if len(self) else np.nan


def clocked_steps(tunes: Tunes, n_tunes: int, *, meter: str = METER) -> ClockedSteps:
    """Find the steps at which both clocks can be read.

    Parameters
    ----------
    tunes : Tunes
    n_tunes : int
        Only this many, from the first.
    meter : str
        A metre token; steps in other metres are left out.

    Returns
    -------
    ClockedSteps
        After the first bar token of their tune, outside chords, at a whole number of eighths up to a full bar.
    """
    full, columns = float(bar_eighths(meter)), []
    for k in range(min(n_tunes, len(tunes))):
        # The last token was drawn and not read.
        tokens = tunes.tokens(k)[:-1]
        eighths, steps, in_meter = elapsed_eighths(tokens), elapsed_steps(tokens), np.zeros(len(tokens), dtype=bool)
        for stretch in read_stretches(tokens)[1:]:
            in_meter[stretch.start - 1 : stretch.end] = stretch.meter == meter
        in_chord = np.cumsum([(token == "[") - (token == "]") for token in tokens]) > 0
        step = np.flatnonzero(in_meter & ~in_chord & (eighths % 1 == 0) & (eighths <= full))
        of_tune = (np.full(len(step), k), step, tunes.indices(k)[step], eighths[step], steps[step])
        columns.append(np.array(of_tune, dtype=np.int64))
    return ClockedSteps(*np.concatenate(columns, axis=1))


def ridge_errors(read: ClockedSteps, states: np.ndarray, clocks: Sequence[np.ndarray], *, penalty: float) -> np.ndarray:
    """Predict states of each fold from the other fold, and return the squared errors of each tune.

    Parameters
    ----------
    read : ClockedSteps
    states : ndarray, shape (n_steps, n_states)
    clocks : sequence of ndarray of int, each of shape (n_steps,)
        Predictors besides the token, one-hot.
    penalty : float
        Of the ridge, in steps: a category with that many steps is shrunk by half.

    Returns
    -------
    ndarray of float64, shape (n_tunes, n_states)
    """
    groups = [np.unique(values, return_inverse=True)[1] for values in (read.token, *clocks)]
    sizes = [group.max() + 1 for group in groups]
    columns = np.column_stack(groups) + np.cumsum([0, *sizes[:-1]])
    n_steps, n_groups = columns.shape
    pointers = np.arange(0, n_steps * n_groups + 1, n_groups)
    design = sparse.csr_array((np.ones(columns.size), columns.ravel(), pointers), shape=(n_steps, sum(sizes)))
    errors = np.zeros((read.tune.max() + 1, states.shape[1]))
    for held_out in (read.is_second_fold, ~read.is_second_fold):
        known, asked = design[~held_out], design[held_out]
        mean = states[~held_out].mean(axis=0, dtype=np.float64)
        gram = (known.T @ known).toarray() + penalty * np.eye(sum(sizes))
        weights = linalg.solve(gram, known.T @ (states[~held_out] - mean), assume_a="pos")
        residual = states[held_out] - mean - asked @ weights
        errors += _sum_by_tune(read.tune[held_out], residual**2, len(errors))
    return errors


def permuted_within(values: np.ndarray, cell: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the values in random order within each cell, of the same shape, (n_steps,)."""
    shuffled = np.empty_like(values)
    shuffled[np.argsort(cell, kind="stable")] = values[np.lexsort([rng.random(len(values)), cell])]
    return shuffled


def clock_gains(
    read: ClockedSteps, states: np.ndarray, *, penalty: float, n_permutations: int, rng_seed: int
) -> dict[str, np.ndarray]:
    """Compare how well each clock predicts states.

    Parameters
    ----------
    read : ClockedSteps
    states : ndarray, shape (n_steps, n_states)
    penalty : float
        See `ridge_errors`.
    n_permutations : int
        Of each clock, for its null.
    rng_seed : int
        The permutations are the same for all states.

    Returns
    -------
    dict of str to ndarray
        `variation`, shape (n_tunes, n_states): squared differences from the mean over all steps, of each tune; for each
        clock, `gain_{clock}` of that shape, by how much it reduces the squared errors, and `null_{clock}`, shape
        (n_permutations, n_tunes, n_states), the same of the permuted clock.
    """
    states = np.asarray(states, dtype=np.float64)
    n_tunes = read.tune.max() + 1
    result = {"variation": _sum_by_tune(read.tune, (states - states.mean(axis=0)) ** 2, n_tunes)}
    both = ridge_errors(read, states, [read.eighths, read.steps], penalty=penalty)
    for number, clock in enumerate(CLOCKS):
        values, other, cell = getattr(read, clock), getattr(read, _OTHER[clock]), read.cells(clock)
        without = ridge_errors(read, states, [other], penalty=penalty)
        result[f"gain_{clock}"] = without - both
        streams = np.random.SeedSequence(rng_seed, spawn_key=(number,)).spawn(n_permutations)
        permuted = (permuted_within(values, cell, np.random.default_rng(stream)) for stream in streams)
        result[f"null_{clock}"] = np.array(
            [without - ridge_errors(read, states, [each, other], penalty=penalty) for each in permuted]
        )
    return result


@dataclass(frozen=True)
class GainIntervals:
    """What one clock adds, over all tunes.

    Attributes
    ----------
    gain, null : ndarray, shape (n_states,)
        R2 that the clock adds, and the mean of what it adds when permuted; nan for a constant state.
    lower, upper : ndarray, shape (n_states,)
        Of their difference: percentile interval over tunes.
    median_beyond, median_lower, median_upper : float
        The same of the median over states of that difference.
    """

    gain: np.ndarray
    null: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    median_beyond: float
    median_lower: float
    median_upper: float


def gain_intervals(gains: Mapping[str, np.ndarray], clock: str, weights: np.ndarray, *, level: float) -> GainIntervals:
    """Average what `clock_gains` found for a clock over tunes.

    Parameters
    ----------
    gains : mapping
        From `clock_gains`.
    clock : str
        One of `CLOCKS`.
    weights : ndarray, shape (n_resamples, n_tunes)
        From `folkprobe.statistics.resampling.resample_weights`.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    GainIntervals
        The regressions are not repeated for each resample: the tunes that they predict are resampled.
    """
    gain, null, variation = gains[f"gain_{clock}"], gains[f"null_{clock}"].mean(axis=0), gains["variation"]
    with np.errstate(invalid="ignore", divide="ignore"):
        total = variation.sum(axis=0)
        resampled = (weights @ (gain - null)) / (weights @ variation)
        both = [gain.sum(axis=0) / total, null.sum(axis=0) / total]
    ends = [(1 - level) / 2, (1 + level) / 2]
    varies = total > 0
    lower, upper = np.full((2, len(total)), np.nan)
    lower[varies], upper[varies] = np.quantile(resampled[:, varies], ends, axis=0)
    median = np.quantile(np.median(resampled[:, varies], axis=1), ends) if varies.any() else (np.nan, np.nan)
    beyond = float(np.median((both[0] - both[1])[varies])) if varies.any() else np.nan
    return GainIntervals(*both, lower, upper, beyond, *map(float, median))


def _sum_by_tune(tune: np.ndarray, values: np.ndarray, n_tunes: int) -> np.ndarray:
    # ASSUME: steps are in the order of their tunes.
    present, starts = np.unique(tune, return_index=True)
    sums = np.zeros((n_tunes, values.shape[1]))
    if len(present):
        sums[present] = np.add.reduceat(values, starts, axis=0)
    return sums
