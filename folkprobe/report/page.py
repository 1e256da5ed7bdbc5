"""One page that reports a study: its questions, its results, and the origin of each number."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from folkprobe.figures.lesion_tables import describe_p
from folkprobe.refusal import Refusal
from folkprobe.report.verdicts import decimals_of, fixed
from folkprobe.statistics.lesion_design import FEWEST_SETS_TO_TEST

if TYPE_CHECKING:
    import pandas as pd


def render_report(template: str, **content: object) -> str:
    """Render a study's report as HTML. The same content gives the same text.

    Parameters
    ----------
    template : str
        A Jinja template, such as `workflow/report/report.html.j2`.
    **content : object
        The variables of the template. Strings are escaped, except for `Markup`.

    Raises
    ------
    jinja2.UndefinedError
        If a variable is missing.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(template).render(**content)


def place_figures(
    sections: Sequence[Mapping], pictures: Mapping[str, Mapping], manifest: Mapping, captions: Mapping[str, str]
) -> list[dict]:
    """Put the figures of a study into the sections of its page.

    Parameters
    ----------
    sections : sequence of mapping
        `title`, `text`, and the names of `figures` in order; a name may have no picture.
    pictures : mapping of str to mapping
        `url`, `width` and `height` by the figure's path in the manifest; the figure's name is the path's stem.
    manifest : mapping
        ``provenance.json`` of the study.
    captions : mapping of str to str
        reStructuredText by the name of the rule that draws the figure, without ``plot_``.

    Returns
    -------
    list of dict
        Sections that have a figure, each with its figures' descriptions; figures of no section come last. The `alt`
        text of a figure is its title with the first sentence of its caption.

    Raises
    ------
    Refusal
        If no job of the manifest wrote a picture.
    """
    described = {
        PurePosixPath(path).stem: _describe(path, manifest, captions) | picture for path, picture in pictures.items()
    }
    placed = {name for section in sections for name in section["figures"]}
    others = {"title": "More", "text": "", "figures": [name for name in described if name not in placed]}
    filled = [
        {**section, "figures": [described[name] | {"name": name} for name in section["figures"] if name in described]}
        for section in [*sections, others]
    ]
    return [section for section in filled if section["figures"]]


def _describe(path: str, manifest: Mapping, captions: Mapping[str, str]) -> dict[str, object]:
    for record in manifest["jobs"].values():
        if any(each["path"] == path for each in record["outputs"]):
            caption = captions.get(record["rule"].removeprefix("plot_"), "")
            caption = _as_html(render_caption(caption, record["wildcards"]))
            name = PurePosixPath(path).stem
            title = name[0].upper() + name[1:].replace("_", " ")
            described = {key: record[key] for key in ("rule", "script", "fingerprint", "inputs")}
            # What is seen: the caption up to its first full stop, without a question before it.
            seen = re.sub(r"^[^.]*?\? ", "", " ".join(caption.striptags().split()))
            seen = re.split(r"(?<=[.:]) (?=[A-Z])", seen)[0]
            return described | {"caption": caption, "title": title, "alt": f"{title}: {seen}"}
    raise Refusal(f"no job of the manifest wrote {path}: run the workflow again")


def render_caption(template: str, wildcards: Mapping[str, object]) -> str:
    """Return the caption of one of a rule's figures, as Snakemake's own report renders it from the rule's template."""
    return SandboxedEnvironment().from_string(template).render(snakemake={"wildcards": wildcards})


def _as_html(caption: str) -> Markup:
    # Directives that read files are disabled, and docutils.conf is ignored.
    settings = {"file_insertion_enabled": False, "raw_enabled": False, "report_level": 5, "embed_stylesheet": False}
    settings["_disable_config"] = True
    html = publish_parts(caption, writer="html5", settings_overrides=settings)["body"]
    # Docutils has escaped it.
    return Markup(html)  # noqa: S704


def layers_in_words(n_layers: int) -> str:
    """Return "one layer", "two layers" and so on."""
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    return f"{words[n_layers - 1]} layer{'s' if n_layers > 1 else ''}"


