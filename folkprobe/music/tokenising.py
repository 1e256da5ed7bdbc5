"""ABC tune books to tunes in folk-rnn v2 token format."""

import importlib.util
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from folkprobe.music.abc_key import Key, parse_key
from folkprobe.music.abc_lines import decode_abc, split_lines, without_blocks
from folkprobe.music.abc_source import BarSign, Event, SourceTune, parse_tune
from folkprobe.music.keys import LETTERS
from folkprobe.refusal import Refusal

# Length of both notes and direction (1 for >, -1 for <) of the broken rhythm that has a token.
_BROKEN_TOKENS = {
    (Fraction(1), 1): ">",
    (Fraction(1), -1): "<",
    (Fraction(2), 1): "2>",
    (Fraction(2), -1): "2<",
    (Fraction(1, 2), 1): "/2>",
    (Fraction(1, 2), -1): "/2<",
    (Fraction(4), 1): "4>",
}


@dataclass(frozen=True)
class LeftOut:
    """A tune that the format cannot express.

    Attributes
    ----------
    reference_number : str
        From its ``X:`` line.
    reason : str
        The message of `tokenise_tune`'s refusal.
    """

    reference_number: str
    reason: str


@dataclass(frozen=True)
class TokenisedBook:
    """Result of tokenising a tune book.

    Attributes
    ----------
    tunes : tuple of tuple of str
        Tokens of each tune that could be tokenised, in the book's order, without ``<s>`` and ``</s>``.
    left_out : tuple of LeftOut
        The others, in the book's order.
    """

    tunes: tuple[tuple[str, ...], ...]
    left_out: tuple[LeftOut, ...]

    @property
    def reason_counts(self) -> Counter[str]:
        """Number of tunes left out for each reason."""
        return Counter(tune.reason for tune in self.left_out)


def read_tune_book(path: Path | str) -> str:
    """Read an ABC tune book (see `decode_abc` for its characters); a Refusal if it is unreadable or has no tune."""
    try:
        text = decode_abc(Path(path).read_bytes())
    except OSError as error:
        raise Refusal(f"{path}: the tune book cannot be read ({error.strerror}); check the path") from error
    except Refusal as refusal:
        raise Refusal(f"{path}: {refusal}") from None
    if not any(line.startswith("X:") for line in split_lines(text)):
        raise Refusal(f"{path}: no tune: no line begins with X:; give an ABC tune book")
    return text


def find_music21_books(collection: str) -> list[Path]:
    """List the ABC tune books of a collection that the package music21 carries.

    Parameters
    ----------
    collection : str
        A folder of its corpus, such as "oneills1850".

    Returns
    -------
    list of Path
        In the order of their names. music21 is not imported, which would take seconds.

    Raises
    ------
    Refusal
        Where there are none.
    """
    package = importlib.util.find_spec("music21")
    folders = package.submodule_search_locations if package else []
    books = sorted(book for folder in folders for book in Path(folder, "corpus", collection).glob("*.abc"))
    if not books:
        raise Refusal(f"music21 has no tune books {collection!r} here: install the extra `train`, or correct the name")
    return books


def tokenise_tune_book(text: str, vocabulary: Collection[str]) -> TokenisedBook:
    """Tokenise every tune of an ABC tune book, or record why it cannot be.

    Parameters
    ----------
    text : str
        A tune book as in ABC 2.1, section 2.2: tunes begin with ``X:`` and end with an empty line. ``M:``, ``L:`` and
        ``U:`` before the first tune hold for all of them; any other text between tunes is skipped.
    vocabulary : collection of str
        The tokens that a tune may use.

    Returns
    -------
    TokenisedBook
        Both parts are empty for a text without an ``X:`` line.
    """
    tunes, left_out = [], []
    for tune, book_header in split_tune_book(text):
        try:
            tunes.append(tokenise_tune(tune, vocabulary, book_header))
        except Refusal as refusal:
            left_out.append(LeftOut(field_of(tune, "X"), str(refusal)))
    return TokenisedBook(tuple(tunes), tuple(left_out))


def split_tune_book(text: str) -> Iterator[tuple[str, str]]:
    """Yield each tune of a book, from its ``X:`` to the empty line, with the fields that hold for all of them."""
    blocks = re.split(r"^(?=X:)", "\n".join(without_blocks(split_lines(text))), flags=re.MULTILINE)
    book_header = "\n".join(line for line in blocks[0].split("\n") if line.startswith(("M:", "L:", "U:")))
    for block in blocks[1:]:
        yield re.split(r"\n[ \t]*\n", block, maxsplit=1)[0], book_header


def field_of(tune: str, letter: str) -> str:
    """Return the value of the first field of that letter in a tune, empty without one."""
    found = re.search(rf"^{letter}:(.*)", tune, re.MULTILINE)
    return found[1].strip() if found else ""


