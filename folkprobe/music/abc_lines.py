"""Lines of ABC text: where they end, and which are fields, music or text.

References
----------
.. [1] C. Walshaw et al., The ABC music standard 2.1, 2011, sections 2.2 and 3.3.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from folkprobe.refusal import Refusal

_FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)%.*", re.DOTALL)
_CHARSET = re.compile(r"^(?:%%|I:)[ \t]*abc-charset[ \t]+(\S+)", re.MULTILINE)
# What programs take as a block of text, PostScript and the like, until the same name with %%end.
_BLOCK = re.compile(r"%%begin(text|ps|svg|ml|js)\b")
# Fields that act where they stand; between joined lines they become [K:...].
_MUSICAL_FIELDS = "KLMPUVm"
# Tags whose names are not notes: A<b>c is music.
_TAGS = "br|p|pre|div|span|center|font|hr|html|head|body|title|table|tbody|tr|td|th|ul|ol|li|img|i|em|h[1-6]"
_HTML = re.compile(
    rf"^<[A-Za-z/!]|</[A-Za-z]|<({_TAGS})(\s[^<>]*)?/?>|<a\s+(href|name)\b|&(\w{{2,8}}|\#\d+);", re.IGNORECASE
)
# Letters that are notes, rests, spacers and decorations; and those that words begin with a capital, if at all.
_LETTERS = re.compile(r"[A-Ga-gxyzHLMOPSTuv ,.'()-]+")
_WORDS = re.compile(r"[A-Z]?[a-z]+([ ,.'()-]+[A-Z]?[a-z]+)*[.)]?")
_FEWEST_LETTERS = 3


class Line(NamedTuple):
    """A line of a tune, its continuations included: of music where `field` is empty."""

    number: int
    field: str
    text: str

    @property
    def has_bar_line(self) -> bool:
        """Whether there is a bar line, or a double colon."""
        return "|" in self.text or "::" in self.text

    @property
    def ends_bar(self) -> bool:
        """Whether it ends with a bar line."""
        return self.text.rstrip("] \t")[-1:] in ("|", ":")


def decode_abc(data: bytes) -> str:
    """Decode ABC text: by its byte order mark or its `abc-charset`, else as UTF-8, else as Windows-1252.

    Raises
    ------
    Refusal
        For an `abc-charset` that does not exist; the sentence refers to the text as "it".
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    charsets = ["utf-8-sig"]
    if declared := _CHARSET.search("\n".join(split_lines(data.decode("latin-1")))):
        try:
            charsets.insert(0, codecs.lookup(declared[1]).name)
        except LookupError:
            raise Refusal(
                f"its abc-charset {declared[1]!r} does not exist: ABC has utf-8 and iso-8859-1 to 10"
            ) from None
    for charset in charsets:
        try:
            return data.decode(charset)
        except ValueError:
            continue
    return data.decode("windows-1252", errors="replace")


def split_lines(text: str) -> list[str]:
    """Split text where ABC's lines end, at CR, LF or both; `str.splitlines` also ends them at U+2028 and others."""
    return re.split(r"\r\n?|\n", text)


def without_blocks(lines: Sequence[str]) -> list[str]:
    """Return lines with those of a block, such as `%%begintext` to `%%endtext`, as empty comments.

    A block that nothing ends is left as it is, for `read_lines` to refuse.
    """
    kept, start, end = list(lines), None, ""
    for index, line in enumerate(lines):
        if match := _BLOCK.match(line):
            start, end = index, f"%%end{match[1]}"
        elif start is not None and line.startswith(end):
            kept[start : index + 1] = ["%"] * (index + 1 - start)
            start = None
    return kept


def read_lines(abc: str) -> Iterator[Line]:
    """Yield the fields and the other lines of a tune that are not empty, with `+:` lines added to the field before.

    Raises
    ------
    Refusal
        For a block of text without an end, and for `+:` without a field.
    """
    last = None
    for number, raw in enumerate(without_blocks(split_lines(abc)), start=1):
        if match := _BLOCK.match(raw):
            raise Refusal(f"the text that begins in line {number} ({match[0]}) has no end (%%end{match[1]})")
        text = _COMMENT.sub("", raw).strip(" \t")
        match = _FIELD.fullmatch(text)
        if match and match[1] == "+":
            if last is None or not last.field:
                raise Refusal(f"line {number} continues a field (+:), but no field is before it")
            last = last._replace(text=f"{last.text} {match[2].strip()}")
        elif text:
            if last:
                yield last
            last = Line(number, match[1], match[2].strip()) if match else Line(number, "", text)
    if last:
        yield last


def join_music(lines: Sequence[Line]) -> list[Line]:
    r"""Return the lines of a tune's body: music with what a final `\` joins to it, and without lines that are text.

    A line without a bar line that follows `H:`, or a field that ends with `\`, continues that field. Fields between two
    joined lines act where they stand.

    Raises
    ------
    Refusal
        Naming a line that may be text, or is HTML.
    """
    joined: list[Line] = []
    open_line, is_text_open = None, False
    for line in lines:
        if line.field:
            is_text_open = line.field == "H" or line.text.endswith("\\")
            if open_line is None:
                joined.append(line)
            elif line.field in _MUSICAL_FIELDS:
                open_line = open_line._replace(text=f"{open_line.text}[{line.field}:{line.text}]")
            continue
        if is_text_open and not line.has_bar_line:
            is_text_open = line.text.endswith("\\") or is_text_open
            continue
        is_text_open = False
        if _HTML.search(line.text):
            raise Refusal(f"line {line.number} is HTML and not music: {line.text!r}")
        if open_line:
            line = open_line._replace(text=open_line.text + line.text)
        open_line = line._replace(text=line.text[:-1]) if line.text.endswith("\\") else None
        if open_line is None:
            joined.append(line)
    if open_line:
        joined.append(open_line)
    _refuse_words([line for line in joined if not line.field])
    return joined


def _refuse_words(music: Sequence[Line]) -> None:
    """Refuse a line of letters alone between bar lines: whether they are notes or a remark cannot be told.

    No line of the 11,600 tunes in music21's tune books is one. A first line is one if its letters make words, a last
    one however short it is.
    """
    barred = [index for index, line in enumerate(music) if line.has_bar_line]
    for index, line in enumerate(music):
        if not barred or not _LETTERS.fullmatch(line.text):
            continue
        n_letters = sum(map(str.isalpha, line.text))
        if index == 0:
            is_word = _WORDS.fullmatch(line.text) and n_letters >= _FEWEST_LETTERS
        else:
            is_word = music[index - 1].ends_bar and (n_letters >= _FEWEST_LETTERS or index > barred[-1])
        if is_word:
            raise Refusal(
                f"line {line.number} may be text or notes: {line.text!r} (a bar line after it makes it notes, % before "
                "it text)"
            )
