"""Convert tunes to standard ABC text and back.

Text that this module writes is read back token by token. For ABC from other sources see
`folkprobe.music.tokenising`.
"""

import re
from collections.abc import Sequence

from folkprobe.music.abc_spelling import TOKEN_OF_SPELLING, spell_bar_signs, spell_events, tied_text
from folkprobe.music.bars import BarCount, count_bars
from folkprobe.music.beats import beat_starts
from folkprobe.music.durations import read_stretches
from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal

_BARS_PER_LINE = 4

# Pairs written without a space between: token classes, and brackets by themselves. Other pairs would be read
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

_BODY = re.compile(
    r"""
    \[(?P<field>[MK]:[^\]\s]+)\]
    | (?P<bar>:\|\|:|:\||\|\|[ ]\|:|\|[|\]:12]?)(?P<ending>(?<=:\|)2)?(?:\[r:(?P<meant>:\||\|[:12]?)\])?
    | \[r:(?P<unheard>:\||\|[:12]?)\]
    | \[r:(?P<whole>([^]()\s]+|\([ ][^]()]+[ ]\))([ ](/?[1-9]\d{0,8}|[1-9]\d{0,8}/[1-9]\d{0,8}))+)\]
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
        Tokens of the folk-rnn v2 format, well formed or not. `<s>`, `</s>` and strings that are not tokens have no ABC
        and are left out; a malformed tune is written as it is, and may not be valid ABC.
    reference_number : int
        For `X:`.
    title : str
        For `T:`; white space in it becomes single spaces.

    Returns
    -------
    str
        Header and music, ending with a line break and without an empty line. There are spaces at the beats and line
        breaks after every fourth bar. A metre or a key that the tune does not begin with is `none` in the header, and
        later ones are in the music. Bar lines and repeats are those of the play order of
        `folkprobe.music.bars.count_bars`; where the tune has other tokens for them, these are kept in remarks: a
        `|:` that nothing repeats is `|[r:|:]`. For a well-formed tune, abc2midi and
        abcm2ps therefore warn of nothing but the length of its bars (and two rare cases, see docs/counting.md).

    See Also
    --------
    tokens_of_abc : The inverse.
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
    """Return the music that follows the header's tokens."""
    pickup_starts = {bar.start for bar in count.bars if bar.verdict == "pickup"}
    stretches = read_stretches(tokens)
    beats = {index for stretch in stretches for index in beat_starts(stretch, is_pickup=stretch.start in pickup_starts)}
    line_starts = _line_starts(tokens, count)
    spelling = spell_bar_signs(tokens, count) | spell_events(tokens, stretches)
    pieces = []
    previous = ""
    for index in range(n_header, len(tokens)):
        token = tokens[index]
        if spelling.get(index) == "":
            previous = token
            continue
        division = token.rstrip("<>")
        if previous.isdecimal() and division in _SLASHES:
            text, gap = _SLASHES[division] + token[len(division) :], ""
        else:
            text = f"[{token}]" if token[1:2] == ":" and token[0] in "MK" else token
            text = spelling.get(index, text)
            gap = " " if index in beats or not _is_tight(previous, token) else ""
        gap = "\n" if index in line_starts else gap
        if previous == ":|" and text == "|2" and gap == " ":
            text, gap = "2", ""  # :|2
        # A single letter and a colon are a field of ABC where they begin a line: a spacer tells them apart.
        if text.startswith(":") and previous.isalpha() and (pieces == [previous] or pieces[-2:] == ["\n", previous]):
            gap = " y"
        pieces += [gap, text] if pieces else [text]
        previous = token
    return "".join(pieces)


def _is_tight(previous: str, token: str) -> bool:
    """Report whether a token is written directly after the previous one, without a space."""
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


def tokens_of_abc(text: str) -> list[str]:
    """Read back what `abc_tune` wrote.

    Parameters
    ----------
    text : str
        One tune.

    Returns
    -------
    list of str
        The tokens that it was written from, without `<s>`, `</s>` and strings that are not tokens. Exact for tokens of
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
            if line[position] in " y":
                position += 1
                continue
            match = _BODY.match(line, position)
            if not match or match.end() == position:
                raise Refusal(f"folkprobe does not write {line[position]!r} in ABC: tokenise this text as a tune book")
            position = match.end()
            if match["whole"]:
                event = match["whole"].replace("(", "[").replace(")", "]").split()
                tied = tied_text(event)
                if not tied or not line.startswith(tied, position):
                    raise Refusal(
                        f"folkprobe does not write {match['whole']!r} here: tokenise this text as a tune book"
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
        bar = TOKEN_OF_SPELLING.get(match["bar"], match["bar"])
        return [bar, f"|{match['ending']}"] if match["ending"] else [bar]
    number, divisor, marker = (match[name] or "" for name in ("number", "divisor", "marker"))
    if number and divisor in _DIVISIONS:
        return [number, _DIVISIONS[divisor] + marker]
    if number and divisor and divisor not in _SLASHES:
        return [number, divisor + marker]
    return [number + divisor + marker]