def describe_environment(manifest: Mapping) -> dict[str, str]:
    """Return the versions that all jobs of a study ran on: Python, BLAS with its kernels, distributions."""
    environments = [record["environment"] for record in manifest["jobs"].values()]
    pythons = {each["python"] for each in environments}
    blas = {f"{lib['version']} ({lib['kernel']})" for each in environments for lib in each["blas"]}
    distributions = {pair for each in environments for pair in each["distributions"].items()}
    versions = {"Python": ", ".join(sorted(pythons)), "BLAS": ", ".join(sorted(blas))}
    return versions | dict(sorted(distributions))


def describe_claims(claims: "pd.DataFrame | None") -> dict[str, object]:
    """Return the rows of ``claims.csv``, read as text, as `claims`, and their `verdict_counts`; none without claims."""
    if claims is None:
        return {"claims": [], "verdict_counts": {}}
    return {
        "claims": claims.to_dict("records"),
        "verdict_counts": claims["verdict"].value_counts(sort=False).to_dict(),
    }


def describe_effects(effects: "pd.DataFrame", words: Mapping[str, str], cuts: Mapping[str, str]) -> dict[str, object]:
    """Return the part of the effects that the page reports.

    Parameters
    ----------
    effects : pandas.DataFrame
        ``effects.csv``.
    words, cuts : mapping of str to str
        What the page calls conditions, and what is done to the units of each family of lesions.

    Returns
    -------
    dict
        `design`, what the primary contrasts share: `size` of their sets, `level` of their intervals, `n_sets` and
        `is_descriptive`, whether these are too few to test; None without primary contrasts. `effects`, the rows of the
        primary contrasts and the named conditions, and `secondary_effects`: `contrast`, `layer`, `outcome`, `estimate`,
        `interval` and `p_value`, with fixed decimals, and the number of their `footnote`. `footnotes` in order: method,
        tunes, sets and adjustment.
    """
    primary = effects[effects["role"] == "primary"]
    is_named = effects["family"].isna() & effects["layer"].isna()
    footnotes: dict[str, int] = {}
    primary_rows, named_rows, secondary_rows = (
        [_effect_row(row, footnotes, words, cuts) for row in effects[chosen].to_dict("records")]
        for chosen in (effects["role"] == "primary", is_named, effects["role"] == "secondary")
    )
    design = {
        "size": ", ".join(dict.fromkeys(f"{n:g} units" for n in primary["n_units"])),
        "level": f"{100 * effects['level'].max():g} %",
        "n_sets": f"{primary['n_sets'].max():g}",
        "is_descriptive": bool((primary["n_sets"] < FEWEST_SETS_TO_TEST).any()),
    }
    return {
        "design": design if len(primary) else None,
        "effects": primary_rows + named_rows,
        "secondary_effects": secondary_rows,
        "footnotes": list(footnotes),
    }


def _effect_row(
    row: dict, footnotes: dict[str, int], conditions: Mapping[str, str], cuts: Mapping[str, str]
) -> dict[str, object]:
    """Describe an effect; a new footnote has the next number."""
    contrast = " − ".join(conditions.get(each, each.replace("_", " ")) for each in row["contrast"].split(" - "))
    estimate, lower, upper = (fixed(row[key], decimals_of(row["outcome"])) for key in ("estimate", "lower", "upper"))
    words = {key: "" if row[key] != row[key] else f"{row[key]}" for key in ("family", "method", "adjustment")}
    cut = words["family"] and f", {cuts.get(words['family'], words['family'])}"
    sets = f"{row['n_sets']:g} random sets" if row["n_sets"] > 1 else ""
    adjusted = words["adjustment"] and f"p adjusted by {words['adjustment']}"
    footnote = "; ".join(filter(None, (words["method"], f"{row['n_tunes']:g} tunes", sets, adjusted)))
    return {
        "contrast": contrast + cut,
        "layer": fixed(row["layer"], 0),
        "outcome": row["outcome"].replace("_", " "),
        "estimate": estimate,
        "interval": f"[{lower}, {upper}]" if lower else "",
        "p_value": describe_p(row["p_value_adjusted"]).removeprefix("= "),
        "footnote": footnotes.setdefault(footnote, len(footnotes) + 1),
    }
