"""The parts of the state that the study of the count hands over: sets of units, and subspaces.

Units and subspaces are chosen on other tunes than those on which they are tried. Two units of an LSTM
may carry a number (Y. Lakretz et al., The emergence of number and syntax units in LSTM language models, Proc. NAACL-HLT
(2019) 11), so small sets are tried, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from folkprobe.counting.exchange import Part, Units, count_subspace, random_subspace, share_explained
from folkprobe.network.continuation import States

ALL = "all"
COUNT_EXPLAINED, BAND_POWER = "count_explained", "band_power"
SUBSPACE, RANDOM_SUBSPACE = "subspace", "random_subspace"
COMPLEMENT_OF = "complement_of_"


@dataclass(frozen=True)
class Declared:
    """A part, or several that are a sample of parts.

    Attributes
    ----------
    set : str
        `all`; a kind of set of the lesion study; `count_explained` or `band_power`, the units with the most of it;
        `subspace`, `random_subspace`; or `complement_of_` one of these.
    n_units : int
        How many units it has, or those of the layers whose subspace it is.
    rank : int or None
        Of a subspace, in each layer.
    parts : list of Part
    """

    set: str
    n_units: int
    rank: int | None
    parts: list[Part]


def declare_parts(
    present: Mapping[int, np.ndarray],
    states: States,
    count: np.ndarray,
    power_fraction: Mapping[int, np.ndarray],
    lesion_sets: pd.DataFrame,
    *,
    n_units: list[int],
    ranks: list[int],
    n_random_subspaces: int,
    rng_seed: int,
) -> Iterator[Declared]:
    """List the parts that are tried in some layers.

    Parameters
    ----------
    present : mapping of int to ndarray of int
        By layer, its units.
    states, count : States, ndarray of int, shape (n_sites,)
        At sites of other tunes, with their elapsed eighths.
    power_fraction : mapping of int to ndarray, shape (n_units,)
        By layer, of its units in the band.
    lesion_sets : DataFrame
        Of one number of units in each layer: `layer`, `kind`, `set_index`, `unit_index`.
    n_units : list of int
        How many of the best units are tried; numbers above that of the layers' units are left out.
    ranks : list of int
    n_random_subspaces, rng_seed : int
    """
    layers = tuple(present)
    everything = Units(present)
    yield Declared(ALL, everything.n_units, None, [everything])

    of_layers = lesion_sets[lesion_sets["layer"].isin(layers)]
    for kind, of_kind in of_layers.groupby("kind", sort=False):
        parts = [
            Units({layer: each.loc[each["layer"] == layer, "unit_index"].to_numpy() for layer in layers})
            for _, each in of_kind.groupby("set_index")
        ]
        yield from _with_complement(str(kind), parts, everything)

    measures = {
        COUNT_EXPLAINED: {layer: share_explained(states, count, layer)[present[layer]] for layer in layers},
        BAND_POWER: power_fraction,
    }
    for name, of_layer in measures.items():
        for n in (n for n in n_units if n < everything.n_units):
            yield Declared(name, n, None, [_best(of_layer, present, n)])

    for rank in (rank for rank in ranks if rank < len(np.unique(count))):
        subspace = count_subspace(states, count, layers, rank)
        random = [
            random_subspace(states, layers, rank, key=(number,), rng_seed=rng_seed)
            for number in range(n_random_subspaces)
        ]
        yield Declared(SUBSPACE, everything.n_units, rank, [subspace])
        yield Declared(COMPLEMENT_OF + SUBSPACE, everything.n_units, rank, [replace(subspace, is_complement=True)])
        if random:
            yield Declared(RANDOM_SUBSPACE, everything.n_units, rank, random)


def _with_complement(kind: str, parts: list[Units], everything: Units) -> Iterator[Declared]:
    rest = [
        Units({layer: np.setdiff1d(units, part.place[layer]) for layer, units in everything.place.items()})
        for part in parts
    ]
    yield Declared(kind, parts[0].n_units, None, parts)
    yield Declared(COMPLEMENT_OF + kind, rest[0].n_units, None, rest)


def _best(measure: Mapping[int, np.ndarray], present: Mapping[int, np.ndarray], n: int) -> Units:
    """Return the n units with the largest measure, over all layers; of equal units the first."""
    layer = np.repeat(list(present), [len(units) for units in present.values()])
    units = np.concatenate(list(present.values()))
    best = np.argsort(-np.concatenate([measure[each] for each in present]), kind="stable")[:n]
    return Units({each: np.sort(units[best][layer[best] == each]) for each in present})
