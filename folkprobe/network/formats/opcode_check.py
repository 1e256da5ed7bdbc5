"""Determine what a pickle would do from its opcodes, before it is interpreted.

The check runs the stream on an abstract stack whose entries are only sizes. It refuses opcodes that no array of numbers
needs, and ways in which a small stream can be expensive: more objects than its length accounts for; tuples that share
their parts so often that hashing or printing one never ends (Python visits a shared part each time, and recursively);
and dictionaries larger than any vocabulary.

References
----------
Python's `pickletools`, whose docstrings are the only specification of the opcodes.
"""

import io
import pickletools
import sys

from folkprobe.refusal import Refusal

_MAX_OPCODES = 1_000_000
_MAX_TUPLE_PARTS = 1000
# Keys with deliberately colliding hashes take quadratic time.
MAX_ENTRIES = 10_000
# Memory that objects may take beyond the stream's own length.
_ALLOWANCE_BYTES = 40 * 2**20

_MARK = None
_ARGUMENT_ON_STACK = frozenset(
    {
        "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
        "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE",
        "SHORT_BINUNICODE", "BINUNICODE8", "GLOBAL",
    }
)  # fmt: skip
_CONSTANTS = frozenset({"NONE", "NEWTRUE", "NEWFALSE", "EMPTY_TUPLE"})
_NO_EFFECT = frozenset({"PROTO", "FRAME"})
_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
# Upper bounds of what CPython 3.11 to 3.14 takes on 64 bits, the garbage collector's header included.
_REFERENCE_BYTES, _CONTAINER_BYTES, _ITEM_BYTES = 16, 96, 64


class _Machine:
    """The unpickler's stack and memo; an entry is the number of parts that a walk through the value visits."""

    def __init__(self, n_stream_bytes: int) -> None:
        self._stack: list[int | None] = []
        self._memo: dict[int, int] = {}
        self._allowed_bytes = n_stream_bytes + _ALLOWANCE_BYTES
        self._n_entries = 0

    def pay(self, n_bytes: int) -> None:
        self._allowed_bytes -= n_bytes
        if self._allowed_bytes < 0:
            raise Refusal("it would build far more objects than it has bytes")

    def push(self, n_parts: int | None) -> None:
        self._stack.append(n_parts)

    def pop(self) -> int:
        if not self._stack or self._stack[-1] is _MARK:
            raise Refusal("it is damaged or cut short (it takes from an empty stack)")
        return self._stack.pop()

    def pop_to_mark(self) -> list[int]:
        items = []
        while self._stack and self._stack[-1] is not _MARK:
            items.append(self._stack.pop())
        if not self._stack:
            raise Refusal("it is damaged or cut short (it looks for a mark that is not there)")
        self._stack.pop()
        return items

    def push_tuple(self, items: list[int]) -> None:
        n_parts = 1 + sum(items)
        if n_parts > _MAX_TUPLE_PARTS:
            raise Refusal(f"it nests or repeats more than {_MAX_TUPLE_PARTS} parts in one tuple")
        self.pay(_CONTAINER_BYTES + _REFERENCE_BYTES * len(items))
        self.push(n_parts)

    def put(self, index: int, n_opcodes: int) -> None:
        # The unpickler's memo is an array as long as its largest index.
        if not 0 <= index <= n_opcodes:
            raise Refusal(f"it uses an implausible memo index ({index} at instruction {n_opcodes})")
        n_parts = self.pop()
        self._memo[index] = n_parts
        self.push(n_parts)

    def get(self, index: int) -> None:
        if index not in self._memo:
            raise Refusal(f"it is damaged or cut short (it refers to part {index}, which is not there)")
        self.push(self._memo[index])

    def pop_anything(self) -> None:
        if not self._stack:
            self.pop()
        self._stack.pop()

    def fill(self, n_items: int, *, is_dict: bool) -> None:
        self.pay(_ITEM_BYTES * n_items)
        if is_dict:
            self._n_entries += n_items // 2
            if self._n_entries > MAX_ENTRIES:
                raise Refusal(f"it has dictionaries of more than {MAX_ENTRIES} entries, which no vocabulary has")

    def run(self, name: str, argument: object, n_opcodes: int) -> None:
        """Execute one opcode; anything but a tuple is one part, since it hashes and prints as one or not at all."""
        self.pay(_REFERENCE_BYTES)
        if name in _ARGUMENT_ON_STACK:
            self.pay(sys.getsizeof(argument))
            self.push(1)
        elif name in _CONSTANTS:
            self.push(1)
        elif name in _GETS:
            self.get(int(argument))
        elif name in _PUTS:
            self.put(int(argument), n_opcodes)
        elif name == "MEMOIZE":
            self.put(len(self._memo), n_opcodes)
        elif name in _TUPLES:
            self.push_tuple([self.pop() for _ in range(_TUPLES[name])])
        elif name == "MARK":
            self.push(_MARK)
        elif name == "TUPLE":
            self.push_tuple(self.pop_to_mark())
        elif name in ("EMPTY_LIST", "EMPTY_DICT"):
            self.pay(_CONTAINER_BYTES)
            self.push(1)
        elif name in ("LIST", "DICT"):
            self.pay(_CONTAINER_BYTES)
            self.fill(len(self.pop_to_mark()), is_dict=name == "DICT")
            self.push(1)
        elif name in ("APPENDS", "SETITEMS"):
            self.fill(len(self.pop_to_mark()), is_dict=name == "SETITEMS")
        elif name in ("APPEND", "BUILD"):
            self.fill(1, is_dict=False)
            self.pop()
        elif name == "SETITEM":
            self.fill(2, is_dict=True)
            self.pop()
            self.pop()
        elif name in ("REDUCE", "STACK_GLOBAL"):
            self.pay(_CONTAINER_BYTES)
            self.pop()
            self.pop()
            self.push(1)
        elif name == "POP":
            self.pop_anything()
        elif name == "POP_MARK":
            self.pop_to_mark()
        elif name == "STOP":
            self.pop()
        elif name not in _NO_EFFECT:
            raise Refusal(f"it uses the pickle instruction {name}, which no array of numbers needs")


def check_opcodes(data: bytes, *, has_storages: bool = False) -> None:
    """Refuse a pickle whose opcodes go beyond arrays of numbers in plain containers.

    Parameters
    ----------
    data : bytes
        A pickle of protocol 0 to 5.
    has_storages : bool
        Whether it may refer to the members of a PyTorch file that hold the numbers.

    Raises
    ------
    Refusal
        The sentence refers to the stream as "it".
    ValueError
        If the stream ends early or holds an opcode that no protocol has.
    """
    machine = _Machine(len(data))
    for n_opcodes, (opcode, argument, _) in enumerate(pickletools.genops(io.BytesIO(data)), start=1):
        if n_opcodes > _MAX_OPCODES:
            raise Refusal(f"it has more than {_MAX_OPCODES} pickle instructions")
        if opcode.name == "BINPERSID" and has_storages:
            # Takes the name of the storage, gives the storage.
            machine.pop()
            machine.push(1)
        else:
            machine.run(opcode.name, argument, n_opcodes)
