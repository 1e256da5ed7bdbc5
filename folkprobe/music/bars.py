"""Bars of a tune, counted exactly: how long each is, how long it should be, and whether what is played makes it good.

A bar is what lies between two bar tokens (`|`, `:|`, `|:`, `|1`, `|2`) or between one and an end of the tune, as far as
it holds a note, a rest or a chord; of the stretches that hold none, only the one between two plain `|` is a bar, an
empty one. A bar of metre n/d should last 8 n / d eighth notes.

A bar that is too short is not wrong if what is *played* before or after it makes it whole. Verdicts of such bars, the
first that applies:

pickup
    The first bar of the tune. The first bar of a section, if a bar played before it is filled up by it, or if it lasts
    at most half a bar.
complement
    A bar before a repeat sign, an ending or the end of the tune that the bars played next fill up, or the bar that
    begins an ending and fills up the one before.
split
    Two neighbours across a plain `|` that make one bar, the second the smaller.
truncated
    The last bar of a tune that stopped without a bar token. It is incomplete, not good.

A tune's only bar is none of the first three. Everything else that is too short is `short`; what is too long is `long`
and never excused; a bar before any metre is `unmeasured`. docs/counting.md has every rule with examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from folkprobe.music.durations import Flag, Stretch, bar_eighths, read_stretches
from folkprobe.music.playorder import Section, find_sections, is_plain_step

VERDICTS = ("correct", "short", "long", "empty", "unmeasured", "pickup", "complement", "split", "truncated")
# A tune is ok if all its measured bars have one of these; the share of correctly counted bars counts the same ones.
OK_VERDICTS = frozenset({"correct", "pickup", "complement", "split"})


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tune.

    Attributes
    ----------
    duration : Fraction
        Length in eighth notes.
    expected : Fraction or None
        Length of a full bar of the metre in force at its first event, in eighth notes; None before any metre.
    verdict : str
        One of `VERDICTS`.
    start, end : int
        Its tokens in the list that was passed, end exclusive; the bar tokens lie outside.
    flags : tuple of Flag
        Tokens of it that could not be read where they stand, in order.
    """

    duration: Fraction
    expected: Fraction | None
    verdict: str
    start: int
    end: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class BarCount:
    """The bars of a tune.

    Attributes
    ----------
    bars : tuple of Bar
        In written order.
    ok : bool or None
        Whether every measured bar's verdict is one of `OK_VERDICTS`; None without a measured bar.
    strict_ok : bool or None
        Whether the tune is ok without a split, and every pickup and complement fits each way in which it is reached or
        left; None without a measured bar.
    sections : tuple of Section
        Every bar is in one of them.
    play_order : tuple of int
        Indices of the bars as played, repeats and endings unfolded.
    flags : tuple of Flag
        All tokens that could not be read where they stand, in order, also those that lie in no bar.
    """

    bars: tuple[Bar, ...]
    ok: bool | None
    strict_ok: bool | None
    sections: tuple[Section, ...]
    play_order: tuple[int, ...]
    flags: tuple[Flag, ...]

    @property
    def wellformed(self) -> bool:
        """Whether every token could be read where it stands; says nothing about lengths."""
        return not self.flags


@dataclass(slots=True)
class _Lengths:
    """Durations of the bars, what they should be, and the bar tokens around them, by bar."""

    duration: list[int | Fraction]
    expected: list[Fraction | None]
    signs: list[tuple[str, ...]]

    def is_incomplete(self, bar: int) -> bool:
        return self.expected[bar] is not None and 0 < self.duration[bar] < self.expected[bar]


def count_bars(tokens: Sequence[str]) -> BarCount:
    """Count the bars of a tune.

    Parameters
    ----------
    tokens : sequence of str
        Tokens of the folk-rnn v2 format, `<s>` and `</s>` allowed. Any other string is ignored and flagged; no list of
        strings raises.

    Returns
    -------
    BarCount
        No tokens make no bars, and `ok` and `strict_ok` None.
    """
    stretches, signs = _select_bars(read_stretches(tokens))
    lengths = _Lengths(
        [sum(event.duration_eighths for event in stretch.events) for stretch, is_bar in stretches if is_bar],
        [stretch.meter and bar_eighths(stretch.meter) for stretch, is_bar in stretches if is_bar],
        signs,
    )
    sections = find_sections(signs)
    play_order = [bar for section in sections for bar in section.play_order]
    verdicts, is_strict = _judge(lengths, sections, play_order)
    bars = tuple(
        Bar(Fraction(duration), expected, verdict, stretch.start, stretch.end, tuple(stretch.flags))
        for stretch, duration, expected, verdict in zip(
            (stretch for stretch, is_bar in stretches if is_bar), lengths.duration, lengths.expected, verdicts, strict=True
        )
    )
    return BarCount()
