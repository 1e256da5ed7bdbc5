"""Units that a lesion study excises from a layer: the targeted ones, and controls of equal number.

Every function returns positions in the layer, ascending; the caller looks up the original unit numbers.
"""

import numpy as np

from folkprobe.refusal import Refusal
from folkprobe.signal.activity import Activity
from folkprobe.statistics.lesion_design import BOTTOM, KINDS, RANDOM, TARGETED

# Above any distance between units of one layer, so that a targeted unit is taken only where there is no other.
_NOT_A_CONTROL = 1e6


def resolve_n_units(n_layer_units: int, *, n_units: int | None, share_of_layer: float | None) -> int:
    """Return how many units a lesion excises from a layer.

    Parameters
    ----------
    n_layer_units : int
        Units of the layer.
    n_units : int or None
        This many, at most all of them.
    share_of_layer : float or None
        In (0, 1]; this share of them, to the nearest whole number, halves up, and at least one. Given where `n_units`
        is not.
    """
    if n_units is None:
        n_units = max(int(np.floor(share_of_layer * n_layer_units + 0.5)), 1)
    return min(n_units, n_layer_units)


def choose_units(
    power_fraction: np.ndarray,
    activity: Activity,
    *,
    kind: str,
    n_units: int,
    layer: int,
    set_index: int,
    rng_seed: int,
) -> np.ndarray:
    """Choose the units of one lesion.

    Parameters
    ----------
    power_fraction : ndarray, shape (n_layer_units,)
        In the band of interest.
    activity : Activity
        Of the same units.
    kind : str
        One of `KINDS`, each explained by the function of its name.
    n_units : int
        1 up to all of the layer.
    layer, set_index, rng_seed : int
        Only random sets depend on them.

    Returns
    -------
    ndarray of int, shape (n_units,)

    Raises
    ------
    Refusal
        For another kind, or more units than there are.
    """
    if kind not in KINDS:
        raise Refusal(f"{kind!r} is not one of the kinds of sets, {', '.join(KINDS)}")
    n_layer_units = len(power_fraction)
    if not 0 < n_units <= n_layer_units:
        raise Refusal(f"{n_units} of a layer's {n_layer_units} units cannot be cut out: choose 1 up to all")
    if kind == RANDOM:
        return random_units(n_layer_units, n_units, rng_seed=rng_seed, layer=layer, set_index=set_index)
    if kind == BOTTOM:
        return bottom_units(power_fraction, n_units)
    targeted = targeted_units(power_fraction, n_units)
    if kind == TARGETED:
        return targeted
    return activity_matched_units(np.stack([activity.mean_absolute, activity.variance], axis=1), targeted)


def targeted_units(power_fraction: np.ndarray, n_units: int) -> np.ndarray:
    """Choose the units with the largest power fraction; of equal units the first."""
    return np.sort(np.argsort(-np.asarray(power_fraction), kind="stable")[:n_units])


def bottom_units(power_fraction: np.ndarray, n_units: int) -> np.ndarray:
    """Choose the units with the smallest power fraction.

    This is the end of the order whose beginning `targeted_units` takes; the two overlap beyond half of the layer.
    """
    order = np.argsort(-np.asarray(power_fraction), kind="stable")
    return np.sort(order[len(order) - n_units :])


def random_units(n_layer_units: int, n_units: int, *, rng_seed: int, layer: int, set_index: int) -> np.ndarray:
    """Choose units at random, any of the layer's, the targeted ones too.

    Parameters
    ----------
    n_layer_units, n_units : int
    rng_seed, layer, set_index : int
        At least 0. Set i of a layer and a number of units is the same whatever else is in the study.

    Returns
    -------
    ndarray of int, shape (n_units,)
        Uniform over the subsets of the layer. Under the hypothesis that power is not informative, the targeted
        set is one more of them, which is the basis of a permutation test over sets.
    """
    sequence = np.random.SeedSequence(rng_seed, spawn_key=(layer, n_units, set_index))
    return np.sort(np.random.default_rng(sequence).choice(n_layer_units, n_units, replace=False))


def activity_matched_units(activity: np.ndarray, targeted: np.ndarray) -> np.ndarray:
    """Choose other units whose activity matches that of the targeted ones.

    Parameters
    ----------
    activity : ndarray, shape (n_layer_units, n_measures)
        Of each unit, such as mean |h| and variance.
    targeted : ndarray of int, shape (n_units,)

    Returns
    -------
    ndarray of int, shape (n_units,)
        One partner for each targeted unit such that the sum of squared distances is least, each measure in standard
        deviations over the layer (constant measures are ignored). Targeted units are taken only where more than
        half of the layer is targeted, as few as possible.

    References
    ----------
    P. R. Rosenbaum, Optimal matching for observational studies, JASA 84, 1989; the assignment is
    `scipy.optimize.linear_sum_assignment`.
    """
    # It takes a fifth of a second to import, and only one job needs it.
    from scipy.optimize import linear_sum_assignment

    spread = activity.std(axis=0)
    scaled = np.divide(activity, spread, out=np.zeros(activity.shape), where=spread > 0)
    distance = ((scaled[targeted, np.newaxis] - scaled) ** 2).sum(axis=2)
    distance[:, targeted] += _NOT_A_CONTROL
    _, partners = linear_sum_assignment(distance)
    return np.sort(partners)
