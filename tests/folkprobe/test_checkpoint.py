"""The checkpoint file: exact, repeatable, and refused when something is wrong with it."""

from dataclasses import replace

import h5py
import numpy as np
import pytest
from networks import random_checkpoint

from folkprobe.network.checkpoint import read_checkpoint, validate_checkpoint, write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.refusal import Refusal


def _arrays(checkpoint):
    arrays = [array for layer in checkpoint.layers for array in vars(layer).values()]
    arrays += [checkpoint.softmax.V, checkpoint.softmax.v]
    arrays += [array for excision in checkpoint.excisions for array in (excision.unit_index, excision.value)]
    return arrays if checkpoint.embedding is None else [*arrays, checkpoint.embedding]


@pytest.mark.parametrize(
    "checkpoint",
    [
        random_checkpoint(),
        random_checkpoint(n_embedding=3),
        excise_units(excise_units(random_checkpoint(), 1, [0, 2], value=0.3), 3, [1], scope="out"),
        excise_units(random_checkpoint(), 2, range(4)),
    ],
    ids=["intact", "embedding", "excised twice", "without layer 2"],
)
def test_what_is_written_is_read(tmp_path, checkpoint):
    write_checkpoint(checkpoint, tmp_path / "a.h5")
    again = read_checkpoint(tmp_path / "a.h5")
    for mine, theirs in zip(_arrays(checkpoint), _arrays(again), strict=True):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)
    scalars = ("name", "source_format", "source_sha256", "vocabulary", "n_parameters")
    assert all(getattr(checkpoint, name) == getattr(again, name) for name in scalars)
    assert [(e.layer, e.scope) for e in checkpoint.excisions] == [(e.layer, e.scope) for e in again.excisions]


def test_the_same_checkpoint_gives_the_same_bytes(tmp_path, checkpoint):
    for name in ("a.h5", "b.h5"):
        write_checkpoint(checkpoint, tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "b.h5"]


def test_parameters_are_counted_as_the_articles_do(session_checkpoint):
    assert session_checkpoint.n_parameters == 5_599_881


def _broken(checkpoint, **changes):
    first, second, third = checkpoint.layers
    return replace(checkpoint, layers=(first, replace(second, **changes), third))


def test_inconsistent_networks_are_refused_by_name(checkpoint):
    layer = checkpoint.layers[1]
    bad_b = layer.b.copy()
    bad_b[2, 1] = np.nan
    vocabulary = checkpoint.vocabulary
    cases = {
        "W_x of layer 2 has the shape": _broken(checkpoint, W_x=layer.W_x[:, 1:]),
        "h0 of layer 2 has the shape": _broken(checkpoint, h0=layer.h0[1:]),
        "b of layer 2 holds NaN or infinite": _broken(checkpoint, b=bad_b),
        "V of the softmax has the shape": replace(checkpoint, softmax=replace(checkpoint.softmax, V=layer.b)),
        "the token 'C' more than once": replace(checkpoint, vocabulary=("C", *vocabulary[1:])),
        "lacks the token '<s>'": replace(checkpoint, vocabulary=tuple("S" if t == "<s>" else t for t in vocabulary)),
        "lacks the token '</s>'": replace(checkpoint, vocabulary=tuple("S" if t == "</s>" else t for t in vocabulary)),
    }
    for sentence, broken in cases.items():
        with pytest.raises(Refusal, match=sentence):
            validate_checkpoint(broken)


def test_files_that_are_no_checkpoint_are_refused(tmp_path, checkpoint):
    path = tmp_path / "a.h5"
    with pytest.raises(Refusal, match="a.h5: no such file"):
        read_checkpoint(path)
    path.write_bytes(b"no HDF5")
    with pytest.raises(Refusal, match="a.h5: not a complete checkpoint.h5"):
        read_checkpoint(path)
    write_checkpoint(checkpoint, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refusal, match="a.h5: not a complete checkpoint.h5"):
        read_checkpoint(path)
    path.write_bytes(whole)
    with h5py.File(path, "a") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(Refusal, match="format version 99"):
        read_checkpoint(path)


def test_an_unknown_token_is_named(checkpoint):
    with pytest.raises(Refusal, match="'H' is not among the 12 tokens of the model 'random'"):
        checkpoint.token_indices(["C", "H"])
