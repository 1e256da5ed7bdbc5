"""The tunes that the articles print, and the claims about them; no network is needed."""

from collections.abc import Collection, Sequence
from pathlib import Path

from folkprobe.claims.values import Values
from folkprobe.music.abc import abc_tune, tokens_of_abc
from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.refusal import Refusal

# The articles that print one each: of the network without a third of layer 1, and of the intact one.
EXCISED_TUNE, INTACT_TUNE = "part 7", "part 5"


def read_printed_tunes(path: Path | str) -> dict[str, list[str]]:
    """Read `resources/printed_tunes.txt` into lists of tokens, by article.

    Parameters
    ----------
    path : Path or str
        A tune a line, tokens separated by spaces; the comment before it, up to its colon, names the article.

    Raises
    ------
    Refusal
        If a tune has no such comment.
    """
    tunes: dict[str, list[str]] = {}
    article = ""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            article = line.removeprefix("#").partition(":")[0].strip()
        elif line.strip():
            if not article or article in tunes:
                raise Refusal(f"{path}: write a line `# part N: what it is` before every tune, {line[:40]!r} has none")
            tunes[article] = line.split()
    return tunes


def compute_printed_claims(tunes: dict[str, list[str]], vocabulary: Collection[str], shown: Sequence[str]) -> Values:
    """Compute the claims about the printed tunes, by claim and quantity.

    Parameters
    ----------
    tunes : dict of str to list of str
        From `read_printed_tunes`.
    vocabulary : collection of str
        The published one.
    shown : sequence of str
        The tune of the intact network that the study shows, without `<s>`.

    Raises
    ------
    Refusal
        If one of the two tunes is missing.
    """
    for article in (EXCISED_TUNE, INTACT_TUNE):
        if article not in tunes:
            raise Refusal(f"the printed tunes lack the one of {article}: see resources/printed_tunes.txt")
    excised, intact = tunes[EXCISED_TUNE], tunes[INTACT_TUNE]
    bars, of_intact = count_bars(excised).bars, count_bars(intact)
    wrong = [number for number, bar in enumerate(bars) if bar.verdict not in OK_VERDICTS]
    pairs = enumerate(zip(excised, shown, strict=False))
    n_shared = next((place for place, (one, other) in pairs if one != other), min(len(excised), len(shown)))
    written = tokens_of_abc(abc_tune(excised, reference_number=1, title=EXCISED_TUNE))
    values = {
        ("p7.num.ablated_tune", "tokens"): len(excised),
        ("p7.num.ablated_tune", "bar lines"): excised.count("|"),
        ("p7.num.ablated_tune", "tokens that the vocabulary lacks"): sum(each not in vocabulary for each in excised),
        ("p7.num.one_bad", "bars"): len(bars),
        ("p7.num.one_bad", "wrong bars"): len(wrong),
        ("p7.num.one_bad", "which, from 0"): ", ".join(map(str, wrong)),
        ("p7.fig.dots", "tokens that its ABC gives back in place"): sum(
            one == other for one, other in zip(written, excised, strict=False)
        ),
        ("x.p5.tune", "tokens"): len(intact),
        ("x.p5.tune", "pickups"): sum(bar.verdict == "pickup" for bar in of_intact.bars),
        ("x.p5.tune", "wrong bars"): sum(bar.verdict not in OK_VERDICTS for bar in of_intact.bars),
        (
            "p7.num.sharedprefix",
            "tokens that the shown tune begins with as the excised one does",
        ): n_shared,
    }
    return {key: (value,) for key, value in values.items()}
