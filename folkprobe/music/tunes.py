"""A set of tunes as token sequences, and the file that holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np

from folkprobe.hdf5 import open_result, write_result
from folkprobe.refusal import Refusal

# Stored by their place in this list.
STOP_REASONS = ("end_token", "max_steps", "end_of_stimulus")


@dataclass(frozen=True)
class Tunes:
    """Token sequences and how they were generated.

    Attributes
    ----------
    vocabulary : tuple of str
        The tokens in index order.
    token_index : ndarray of int16, shape (n_tokens,)
        All tunes end to end, `<s>` included, `</s>` included where it was drawn.
    tune_offsets : ndarray of int64, shape (n_tunes + 1,)
        Tune k is ``token_index[tune_offsets[k]:tune_offsets[k + 1]]``.
    stop_code : ndarray of int8, shape (n_tunes,)
        Places in `STOP_REASONS`.
    log_probabilities : ndarray of float64, shape (n_tokens,)
        Natural logarithm, at the sampling temperature; NaN for `<s>` and the prompt, which were not drawn.
    rng_seed : int
    first_tune : int
        Position 0 holds the tune with this number.
    temperature : float
    prompt, sampler, dtype, checkpoint_sha256 : str
    max_steps : int
    """

    vocabulary: tuple[str, ...]
    token_index: np.ndarray
    tune_offsets: np.ndarray
    stop_code: np.ndarray
    log_probabilities: np.ndarray
    rng_seed: int
    first_tune: int
    temperature: float
    prompt: str
    sampler: str
    dtype: str
    max_steps: int
    checkpoint_sha256: str = ""
    stimulus: str = "one_hot"
    token_weight: float = 1.0
    mixed_class: str = ""
    mixed_index: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.stop_code)

    def indices(self, k: int) -> np.ndarray:
        """Return the token indices of the tune at position k, an ndarray of int16, shape (n_tokens,)."""
        return self.token_index[self._span(k)]

    def mixed_indices(self, k: int) -> np.ndarray | None:
        """Return the tokens that were read together with those of the tune at position k.

        Returns
        -------
        ndarray of int16, shape (n_tokens,), or None
            -1 where a token was read alone; None where all were.
        """
        span = self._span(k)
        return None if self.mixed_index is None else self.mixed_index[span]

    def tokens(self, k: int) -> list[str]:
        """Return the tokens of the tune at position k, from `<s>` on."""
        return [self.vocabulary[index] for index in self.indices(k)]

    def column(self, token: str) -> int:
        """Return the index of a token in the vocabulary, or raise a Refusal for a token that it lacks."""
        if token not in self.vocabulary:
            raise Refusal(f"the vocabulary of {len(self.vocabulary)} tokens lacks {token!r}, which is needed here")
        return self.vocabulary.index(token)

    def log_probability(self, k: int) -> np.ndarray:
        """Return the float64 log-probability of each token of the tune at position k; NaN for `<s>` and the prompt."""
        return self.log_probabilities[self._span(k)]

    def stop_reason(self, k: int) -> str:
        """Return why the tune at position k ended, one of `STOP_REASONS`."""
        return STOP_REASONS[self.stop_code[k]]

    def _span(self, k: int) -> slice:
        if not 0 <= k < len(self):
            raise IndexError(f"there is no tune {k} among {len(self)}")
        return slice(self.tune_offsets[k], self.tune_offsets[k + 1])


_ARRAYS = {
    "token_index": "token_index",
    "tune_offsets": "tune_offsets",
    "stop_reason": "stop_code",
    "log_probability": "log_probabilities",
}
_ATTRIBUTES = {
    "rng_seed": int,
    "first_tune": int,
    "temperature": float,
    "prompt": str,
    "sampler": str,
    "dtype": str,
    "max_steps": int,
    "checkpoint_sha256": str,
    "stimulus": str,
    "token_weight": float,
    "mixed_class": str,
}
# Only in files of two-hot tunes.
_MIXED = "mixed_index"


def gather_tunes(shards: Sequence[Tunes]) -> Tunes:
    """Join sets of tunes that were generated separately, as if all had been generated at once.

    Parameters
    ----------
    shards : sequence of Tunes
        In order; each begins with the tune after the last of the one before.

    Raises
    ------
    Refusal
        If a set does not follow the one before, or was generated with other settings.
    """
    first = shards[0]
    expected = first.first_tune
    for shard in shards:
        if shard.first_tune != expected:
            raise Refusal(f"the tunes from {shard.first_tune} on do not follow tune {expected - 1}: regenerate them")
        expected += len(shard)
        for name in ("vocabulary", *_ATTRIBUTES):
            if name != "first_tune" and getattr(shard, name) != getattr(first, name):
                raise Refusal(
                    f"the tunes from {shard.first_tune} on were generated with another {name}: regenerate them"
                )
    lengths = np.concatenate([np.diff(shard.tune_offsets) for shard in shards])
    mixed = [shard.mixed_index for shard in shards if shard.mixed_index is not None]
    return replace(
        first,
        token_index=np.concatenate([shard.token_index for shard in shards]),
        tune_offsets=np.cumsum([0, *lengths], dtype=np.int64),
        stop_code=np.concatenate([shard.stop_code for shard in shards]),
        log_probabilities=np.concatenate([shard.log_probabilities for shard in shards]),
        mixed_index=np.concatenate(mixed) if mixed else None,
    )


def write_tunes(tunes: Tunes, path: Path | str) -> None:
    """Write a `tunes.h5` atomically. The same tunes give the same bytes."""
    with write_result(path) as file:
        store_tunes(tunes, file)


def store_tunes(tunes: Tunes, group: h5py.Group) -> None:
    """Write tunes into an HDF5 file or group without members of the names of a `tunes.h5`."""
    group.create_dataset("vocabulary", data=list(tunes.vocabulary), dtype=h5py.string_dtype())
    for name, attribute in _ARRAYS.items():
        group[name] = getattr(tunes, attribute)
    if tunes.mixed_index is not None:
        group[_MIXED] = tunes.mixed_index
    group["stop_reason"].attrs["meaning"] = list(STOP_REASONS)
    for name in _ATTRIBUTES:
        group.attrs[name] = getattr(tunes, name)


def read_tunes(path: Path | str) -> Tunes:
    """Read a `tunes.h5`, or raise a Refusal if it is missing or incomplete."""
    with open_result(path, kind="tunes.h5", maker="the rule generate_tunes") as file:
        return load_tunes(file)


def load_tunes(group: h5py.Group) -> Tunes:
    """Read what `store_tunes` has written."""
    return Tunes(
        vocabulary=tuple(group["vocabulary"].asstr()[()]),
        **{attribute: group[name][()] for name, attribute in _ARRAYS.items()},
        mixed_index=group[_MIXED][()] if _MIXED in group else None,
        **{name: kind(group.attrs[name]) for name, kind in _ATTRIBUTES.items()},
    )
