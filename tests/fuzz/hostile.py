"""Files that mean harm or nonsense, each with what the refusal must say."""

import io
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import h5py
import numpy as np
from fuzz.genuine import folkrnn_content
from networks import random_checkpoint

from folkprobe.artefact import seal
from folkprobe.network.checkpoint import write_checkpoint


class _Call:
    def __init__(self, function, *arguments):
        self._call = function, arguments

    def __reduce__(self):
        return self._call


def _text(text):
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def _dict(**entries):
    return b"\x80\x02}(" + b"".join(_text(key) + value for key, value in entries.items()) + b"u."


def _pickled(value):
    """The opcodes that make a value, without beginning and end."""
    return pickle.dumps(value, protocol=2)[2:-1]


def _network(**changes):
    """A folk-rnn pickle, some of whose arrays (by number) or entries (by name) are replaced by opcodes."""
    content = folkrnn_content(random_checkpoint(n_units=(4, 4, 4)))
    arrays = [_pickled(array) for array in content["param_values"]]
    for key in [key for key in changes if key.startswith("array_")]:
        arrays[int(key.removeprefix("array_"))] = changes.pop(key)
    entries = {"token2idx": _pickled(content["token2idx"]), "param_values": b"](" + b"".join(arrays) + b"e"}
    return _dict(**(entries | changes))


def _array(shape, data=b"\0" * 24, dtype="f4", order=False):
    """The opcodes of an array that claims what it likes."""
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01"
        + _pickled(shape)
        + b"cnumpy\ndtype\nU"
        + bytes([len(dtype)])
        + dtype.encode()
        + b"K\0K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
        + (b"\x88" if order else b"\x89")
        + b"T"
        + struct.pack("<I", len(data))
        + data
        + b"tb"
    )


def _doubling_tuple(n):
    # Memoised and paired with itself n times: 4 n bytes that stand for 2^n parts.
    return b")q\0" + b"".join(b"h" + bytes([k]) + b"h" + bytes([k]) + b"\x86q" + bytes([k + 1]) for k in range(n))


def _other_cell(n_arrays_per_layer, states, n_layers=3):
    n = 4
    layer = [np.zeros((n, n), np.float32)] * (n_arrays_per_layer - states) + [np.zeros((1, n), np.float32)] * states
    return pickle.dumps({"token2idx": {"<s>": 0}, "param_values": [np.eye(2)] + n_layers * layer + 2 * [np.eye(2)]}, 2)


