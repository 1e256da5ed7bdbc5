"""What the bars of a tune book are, in words."""

from collections import Counter
from collections.abc import Collection, Iterator

from folkprobe.music.bars import OK_VERDICTS, BarCount, count_bars
from folkprobe.music.durations import format_eighths
from folkprobe.music.tokenising import field_of, split_tune_book, tokenise_tune
from folkprobe.refusal import Refusal


class _EveryToken(Collection[str]):
    """A vocabulary for what is only counted: metres and lengths that no network has a token for."""

    def __contains__(self, token: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def describe_tune_book(text: str) -> Iterator[str]:
    """Yield a line for each tune of an ABC tune book, one for each of its bars that is not full, and a summary.

    Bars are counted by the rules of docs/counting.md: 1 is the first full bar, 0 a pickup. A tune that cannot be read
    is named with the reason.
    """
    tunes: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for tune, book_header in split_tune_book(text):
        name = " ".join(filter(None, (f"X:{field_of(tune, 'X')}", field_of(tune, "T"))))
        try:
            count = count_bars(tokenise_tune(tune, _EveryToken(), book_header))
        except Refusal as refusal:
            tunes["not read"] += 1
            yield f"{name}: not read: {refusal}"
            continue
        judgement = _judgement(count)
        tunes[judgement] += 1
        verdicts.update(bar.verdict for bar in count.bars)
        yield f"{name}: {_counted(len(count.bars), 'bar')}, {judgement}"
        first = 0 if count.bars and count.bars[0].verdict == "pickup" else 1
        for number, bar in enumerate(count.bars, start=first):
            if bar.verdict != "correct":
                expected = f" of {format_eighths(bar.expected)}" if bar.expected else ""
                length = f"{format_eighths(bar.duration)}{expected} eighths"
                yield f"  bar {number}: {bar.verdict}, {length}"
    yield f"{_counted(tunes.total(), 'tune')}: " + _listed(tunes)
    n_ok, n_bars = sum(verdicts[verdict] for verdict in OK_VERDICTS), verdicts.total() - verdicts["unmeasured"]
    yield f"{n_ok} of {_counted(n_bars, 'measured bar')} counted correctly: {_listed(verdicts) or 'none'}"


def _judgement(count: BarCount) -> str:
    return "not measured" if count.ok is None else "strictly ok" if count.strict_ok else "ok" if count.ok else "not ok"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.most_common())
