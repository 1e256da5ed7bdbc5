"""Mutants of genuine files, and streams of opcodes that no writer wrote: the right network, or one sentence."""

import importlib.util
import pickletools
import struct

import pytest
from fuzz.genuine import VOCABULARY, write_genuine_files
from fuzz.mutation import Report, fuzz, judge
from fuzz.oracle import says_the_same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks import random_checkpoint

from folkprobe.network.formats import convert_checkpoint

HAS_TORCH = importlib.util.find_spec("torch") is not None
RNG_SEED = 1


def _fuzz_all(paths, folder, n_mutants):
    folder.mkdir()
    outcomes = {}
    for path in paths:
        report = fuzz(path, folder, n_mutants, RNG_SEED)
        assert report.faults == [], path.name
        assert report.outcomes.total() == n_mutants
        outcomes[path.name] = report.outcomes
    return outcomes


def test_500_mutants_of_a_python_2_file_end_well(tmp_path, shared_file):
    outcomes = _fuzz_all([shared_file("checkpoints/tiny-py2.pkl")], tmp_path / "mutants", 500)
    # Some only change a weight, or nothing that matters.
    assert outcomes["tiny-py2.pkl"]["a network"] > 5
    assert outcomes["tiny-py2.pkl"]["refused"] > 400


def test_500_mutants_of_our_own_files_end_well(tmp_path):
    (tmp_path / "genuine").mkdir()
    paths = write_genuine_files(tmp_path / "genuine", with_torch=HAS_TORCH)
    assert len(paths) == (13 if HAS_TORCH else 12)
    outcomes = _fuzz_all(paths, tmp_path / "mutants", 500 // len(paths) + 1)
    assert outcomes["pytorch_layout.safetensors"]["a network"] > 0


@pytest.mark.full
def test_10000_mutants_of_each_file_end_well(tmp_path, shared_file):
    (tmp_path / "genuine").mkdir()
    paths = write_genuine_files(tmp_path / "genuine", with_torch=HAS_TORCH)
    _fuzz_all([shared_file("checkpoints/tiny-py2.pkl"), *paths], tmp_path / "mutants", 10_000)


def test_the_second_opinion_would_notice_another_network(tmp_path):
    (tmp_path / "genuine").mkdir()
    other = random_checkpoint(rng_seed=1, n_units=(4, 4, 4), vocabulary=VOCABULARY)
    for path in write_genuine_files(tmp_path / "genuine", with_torch=HAS_TORCH):
        vocabulary = VOCABULARY if path.suffix == ".pt" else None
        assert says_the_same(path, convert_checkpoint(path, vocabulary)) is True, path.name
        assert says_the_same(path, other) is False, path.name


_NAMES = ["numpy ndarray", "numpy dtype", "numpy.core.multiarray _reconstruct", "numpy.core.multiarray scalar"]
_NAMES += ["numpy._core.numeric _frombuffer", "_codecs encode", "os system", "builtins eval"]
_TEXT = st.sampled_from(["token2idx", "param_values", "<s>", "</s>", "f4", "O8", "latin1", "numpy", "dtype", "\udcff"])


def _argument(opcode):
    """Bytes that the opcode may find after itself."""
    if opcode.arg is None:
        return st.just(b"")
    name = opcode.arg.name
    if name == "stringnl_noescape_pair":
        return st.sampled_from([name.replace(" ", "\n").encode() + b"\n" for name in _NAMES])
    if name in ("uint1", "int4", "uint2", "uint4", "uint8", "float8"):
        n = {"uint1": 1, "uint2": 2, "float8": 8, "uint8": 8}.get(name, 4)
        return st.integers(0, 8).map(lambda k: k.to_bytes(n, "little")) | st.binary(min_size=n, max_size=n)
    if name.endswith("nl") or name == "stringnl_noescape":
        return st.integers(0, 300).map(lambda k: b"%d\n" % k) | st.just(b"'a'\n")
    size = {"1": "<B", "4": "<I", "8": "<Q"}[name[-1] if name[-1] in "148" else "4"]
    return _TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")).map(
        lambda data: struct.pack(size, len(data)) + data
    )


# Most often those that a genuine file has.
_OPCODES = [opcode for opcode in pickletools.opcodes if opcode.name not in ("PROTO", "STOP")]
_COMMON = [opcode for opcode in _OPCODES if opcode.name in {
    "GLOBAL", "REDUCE", "BUILD", "TUPLE1", "TUPLE2", "TUPLE3", "TUPLE", "MARK", "EMPTY_DICT", "EMPTY_LIST", "BINGET",
    "BINPUT", "BINUNICODE", "SHORT_BINBYTES", "BININT1", "SETITEM", "APPENDS", "STACK_GLOBAL", "NONE",
}]  # fmt: skip


def _instruction(opcode):
    return _argument(opcode).map(lambda argument: opcode.code.encode("latin1") + argument)


_STREAMS = st.tuples(
    st.sampled_from([b"(", b"}", b"\x80\x02", b"\x80\x04"]),
    st.lists(st.sampled_from(3 * _COMMON + _OPCODES).flatmap(_instruction), max_size=60).map(b"".join),
    st.sampled_from([b".", b"", b"\x85.", b"0."]),
).map(b"".join)


@given(stream=_STREAMS)
@settings(
    max_examples=500,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_stream_of_opcodes_ends_in_one_sentence(tmp_path, stream):
    path = tmp_path / "stream.pkl"
    path.write_bytes(stream)
    report = Report()
    judge(path, None, report, 0)
    assert report.faults == []
    assert report.outcomes == {"refused": 1}