def _hostile_pickles(marker):
    content = folkrnn_content(random_checkpoint())
    nan = np.full((12, 5), np.nan, np.float32)
    swapped = _array((4, 3), b"\0" * 48, order=True)
    yield "os_system", _dict(token2idx=_pickled(_Call(os.system, f"touch {marker}"))), r"posix\.system, which no array"
    yield "eval", _dict(token2idx=_pickled(_Call(eval, f"open({str(marker)!r}, 'w')"))), r"__builtin__\.eval, which"
    yield "exec", pickle.dumps({"token2idx": _Call(exec, f"open({str(marker)!r}, 'w')")}, 4), r"builtins\.exec, which"
    yield "numpy_load", _dict(token2idx=b"cnumpy\nload\n" + _text(str(marker)) + b"\x85R"), r"numpy\.load, which no"
    yield "other_core_name", _dict(token2idx=b"cnumpy.core.multiarray\nfromfile\n"), r"multiarray\.fromfile, which no"
    yield (
        "dotted_name",
        pickle.dumps(1, 4)[:2] + b"\x8c\x05numpy\x8c\x11ndarray.__class__\x93.",
        r"ndarray\.__class__, which",
    )
    yield "unpickled_inside", _dict(token2idx=b"cpickle\nloads\n"), r"pickle\.loads, which"
    yield "instance", b"(ios\nsystem\n.", "uses the pickle instruction INST"
    yield "new_object", b"\x80\x02c__builtin__\nobject\n)\x81.", "uses the pickle instruction NEWOBJ"
    yield "extension", b"\x80\x02\x82\x01.", "uses the pickle instruction EXT1"
    yield "persistent", b"\x80\x02}Pother\n.", "uses the pickle instruction PERSID"
    yield "out_of_band_buffer", b"\x80\x05\x97.", "uses the pickle instruction NEXT_BUFFER"
    yield (
        "attributes_of_stand_in",
        b"\x80\x02c_codecs\nencode\n}" + _text("text") + b"K\x01sb0}.",
        "damaged or cut short",
    )
    yield "huge_array", _network(array_1=_array((2**31 - 1, 1))), "needs 8589934588 bytes and has 24"
    yield "huge_product", _network(array_1=_array((2**31, 2**31, 2**31))), r"needs \d+ bytes and has 24"
    yield "many_axes", _network(array_1=_array((1,) * 65)), "shape is not a few whole numbers"
    yield "endless_axis", _network(array_1=_array((2**2000, 0))), "shape is not a few whole numbers"
    yield "negative_shape", _network(array_1=_array((-2, -3))), "shape is not a few whole numbers"
    yield "object_array", _network(array_1=_pickled(np.array([None]))), "element type 'O8'"
    yield "claimed_objects", _network(array_1=_array((3,), dtype="O8")), "element type 'O8'"
    yield "records", _network(array_1=_pickled(np.zeros(2, [("a", "f4")]))), "structured element type"
    yield "text_array", _network(array_1=_pickled(np.array(["abc"]))), "element type 'U3'"
    yield "complex_array", _network(array_1=_pickled(np.zeros(2, complex))), "element type 'c16'"
    yield "whole_numbers", _network(array_1=_pickled(np.zeros((12, 4), int))), "array 1 of its param_values holds int64"
    yield "fortran_lie", _network(array_2=swapped), "the four gates of W_h in layer 1 differ in shape"
    yield "fewer_bytes", _network(array_1=_array((12, 4))), r"shape \(12, 4\) that needs 192 bytes and has 24"
    yield "nan", pickle.dumps(_with(content, 1, nan), 2), "W_x of layer 1 holds NaN or infinite"
    yield "infinite", pickle.dumps(_with(content, 44, nan[:, 0] * 0 + np.inf), 2), "v of the softmax holds NaN"
    yield "unchained", pickle.dumps(_with(content, 43, np.zeros((5, 12), np.float32)), 2), "V of the softmax has the"
    yield "same_array_again", _network(param_values=_again(content)), "some share the same bytes"
    yield "nested_marks", b"\x80\x02" + b"(" * 5000 + b"t" * 5000 + b".", "more than 1000 parts in one tuple"
    yield "nested_tuples", b"\x80\x02)" + b"\x85" * 200_000 + b".", "more than 1000 parts in one tuple"
    yield "nested_in_disguise", b"\x80\x02)" + b"\x85N0" * 200_000 + b".", "more than 1000 parts in one tuple"
    yield "doubling_key", _dict(token2idx=b"}" + _doubling_tuple(60) + b"K\x01s"), "more than 1000 parts in one tuple"
    yield "doubling_type", _network(array_1=b"cnumpy\ndtype\n" + _doubling_tuple(60) + b"\x85R"), "more than 1000 parts"
    yield "nested_lists", b"\x80\x02" + b"]" * 1000 + b"a" * 999 + b".", "lacks the entries token2idx"
    yield "memo_index", b"\x80\x02}r\xff\xff\xff\x7f.", "implausible memo index"
    yield "memo_negative", b"(dp-1\n.", "damaged or cut short|implausible memo index"
    yield "many_dicts", b"\x80\x02](" + b"}" * 900_000 + b"e.", "far more objects than it has bytes"
    yield "many_instructions", b"\x80\x02" + b"N0" * 500_001 + b"}.", "more than 1000000 pickle instructions"
    yield "repeated_text", _dict(token2idx=_repeated_text()), "lacks the entries token2idx"
    yield "colliding_keys", _dict(token2idx=_colliding_keys(20_000)), "dictionaries of more than 10000 entries"
    yield "announced_text", b"\x80\x02X" + struct.pack("<I", 2**31 - 1) + b"a", "damaged or cut short"
    yield "announced_bytes", b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"a", "damaged or cut short"
    yield "announced_frame", b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"}.", "damaged or cut short"
    yield "long_digits", b"(I" + b"9" * 100_000 + b"\n.", "damaged or cut short"
    yield "stack_of_nothing", b"\x80\x020.", "takes from an empty stack"
    yield "missing_mark", b"\x80\x02t.", "looks for a mark"
    yield "missing_part", b"\x80\x02h\x09.", "refers to part 9"
    yield "no_stop", b"\x80\x02}", "damaged or cut short"
    yield (
        "empty_array",
        _network(array_1=b"cnumpy.core.multiarray\n_reconstruct\n)R"),
        "an array without its data",
    )
    yield "odd_state", _network(array_1=b"cnumpy\nndarray\n)RNb"), "describes an array in an unknown way"
    yield (
        "odd_bytes",
        _network(array_1=_array((1,)).replace(b"T\x18\0\0\0" + b"\0" * 24, b"N")),
        "elements are not bytes",
    )
    yield "not_a_model", pickle.dumps([1, 2], 2), "lacks the entries token2idx"
    yield "gru", _other_cell(10, 1), "holds 33 arrays, as a GRU network does"
    yield "peepholes", _other_cell(17, 2), "holds 54 arrays, as an LSTM with peepholes network does"
    yield "plain_recurrent", _other_cell(4, 1), "holds 15 arrays, as a plain recurrent network does"
    yield "half_a_layer", _of_arrays(content, 22), "holds 24 arrays, as an LSTM network does, a folk-rnn LSTM has 3"
    yield "layer_lost", _of_arrays(content, 29), "V of the softmax has the shape"
    yield "nine_layers", _other_cell(14, 2, n_layers=9), "holds 129 arrays, as an LSTM network does"
    yield "gru_of_7", _other_cell(10, 1, n_layers=7), "holds 73 arrays, as a GRU network does"
    for name, token, sentence in (
        ("empty_token", "", "holds the token '': tokens are printable"),
        ("token_of_two_words", "C D", "holds the token 'C D': tokens are printable"),
        ("token_with_a_line", "C\n", r"holds the token 'C\\n': tokens"),
        ("lone_surrogate", "\ud800", r"holds the token '\\ud800'"),
    ):
        tokens = {(token if t == "C" else t): i for t, i in content["token2idx"].items()}
        yield name, pickle.dumps(content | {"token2idx": tokens}, 2), sentence
    yield "index_twice", pickle.dumps(content | {"token2idx": content["token2idx"] | {"C": 0}}, 2), "without a gap"
    yield "index_of_text", pickle.dumps(content | {"token2idx": {"<s>": "0"}}, 2), "does not map tokens"


