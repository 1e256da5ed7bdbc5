"""The page of the figures, docs/figures.md, with a thumbnail of each: ``python -m study.figures_page`` writes it.

``python -m study.figures_page RESULTS...`` first draws the thumbnails again, from the figures of studies, such as
results/demo; of a figure that several have, the first is drawn.
"""

import sys
import textwrap
from pathlib import Path

from PIL import Image

from folkprobe.report.page import render_caption
from study.checks import default_config
from study.figure import Figure
from study.figures import FIGURES
from study.places import ROOT
from study.sections import SECTIONS

PAGE = ROOT / "docs/figures.md"
THUMBNAILS = ROOT / "docs/thumbnails"
_WIDTH_PIXELS = 400
_HEAD = """\
# Figures

`results/{model}/report.html` (rule `write_report`) shows the whole study on one page that works offline: a verdict on
each layer, the shown tune of every condition as notation and sound, figures with captions and origins, effects and
claims. `make report` writes Snakemake's own report of the same study to `snakemake-report.html`. It contains run times
and code and is therefore not reproducible.

The figures are in `results/{model}/figures/`, each as SVG, PDF and PNG, with the plotted numbers as CSV. To draw one:
`make figure NAME=lesion_draws`. Below, each figure has its question, its caption, which says how to read it, and the
results that it is drawn from. The pictures show the default study; that of `lesion_doses`, which the default study
lacks, shows a larger network under config/full_study.yaml. `python -m study.figures_page` writes this page from the
table of figures, `study/figures.py`, and the captions.
"""
_TAIL = """
## Scores and sound

`results/{model}/scores/{condition}.svg` (rule `plot_score`) shows the shown tune of each condition in staff notation
beside the intact network's, with wrong bars coloured; `{condition}.mid` (rule `write_midi`) is the same tune as sound.

[`results/README.md`](../results/README.md) lists every file and the rule that makes it. The tunes are in
`results/{model}/{condition}/tunes.abc`, for any ABC program.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for section, (title, text) in SECTIONS.items():
        parts.append(f"\n## {title}\n\n{_wrapped(text)}\n")
        parts.extend(_entry(figure) for figure in FIGURES if figure.section == section)
    return "".join([*parts, _TAIL])


def draw_thumbnail(figure_path: Path) -> Image.Image:
    """Draw a figure's PNG as wide as all thumbnails, in few colours: a quarter of the size."""
    with Image.open(figure_path) as image:
        height = round(image.height * _WIDTH_PIXELS / image.width)
        small = image.convert("RGB").resize((_WIDTH_PIXELS, height), Image.Resampling.LANCZOS)
        return small.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def _captions(figure: Figure) -> dict[str, str]:
    """Return captions, each a line of Markdown, by the name of the first figure that has it."""
    template = (ROOT / f"workflow/report/{figure.stem}.rst").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    for name, wildcards in figure.names(default_config()).items():
        # The captions use no more of reStructuredText than what Markdown writes alike.
        caption = " ".join(render_caption(template, wildcards).split())
        if caption not in names.values():
            names[name] = caption
    return names


def _entry(figure: Figure) -> str:
    captions, names = _captions(figure), figure.names(default_config())
    rows = [f"\n### {figure.stem}\n", _wrapped(figure.question)]
    for name, caption in captions.items():
        rows.append(f"\n![{figure.summary.rstrip('.')}](thumbnails/{name}.png)\n")
        rows.append(_wrapped(f"`{name}`: {caption}" if len(captions) > 1 else caption))
    read = ", ".join(f"`{path}`" for path in figure.inputs.values())
    drawn = ", ".join(f"`{name}`" for name in names) if len(names) > len(captions) else ""
    rows.append(f"\n{_wrapped(f'Rule `{figure.rule}`, from {read}' + (f'; {drawn}' if drawn else '') + '.')}\n")
    return "\n".join(rows)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def main() -> None:
    """Write the page, and the thumbnails of the figures of the studies that are named."""
    THUMBNAILS.mkdir(exist_ok=True)
    for name in (name for figure in FIGURES for name in _captions(figure)):
        found = [Path(results, f"figures/{name}.png") for results in sys.argv[1:]]
        if path := next(filter(Path.is_file, found), None):
            draw_thumbnail(path).save(THUMBNAILS / f"{name}.png", optimize=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
