"""One page that reports a study: its questions, its results, and the origin of each number."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from folkprobe.refusal import Refusal
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
        Sections that have a figure, each with its figures' descriptions; figures of no section come last.

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
            # A template, as Snakemake's own report renders it: the figures of a rule may differ in a wildcard.
            caption = SandboxedEnvironment().from_string(captions.get(record["rule"].removeprefix("plot_"), ""))
            caption = _as_html(caption.render(snakemake={"wildcards": record["wildcards"]}))
            return {key: record[key] for key in ("rule", "script", "fingerprint", "inputs")} | {"caption": caption}
    raise Refusal(f"no job of the manifest wrote {path}: run the workflow again")


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


def describe_effects(effects: "pd.DataFrame") -> dict[str, object]:
    """Return the part of the effects that the page reports.

    Parameters
    ----------
    effects : pandas.DataFrame
        ``effects.csv``.

    Returns
    -------
    dict
        `primary`, the primary contrasts in percentage points; `level` of their intervals; `size`, of their sets;
        `is_descriptive`, whether their random sets are too few to test; `effects`, a row for each primary, secondary
        and named one, its numbers formatted.
    """
    primary = effects[effects["role"] == "primary"]
    reported = effects[
        effects["role"].isin(["primary", "secondary"]) | effects["family"].isna() & effects["layer"].isna()
    ]
    return {
        "primary": [_readable(row, 100) for row in primary.to_dict("records")],
        "level": f"{100 * effects['level'].max():g} %",
        "size": ", ".join(dict.fromkeys(f"{n:g} units" for n in primary["n_units"])),
        "is_descriptive": bool((primary["n_sets"] < FEWEST_SETS_TO_TEST).any()),
        "effects": [_readable(row, 1) for row in reported.to_dict("records")],
    }


def _readable(row: dict, scale: float) -> dict[str, object]:
    def number(value: object) -> str:
        return "" if value != value else f"{value:.3g}"

    estimate, lower, upper = (
        "" if (v := row[key]) != v else f"{scale * v:.4g}" for key in ("estimate", "lower", "upper")
    )
    rounded = {"estimate": estimate, "lower": lower, "upper": upper}
    whole = {key: number(row[key]) for key in ("layer", "n_tunes", "n_sets", "p_value", "p_value_adjusted")}
    words = {
        key: "" if row[key] != row[key] else row[key]
        for key in ("contrast", "family", "outcome", "method", "adjustment")
    }
    return rounded | whole | words
