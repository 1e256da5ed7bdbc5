"""Leave entries that nobody needs out of a pickled dict, before it is checked and interpreted.

folk-rnn pickles its training state with the network: an array of one number for each batch. The instructions that make
such an entry are found and left out. Nothing is built, and what is kept in memory are some bytes for each instruction
that others may refer to.

References
----------
Python's `pickletools`, whose table says how long the argument of an opcode is.
"""

import pickletools
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator

# Smaller streams are interpreted whole.
_FEWEST_BYTES = 2**20
_MOST_INSTRUCTIONS = 50_000_000
_MOST_ENTRIES = 1000
_MOST_NEEDED = 10_000

_OPCODES = {ord(opcode.code): opcode for opcode in pickletools.opcodes}
_CODE = {opcode.name: ord(opcode.code) for opcode in pickletools.opcodes}
# Bytes of an argument by opcode; -1 for a line, -2, -3, -4 and -5 for a length before it.
_N_ARGUMENT = {code: opcode.arg.n if opcode.arg else 0 for code, opcode in _OPCODES.items()}
_N_COUNT = {-2: 1, -3: 4, -4: 4, -5: 8}


def _codes(*names: str) -> frozenset[int]:
    return frozenset(_CODE[name] for name in names)


_TEXTS = _codes("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8")
_PUSHES = _TEXTS | _codes(
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "BINBYTES", "SHORT_BINBYTES",
    "BINBYTES8", "BYTEARRAY8", "GLOBAL", "NONE", "NEWTRUE", "NEWFALSE", "EMPTY_TUPLE", "EMPTY_LIST", "EMPTY_DICT",
)  # fmt: skip
_GETS = _codes("GET", "BINGET", "LONG_BINGET")
_PUTS = _codes("PUT", "BINPUT", "LONG_BINPUT")
# How many values an opcode takes; None, those above the mark. Whether it gives one, or leaves the one below changed.
_TAKES = {
    **{_CODE[name]: (n, True) for name, n in (("TUPLE1", 1), ("TUPLE2", 2), ("TUPLE3", 3), ("REDUCE", 2))},
    **{_CODE[name]: (None, True) for name in ("TUPLE", "LIST", "DICT")},
    **{_CODE[name]: (None, False) for name in ("APPENDS", "SETITEMS", "POP_MARK")},
    **{_CODE[name]: (1, False) for name in ("APPEND", "BUILD", "POP")},
    _CODE["STACK_GLOBAL"]: (2, True),
    _CODE["SETITEM"]: (2, False),
}
_MARK, _MEMOIZE, _FRAME, _PROTO, _STOP = (_CODE[name] for name in ("MARK", "MEMOIZE", "FRAME", "PROTO", "STOP"))


class _Unusual(Exception):
    """The stream is not as a pickler writes it: whoever checks it says what is wrong."""


def without_entries(data: bytes, wanted: Collection[str], known_names: Collection[tuple[str, str]]) -> bytes:
    """Leave out the entries of a pickled dict that are not wanted.

    Parameters
    ----------
    data : bytes
        A pickle.
    wanted : collection of str
        The keys to keep.
    known_names : collection of (str, str)
        Modules and names that a left out entry may ask for.

    Returns
    -------
    bytes
        A pickle of a dict without the other entries; `data` itself where there is little to leave out, or where the
        stream is not as a pickler writes it.
    """
    if len(data) < _FEWEST_BYTES:
        return data
    try:
        return _Scan(data, known_names).without(wanted)
    # A damaged stream can end anywhere.
    except (_Unusual, IndexError, ValueError, OverflowError):
        return data


