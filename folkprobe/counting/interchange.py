"""Interchange of counts: whether a part of the state carries the count from one tune to another.

A *base* at count a and a *donor* at count b != a, from another tune, read the same pitches (see
`folkprobe.counting.evidence`). With d = logit P_(8-b) - logit P_(8-a), a part of the state that is handed over (see
`folkprobe.counting.exchange`) shifts the base's count by

    shift = (mean d of the patched - of the base) / (mean d of the donor - of the base)

which is 1 where the part carries the count and 0 where it does not. As a null, the donor is one at the base's own
count a, and d is asked between the same a and b.

References
----------
A. Geiger, H. Lu, T. Icard and C. Potts, Causal abstractions of neural networks, NeurIPS 34 (2021), for interchange
interventions.
A. Geiger et al., Causal abstraction: a theoretical foundation for mechanistic interpretability, arXiv 2301.04709
(2024).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, stdtr

from folkprobe.counting.evidence import Counter, Undefined
from folkprobe.counting.exchange import Part
from folkprobe.counting.sites import BAR_EIGHTHS
from folkprobe.network.continuation import Readings
from folkprobe.statistics.crossed import compare_sides, linearise
from folkprobe.statistics.multiplicity import holm
from folkprobe.statistics.resampling import ratio_interval, resample_weights

HOLDS, TELLS = "holds", "tells"
OTHER_COUNT, SAME_COUNT = "other_count", "same_count"
BOOTSTRAP = "bootstrap over base tunes, percentiles"
# Spawn keys: of the pairs.
_PAIRS = 1_000_000


def draw_pairs(sites: pd.DataFrame, *, n_pairs: int, rng_seed: int) -> pd.DataFrame:
    """Draw bases and donors: all counts alike, then all sites of a count alike.

    Parameters
    ----------
    sites : DataFrame
        From `count_sites`.
    n_pairs, rng_seed : int

    Returns
    -------
    DataFrame
        `base`, `other_count` and `same_count`, rows of `sites`: the donors, each of another tune than the base; `a` and
        `b`, the counts of base and other donor.

    Raises
    ------
    Undefined
        If there are not two counts.
    """
    tune, elapsed = sites["tune"].to_numpy(), sites["elapsed_eighths"].to_numpy()
    counts = np.unique(elapsed)
    if len(counts) < 2:
        raise Undefined(f"all sites of the count lie {counts[0]} eighths after a bar token: no donor has another count")
    rng = np.random.default_rng(np.random.SeedSequence(rng_seed, spawn_key=(_PAIRS,)))
    rows = []
    for _ in range(n_pairs):
        a, b = rng.choice(counts, 2, replace=False)
        base = rng.choice(np.flatnonzero(elapsed == a))
        donors = [np.flatnonzero((elapsed == count) & (tune != tune[base])) for count in (b, a)]
        if all(map(len, donors)):
            rows.append((base, *(rng.choice(each) for each in donors), a, b))
    if not rows:
        raise Undefined("no base has donors in other tunes")
    return pd.DataFrame(rows, columns=["base", OTHER_COUNT, SAME_COUNT, "a", "b"])


@dataclass(frozen=True)
class Shift:
    """Of every pair: by how much patching moved d, and where P peaks.

    Attributes
    ----------
    moved : ndarray, shape (n_pairs,)
        d of the patched less d of the base.
    at_donor : ndarray of bool, shape (n_pairs,)
        Whether P is largest where the donor's bar is due.
    """

    moved: np.ndarray
    at_donor: np.ndarray


class Interchange:
    """Bases and donors, ready for parts to be handed over.

    Parameters
    ----------
    counter : Counter
    sites : DataFrame
        From `count_sites`.
    n_pairs, n_eighths, rng_seed : int
        n_eighths pitches are read after each site.
    n_resamples : int
    level : float

    Raises
    ------
    Undefined
        If donors do not differ from bases: the network does not tell the counts apart.
    """

    def __init__(
        self,
        counter: Counter,
        sites: pd.DataFrame,
        *,
        n_pairs: int,
        n_eighths: int,
        rng_seed: int,
        n_resamples: int,
        level: float,
    ) -> None:
        self._counter, self._level = counter, level
        self.pairs = draw_pairs(sites, n_pairs=n_pairs, rng_seed=rng_seed)
        bases = sites.iloc[self.pairs["base"]]
        _, self.tune_index = np.unique(bases["tune"], return_inverse=True)
        self.n_tunes = self.tune_index.max() + 1
        # One replay for all.
        columns = ["base", OTHER_COUNT, SAME_COUNT]
        states = counter.states(sites.iloc[np.concatenate([self.pairs[name] for name in columns])])
        self.base, *donors = (states.at(each) for each in np.arange(3 * len(bases)).reshape(3, -1))
        self.donor = dict(zip(columns[1:], donors, strict=True))
        self._of_base = counter.draw(self.base, bases, n_eighths=n_eighths, rng_seed=rng_seed)
        self._of_donor = {
            name: counter.read(donor, self._of_base.token_index, keep=True) for name, donor in self.donor.items()
        }
        self._full = self._moved(self._of_donor[OTHER_COUNT])
        self._weights = resample_weights(self.n_tunes, rng_seed=rng_seed, n_resamples=n_resamples)
        ones = np.ones_like(self._full)
        value, lower, upper = self._ratio(self._full, ones)
        if not lower > 0:
            raise Undefined(
                "the network does not tell counts apart: the log-odds of a bar where the donor's is due and where the "
                f"base's is due differ by {value:.3g} [{lower:.3g}, {upper:.3g}] more in the donor than in the base"
            )

    def patch(self, part: Part, mode: str, donor: str = OTHER_COUNT) -> Shift:
        """Hand a part over from the donors, in one mode, and read on."""
        if mode == HOLDS:
            patched = self._counter.read(part.hold(self.base, self.donor[donor]), self._of_base.token_index)
        else:
            hidden_state = self._of_donor[donor].hidden_state

            def told(layer: int):
                return lambda own, step, at: part.tell(layer, own, hidden_state[layer - 1][step][:, at])

            patched = self._counter.read(
                self.base, self._of_base.token_index, {layer: told(layer) for layer in part.layers}
            )
        at_donor = expit(patched.log_odds).argmax(axis=0) + 1 == BAR_EIGHTHS - self.pairs["b"].to_numpy()
        return Shift(self._moved(patched), at_donor)

    def estimate(self, shifts: list[Shift]) -> dict:
        """Estimate the mean shift of one part, or of several that are a sample of parts.

        Returns
        -------
        dict
            `shift`, `lower`, `upper`, `share_at_donor`, `n_sets`, `n_pairs`, `n_tunes`, `interval` and `p_value`, of no
            shift at all, by Student's t of the linearised ratio over tunes.
        """
        counts = np.stack([self._by_tune(each.moved, self._full) for each in shifts])
        side = linearise(counts, is_sample=len(shifts) > 1)
        if len(shifts) > 1:
            found = compare_sides(side, level=self._level)
            value, lower, upper, interval = (each[0] for each in (found.value, found.lower, found.upper, found.method))
        else:
            value, lower, upper = self._ratio(shifts[0].moved, self._full)
            interval = BOOTSTRAP
        return {
            "shift": value,
            "lower": lower,
            "upper": upper,
            "share_at_donor": np.mean([each.at_donor for each in shifts]),
            "n_sets": len(shifts),
            "n_pairs": len(self.pairs),
            "n_tunes": self.n_tunes,
            "interval": interval,
            "p_value": _p_value(side.mean[0], side.mean_contribution[:, 0]),
        }

    def _moved(self, readings: Readings) -> np.ndarray:
        return _d(readings, self.pairs) - _d(self._of_base, self.pairs)

    def _by_tune(self, numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
        """Sum over the pairs of each base tune, shape (n_tunes, 1, 2)."""
        sums = [np.bincount(self.tune_index, each, minlength=self.n_tunes) for each in (numerator, denominator)]
        return np.stack(sums, axis=-1)[:, np.newaxis]

    def _ratio(self, numerator: np.ndarray, denominator: np.ndarray) -> tuple[float, float, float]:
        return tuple(
            float(each[0])
            for each in ratio_interval(self._by_tune(numerator, denominator), self._weights, level=self._level)
        )


def _d(readings: Readings, pairs: pd.DataFrame) -> np.ndarray:
    """Return logit P_(8-b) - logit P_(8-a) of each pair; row j - 1 of the readings is P_j."""
    place = np.arange(len(pairs))
    due_of_donor, due_of_base = (BAR_EIGHTHS - pairs[name].to_numpy() - 1 for name in ("b", "a"))
    return readings.log_odds[due_of_donor, place] - readings.log_odds[due_of_base, place]


def _p_value(value: float, contribution: np.ndarray) -> float:
    n_tunes = len(contribution)
    error = np.sqrt(n_tunes / (n_tunes - 1) * (contribution**2).sum()) if n_tunes > 1 else np.nan
    if error == 0:
        return float(value == 0)
    return float(2 * stdtr(n_tunes - 1, -abs(value) / error))


def judge_layers(table: pd.DataFrame) -> pd.DataFrame:
    """Mark the tests of the study and adjust their p-values for their number (Holm).

    Parameters
    ----------
    table : DataFrame
        A row a part, with `layers`, `set`, `mode`, `donor` and `p_value`.

    Returns
    -------
    DataFrame
        With `role`: `primary` where one whole layer holds another count, whose shift is tested against 0; all else is
        `descriptive` and has no p-value. With `p_value_adjusted` after `p_value`.
    """
    is_primary = (table["set"] == "all") & (table["mode"] == HOLDS) & (table["donor"] == OTHER_COUNT)
    is_primary &= table["layers"].str.fullmatch(r"\d+")
    p_value = table["p_value"].where(is_primary)
    return table.assign(
        role=np.where(is_primary, "primary", "descriptive"), p_value=p_value, p_value_adjusted=holm(p_value.to_numpy())
    )
