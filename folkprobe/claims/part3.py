"""The numbers of part 3 of the articles, computed for any folk-rnn checkpoint.

The article's u_1 has the opposite sign of ours, so its v - s_1 u_1 is our v + s_1 u_1. For i = 2, 3 its sign is not
known: quantities that depend on it are computed under both signs, u_i and w_i changing sign together.

Reference: B. L. Sturm, *Making sense of the folk-rnn v2 model*, part 3 (part 2 for the bias).
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from folkprobe.claims.values import Values
from folkprobe.music.token_classes import class_of
from folkprobe.music.vocabulary import START_TOKEN
from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax
from folkprobe.network.projection import Projections, variance_shares
from folkprobe.network.softmax import (
    bias_correlation,
    decompose_softmax,
    pushed_posterior,
    require_direction,
    visible_part,
)

# Of folk-rnn v2, as its articles describe it.
_V2_N_UNITS, _N_LAYERS = 512, 3

U1_TOKENS = ("</s>", "|:", ":|", "C,", "D,", "E,", "F,", "]", "6", "3/2")
LOW_BIAS_TOKENS = ("<s>", "=f'", "16", "(7", "^f'", "=C,")
CLASSES = ("meter", "key", "bar", "pitch", "duration")


def compute_part3_claims(checkpoint: Checkpoint, projections: Projections) -> Values:
    """Compute every quantity that part 3 names.

    Parameters
    ----------
    checkpoint : Checkpoint
    projections : Projections
        Of tunes that this network generated.

    Returns
    -------
    dict of (str, str) to tuple of float
        By claim and quantity: one value, or two (our sign, the opposite) where the article's sign is not known. nan
        where the vocabulary lacks a token.

    Raises
    ------
    Refusal
        If the softmax layer has fewer than three directions.
    """
    return {
        **_matrix_values(checkpoint),
        **_direction_1_values(checkpoint, projections),
        **_directions_2_and_3_values(checkpoint),
        **_projection_values(checkpoint, projections),
    }


def _matrix_values(checkpoint: Checkpoint) -> Values:
    V, v = checkpoint.softmax.V, checkpoint.softmax.v
    raw, fixed = decompose_softmax(checkpoint), decompose_softmax(checkpoint, gauge_fixed=True)
    require_direction(raw, 3)
    correlation = np.abs(bias_correlation(checkpoint))
    magnitude = np.abs(raw.w[:, 0])
    kurtosis = len(raw.w) * (raw.w[:, :3] ** 4).sum(axis=0)
    in_ring = (magnitude >= 0.04) & (magnitude <= 0.06)
    rank_of_bias = np.empty(len(v))
    rank_of_bias[np.argsort(v, kind="stable")] = np.arange(1, len(v) + 1)
    low_bias = {
        ("x.p2.lowbias", f"rank of {token} in v from below"): (_entry_of_token(checkpoint, rank_of_bias, token),)
        for token in LOW_BIAS_TOKENS
    }
    return {
        ("p3.ctx.params", "parameters of this network"): (checkpoint.n_parameters,),
        ("p3.ctx.params", "parameters of its softmax layer"): (V.size + v.size,),
        ("p3.ctx.vocab", "rows of V"): (V.shape[0],),
        ("p3.ctx.vocab", "columns of V"): (V.shape[1],),
        ("p3.ctx.vocab", "entries of v"): (len(v),),
        ("p3.fig.sv", "s_1 / s_2"): (raw.s[0] / raw.s[1],),
        ("p3.num.s1", "s_1"): (raw.s[0],),
        ("p3.num.s2", "s_2"): (raw.s[1],),
        ("p3.num.s3", "s_3"): (raw.s[2],),
        ("p3.num.rank", "rank of V"): (raw.rank,),
        ("p3.num.rank", "smallest step between singular values"): (-np.diff(raw.s).max(),),
        ("p3.num.lower42", "least largest move, by the printed s_1: 509 / sqrt(137)"): (509 / np.sqrt(137),),
        ("p3.num.lower42", "largest move, by the printed s_1"): (509,),
        ("p3.num.lower42", "least largest move of a logit by w_1: s_1 / sqrt(n)"): (raw.s[0] / np.sqrt(len(v)),),
        ("p3.num.lower42", "largest move of a logit by w_1: s_1"): (raw.s[0],),
        ("p3.num.lower42", "largest move of a logit by w_1 in fact"): (raw.s[0] * np.abs(raw.u[:, 0]).max(),),
        ("p3.num.biasmax", "max |v|"): (np.abs(v).max(),),
        ("p3.fig.w1", "root mean square of w_1"): (np.sqrt((raw.w[:, 0] ** 2).mean()),),
        ("p3.num.w1range", "max |w_1|"): (magnitude.max(),),
        ("p3.fig.w1hist", "modes of the density of w_1"): (count_modes(raw.w[:, 0]),),
        ("p3.num.w1_70", "share of |w_1| in 0.04 to 0.06"): (in_ring.mean(),),
        ("p3.num.w1_70", "share of |w_1| below 0.04"): ((magnitude < 0.04).mean(),),
        ("p3.num.w1_70", "share of |w_1| up to 0.06"): ((magnitude <= 0.06).mean(),),
        **{("p3.fig.w23", f"kurtosis of w_{k + 1}"): (kurtosis[k],) for k in range(3)},
        **{("p3.fig.w23", f"kurtosis of w_{k + 1} over w_1's"): (kurtosis[k] / kurtosis[0],) for k in (1, 2)},
        **{
            ("p3.fig.w23", f"w_{k + 1}'s distance from the normal kurtosis of 3 over w_1's"): (
                abs(kurtosis[k] - 3) / abs(kurtosis[0] - 3),
            )
            for k in (1, 2)
        },
        ("p3.fig.u23", "cosine of u_2 and u_3"): (raw.u[:, 1] @ raw.u[:, 2],),
        ("p3.fig.u23", "tokens"): (len(raw.u),),
        ("p3.extra.gauge", "rank of the gauge-fixed V"): (fixed.rank,),
        ("p3.extra.gauge", "s_1 of the gauge-fixed V"): (fixed.s[0],),
        ("p3.extra.gauge", "cos(u_1, 1)"): (raw.constant_cosine[0],),
        ("p3.extra.gauge", "share of s_1 squared that the softmax ignores"): (raw.constant_cosine[0] ** 2,),
        **low_bias,
        ("x.p2.corr", "largest |correlation| of a column of V with v"): (np.nanmax(correlation),),
        ("x.p2.corr", "mean |correlation| of a column of V with v"): (np.nanmean(correlation),),
    }


def _direction_1_values(checkpoint: Checkpoint, projections: Projections) -> Values:
    values: Values = {}
    raw, fixed = decompose_softmax(checkpoint), decompose_softmax(checkpoint, gauge_fixed=True)
    order = np.argsort(-raw.u[:, 0], kind="stable")
    rank = np.empty(len(order))
    rank[order] = np.arange(1, len(order) + 1)
    values[("p3.fig.u1", f"entry of {START_TOKEN} in u_1")] = (_entry_of_token(checkpoint, raw.u[:, 0], START_TOKEN),)
    for token in U1_TOKENS:
        values[("p3.num.u1tokens", f"rank of {token} in u_1 from above")] = (_entry_of_token(checkpoint, rank, token),)
    posterior = pushed_posterior(checkpoint, raw.s[0] * raw.u[:, 0])
    values[("p3.fig.P1", "largest probability of softmax(v + s_1 u_1)")] = (posterior.max(),)
    for claim, token in (("p3.num.P1a", "|:"), ("p3.num.P1b", "</s>"), ("p3.num.P1c", "_B,")):
        values[(claim, f"P({token}) of softmax(v + s_1 u_1)")] = (_entry_of_token(checkpoint, posterior, token),)
    seen = pushed_posterior(checkpoint, fixed.s[0] * fixed.u[:, 0])
    norm = np.linalg.norm(visible_part(checkpoint.softmax.V), axis=1)
    is_token = projections.next_token[projections.is_drawn] == "_B,"
    values[("p3.q.uB", "P(_B,) of softmax(v + s_1 u_1), gauge-fixed")] = (_entry_of_token(checkpoint, seen, "_B,"),)
    relative = _entry_of_token(checkpoint, norm, "_B,") / np.median(norm)
    values[("p3.q.uB", "norm of the centred row of _B, over the median norm")] = (relative,)
    values[("p3.q.uB", "share of _B, among drawn tokens")] = (is_token.mean() if len(is_token) else np.nan,)
    return values


def _directions_2_and_3_values(checkpoint: Checkpoint) -> Values:
    u, s, _ = decompose_softmax(checkpoint)
    centred = visible_part(u)
    classes = np.array([class_of(token) for token in checkpoint.vocabulary])
    values: Values = {}

    def under_both_signs(claim: str, quantity: str, value_of: Callable[[float], float]) -> None:
        values[(claim, quantity)] = (value_of(1.0), value_of(-1.0))

    of_class = {group: u[classes == group, 2].mean() if (classes == group).any() else np.nan for group in CLASSES}
    for group in ("meter", "key"):
        for other in ("bar", "pitch"):
            quantity = f"mean entry of {other} tokens over that of {group} tokens in u_3, magnitudes"
            values[("p3.num.w3effect", quantity)] = (abs(of_class[other] / of_class[group]),)
    for k, claim in ((1, "p3.num.w2effect"), (2, "p3.num.w3effect")):
        name = f"u_{k + 1}"
        values[("p3.fig.u23", f"largest |entry| of {name}")] = (np.abs(u[:, k]).max(),)
        for group in CLASSES:
            mean = u[classes == group, k].mean() if (classes == group).any() else np.nan
            under_both_signs(claim, f"mean entry of {group} tokens in {name}", lambda sign, mean=mean: sign * mean)
        for token in ("2", "/2", ">", "<"):
            entry = _entry_of_token(checkpoint, centred[:, k], token)
            quantity = f"entry of {token} in {name}, centred"
            under_both_signs("p3.num.w23dur", quantity, lambda sign, entry=entry: sign * entry)

    def probability(k: int, side: float, *tokens: str) -> Callable[[float], float]:
        def under(sign: float) -> float:
            posterior = pushed_posterior(checkpoint, sign * side * s[k] * u[:, k])
            return sum(_entry_of_token(checkpoint, posterior, token) for token in tokens)

        return under

    for k in (1, 2):
        for side, mark in ((1, "+"), (-1, "-")):
            posteriors = {sign: pushed_posterior(checkpoint, sign * side * s[k] * u[:, k]) for sign in (1.0, -1.0)}
            quantity = f"largest probability of softmax(v {mark} s_{k + 1} u_{k + 1})"
            under_both_signs("p3.fig.P23", quantity, lambda sign, each=posteriors: each[sign].max())
    under_both_signs("p3.num.P3p", "P(>) of softmax(v + s_3 u_3)", probability(2, 1, ">"))
    under_both_signs("p3.num.P3m1", "P(b) of softmax(v - s_3 u_3)", probability(2, -1, "b"))
    under_both_signs("p3.num.P3m2", "P(g) + P(G,) of softmax(v - s_3 u_3)", probability(2, -1, "g", "G,"))
    under_both_signs("p3.num.P3m2", "P(g) of softmax(v - s_3 u_3)", probability(2, -1, "g"))
    under_both_signs("p3.num.P3m2", "P(G,) of softmax(v - s_3 u_3)", probability(2, -1, "G,"))
    quantity = "P(K:Cmaj) + P(K:Cdor) of softmax(v - s_2 u_2)"
    under_both_signs("p3.num.P2m", quantity, probability(1, -1, "K:Cmaj", "K:Cdor"))
    return values


def _projection_values(checkpoint: Checkpoint, projections: Projections) -> Values:
    values: Values = {}
    directions = decompose_softmax(checkpoint)
    for k, along in enumerate(projections.projection["as_trained"].T, start=1):
        for percent in (5, 50, 95):
            values[("p3.num.wscale", f"{percent} % quantile of h . w_{k}")] = (np.percentile(along, percent),)
        values[("p3.num.wscale", f"share of steps with |h . w_{k}| > 1")] = ((np.abs(along) > 1).mean(),)
    variance = np.einsum("ui,uv,vi->i", directions.w, projections.covariance, directions.w, optimize=True)
    _, of_visible = variance_shares(checkpoint, directions, projections.covariance)
    ten = variance[:10].sum() / np.trace(projections.covariance)
    values[("p3.q.directions", "share of the variance of h along w_1 to w_10")] = (ten,)
    for k in range(3):
        values[("p3.q.directions", f"share of the visible logits' variance along w_{k + 1}")] = (of_visible[k],)
    return values


def count_parameters(vocabulary: Sequence[str]) -> Values:
    """Count the parameters of a network of folk-rnn v2's shape with this vocabulary, by claim and quantity."""

    def nothing(*shape: int) -> np.ndarray:
        return np.broadcast_to(np.float32(0), shape)

    n_vocabulary, n = len(vocabulary), _V2_N_UNITS
    state, unit_index = nothing(n), np.arange(n)
    layers = tuple(
        Layer(nothing(4, n_in, n), nothing(4, n, n), nothing(4, n), state, state, unit_index)
        for n_in in (n_vocabulary, *[n] * (_N_LAYERS - 1))
    )
    softmax = Softmax(nothing(n_vocabulary, n), nothing(n_vocabulary))
    network = Checkpoint("folk-rnn v2's shape", "none", "", tuple(vocabulary), layers, softmax)
    of_shape = f"of {_N_LAYERS} x {n} units over {n_vocabulary} tokens"
    return {
        ("p3.ctx.params", f"parameters {of_shape}"): (network.n_parameters,),
        ("p3.ctx.params", f"parameters of the softmax layer {of_shape}"): (softmax.V.size + softmax.v.size,),
    }


