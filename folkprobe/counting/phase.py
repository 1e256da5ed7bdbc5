"""Phase response: how the count moves when a bar token is inserted or left out, or a note lengthened.

At sites of count a the network reads something that its tune does not have, and then the same pitches (see
`folkprobe.counting.evidence`):

insert
    A bar token. With d' = logit P_8 - logit P_(8-a), the reset index is rho = (mean d' after the inserted bar token -
    with none) / (mean d' after a bar token of another tune - with none): 1 where the token starts the count anew, 0
    where it leaves it as it is.
omit
    Nothing in place of the bar token that is due at a = 8, then of those due 8 and 16 eighths later. A count that goes
    on by itself expects the next bar after 8 more eighths: P_8 stands above its neighbours.
substitute
    One token, a duration that lengthens the last note or a pitch, so the tokens are equal in number. The eighth at
    which P first exceeds 0.5 has a slope on the eighths that the token added: -1 where durations are counted, 0 where
    tokens are.

References
----------
F. A. Gers and J. Schmidhuber, Recurrent nets that time and count, Proc. IJCNN 3 (2000) 189, for LSTMs that time without
an external reset.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from folkprobe.counting.evidence import Counter, Undefined
from folkprobe.counting.sites import BAR_EIGHTHS
from folkprobe.network.continuation import States
from folkprobe.statistics.resampling import ratio_interval, resample_weights

INSERT, OMIT, SUBSTITUTE = "insert", "omit", "substitute"
BAR_TOKEN = "|"
# P_1 to P_16 after an omitted bar token.
_N_AFTER_OMISSION = 2 * BAR_EIGHTHS
# Spawn key: of the bar tokens of other tunes.
_TRUE_BARS = 2_000_000


@dataclass(frozen=True)
class Estimator:
    """Ratios of means over sites, with intervals from a bootstrap over tunes."""

    n_resamples: int
    level: float
    rng_seed: int

    def __call__(self, numerator: np.ndarray, denominator: np.ndarray, tune: np.ndarray) -> dict:
        """Return `estimate`, `lower`, `upper`, `n_sites` and `n_tunes`; nan of no sites at all."""
        tunes, index = np.unique(tune, return_inverse=True)
        if not len(tunes):
            return {"estimate": np.nan, "lower": np.nan, "upper": np.nan, "n_sites": 0, "n_tunes": 0}
        sums = [np.bincount(index, each, minlength=len(tunes)) for each in (numerator, denominator)]
        weights = resample_weights(len(tunes), rng_seed=self.rng_seed, n_resamples=self.n_resamples)
        found = ratio_interval(np.stack(sums, axis=-1)[:, np.newaxis], weights, level=self.level)
        value, lower, upper = (float(each[0]) for each in found)
        return {"estimate": value, "lower": lower, "upper": upper, "n_sites": len(tune), "n_tunes": len(tunes)}


def insert_bars(
    counter: Counter,
    states: States,
    sites: pd.DataFrame,
    bars: States,
    bar_sites: pd.DataFrame,
    *,
    n_eighths: int,
    rng_seed: int,
    estimate: Estimator,
) -> Iterator[dict]:
    """Insert a bar token at each site.

    Parameters
    ----------
    counter : Counter
    states, sites : States, DataFrame
        At counts 1 to 7.
    bars, bar_sites : States, DataFrame
        Just after bar tokens.
    n_eighths, rng_seed : int
    estimate : Estimator

    Yields
    ------
    dict
        `reset_index` by count and of all.

    Raises
    ------
    Undefined
        If a true bar token does not move what is expected.
    """
    tune, a = sites["tune"].to_numpy(), sites["elapsed_eighths"].to_numpy()
    none = counter.draw(states, sites, n_eighths=n_eighths, rng_seed=rng_seed)
    rng = np.random.default_rng(np.random.SeedSequence(rng_seed, spawn_key=(_TRUE_BARS,)))
    others = [np.flatnonzero(bar_sites["tune"].to_numpy() != each) for each in tune]
    if not all(map(len, others)):
        raise Undefined("no other tune has a bar token in 4/4 after the first bar")
    true_bar = counter.read(bars.at(np.array([rng.choice(each) for each in others])), none.token_index)
    inserted = counter.read(
        states, np.concatenate([np.full((1, len(a)), counter.tunes.column(BAR_TOKEN)), none.token_index])
    )

    def d(log_odds: np.ndarray) -> np.ndarray:
        return log_odds[BAR_EIGHTHS - 1] - log_odds[BAR_EIGHTHS - a - 1, np.arange(len(a))]

    moved, whole = (d(each) - d(none.log_odds) for each in (inserted.log_odds[1:], true_bar.log_odds))
    found = estimate(whole, np.ones(len(a)), tune)
    if not found["lower"] > 0:
        raise Undefined(
            "after a true bar token the network does not expect the next one any more than without: the log-odds of a "
            "bar 8 eighths later and when the last was due differ by {estimate:.3g} [{lower:.3g}, {upper:.3g}] more "
            "after it".format(**found)
        )
    for count in [*np.unique(a), None]:
        at = np.full(len(a), True) if count is None else a == count
        yield _row(INSERT, count, "reset_index", estimate(moved[at], whole[at], tune[at]))


def omit_bars(
    counter: Counter, states: States, sites: pd.DataFrame, *, n_omitted_bars: int, rng_seed: int, estimate: Estimator
) -> Iterator[dict]:
    """Leave the bar token out that is due at each site, and those due later.

    Parameters
    ----------
    counter : Counter
    states, sites : States, DataFrame
        At count 8 where the next token is a bar token.
    n_omitted_bars : int
    rng_seed : int
    estimate : Estimator

    Yields
    ------
    dict
        After each number of omissions in a row, `omit_1` and on: `bar_probability` 1 to 16 eighths after the last, and
        `prominence`, P_8 less the mean of P_7 and P_9.
    """
    tune, ones = sites["tune"].to_numpy(), np.ones(len(sites))
    n_eighths = BAR_EIGHTHS * (n_omitted_bars - 1) + _N_AFTER_OMISSION
    probability = expit(counter.draw(states, sites, n_eighths=n_eighths, rng_seed=rng_seed).log_odds)
    for n_omitted in range(1, n_omitted_bars + 1):
        after = probability[BAR_EIGHTHS * (n_omitted - 1) :][:_N_AFTER_OMISSION]
        for eighth, values in enumerate(after, start=1):
            yield _row(f"{OMIT}_{n_omitted}", eighth, "bar_probability", estimate(values, ones, tune))
        before, due, beyond = after[BAR_EIGHTHS - 2 : BAR_EIGHTHS + 1]
        prominence = estimate(due - (before + beyond) / 2, ones, tune)
        yield _row(f"{OMIT}_{n_omitted}", BAR_EIGHTHS, "prominence", prominence)


def substitute_tokens(
    counter: Counter,
    states: States,
    sites: pd.DataFrame,
    *,
    added_tokens: list[str],
    n_eighths: int,
    rng_seed: int,
    estimate: Estimator,
) -> Iterator[dict]:
    """Read one token more at each site, of different lengths.

    Parameters
    ----------
    counter : Counter
    states, sites : States, DataFrame
        Just after a pitch, which a duration token may follow, at counts such that even the longest token does not fill
        the bar.
    added_tokens : list of str
        Whole lengths N, which add N - 1 eighths to a note of one.
    n_eighths, rng_seed : int
    estimate : Estimator

    Yields
    ------
    dict
        `eighths_to_bar`, by token, of the sites where P exceeds 0.5 at all; `slope` within sites; and `share_with_bar`,
        the share of sites and tokens where it does.

    Raises
    ------
    Undefined
        If fewer than two tunes have a site where it exceeds 0.5 after two tokens.
    """
    tune = sites["tune"].to_numpy()
    drawn = counter.draw(states, sites, n_eighths=n_eighths + 1, rng_seed=rng_seed).token_index
    pitch, following = drawn[:1], drawn[1:]
    added, eighths = [], []
    for token in ["pitch", *added_tokens]:
        first = pitch if token == "pitch" else np.full_like(pitch, counter.tunes.column(token))
        exceeds = counter.read(states, np.concatenate([first, following])).log_odds > 0
        eighths.append(np.where(exceeds.any(axis=0), exceeds.argmax(axis=0), np.nan))
        added.append(1 if token == "pitch" else int(token) - 1)
        known = np.isfinite(eighths[-1])
        found = estimate(eighths[-1][known], np.ones(known.sum()), tune[known])
        yield _row(f"{SUBSTITUTE}_{token}", None, "eighths_to_bar", found)
    y = np.array(eighths)
    x = np.where(np.isfinite(y), np.array(added, dtype=float)[:, np.newaxis], np.nan)
    # A site where no token or one leads to a bar tells nothing.
    compared = np.isfinite(y).sum(axis=0) > 1
    if len(np.unique(tune[compared])) < 2:
        raise Undefined(
            "a bar becomes more probable than not after at most one of the added tokens, in all tunes but "
            f"{len(np.unique(tune[compared]))}, and at least 2 are needed"
        )
    x, y = (each[:, compared] - np.nanmean(each[:, compared], axis=0) for each in (x, y))
    slope = estimate(np.nansum(x * y, axis=0), np.nansum(x * x, axis=0), tune[compared])
    yield _row(SUBSTITUTE, None, "slope", slope)
    share = estimate(np.isfinite(eighths).sum(axis=0), np.full(len(tune), len(added)), tune)
    yield _row(SUBSTITUTE, None, "share_with_bar", share)


def _row(perturbation: str, elapsed_eighths: int | None, quantity: str, found: dict) -> dict:
    return {"perturbation": perturbation, "elapsed_eighths": elapsed_eighths, "quantity": quantity} | found