def _with(content, number, array):
    arrays = list(content["param_values"])
    # All four gates, so that the shapes agree among themselves.
    for k in range(number, number + 12, 3) if number < 43 else [number]:
        arrays[k] = array
    return content | {"param_values": arrays}


def _again(content):
    one = _pickled(np.zeros(5000, np.float32))
    return b"](" + one + b"q\x63" + b"h\x63" * 44 + b"e"


def _repeated_text():
    # One text of 100 kB, encoded 1,000 times over.
    call = b"c_codecs\nencode\nh\x01\x85R"
    return b"](" + _text("a" * 100_000) + b"q\x010" + call * 1000 + b"e"


def _colliding_keys(n):
    # Multiples of the modulus of Python's hash of whole numbers: all hash to 0.
    return b"}(" + b"".join(_pickled(k * (2**61 - 1)) + b"K\0" for k in range(1, n)) + b"u"


def _of_arrays(content, n_arrays):
    arrays = content["param_values"]
    return pickle.dumps(content | {"param_values": arrays[:n_arrays] + arrays[43:]}, 2)


def _zipped(members, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def _npy(header, data=b""):
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def _npy_of(**entries):
    return repr({"descr": "<f4", "fortran_order": False, "shape": (2,)} | entries) + "\n"


def _hostile_npz():
    objects = io.BytesIO()
    np.savez(objects, a=np.array([_Call(os.system, "true")], dtype=object))
    yield "objects.npz", objects.getvalue(), "element type 'object'"
    yield "claimed.npz", _zipped([("a.npy", _npy(_npy_of(shape=(2**31,))))]), "needs 8589934592 bytes and has 0"
    yield "negative.npz", _zipped([("a.npy", _npy(_npy_of(shape=(-1,))))]), "shape is not a few whole numbers"
    yield "boolean.npz", _zipped([("a.npy", _npy(_npy_of(shape=(True,))))]), "shape is not|damaged"
    yield "header.npz", _zipped([("a.npy", _npy("__import__('os').system('true')"))]), "damaged or cut short"
    yield "deep_header.npz", _zipped([("a.npy", _npy("(" * 9000))]), "damaged or cut short"
    yield "version.npz", _zipped([("a.npy", b"\x93NUMPY\x07\x00" + b"\0" * 99)]), "damaged|version 7.0 of the npy"
    yield "utf8.npz", _zipped([("a.npy", b"\x93NUMPY\x03\x00" + b"\0" * 99)]), "in version 3.0 of the npy format"
    yield "bomb.npz", _zipped([("a.npy", b"\0" * 2**26)], zipfile.ZIP_DEFLATED), "unpack to far more bytes than it has"
    yield "many.npz", _zipped([(f"{k}.npy", b"") for k in range(101)]), "has 101 members"
    yield (
        "twice.npz",
        _zipped([("a.npy", _npy(_npy_of(), b"\0" * 8)), ("a", _npy(_npy_of(), b"\0" * 8))]),
        "more than once",
    )
    yield "other.npz", _zipped([("a.npy", _npy(_npy_of(), b"\0" * 8))]), "lacks the array 'layers.1.W_h'"
    yield "no.npz", b"PK\x03\x04" + b"\0" * 100, "damaged or cut short"
    yield (
        "torch.pt",
        _zipped([("x/data.pkl", pickle.dumps(_Call(os.system, "true"), 2))]),
        r"posix.system, which no state",
    )
    yield (
        "torch_bytearray.pt",
        _zipped([("x/data.pkl", pickle.dumps(_Call(bytearray, 2**31), 2))]),
        "bytearray, which no",
    )
    yield "torch_protocol_4.pt", _zipped([("x/data.pkl", pickle.dumps(_Call(print), 4))]), "torch.save's own pickle"
    yield "torch_two.pt", _zipped([("x/data.pkl", b""), ("y/data.pkl", b"")]), "does not have the layout of torch.save"
    yield (
        "torch_bomb.pt",
        _zipped([("x/data.pkl", b"\0" * 2**20)], zipfile.ZIP_DEFLATED),
        "does not have the layout of torch.save",
    )


def _safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _hostile_safetensors():
    def one(dtype="F32", shape=(2,), offsets=(0, 8)):
        return {"a": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}}

    eight = b"\0" * 8
    yield "claimed.safetensors", _safetensors(one(shape=(2**31,)), eight), "damaged or cut short"
    yield "overflow.safetensors", _safetensors(one(shape=(2**62, 2**62)), eight), "damaged or cut short"
    yield "negative.safetensors", _safetensors(one(shape=(-2,)), eight), "damaged or cut short"
    yield "gap.safetensors", _safetensors(one(), eight * 2), "damaged or cut short"
    yield "overlap.safetensors", _safetensors(one() | {"b": one()["a"]}, eight), "damaged or cut short"
    yield "many_axes.safetensors", _safetensors(one(shape=(2,) + (1,) * 99), eight), "shape is not a few whole numbers"
    yield (
        "float8.safetensors",
        _safetensors(one("F8_E4M3", (8,)), eight),
        "element type F8_E4M3: save the weights as F32",
    )
    yield "deep.safetensors", _safetensors(b'{"a":' * 50_000 + b"1" + b"}" * 50_000), "damaged or cut short"
    yield "nothing.safetensors", _safetensors({}), "lacks the array 'layers.1.W_h'"
    yield (
        "description.safetensors",
        _safetensors({"__metadata__": {"folkprobe": "{"}} | one(), eight),
        "its description is",
    )
    deep = {"__metadata__": {"folkprobe": "[" * 100_000}}
    yield "deep_description.safetensors", _safetensors(deep | one(), eight), "its description is not JSON"
    number = {"__metadata__": {"folkprobe": "1"}}
    yield "number.safetensors", _safetensors(number | one(), eight), "neither a list of tokens in index order nor"