def _instructions(data: bytes, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield where each instruction begins, its opcode, and where the next one begins."""
    while position < end:
        code = data[position]
        n = _N_ARGUMENT.get(code)
        if n is None:
            raise _Unusual
        following = position + 1
        if n > 0:
            following += n
        elif n == -1:
            following = data.index(b"\n", following) + 1
            if code == _CODE["GLOBAL"]:
                following = data.index(b"\n", following) + 1
        elif n:
            n_count = _N_COUNT[n]
            following += n_count + int.from_bytes(data[following : following + n_count], "little")
        if following > end:
            raise _Unusual
        yield position, code, following
        position = following


class _Scan:
    """Where the values of a stream begin and end."""

    def __init__(self, data: bytes, known_names: Collection[tuple[str, str]]) -> None:
        self.data = data
        self.known_names = known_names
        # For each value on the stack, where it begins (a mark: -1 - where) and under which number it is remembered.
        self.starts, self.numbers = array("q"), array("q")
        # By number: where a value begins and ends, and where it is remembered.
        self.memo_starts, self.memo_ends, self.put_positions = array("q"), array("q"), array("q")
        # Of the outermost dict: where key, value and next key begin.
        self.entries: list[tuple[int, int, int]] = []
        for n_read, (position, code, following) in enumerate(_instructions(data, 0, len(data))):
            if n_read > _MOST_INSTRUCTIONS:
                raise _Unusual
            self._read(position, code, following)
            if code == _STOP:
                break

    def _read(self, position: int, code: int, following: int) -> None:
        if code in _PUSHES or code in _GETS:
            if code == _CODE["GLOBAL"]:
                module, name = self.data[position + 1 : following - 1].decode().split("\n")
                self._check_name(module, name)
            self._push(position)
        elif code == _MARK:
            self._push(-1 - position)
        elif code in _PUTS or code == _MEMOIZE:
            number = len(self.memo_starts) if code == _MEMOIZE else self._number_at(position)
            # Picklers count.
            if number != len(self.memo_starts) and not (number == len(self.memo_starts) + 1 == 2 and code != _MEMOIZE):
                raise _Unusual
            while len(self.memo_starts) < number:
                self._remember(-1, position)
            self._remember(self.starts[-1], position)
            self.numbers[-1] = number
        elif code in _TAKES:
            n, gives = _TAKES[code]
            if code == _CODE["STACK_GLOBAL"]:
                self._check_name(*(self._text_at(start) or "" for start in self.starts[-2:]))
            taken = self._take(n, position)
            if code in (_CODE["SETITEMS"], _CODE["SETITEM"]) and len(self.starts) == 1:
                # A lone entry goes with the instruction that sets it.
                self._note_entries(taken, following if code == _CODE["SETITEM"] else position)
            if gives:
                # The value begins where the first of its parts does, or at the mark.
                self._push(taken[0])
        elif code not in (_PROTO, _FRAME, _STOP):
            raise _Unusual

    def _push(self, start: int) -> None:
        self.starts.append(start)
        self.numbers.append(-1)

    def _remember(self, start: int, position: int) -> None:
        self.memo_starts.append(start)
        self.memo_ends.append(-1)
        self.put_positions.append(position)

    def _take(self, n: int | None, position: int) -> list[int]:
        """Take values off the stack; return where they begin, the mark's own place first where they are above one."""
        taken, end = [], position
        while n is None or len(taken) < n:
            start, number = self.starts.pop(), self.numbers.pop()
            if start < 0:
                if n is not None:
                    raise _Unusual
                taken.append(-1 - start)
                break
            if number >= 0:
                self.memo_ends[number] = end
            taken.append(start)
            end = start
        return taken[::-1]

    def _note_entries(self, taken: list[int], position: int) -> None:
        limits = [*(taken[1:] if len(taken) % 2 else taken), position]
        for key, value, end in zip(limits[:-1:2], limits[1::2], limits[2::2], strict=True):
            self.entries.append((key, value, end))
        if len(self.entries) > _MOST_ENTRIES:
            raise _Unusual

    def _check_name(self, module: str, name: str) -> None:
        if (module, name) not in self.known_names:
            raise _Unusual

    def _number_at(self, position: int) -> int:
        code = self.data[position]
        n = _N_ARGUMENT[code]
        if n == -1:
            return int(self.data[position + 1 : self.data.index(b"\n", position)])
        return int.from_bytes(self.data[position + 1 : position + 1 + n], "little")

    def _text_at(self, position: int) -> str | None:
        """Return the text that the instruction at a place puts on the stack, if it is one."""
        code = self.data[position]
        if code in _GETS:
            number = self._number_at(position)
            return self._text_at(self.memo_starts[number]) if number < len(self.memo_starts) else None
        if code not in _TEXTS:
            return None
        _, argument, _ = next(pickletools.genops(self.data[position : position + 1000]))
        return argument

    def without(self, wanted: Collection[str]) -> bytes:
        """Return the stream without the entries that are not wanted."""
        dropped = [(key, end) for key, _, end in self.entries if self._text_at(key) not in {*wanted, None}]
        if sum(end - start for start, end in dropped) < _FEWEST_BYTES // 2:
            return self.data
        n_head = 2 if self.data[0] == _PROTO else 0
        limits = [n_head, *(limit for span in dropped for limit in span), len(self.data)]
        kept = list(zip(limits[::2], limits[1::2], strict=True))
        needed = self._needed(kept, dropped)
        pieces, numbers = [self.data[:n_head]], {}
        for start, end in needed:
            pieces += [*self._copy(start, end, numbers), b"0"]
        for start, end in kept:
            pieces += self._copy(start, end, numbers)
        return b"".join(pieces)

    def _needed(self, kept: list[tuple[int, int]], dropped: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the parts of left out entries that what is kept refers to, in order."""
        ends = [end for _, end in dropped]
        spans, todo = {}, list(kept)
        while todo:
            for position, code, _ in _instructions(self.data, *todo.pop()):
                if code not in _GETS:
                    continue
                start = self.memo_starts[self._number_at(position)]
                entry = bisect_left(ends, start + 1)
                if start in spans or entry == len(dropped) or start < dropped[entry][0]:
                    continue
                spans[start] = self.memo_ends[self._number_at(position)]
                if spans[start] < start or len(spans) > _MOST_NEEDED:
                    raise _Unusual
                todo.append((start, spans[start]))
        return sorted(spans.items())

    def _copy(self, start: int, end: int, numbers: dict[int, int]) -> Iterator[bytes | memoryview]:
        """Yield instructions without frames, and with new numbers for what is remembered."""
        view = memoryview(self.data)
        begun = start
        for position, code, following in _instructions(self.data, start, end):
            if code in _GETS or code in _PUTS or code in (_MEMOIZE, _FRAME):
                yield view[begun:position]
                begun = following
                if code != _FRAME:
                    is_memoize = code == _MEMOIZE
                    number = bisect_left(self.put_positions, position) if is_memoize else self._number_at(position)
                    instruction = "LONG_BINGET" if code in _GETS else "LONG_BINPUT"
                    # The unpickler's memory of them is as long as their largest number.
                    new = numbers.setdefault(number, len(numbers))
                    yield bytes([_CODE[instruction]]) + new.to_bytes(4, "little")
        yield view[begun:end]