def compare_vocabulary(checkpoint: Checkpoint, vocabulary: Sequence[str]) -> Values:
    """Compare a network's tokens with the published ones, in index order, by claim and quantity."""
    pairs = itertools.zip_longest(checkpoint.vocabulary, vocabulary)
    return {("x.p1.vocab", "places with another token than printed"): (sum(one != other for one, other in pairs),)}


def count_modes(values: np.ndarray) -> int:
    """Count the modes of a density estimate with a normal kernel and Silverman's bandwidth, ignoring ripples.

    Parameters
    ----------
    values : ndarray, shape (n_values,)

    Returns
    -------
    int
        At least 1; 1 for constant values. A mode counts if the density falls by more than 5 % of its maximum before it
        rises again: outliers make ripples.

    References
    ----------
    B. W. Silverman, Density Estimation for Statistics and Data Analysis, 1986, eq. (3.31).
    """
    quartiles = np.percentile(values, [25, 75])
    spread = min(values.std(ddof=1), (quartiles[1] - quartiles[0]) / 1.34)
    if spread == 0:
        return 1
    bandwidth = 0.9 * spread * len(values) ** -0.2
    grid = np.linspace(values.min() - 3 * bandwidth, values.max() + 3 * bandwidth, 512)
    density = np.exp(-0.5 * ((grid[:, None] - values) / bandwidth) ** 2).sum(axis=1)
    turn = 0.05 * density.max()
    n_modes, is_rising, extreme = 0, True, density[0]
    for level in density:
        extreme = max(extreme, level) if is_rising else min(extreme, level)
        if abs(level - extreme) > turn:
            n_modes += is_rising
            is_rising, extreme = not is_rising, level
    return n_modes


def _entry_of_token(checkpoint: Checkpoint, values: np.ndarray, token: str) -> float:
    return float(values[checkpoint.vocabulary.index(token)]) if token in checkpoint.vocabulary else np.nan
