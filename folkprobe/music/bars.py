"""Exact bar counting: actual and expected length of each bar, and whether playing order completes a short one.

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
        Its tokens that could not be read in their place, in order.
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
        All tokens that could not be read in their place, in order, also those that lie in no bar.
    """

    bars: tuple[Bar, ...]
    ok: bool | None
    strict_ok: bool | None
    sections: tuple[Section, ...]
    play_order: tuple[int, ...]
    flags: tuple[Flag, ...]

    @property
    def wellformed(self) -> bool:
        """Report whether every token could be read in its place, whatever the lengths."""
        return not self.flags


@dataclass(slots=True)
class _Lengths:
    """How long each bar is and should be, in eighth notes, and the bar tokens around them as in `playorder`."""

    duration: list[int | Fraction]
    expected: list[Fraction | None]
    signs: list[tuple[str, ...]]

    def is_incomplete(self, bar: int) -> bool:
        """Report whether a bar is not empty but shorter than its metre requires."""
        return self.expected[bar] is not None and 0 < self.duration[bar] < self.expected[bar]

    def is_split(self, bar: int) -> bool:
        """Report whether a bar and the next one are one bar with a plain `|` in it, the second part the smaller."""
        if not 0 <= bar < len(self.duration) - 1 or not is_plain_step(self.signs, bar, bar + 1):
            return False
        (first, second), (full, other_full) = self.duration[bar : bar + 2], self.expected[bar : bar + 2]
        return full is not None and full == other_full == first + second and 0 < second < first


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
    stretches = read_stretches(tokens)
    bar_stretches, signs = _select_bars(stretches)
    lengths = _Lengths(
        duration=[sum(event.duration_eighths for event in stretch.events) for stretch in bar_stretches],
        expected=[bar_eighths(stretch.meter) if stretch.meter else None for stretch in bar_stretches],
        signs=signs,
    )
    sections = find_sections(signs)
    play_order = [bar for section in sections for bar in section.play_order]
    completions = _follow_play(lengths, sections, play_order)
    verdicts = _judge(lengths, sections, completions)
    measured = {verdict for verdict in verdicts if verdict != "unmeasured"}
    ok = measured <= OK_VERDICTS if measured else None
    bars = (
        Bar(Fraction(duration), expected, verdict, stretch.start, stretch.end, tuple(stretch.flags))
        for stretch, duration, expected, verdict in zip(
            bar_stretches, lengths.duration, lengths.expected, verdicts, strict=True
        )
    )
    return BarCount(
        bars=tuple(bars),
        ok=ok,
        strict_ok=ok and "split" not in measured and completions.fit_everywhere(verdicts),
        sections=tuple(sections),
        play_order=tuple(play_order),
        flags=tuple(flag for stretch in stretches for flag in stretch.flags),
    )


def _select_bars(stretches: list[Stretch]) -> tuple[list[Stretch], list[tuple[str, ...]]]:
    """Find the stretches that are bars, and the bar tokens before each of them and after the last."""
    bars, signs, before = [], [], []
    for stretch in stretches:
        if stretch.events or (before[-1:] == ["|"] and stretch.bar_token == "|"):
            bars.append(stretch)
            signs.append(tuple(before))
            before = []
        if stretch.bar_token:
            before.append(stretch.bar_token)
    return bars, [*signs, tuple(before)]


@dataclass(slots=True)
class _Completions:
    """Where incomplete bars, played one after another, make exactly one full bar.

    Attributes
    ----------
    walk : list of int
        Bars as played; after the last bar of a tune whose end does not send it back, the first one of its section.
    is_part, is_later_part : list of bool
        Whether the bar at a place of the walk is a part of such a full bar, and whether it is one but the first. At the
        end of the walk parts count that what is played next could still complete.
    completed, completing : set of int
        Bars that are, at some place, a part of a full bar, and those that are a later one.
    """

    walk: list[int]
    is_part: list[bool]
    is_later_part: list[bool]
    completed: set[int]
    completing: set[int]

    def fit_everywhere(self, verdicts: list[str]) -> bool:
        """Report whether every pickup fits wherever it is reached, and every complement wherever it is played."""
        return all(
            place == 0 or self.is_later_part[place] if verdicts[bar] == "pickup" else self.is_part[place]
            for place, bar in enumerate(self.walk)
            if verdicts[bar] in ("pickup", "complement")
        )


def _follow_play(lengths: _Lengths, sections: list[Section], play_order: list[int]) -> _Completions:
    """Find the incomplete bars that make full ones as the tune is played.

    A plain `|` always begins a new bar, so nothing is completed across one. Incomplete
    bars that follow one another across other signs are added up until they reach the length of the first of them; where
    they go beyond, the first of them stays incomplete.
    """
    goes_round = not (sections and sections[-1].is_repeated)
    walk = play_order + [section.first_bar for section in sections[-1:] if goes_round]
    is_part, is_later_part = [False] * len(walk), [False] * len(walk)
    completed, completing = set(), set()
    start, total = 0, 0  # the incomplete bars walk[start:place] last `total` eighths together
    for place, bar in enumerate(walk):
        if not lengths.is_incomplete(bar):
            start, total = place + 1, 0
            continue
        if start < place and is_plain_step(lengths.signs, walk[place - 1], bar):
            start, total = place, 0
        total += lengths.duration[bar]
        while total > lengths.expected[walk[start]]:
            total -= lengths.duration[walk[start]]
            start += 1
        if total == lengths.expected[walk[start]]:
            completed.update(walk[start : place + 1])
            completing.update(walk[start + 1 : place + 1])
            is_part[start : place + 1] = [True] * (place + 1 - start)
            is_later_part[start + 1 : place + 1] = [True] * (place - start)
            start, total = place + 1, 0
    if not goes_round or start == len(walk) - 1:
        is_part[start:] = [True] * len(is_part[start:])
        is_later_part[start + 1 :] = [True] * len(is_later_part[start + 1 :])
    return _Completions(walk, is_part, is_later_part, completed, completing)


def _judge(lengths: _Lengths, sections: list[Section], completions: _Completions) -> list[str]:
    """Judge every bar."""
    section_starts = {section.first_bar for section in sections}
    verdicts = []
    for bar, (duration, expected) in enumerate(zip(lengths.duration, lengths.expected, strict=True)):
        if expected is None:
            verdicts.append("unmeasured")
        elif lengths.is_incomplete(bar):
            verdicts.append(_judge_incomplete(bar, lengths, section_starts, completions))
        else:
            verdicts.append("empty" if duration == 0 else "correct" if duration == expected else "long")
    return verdicts


def _judge_incomplete(bar: int, lengths: _Lengths, section_starts: set[int], completions: _Completions) -> str:
    """Judge a bar that is too short; the order of the tests is the rule's."""
    n_bars = len(lengths.duration)
    # At a plain `|`, the beginning of a section is a guess of `find_sections`, and excuses nothing.
    is_sure_start = bar in section_starts and not {"|:", ":|"}.isdisjoint(lengths.signs[bar])
    is_small = 2 * lengths.duration[bar] <= lengths.expected[bar]
    if n_bars > 1:
        if bar == 0 or (bar in section_starts and bar in completions.completing) or (is_sure_start and is_small):
            return "pickup"
        if bar in completions.completed:
            return "complement"
        if lengths.is_split(bar) or lengths.is_split(bar - 1):
            return "split"
    return "truncated" if bar == n_bars - 1 and not lengths.signs[n_bars] else "short"
