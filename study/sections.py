"""The sections of the report, and the figures of each."""

from study.figures import figures

# The first three that a study draws are on the first screen of the report.
KEY_FIGURES = (
    "count_holders",
    "phase_response",
    "lesion_draws",
    "lesion_effects",
    "power_fraction",
    "mean_spectra_population",
)
# The sections of the report after it, in order: title and text.
SECTIONS = {
    "counting": (
        "Does it count?",
        (
            "The units of each layer with the most power at the period of the bar are excised; for comparison, so are "
            "equally many units chosen otherwise. All networks then generate tunes from the same random numbers, and "
            "their bars are counted. If the targeted units had no special role, they would behave like a random set. A "
            "lesion shows what counting needs, not where the count is held."
        ),
    ),
    "periods": (
        "Which periods live in the network?",
        (
            "Spectra of the hidden states while the network generates tunes: for one tune, as in the articles, and "
            "for the population of tunes."
        ),
    ),
    "units": (
        "Which units carry them?",
        "What single units do, and which of them the article's criterion selects under every reading of it.",
    ),
    "cause": (
        "Cause or caused?",
        (
            "What remains of the period of the bar in the hidden states when the network no longer reads periodic bar "
            "tokens. What remains is not driven by them; what vanishes may be, or the network counts from the last bar "
            "token that it read, and loses count."
        ),
    ),
    "tune": (
        "One tune from within",
        "The hidden states and the predictions of the network, step by step, while it generates one tune.",
    ),
    "softmax": (
        "What the softmax layer sees",
        (
            "The singular directions of the softmax layer's matrix, and whether the network uses them: how its tunes "
            "change when a direction is removed, compared with random directions that carry as much variance."
        ),
    ),
}


def sections(config: dict) -> list[dict]:
    """Return the sections of the report in order: dicts of `title`, `text` and the names of `figures`.

    The first has the key figures, the others the rest.
    """
    names = {figure.stem: figure.names(config) for figure in figures(config)}
    key = [name for name in KEY_FIGURES if any(name in drawn_names for drawn_names in names.values())][:3]
    return [
        {"title": "In short", "text": "", "figures": key},
        *(
            {
                "title": title,
                "text": text,
                "figures": [
                    name
                    for figure in figures(config)
                    if figure.section == section
                    for name in names[figure.stem]
                    if name not in key
                ],
            }
            for section, (title, text) in SECTIONS.items()
        ),
    ]