def tokenise_tune(abc: str, vocabulary: Collection[str], book_header: str = "") -> tuple[str, ...]:
    """Convert one ABC tune to folk-rnn v2 tokens.

    Parameters
    ----------
    abc : str
        Header lines up to ``K:``, then the music.
    vocabulary : collection of str
        The tokens that the tune may use.
    book_header : str
        Fields that hold for all tunes of a book.

    Returns
    -------
    tuple of str
        Meter token, key token, then the music; the last token is ``|`` or ``:|``.

    Raises
    ------
    Refusal
        For a tune that the format cannot express, for example one that changes its key.

    Notes
    -----
    *Transposition* is diatonic, from the tonic to C in the tune's mode, by the fewest scale steps (at most three, up or
    down), so that octaves stay near the source; where a note would leave the vocabulary, the next nearest octave that
    fits is taken. An accidental keeps its distance from its key signature: ``=F`` in G major becomes ``_B``; it stays
    explicit, and a note without one stays without.

    *Lengths* are in eighths whatever ``L:`` says. Broken rhythm stays a marker between two notes of equal length that
    have a token for it; otherwise, as in ``A2>B`` or ``A>>B``, both lengths are written out. A length N/M without a
    token of its own is two, N and /M. A chord gets one length, that of its first member. ``Z`` becomes rests of whole
    bars. Both notes of a tie are kept, as two notes; an accidental that crosses a bar line with them is written again.

    *Bars.* Signs with nothing between them are one sign: ``||``, ``|]`` and ``[|`` are ``|``; ``::`` is ``:| |:``;
    ``[1`` is ``|1``; ``:|2`` is ``:| |2``. A plain sign before the first note is dropped, one after the last note
    added. Where a ``:|`` without a ``|:`` goes back to a double bar line, that is written ``|:``.

    References
    ----------
    .. [1] C. Walshaw et al., The ABC music standard 2.1, 2011.
    .. [2] B. L. Sturm et al., Music transcription modelling and composition using deep learning, CSMC 2016: the format.
    """
    tune = parse_tune(abc, book_header)
    if f"M:{tune.meter}" not in vocabulary:
        raise Refusal(f"the meter {tune.meter} has no token")
    # Seven steps are odd in number, so that no two octaves are equally near.
    nearest_shift = (3 - LETTERS.index(tune.key.tonic)) % 7 - 3
    shifts = sorted((nearest_shift - 7, nearest_shift, nearest_shift + 7), key=abs)
    candidates = [_in_tokens_of(vocabulary, _shift_tune(tune, shift)) for shift in shifts]
    for tokens in candidates:
        if all(token in vocabulary for token in tokens):
            return tokens
    missing = next(token for token in candidates[0] if token not in vocabulary)
    raise Refusal(f"the token {missing} is outside the vocabulary")


def _in_tokens_of(vocabulary: Collection[str], tokens: Sequence[str]) -> tuple[str, ...]:
    """Spell each N/M that a vocabulary lacks as N and /M, which last as long together."""
    spelled = []
    for token in tokens:
        number, slash, divisor = token.partition("/")
        is_fraction = number.isdecimal() and divisor.isdecimal()
        parts = [number, slash + divisor] if is_fraction and token not in vocabulary else [token]
        spelled += parts if all(part in vocabulary for part in parts) else [token]
    return (*spelled,)


def _shift_tune(tune: SourceTune, shift: int) -> tuple[str, ...]:
    """Return the tokens of a tune moved by `shift` scale steps to C in its mode."""
    tokens = [f"M:{tune.meter}", f"K:C{tune.key.mode}"]
    target_key = parse_key(f"C{tune.key.mode}")
    factor = Fraction(1)  # factor for the next event after broken rhythm without a token
    for index, item in enumerate(tune.items):
        if isinstance(item, int):
            tokens.append(f"({item}")
        elif isinstance(item, BarSign):
            tokens += _bar_tokens(item, is_first=index == 0, is_last=index == len(tune.items) - 1)
        else:
            pitches = [_shift_member(member, shift, tune.key, target_key) for member in item.members]
            tokens += ["[", *pitches, "]"] if len(pitches) > 1 else pitches
            length_token, factor = _length(item, tune.items[index + 1 : index + 2], factor)
            tokens += length_token
    return (*tokens,) if isinstance(tune.items[-1], BarSign) else (*tokens, "|")


def _bar_tokens(bar: BarSign, *, is_first: bool, is_last: bool) -> list[str]:
    tokens = [":|"] * (bar.ends_repeat and not is_first) + ["|:"] * (bar.starts_repeat and not is_last)
    if bar.ending and not is_last:
        tokens.append(f"|{bar.ending}")
    return tokens or ["|"] * (not is_first)


def _length(event: Event, following: list[Event | BarSign | int], factor: Fraction) -> tuple[list[str], Fraction]:
    """Return the length tokens of an event, and the factor of the next one's length."""
    length = event.length * factor
    if not event.broken:
        return _length_tokens(length), Fraction(1)
    if not (following and isinstance(following[0], Event)):
        raise Refusal("broken rhythm is not between two notes of a bar")
    partner = following[0]
    is_pair = partner.length == length and partner.tuplet_index == event.tuplet_index and not partner.broken
    marker = _BROKEN_TOKENS.get((length, event.broken))
    if marker and is_pair:
        return [marker], Fraction(1)
    short = Fraction(1, 2 ** abs(event.broken))
    own, others = (2 - short, short) if event.broken > 0 else (short, 2 - short)
    return _length_tokens(length * own), others


def _length_tokens(length: Fraction) -> list[str]:
    if length == 1:
        return []
    if length.denominator == 1:
        return [str(length)]
    return [str(length).removeprefix("1") if length.numerator == 1 else str(length)]


def _shift_member(member: tuple[str, int | None, int], shift: int, key: Key, target_key: Key) -> str:
    letter, alteration, step = member
    if letter == "z":
        return "z"
    octave, letter_index = divmod(step + shift, len(LETTERS))
    target = LETTERS[letter_index]
    sign = ""
    if alteration is not None:
        alteration += target_key.signature[target] - key.signature[letter]
        sign = "^" * alteration or "_" * -alteration or "="
    return sign + (target.lower() + "'" * (octave - 1) if octave > 0 else target + "," * -octave)
