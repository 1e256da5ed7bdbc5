"""Populations from which a whole lesion study can be drawn again and again, the truth being known.

`Tried` draws sets and tunes with replacement from those that were really generated: their distribution, skewed as it
may be, is the truth. `Normal` has the same sources of variance, each normal, and needs no data.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Study(NamedTuple):
    """What one study counted, and what it should find.

    Arrays of counts have shape (n_sets, n_tunes, n_outcomes, 2); `stranger` is one more random set.
    """

    targeted: np.ndarray
    random: np.ndarray
    stranger: np.ndarray
    true_difference: np.ndarray


@dataclass(frozen=True)
class Tried:
    """Sets that were tried, counts of shape (n_sets, n_tunes, n_outcomes, 2) and (n_tunes, n_outcomes, 2)."""

    random: np.ndarray
    targeted: np.ndarray

    def draw(self, rng, *, n_sets, n_tunes):
        sets = rng.integers(len(self.random), size=n_sets + 1)[:, None]
        tunes = rng.integers(len(self.targeted), size=n_tunes)
        drawn = self.random[sets, tunes]
        return Study(self.targeted[None, tunes], drawn[1:], drawn[:1], self.true_difference)

    @property
    def ratios(self):
        sums = self.random.sum(axis=1)
        return sums[..., 0] / sums[..., 1]

    @property
    def true_difference(self):
        sums = self.targeted.sum(axis=0)
        return sums[..., 0] / sums[..., 1] - self.ratios.mean(axis=0)


@dataclass(frozen=True)
class Normal:
    """Bars of a tune, log-normal in number, of which a share is wrong that varies over sets, tunes and their pairs."""

    mean_share: float
    targeted_share: float
    sd_sets: float
    sd_tunes: float
    sd_pairs: float
    mean_bars: float
    cv_bars: float

    def draw(self, rng, *, n_sets, n_tunes):
        share = self.mean_share + self.sd_sets * rng.standard_normal(n_sets + 2)
        share[0] = self.targeted_share
        of_tune = self.sd_tunes * rng.standard_normal(n_tunes)
        of_pair = self.sd_pairs * rng.standard_normal((n_sets + 2, n_tunes))
        # Independent of the shares, so that the ratio of expected sums is the share itself.
        log_variance = np.log1p(self.cv_bars**2)
        spread = np.sqrt(log_variance) * rng.standard_normal(of_pair.shape)
        n_bars = self.mean_bars * np.exp(spread - log_variance / 2)
        counts = np.stack([n_bars * (share[:, None] + of_tune + of_pair), n_bars], axis=-1)[:, :, None]
        return Study(counts[:1], counts[2:], counts[1:2], np.array([self.targeted_share - self.mean_share]))


# By layer, of the share of wrong bars: 199 random thirds and the targeted third of each layer of
# resources/checkpoints/demo.pkl cut out (scope both, value 0), 200 tunes each with config.yaml's prompt and rng_seed.
COMPONENTS = {
    1: Normal(0.4996, 0.7916, sd_sets=0.1635, sd_tunes=0.0906, sd_pairs=0.2567, mean_bars=20.63, cv_bars=0.541),
    2: Normal(0.1722, 0.9310, sd_sets=0.1121, sd_tunes=0.0282, sd_pairs=0.1506, mean_bars=24.82, cv_bars=0.476),
    3: Normal(0.2045, 0.8532, sd_sets=0.0715, sd_tunes=0.0366, sd_pairs=0.1835, mean_bars=20.82, cv_bars=0.627),
}


def fit_normal(population):
    """Estimate the components of the first outcome of sets that were tried, by two-way analysis of variance."""
    numerator, n_bars = np.moveaxis(population.random[:, :, 0], -1, 0)
    n_sets, n_tunes = n_bars.shape
    share = population.ratios[:, 0]
    deviation = (numerator - share[:, None] * n_bars) / n_bars.mean(axis=1, keepdims=True)
    of_tune = deviation.mean(axis=0)
    pairs = ((deviation - of_tune) ** 2).sum() / ((n_sets - 1) * (n_tunes - 1))
    tunes = max(n_sets * of_tune.var(ddof=1) - pairs, 0) / n_sets
    sets = max(share.var(ddof=1) - pairs / n_tunes, 0)
    cv_bars = (n_bars.std(axis=1) / n_bars.mean(axis=1)).mean()
    # Long tunes weigh more: a share's variance enters times the mean square of the relative number of bars.
    per_tune = 1 + cv_bars**2
    return Normal(
        mean_share=share.mean(),
        targeted_share=share.mean() + population.true_difference[0],
        sd_sets=np.sqrt(sets),
        sd_tunes=np.sqrt(tunes / per_tune),
        sd_pairs=np.sqrt(pairs / per_tune),
        mean_bars=n_bars.mean(),
        cv_bars=cv_bars,
    )
