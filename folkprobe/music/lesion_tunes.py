"""The file that holds the tunes of many lesions, a group for each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from folkprobe.hdf5 import open_result, write_result
from folkprobe.music.tunes import Tunes, load_tunes, store_tunes

_SCORE = "intact_log_probability"


@dataclass(frozen=True)
class LesionTunes:
    """The tunes of one condition.

    Attributes
    ----------
    condition : str
    tunes : Tunes
    intact_log_probability : ndarray of float64, shape (n_tunes,)
        Of each tune's drawn tokens together, under the intact network at temperature 1; in nats.
    """

    condition: str
    tunes: Tunes
    intact_log_probability: np.ndarray


def write_lesion_tunes(conditions: Iterable[LesionTunes], path: Path | str) -> None:
    """Write the tunes of many conditions atomically, holding one at a time in memory.

    The same tunes in the same order give the same bytes.
    """
    with write_result(path, track_order=True) as file:
        for each in conditions:
            group = file.create_group(each.condition)
            store_tunes(each.tunes, group)
            group[_SCORE] = each.intact_log_probability


def read_lesion_tunes(path: Path | str) -> Iterator[LesionTunes]:
    """Read the tunes of many conditions, one after the other.

    Yields
    ------
    LesionTunes
        In the order of writing.

    Raises
    ------
    Refusal
        If the file is missing, or not a complete file written by `write_lesion_tunes`.
    """
    with open_result(path, kind="lesions/tunes.h5", maker="the rule gather_lesions") as file:
        for condition, group in file.items():
            yield LesionTunes(condition, load_tunes(group), group[_SCORE][()])
