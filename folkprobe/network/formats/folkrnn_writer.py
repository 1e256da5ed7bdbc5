"""Writing a folk-rnn pickle, for the models that the training branch makes."""

import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from folkprobe.artefact import whole_file


def write_folkrnn_pickle(vocabulary: Sequence[str], param_values: Sequence[np.ndarray], path: Path | str) -> None:
    """Write a trained network as folk-rnn does.

    Parameters
    ----------
    vocabulary : sequence of str
        Tokens in index order.
    param_values : sequence of ndarray, 45 arrays
        In the order of `folkprobe.network.formats.folkrnn_pickle`.
    path : Path or str
        The file; the same arguments give the same bytes under the same versions of Python and NumPy.

    Notes
    -----
    Protocol 2, which Python 2 can read too. Python 3 writes the bytes of an array as text there, in UTF-8, so that the
    file is about half as large again as its arrays.
    """
    content = {"token2idx": {token: index for index, token in enumerate(vocabulary)}, "param_values": [*param_values]}
    with whole_file(path) as temporary:
        temporary.write_bytes(pickle.dumps(content, protocol=2))