def _hostile_h5(folder):
    def changed(change):
        path = folder / "changed.h5"
        write_checkpoint(random_checkpoint(), path)
        with h5py.File(path, "a") as file:
            change(file)
        # Whoever means harm knows how to seal, too.
        seal(path)
        data = path.read_bytes()
        path.unlink()
        return data

    def claimed(file):
        del file["softmax/V"]
        file.create_dataset("softmax/V", shape=(2**31, 2**10), dtype="f4", chunks=(1024, 1024))

    def external(file):
        del file["softmax/v"]
        file.create_dataset("softmax/v", shape=(12,), dtype="f4", external=[("/etc/hostname", 0, 48)])

    def linked(file):
        del file["softmax/v"]
        file["softmax/v"] = h5py.ExternalLink("/etc/hostname", "a")

    def squeezed(file):
        del file["softmax/v"]
        file.create_dataset("softmax/v", data=np.zeros(2**22, "f4"), compression="gzip")

    def reordered(file):
        file["layers/1/unit_index"][:] = [0, 2, 1, 3, 4]

    def emptied(file):
        del file["layers/2"]

    def renumbered(file):
        for number in range(4, 10):
            file[f"layers/{number}"] = file["layers/3"]

    def worded(file):
        del file["softmax/v"]
        file["softmax/v"] = ["a"] * 12

    def counted(file):
        del file["vocabulary"]
        file["vocabulary"] = np.arange(12)

    yield "claimed.h5", changed(claimed), "array /softmax/V is not in the file as it was written"
    yield "external.h5", changed(external), "array /softmax/v is not in the file as it was written"
    yield "linked.h5", changed(linked), "not a complete checkpoint.h5"
    yield "squeezed.h5", changed(squeezed), "array /softmax/v is not in the file as it was written"
    yield "reordered.h5", changed(reordered), "unit_index of layer 1 does not ascend"
    yield "emptied.h5", changed(emptied), "not a complete checkpoint.h5"
    yield "nine_layers.h5", changed(renumbered), "has 9 LSTM layers where networks of 1 to 8 can be read"
    yield "worded.h5", changed(worded), "not in the file as it was written|not a complete"
    yield "counted.h5", changed(counted), "not a complete checkpoint.h5"
    yield "nothing.h5", b"\x89HDF\r\n\x1a\n", "HDF5, but not as folkprobe wrote it"


def hostile_files(folder):
    """Return (name, bytes, what the refusal must match) of every hostile file.

    A file that would be executed touches `folder`/executed.
    """
    folder = Path(folder)
    cases = [
        *_hostile_pickles(folder / "executed"),
        *_hostile_npz(),
        *_hostile_safetensors(),
        *_hostile_h5(folder),
        ("nothing", b"", "not in a format that folkprobe reads"),
        ("web_page.pkl", b"<!DOCTYPE html><html></html>", "it is a web page: give the address of the file"),
        ("noise", bytes(range(255, 0, -1)), "not in a format that folkprobe reads"),
    ]
    names = [name for name, _, _ in cases]
    assert len(set(names)) == len(names)
    return cases
