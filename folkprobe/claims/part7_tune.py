"""The numbers of part 7 of the articles (and part 6) about its tune and about single units, computed for any tune.

The intact network's tune is not printed; these numbers also identify it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from folkprobe.claims.values import Value, Values

_N_PREFIX = 11
_PHRASE = "d c d e c 2 A G | A d d"
_MOTIF, _MOTIF_LAGS_STEPS = "A D D", {20, 38}
_BARS = ("|", ":|", "|:", "|1", "|2")
# A spike is a state beyond this share of the unit's largest magnitude; saturated and nearly zero are absolute.
_SPIKE_SHARE, _ACTIVE_ABOVE, _SATURATED_ABOVE, _NEAR_ZERO_BELOW = 0.5, 0.5, 0.9, 0.1


def compute_tune_claims(
    tokens: Sequence[str], drawn: Sequence[str], hidden_state: Sequence[np.ndarray], unit_index: Sequence[np.ndarray]
) -> Values:
    """Compute the claims about one tune and the units that read it.

    Parameters
    ----------
    tokens, drawn : sequence of str
        The token read at each step, `<s>` first, and the token drawn after it.
    hidden_state : sequence of ndarray, shape (n_steps, n_units)
        Of each layer.
    unit_index : sequence of ndarray of int, shape (n_units,)
        The units' numbers, from 0; the article's may count from 0 or 1, and the base that fits better is used.

    Returns
    -------
    dict of (str, str) to tuple of (float or str)
        By claim and quantity; nan for a unit that the network lacks, and for something that does not recur.
    """
    of_units = _unit_values(tokens, drawn, hidden_state, unit_index)
    return compute_token_claims(tokens) | dict(_shape_values(hidden_state)) | dict(of_units)


def compute_token_claims(tokens: Sequence[str]) -> Values:
    """Compute the claims about one tune's tokens, from `<s>` on: facts that identify the unprinted tune."""
    return dict(_token_values(list(tokens)))


def _token_values(tokens: list[str]) -> Iterator[Value]:
    yield (("x.p6.start", f"first {_N_PREFIX} tokens after <s>"), (" ".join(tokens[1 : _N_PREFIX + 1]),))
    yield (("p7.num.len147", "steps"), (float(len(tokens)),))
    for token in ("/2", "(3", "2"):
        yield (("p7.num.counts", f"times that {token} is read"), (float(tokens.count(token)),))
    repeats = [step for step, token in enumerate(tokens) if token == ":|"]
    yield (("p7.num.rep69", "times that :| is read"), (float(len(repeats)),))
    yield (("p7.num.rep69", "step of the first :|"), (float(repeats[0]) if repeats else np.nan,))
    lag = float(repeats[1] - repeats[0]) if len(repeats) > 1 else np.nan
    yield (("p7.num.rep69", "steps from the first :| to the next"), (lag,))
    gaps = np.diff(np.flatnonzero(np.isin(tokens, _BARS)))
    yield (("p7.num.bar89", "median steps between bar tokens"), (float(np.median(gaps)) if len(gaps) else np.nan,))
    lags = _lags(tokens, _PHRASE)
    yield (("p7.num.repeats", f"steps until {_PHRASE} is back"), (float(min(lags, default=np.nan)),))
    n_lags = len(_lags(tokens, _MOTIF) & _MOTIF_LAGS_STEPS)
    yield (("p7.num.repeats", f"of 20 and 38 steps, distances of two {_MOTIF}"), (float(n_lags),))


def _lags(tokens: list[str], text: str) -> set[int]:
    phrase = text.split()
    starts = [step for step in range(len(tokens)) if tokens[step : step + len(phrase)] == phrase]
    return {again - first for place, first in enumerate(starts) for again in starts[place + 1 :]}


def _shape_values(hidden_state: Sequence[np.ndarray]) -> Iterator[Value]:
    shown = {1: ("p7.fig.h1", "p7.fig.spec1", "p7.fig.units"), 2: ("p7.fig.h2",), 3: ("p7.fig.spec3",)}
    for layer, claims in shown.items():
        n_steps, n_units = hidden_state[layer - 1].shape
        for claim in claims:
            yield ((claim, "steps"), (float(n_steps),))
            yield ((claim, f"units of layer {layer}"), (float(n_units),))
    magnitude = np.abs(hidden_state[-1])
    once = ((magnitude > _ACTIVE_ABOVE).sum(axis=0) == 1).sum()
    yield (("x.p6.facts", f"units of layer 3 with |h| > {_ACTIVE_ABOVE} at one step only"), (float(once),))
    nearly_always = ((magnitude > _SATURATED_ABOVE).mean(axis=0) >= 0.9).sum()
    quantity = f"units of layer 3 with |h| > {_SATURATED_ABOVE} at 90 % of the steps"
    yield (("x.p6.facts", quantity), (float(nearly_always),))


def _unit_values(
    tokens: Sequence[str], drawn: Sequence[str], hidden_state: Sequence[np.ndarray], unit_index: Sequence[np.ndarray]
) -> Iterator[Value]:
    at_input, at_output = (np.isin(each, _BARS) for each in (np.array(tokens), np.array(drawn)))

    def traces(layer: int, number: int) -> list[np.ndarray]:
        is_unit = np.isin(unit_index[layer - 1], (number - 1, number))
        return list(np.abs(hidden_state[layer - 1][:, is_unit]).T)

    def n_missed(trace: np.ndarray, at: np.ndarray) -> float:
        return float((trace[at] <= _SPIKE_SHARE * trace.max()).sum())

    missed = [n_missed(trace, at_input) for trace in traces(1, 247)]
    best = min(missed, key=lambda n: abs(n - 3), default=np.nan)
    yield (("p7.num.u247", "bar tokens read without a spike of unit 247 of layer 1"), (best,))
    missed = [n_missed(trace, at_output) for trace in traces(3, 156)]
    yield (("p7.num.u156", "bar tokens drawn without a spike of unit 156 of layer 3"), (min(missed, default=np.nan),))
    quiet = []
    for trace in traces(2, 97):
        is_quiet = trace < _NEAR_ZERO_BELOW
        # Two steps: the one whose output is a bar token, and the next, or the one before.
        both = is_quiet & (np.append(is_quiet[1:], False) | np.append(False, is_quiet[:-1]))
        quiet.append(both[at_output].mean() if at_output.any() else np.nan)
    share = float(np.nanmax(quiet)) if np.isfinite(quiet).any() else np.nan
    yield (("p7.num.u97", "share of drawn bar tokens at which unit 97 of layer 2 is near 0 for two steps"), (share,))
