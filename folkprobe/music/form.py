"""The form of a tune: how long its sections are, how often they are played, and where its counting goes wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from folkprobe.music.bars import OK_VERDICTS, BarCount
from folkprobe.music.vocabulary import token_class


@dataclass(frozen=True, slots=True)
class Form:
    """Overall form of a tune.

    Attributes
    ----------
    section_bars : tuple of Fraction or None
        For each section the length of its first playing in full bars, each bar as a part of its own metre: a pickup and
        its complement make one bar. None for a section with an unmeasured bar.
    section_plays : tuple of int
        How often each section is played.
    is_aabb : bool
        Whether the tune has two sections, each played twice and with the same whole number of bars.
    wrong_bars : tuple of int
        Measured bars whose verdict is none of `OK_VERDICTS`, counted as musicians do: the first full bar is 1, a pickup
        at the beginning of the tune 0.
    measured_bars : range
        All measured bars, counted alike.
    """

    section_bars: tuple[Fraction | None, ...]
    section_plays: tuple[int, ...]
    is_aabb: bool
    wrong_bars: tuple[int, ...]
    measured_bars: range


def describe_form(count: BarCount) -> Form:
    """Describe the form of a tune; without bars, all fields are empty and it is not AABB."""
    lengths = []
    for section in count.sections:
        bars = [count.bars[bar] for bar in section.first_playing]
        is_measured = all(bar.expected is not None for bar in bars)
        lengths.append(sum((bar.duration / bar.expected for bar in bars), Fraction(0)) if is_measured else None)
    plays = tuple(section.n_plays for section in count.sections)
    is_aabb = plays == (2, 2) and lengths[0] is not None and lengths[0] == lengths[1] == int(lengths[0])
    first_number = 0 if count.bars and count.bars[0].verdict == "pickup" else 1
    # Bars are unmeasured before the first metre, and only there.
    n_unmeasured = sum(bar.verdict == "unmeasured" for bar in count.bars)
    return Form(
        section_bars=tuple(lengths),
        section_plays=plays,
        is_aabb=is_aabb,
        wrong_bars=tuple(
            number
            for number, bar in enumerate(count.bars, first_number)
            if bar.verdict not in OK_VERDICTS | {"unmeasured"}
        ),
        measured_bars=range(first_number + n_unmeasured, first_number + len(count.bars)),
    )


def describe_tune(tokens: Sequence[str], count: BarCount) -> dict[str, object]:
    """Return the row of ``tunes.csv`` for a tune.

    Parameters
    ----------
    tokens : sequence of str
        The tune.
    count : BarCount
        Its bars.

    Returns
    -------
    dict
        By column; lists as numbers with spaces between, "?" for an unmeasured section. What is not defined is None.
    """
    form = describe_form(count)
    return {
        "meter": next((token for token in tokens if token_class(token) == "meter"), None),
        "n_tokens": len(tokens),
        "n_bars": len(count.bars),
        "n_measured_bars": len(form.measured_bars),
        "n_ok_bars": len(form.measured_bars) - len(form.wrong_bars),
        "ok": count.ok,
        "strict_ok": count.strict_ok,
        "wellformed": count.wellformed,
        "n_sections": len(count.sections),
        "section_bars": " ".join("?" if bars is None else str(bars) for bars in form.section_bars),
        "section_plays": " ".join(map(str, form.section_plays)),
        "is_aabb": form.is_aabb,
        "first_measured_bar": form.measured_bars.start if form.measured_bars else None,
        "first_wrong_bar": form.wrong_bars[0] if form.wrong_bars else None,
        "wrong_bars": " ".join(map(str, form.wrong_bars)),
    }
