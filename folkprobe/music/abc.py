"""Tunes as ABC text that any ABC program opens, and back.

What is written here is read back here, token by token. ABC as people write it is another matter: see
`folkprobe.music.tokenising`.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod

from folkprobe.music.bars import BarCount, count_bars
from folkprobe.music.beats import beat_starts
from folkprobe.music.durations import Stretch, read_stretches
from folkprobe.music.playorder import Section
from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal

_BARS_PER_LINE = 4

# What may stand right behind what without a space: token classes, and brackets by themselves. Other pairs would be read
# back as other tokens, or are no ABC; a space keeps them apart.
_TIGHT = {
    "pitch": {"pitch", "duration", "tuplet", "[", "]"},
    "duration": {"pitch", "tuplet", "[", "]"},
    "tuplet": {"pitch", "["},
    "[": {"pitch"},
    "]": {"pitch", "duration", "tuplet", "["},
}
# N and /M after a note are ABC only as N/M, which is a token of its own where M is a power of two: there the two
# tokens are written with bare slashes (ABC 2.1, section 4.3).
_SLASHES = {"/2": "/", "/4": "//", "/8": "///", "/16": "////"}
_DIVISIONS = {slashes: division for division, slashes in _SLASHES.items()}

# What ABC wants to be told beyond the token: that an ending or the tune ends, that a repeat begins.
_TOKEN_OF_SPELLING = {"||": "|", "|]": "|", "|| |:": "|", ":||:": ":|"}
_ONE_SIGN = {":| |:": ":||:", ":| |2": ":|2"}

# In eighths, from the longest on: what abcm2ps draws as one note, with up to two dots.
_NOTE_VALUES = [Fraction(32), *(Fraction(2**k * dots) / 4 for k in range(4, -1, -1) for dots in (7, 6, 4))]
_NOTE_VALUES += [value / 32 for value in _NOTE_VALUES[1:]]
_MOST_TIED = 4
_LARGEST_TUPLET = 9

_BODY = re.compile(
    r"""
    \[(?P<field>[MK]:[^\]\s]+)\]
    | (?P<bar>:\|\|:|:\||\|\|[ ]\|:|\|[|\]:12]?)(?P<ending>(?<=:\|)2)?(?:\[r:(?P<meant>:\||\|[:12]?)\])?
    | \[r:(?P<unheard>:\||\|[:12]?)\]
    | \[r:(?P<whole>[^]]+)\]
    | (?P<tuplet>\([2-9])(?::\d+:\d+)?
    | (?P<sign>[_=^]?(?:[A-G],?|[a-g]'?)|z|[][])
    | (?P<number>\d+)?(?P<divisor>/\d+|/+)?(?P<marker>[<>])?(?<=[\d/<>])
    """,
    re.VERBOSE,
)


def abc_tune(tokens: Sequence[str], *, reference_number: int, title: str) -> str:
    """Write a tune as ABC 2.1.

    Parameters
    ----------
    tokens : sequence of str
        Tokens of the folk-rnn v2 format, well formed or not. `<s>`, `</s>` and strings that are no token have no ABC
        and are left out; a malformed tune is written as it stands, and may be no valid ABC.
    reference_number : int
        For `X:`.
    title : str
        For `T:`; white space in it becomes single spaces.

    Returns
    -------
    str
        Header and music, ending with a line break and without an empty line. Spaces stand at the beats, line breaks
        after every fourth bar. A metre or a key that the tune does not begin with is `none` in the header, and others
        that it has stand in the music. Bar lines and repeats are those of the play order of
        `folkprobe.music.bars.count_bars`; where the tune says it with other tokens, they stand beside in remarks: a
        `|:` that nothing repeats is `|[r:|:]`. So ABC programs have nothing to complain of in a well-formed tune but
        the length of its bars.

    See Also
    --------
    tokens_of_abc : The way back.
    """
    written = [token for token in tokens if token_class(token) not in (None, "special")]
    count = count_bars(written)
    n_header = 0
    header = ["none", "none"]
    for position, kind in enumerate(("meter", "key")):
        if n_header < len(written) and token_class(written[n_header]) == kind:
            header[position] = written[n_header][2:]
            n_header += 1
    lines = [
        f"X:{reference_number}",
        "T:" + " ".join(title.split()).replace("%", r"\%"),
        f"M:{header[0]}",
        "L:1/8",
        # Four bars of any length do not fit on a line: abcm2ps is to break lines by itself.
        "%%continueall 1" if any(bar.verdict == "long" for bar in count.bars) else "",
        f"K:{header[1]}",
        _body(written, n_header, count),
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _body(tokens: list[str], n_header: int, count: BarCount) -> str:
    """Write the music behind the header's tokens."""
    pickup_starts = {bar.start for bar in count.bars if bar.verdict == "pickup"}
    stretches = read_stretches(tokens)
    beats = {index for stretch in stretches for index in beat_starts(stretch, is_pickup=stretch.start in pickup_starts)}
    line_starts = _line_starts(tokens, count)
    spelling = _bar_spelling(tokens, count) | _tuplet_spelling(stretches) | _tied_spelling(tokens, stretches)
    pieces = []
    previous = ""
    for index in range(n_header, len(tokens)):
        token = tokens[index]
        division = token.rstrip("<>")
        if spelling.get(index) == "":
            previous = token
            continue
        if previous.isdecimal() and division in _SLASHES:
            text, gap = _SLASHES[division] + token[len(division) :], ""
        else:
            text = f"[{token}]" if token[1:2] == ":" and token[0] in "MK" else token
            text = spelling.get(index, text)
            gap = " " if index in beats or not _is_tight(previous, token) else ""
        gap = "\n" if index in line_starts else gap
        if previous == ":|" and text == "|2" and gap == " ":
            text, gap = "2", ""  # :|2
        pieces += [gap, text] if pieces else [text]
        previous = token
    return "".join(pieces)


def _is_tight(previous: str, token: str) -> bool:
    """Whether a token is written right behind the previous one."""
    if previous.isdecimal() and token.startswith("/"):
        return True
    left, right = (kind if kind != "chord" else text for text, kind in ((t, token_class(t)) for t in (previous, token)))
    return right in _TIGHT.get(left, ())


def _line_starts(tokens: list[str], count: BarCount) -> set[int]:
    """Find the tokens that begin a line: four bars a line, pickups not counted, and `|:` with what it repeats."""
    starts, n_bars = set(), 0
    for bar in count.bars:
        n_bars += bar.verdict != "pickup"
        if n_bars == _BARS_PER_LINE:
            starts.add(bar.end if tokens[bar.end : bar.end + 1] == ["|:"] else bar.end + 1)
            n_bars = 0
    return starts


def _bar_spelling(tokens: list[str], count: BarCount) -> dict[int, str]:
    """Spell the bar tokens by what is heard of them, where that is not what they say by themselves."""
    spelling = {}
    limits = [0, *(limit for bar in count.bars for limit in (bar.start, bar.end)), len(tokens)]
    for bar, (start, end) in enumerate(zip(limits[::2], limits[1::2], strict=True)):
        signs = [index for index in range(start, end) if token_class(tokens[index]) == "bar"]
        if not signs:
            continue
        written = " ".join(tokens[index] for index in signs)
        heard = _heard_sign(count, bar, written)
        if written in (heard, f"| {heard}"):
            continue
        spelling |= {index: f"[r:{tokens[index]}]" for index in signs}
        first, text = signs[0], _ONE_SIGN.get(heard, heard)
        spelling[first] = text if _TOKEN_OF_SPELLING.get(text, text) == tokens[first] else text + spelling[first]
    return spelling


def _heard_sign(count: BarCount, bar: int, written: str) -> str:
    """Sign that a reader of ABC needs before a bar, or after the last one, to play the tune in its order."""
    section = next((each for each in count.sections if each.first_bar < bar < each.end_bar), None)
    if section:
        if bar == section.first_ending and (section.is_repeated or section.second_ending is not None):
            return "|1"
        return ":| |2" if bar == section.second_ending and _has_endings(section) else "|"
    before = next((each for each in count.sections if each.end_bar == bar), None)
    after = next((each for each in count.sections if each.first_bar == bar), None)
    begins = "|:" if after and (after.is_repeated or _has_endings(after)) else ""
    if before is None:
        return begins or ("|" if written.startswith("|") and written[1:2] in ("", " ") else "")
    if before.is_repeated:
        return f":| {begins}".strip()
    if bar == len(count.bars):
        return "|]"
    if _has_endings(before) and not (begins and "|:" in written):
        return f"|| {begins}".strip()
    return begins or "|"


def _has_endings(section: Section) -> bool:
    """Whether it has something to repeat between its beginning and its endings."""
    return section.second_ending is not None and section.first_ending > section.first_bar


def _tuplet_spelling(stretches: list[Stretch]) -> dict[int, str]:
    """Spell out the tuplets of unequal notes, which ABC programs doubt if nothing says how many they are."""
    spelling = {}
    for stretch in stretches:
        for token_index, size, time, first_event, n_events in stretch.tuplets:
            members = stretch.events[first_event : first_event + n_events]
            if len({event.duration_eighths for event in members}) > 1:
                spelling[token_index] = f"({size}:{time}:{size}"
    return spelling


def _tied_spelling(tokens: list[str], stretches: list[Stretch]) -> dict[int, str]:
    """Spell the events that last as long as no note value does, with what they are in a remark.

    Those that a tuplet or broken rhythm changes stay as they are.
    """
    spelling = {}
    for stretch in stretches:
        limits = [event.token_index for event in stretch.events] + [stretch.end]
        for start, limit in pairwise(limits):
            end = limit
            while token_class(tokens[end - 1]) in ("meter", "key"):
                end -= 1
            if not stretch.tuplets and not stretch.flags and tokens[start - 1][-1:] not in ("<", ">"):
                event = tokens[start:end]
                tied = _tied_text(event)
                if tied:
                    remark = " ".join(event).replace("[", "(").replace("]", ")")
                    spelling |= dict.fromkeys(range(start, end), "") | {start: f"[r:{remark}]{tied}"}
    return spelling


def _tied_text(event: Sequence[str]) -> str:
    """Write an event as notes that are tied, or rests; nothing where a single one does, or none can.

    A third of an eighth is two thirds of half an eighth: a triplet of one.
    """
    n_head = event.index("]") + 1 if event[0] == "[" else 1
    head, durations = "".join(event[:n_head]), "".join(event[n_head:])
    if not durations or not set(durations) <= set("0123456789/") or not set(head).isdisjoint("0123456789/"):
        return ""
    left = prod((Fraction(f"1{token}" if token[0] == "/" else token) for token in event[n_head:]), start=Fraction(1))
    odd = left.denominator // (left.denominator & -left.denominator)
    time = 1 << (odd.bit_length() - 1)
    left *= Fraction(odd, time)
    pieces = []
    while left > 0 and len(pieces) < _MOST_TIED:
        value = next((value for value in _NOTE_VALUES if value <= left), left)
        pieces.append(value)
        left -= value
    if left or odd > _LARGEST_TUPLET or (odd == 1 and len(pieces) == 1):
        return ""
    tuplet = f"({odd}:{time}:{len(pieces)}" if odd > 1 else ""
    lengths = (
        "" if piece == 1 else (f"/{piece.denominator}" if piece.numerator == 1 else str(piece)) for piece in pieces
    )
    return tuplet + ("" if head == "z" else "-").join(f"{head}{length}" for length in lengths)


def tokens_of_abc(text: str) -> list[str]:
    """Read back what `abc_tune` wrote.

    Parameters
    ----------
    text : str
        One tune.

    Returns
    -------
    list of str
        The tokens that it was written from, without `<s>`, `</s>` and strings that are no token. Exact for tokens of
        the folk-rnn vocabularies, which have no N/M but where M is a power of two.

    Raises
    ------
    Refusal
        For a text that has no `K:` line, or music that `abc_tune` does not write.
    """
    tokens = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(("M:", "K:")) and not line.endswith(":none"):
            tokens.append(line)
        if line.startswith("K:"):
            break
    else:
        raise Refusal("the ABC text has no K: line: give one tune as folkprobe writes it")
    for line in lines:
        position = 0
        while position < len(line):
            if line[position] == " ":
                position += 1
                continue
            match = _BODY.match(line, position)
            if not match:
                raise Refusal(f"folkprobe writes no {line[position]!r} in ABC: tokenise this text as a tune book")
            position = match.end()
            if match["whole"]:
                event = match["whole"].replace("(", "[").replace(")", "]").split()
                tied = _tied_text(event)
                if not tied or not line.startswith(tied, position):
                    raise Refusal(
                        f"folkprobe writes no remark {match['whole']!r} here: tokenise this text as a tune book"
                    )
                tokens.extend(event)
                position += len(tied)
            else:
                tokens.extend(_tokens_of_match(match))
    return tokens


def _tokens_of_match(match: re.Match[str]) -> list[str]:
    """Read one piece of ABC music."""
    for name in ("field", "sign", "tuplet", "meant", "unheard"):
        if match[name]:
            return [match[name]]
    if match["bar"]:
        bar = _TOKEN_OF_SPELLING.get(match["bar"], match["bar"])
        return [bar, f"|{match['ending']}"] if match["ending"] else [bar]
    number, divisor, marker = (match[name] or "" for name in ("number", "divisor", "marker"))
    if number and divisor in _DIVISIONS:
        return [number, _DIVISIONS[divisor] + marker]
    if number and divisor and divisor not in _SLASHES:
        return [number, divisor + marker]
    return [number + divisor + marker]
