"""Sections of a tune and the order in which its bars are played, repeats and endings unfolded.

Bars are numbered from 0; `signs[i]` holds the bar tokens right before bar i, `signs[n_bars]` those after the last bar.
docs/counting.md has every rule with examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Bars that a repeat plays together.

    Attributes
    ----------
    first_bar, end_bar : int
        Its bars, end exclusive.
    first_ending, second_ending : int or None
        The bar that `|1` and `|2` stand before.
    is_repeated : bool
        Whether a `:|` at its end sends it back; after a second ending, where it has been played twice, none does.
    """

    first_bar: int
    end_bar: int
    first_ending: int | None
    second_ending: int | None
    is_repeated: bool

    @property
    def n_plays(self) -> int:
        """Number of times it is played: twice with a second ending or a `:|` at its end."""
        return 1 + (self.is_repeated or self.second_ending is not None)

    @property
    def first_playing(self) -> range:
        """Its bars as they are played the first time."""
        return range(self.first_bar, self.end_bar if self.second_ending is None else self.second_ending)

    @property
    def play_order(self) -> list[int]:
        """Its bars as they are played: once back, and `|1` for the first time only."""
        again = range(self.first_bar, self.end_bar if self.first_ending is None else self.first_ending)
        if self.second_ending is not None:
            again = [*again, *range(self.second_ending, self.end_bar)]
        return [*self.first_playing, *again] if self.n_plays > 1 else [*self.first_playing]


def find_sections(signs: Sequence[Sequence[str]]) -> list[Section]:
    """Divide a tune into sections.

    A section begins with the tune, at `|:` and after `:|`. `|2` belongs to the section of its `|1`, and brings it back
    to its beginning even where the `:|` between them was left out; a `:|` behind it only ends it. No token ends a
    second ending that a plain `|` follows: it is taken to have as many bars as the first ending.

    Parameters
    ----------
    signs : sequence of sequences of str
        The bar tokens before each bar, and those after the last.

    Returns
    -------
    list of Section
        Every bar is in exactly one section; without bars the list is empty.
    """
    sections = []
    n_bars = len(signs) - 1
    first_bar, first_ending, second_ending = 0, None, None
    for bar in range(n_bars + 1):
        before = signs[bar]
        if bar > first_bar:
            is_second_ending = "|2" in before and "|:" not in before and bar < n_bars
            if is_second_ending and first_ending is not None and second_ending is None:
                second_ending = bar
                continue
            is_ending_over = second_ending is not None and bar - second_ending == second_ending - first_ending
            if bar == n_bars or "|:" in before or ":|" in before or is_ending_over:
                is_repeated = ":|" in before and second_ending is None
                sections.append(Section(first_bar, bar, first_ending, second_ending, is_repeated))
                first_bar, first_ending, second_ending = bar, None, None
        if "|1" in before and first_ending is None:
            first_ending = bar
    return sections


def is_plain_step(signs: Sequence[Sequence[str]], bar: int, next_bar: int) -> bool:
    """Report whether one bar follows another in play across nothing but a plain `|`."""
    return next_bar == bar + 1 and tuple(signs[next_bar]) == ("|",)
