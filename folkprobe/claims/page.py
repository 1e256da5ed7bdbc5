"""The verdicts on the published claims as tables and as a Markdown page."""

from collections import Counter
from collections.abc import Iterator, Sequence

from folkprobe.claims.judging import ANSWER, ANSWERED, JUDGED, VERDICTS, Judged, Verdict


def claim_rows(verdicts: Sequence[Verdict]) -> list[dict[str, str]]:
    """Tabulate the verdicts.

    Returns
    -------
    list of dict of str to str
        One row a claim: `claim`, `printed_in`, `kind`, `statement`, `verdict`, `value` (of this network, even where it
        is not judged), `printed` and `tolerance`, the parts of several quantities separated by semicolons, `slip`,
        `note`, `by_construction`, `needs`, `answer` and `target`.
    """
    return [
        {
            "claim": each.claim.id,
            "printed_in": each.claim.printed_in,
            "kind": each.claim.kind,
            "statement": each.claim.statement,
            "verdict": each.verdict,
            **{name: "; ".join(_parts(each, name)) for name in ("printed", "value", "tolerance")},
            "slip": each.claim.slip,
            "note": each.claim.note,
            "by_construction": each.claim.by_construction,
            "needs": each.claim.needs,
            "answer": each.claim.answer,
            "target": each.claim.target,
        }
        for each in verdicts
    ]


def quantity_rows(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    """Tabulate the numbers behind the verdicts.

    Returns
    -------
    list of dict
        One row a quantity: `claim`, `quantity`, `printed`, `value`, `tolerance`, `sign` (as chosen for the singular
        direction) and `fits` (empty where nothing is judged).
    """
    return [
        {
            "claim": each.claim.id,
            "quantity": quantity.quantity,
            "printed": quantity.printed,
            "value": quantity.value,
            "tolerance": quantity.tolerance,
            "sign": quantity.sign,
            "fits": quantity.fits,
        }
        for each in verdicts
        for quantity in each.quantities
    ]


def claims_page(
    verdicts: Sequence[Verdict], *, model: str, git_blob_id: str, is_v2: bool, tune_checks: tuple[int, int]
) -> str:
    """Return the page in Markdown, a section a verdict, the judged ones first.

    Parameters
    ----------
    verdicts : sequence of Verdict
    model : str
        The study's name for its network.
    git_blob_id : str
        Of its checkpoint file.
    is_v2 : bool
        Whether that is the file that the claims are about.
    tune_checks : (int, int)
        See `folkprobe.claims.judging.tune_checks`.
    """
    counts = Counter(each.verdict for each in verdicts)
    n_fit, n_facts = tune_checks
    lines = [
        f"# Which claims hold: {model}",
        "",
        f"The checkpoint's git blob id is `{git_blob_id}`: "
        + ("these are the weights of folk-rnn v2." if is_v2 else "these are not the weights of folk-rnn v2.")
        + f" Of the {n_facts} facts by which the unprinted tune of the articles is known, the tune shown has {n_fit}.",
        "",
        "| verdict | claims |",
        "|---|---|",
        *(f"| {verdict} | {counts[verdict]} |" for verdict in VERDICTS),
    ]
    slips = [each for each in verdicts if each.claim.slip]
    lines += ["", "## Slips of the articles", ""]
    lines += [f"- `{each.claim.id}` ({each.verdict}): {_text(each.claim.slip)}" for each in slips]
    for verdict in VERDICTS:
        of_verdict = [each for each in verdicts if each.verdict == verdict]
        if of_verdict:
            lines += ["", f"## {verdict[0].upper()}{verdict[1:]}", ""]
            if verdict == ANSWERED and not is_v2:
                lines += ["The answers are those of this network. v2's own wait for its weights.", ""]
            lines += _table(of_verdict, verdict)
    return "\n".join(lines) + "\n"


def _table(verdicts: Sequence[Verdict], verdict: str) -> Iterator[str]:
    is_judged = verdict in JUDGED
    is_waiting = not is_judged and any(quantity.printed for each in verdicts for quantity in each.quantities)
    heads = ["claim", "what is said"]
    if is_judged or is_waiting:
        heads += ["computed" if is_judged else "computed for this network", "printed", "tolerance"]
    else:
        heads += ["answer" if verdict == ANSWERED else "what would answer it"]
    yield "| " + " | ".join([*heads, "see"]) + " |"
    yield "|" + "---|" * (len(heads) + 1)
    for each in verdicts:
        said = " ".join(filter(None, (each.claim.statement, each.claim.note, each.claim.by_construction)))
        cells = [f"`{each.claim.id}` {each.claim.printed_in}", _text(said)]
        if is_judged or is_waiting:
            cells += ["<br>".join(map(_text, _parts(each, name))) for name in ("value", "printed", "tolerance")]
        else:
            found = [quantity.value for quantity in each.quantities if quantity.quantity == ANSWER]
            cells.append(_text(" ".join(found) or each.claim.answer))
        yield "| " + " | ".join([*cells, f"`{each.claim.target}`"]) + " |"


def _parts(verdict: Verdict, name: str) -> list[str]:
    """Return one column of a claim's quantities; quantities that are only reported appear if none is judged."""
    judging, cell = [quantity for quantity in verdict.quantities if quantity.tolerance], verdict.claim.cell
    if name == "value":
        # The exact ends of a printed interval are its values; the rounding that explains them is what is judged.
        return [_value(quantity) for quantity in (judging if judging and not cell else verdict.quantities)]
    if name == "printed" and cell:
        return [" to ".join(cell[end] for end in ("lower", "upper") if end in cell)]
    return [getattr(quantity, name) for quantity in judging]


def _value(quantity: Judged) -> str:
    sign = f" ({quantity.sign} sign)" if quantity.sign else ""
    misses = "; misses" if quantity.fits is False else ""
    return f"{quantity.quantity}: {_shortened(quantity.value)}{sign}{misses}"


def _shortened(value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return value or "none"
    return f"{number:,.0f}" if number.is_integer() else f"{number:.6g}"


def _text(text: str) -> str:
    """Return text with Markdown's special characters escaped."""
    for sign in "\\`*_|<>[]~#":
        text = text.replace(sign, f"\\{sign}")
    return text
