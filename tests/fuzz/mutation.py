"""Mutants of genuine files: each must end in the network that the file says, or in one sentence."""

import codecs
import faulthandler
import pickletools
import re
import resource
import struct
import sys
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from fuzz.genuine import VOCABULARY
from fuzz.limits import MAX_EXTRA_BYTES, max_calls
from fuzz.oracle import says_the_same
from project import HANG_SECONDS
from work import counted_calls

from folkprobe.network.checkpoint import validate_checkpoint
from folkprobe.network.formats import convert_checkpoint
from folkprobe.refusal import Refusal

_INTERESTING = (
    0,
    1,
    2,
    4,
    7,
    8,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
    2**64 - 1,
)
_OPCODES = [opcode.code.encode("latin1") for opcode in pickletools.opcodes]
# What no conversion does, by the name that Python's audit events give it.
_FORBIDDEN = re.compile(r"os\.|subprocess\.|socket\.|shutil\.|ctypes\.|pty\.|exec$|import$|marshal\.|code\.")
_HARMLESS = {"os.listdir", "os.scandir"}


def _flip_bit(data, rng):
    position = rng.integers(len(data))
    data[position] ^= 1 << rng.integers(8)


def _set_byte(data, rng):
    data[rng.integers(len(data))] = rng.integers(256)


def _set_number(data, rng):
    n = int(rng.choice([1, 2, 4, 8]))
    value = _INTERESTING[rng.integers(len(_INTERESTING))] % 256**n
    position = rng.integers(len(data))
    data[position : position + n] = value.to_bytes(n, str(rng.choice(["little", "big"])))


def _cut(data, rng):
    del data[rng.integers(len(data)) :]


def _remove(data, rng):
    position = rng.integers(len(data))
    del data[position : position + int(rng.integers(1, 64))]


def _insert(data, rng):
    position = rng.integers(len(data))
    data[position:position] = rng.bytes(int(rng.integers(1, 16)))


def _repeat(data, rng):
    start, position = rng.integers(len(data), size=2)
    piece = data[start : start + int(rng.integers(1, 256))]
    data[position:position] = piece * int(rng.integers(1, 4))


def _move(data, rng):
    start, position = rng.integers(len(data), size=2)
    piece = data[start : start + int(rng.integers(1, 64))]
    data[position : position + len(piece)] = piece


def _poison(data, rng):
    # A float that is no number, where a weight may stand.
    position = rng.integers(len(data))
    data[position : position + 4] = struct.pack("<f", float(rng.choice([np.nan, np.inf, -np.inf, 3e38])))


def _change_opcode(data, rng):
    # Only a pickle has opcodes; elsewhere this is one more byte.
    positions = [position for _, _, position in _opcodes(bytes(data))] or [int(rng.integers(len(data)))]
    position = positions[rng.integers(len(positions))]
    data[position : position + 1] = _OPCODES[rng.integers(len(_OPCODES))]


def _opcodes(data):
    try:
        yield from pickletools.genops(data)
    except Exception:  # the rest is no pickle any more
        return


_MUTATIONS = (
    _flip_bit, _set_byte, _set_number, _cut, _remove, _insert, _repeat, _move, _poison, _change_opcode, _change_opcode,
)  # fmt: skip


def mutant(genuine, rng):
    """Change a file's bytes once or a few times."""
    data = bytearray(genuine)
    for _ in range(1 + rng.geometric(0.5)):
        if data:
            _MUTATIONS[rng.integers(len(_MUTATIONS))](data, rng)
    return bytes(data)


class _Watch:
    """Notes what is done that no conversion does, while it is on; Python cannot remove an audit hook."""

    def __init__(self):
        self.path, self.seen = None, []
        sys.addaudithook(self._hook)

    def _hook(self, event, arguments):
        if self.path is None:
            return
        if event == "open" and arguments[0] != self.path and "w" in str(arguments[1]):
            self.seen.append((event, str(arguments[0])))
        elif _FORBIDDEN.match(event) and event not in _HARMLESS:
            self.seen.append((event, str(arguments)[:80]))


_watch = _Watch()


@dataclass
class Report:
    """What became of the mutants of one file."""

    outcomes: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    n_calls: int = 0
    extra_bytes: int = 0


def fuzz(genuine_path, folder, n_mutants, rng_seed):
    """Convert mutants of a genuine file and judge each outcome; faults are told with the mutant's number."""
    genuine = genuine_path.read_bytes()
    sidecar = genuine_path.with_suffix(".json")
    path = folder / f"mutant{genuine_path.suffix}"
    if sidecar.is_file():
        path.with_suffix(".json").write_bytes(sidecar.read_bytes())
    vocabulary = None if sidecar.is_file() else _vocabulary_for(genuine_path)
    # What is imported late is imported now.
    convert_checkpoint(genuine_path, vocabulary)
    codecs.lookup("raw_unicode_escape")
    report = Report()
    for number in range(n_mutants):
        data = mutant(genuine, np.random.default_rng([rng_seed, number]))
        path.write_bytes(data)
        judge(path, vocabulary, report, number)
    return report


def _vocabulary_for(path):
    # Only PyTorch's own files carry no vocabulary.
    return VOCABULARY if path.suffix == ".pt" else None


def judge(path, vocabulary, report, number):
    """Convert one file, and note what is wrong with how it ended."""
    n_bytes = path.stat().st_size
    peak = _peak_bytes()
    _watch.path, _watch.seen = str(path), []
    # Libraries in C can hang where no exception reaches them.
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
    try:
        with counted_calls() as calls:
            checkpoint = convert_checkpoint(path, vocabulary)
    except Refusal as refusal:
        outcome, sentence = "refused", str(refusal)
        if not sentence.isprintable() or str(path) not in sentence or len(sentence) > 1000:
            report.faults.append((number, f"no plain sentence: {sentence!r}"))
    except BaseException as error:
        outcome = "raised"
        report.faults.append((number, f"raised {error!r}"))
    else:
        outcome = "a network"
    finally:
        _watch.path = None
        faulthandler.cancel_dump_traceback_later()
    extra_bytes = _peak_bytes() - peak - 2 * n_bytes
    if outcome == "a network":
        validate_checkpoint(checkpoint)
        is_same = says_the_same(path, checkpoint)
        if is_same is None:
            outcome = "unconfirmed"
        elif not is_same:
            report.faults.append((number, "another network than the file's"))
    report.outcomes[outcome] += 1
    report.n_calls = max(report.n_calls, calls.n)
    report.extra_bytes = max(report.extra_bytes, extra_bytes)
    if _watch.seen:
        report.faults.append((number, f"did {_watch.seen[:3]}"))
    if calls.n > max_calls(n_bytes):
        report.faults.append((number, f"took {calls.n} calls for {n_bytes} bytes"))
    if extra_bytes > MAX_EXTRA_BYTES:
        report.faults.append((number, f"took {extra_bytes} bytes beyond twice the file"))


def _peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
