"""Creating and writing figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterMathtext

from folkprobe.artefact import whole_file
from folkprobe.identity import current_identity
from folkprobe.refusal import Refusal

HOUSE_STYLE = Path(__file__).with_name("house.mplstyle")

# Width of the page in most two-column journals.
PAGE_WIDTH_MM = 180

_MM_PER_INCH = 25.4
# Metadata of each format that would contain the time of writing.
_NO_CLOCK = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}
# The metadata field of each format for the identity of the job.
_IDENTITY_KEY = {".svg": "Identifier", ".pdf": "Subject", ".png": "Source"}


@contextmanager
def new_figure(*, width_mm: float = PAGE_WIDTH_MM, height_mm: float = 90) -> Iterator[Figure]:
    """Yield an empty figure, with the house style in force inside the block.

    Parameters
    ----------
    width_mm, height_mm : float
        Size on paper, in millimetres.

    Yields
    ------
    Figure
        With constrained layout and without pyplot, so that nothing is kept when it is no longer used.

    Notes
    -----
    The house style is based on matplotlib's defaults, not on the user's settings, which are restored after the block.
    """
    with matplotlib.rc_context(fname=HOUSE_STYLE):
        figure = Figure(figsize=(width_mm / _MM_PER_INCH, height_mm / _MM_PER_INCH), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure


def write_figure(figure: Figure, *paths: Path | str) -> None:
    """Write a figure in the format that each suffix names, with the same bytes on every run.

    Drawn by a job of the workflow, it carries the job's identity in its metadata.

    Parameters
    ----------
    figure : Figure
        From `new_figure`.
    *paths : Path or str
        Ending in .svg, .pdf or .png; each file is whole or absent.

    Raises
    ------
    Refusal
        If a suffix is none of these; nothing is written then.
    """
    paths = [Path(path) for path in paths]
    for path in paths:
        if path.suffix not in _NO_CLOCK:
            raise Refusal(f"{path.name} cannot be written as a figure: name it {', '.join(_NO_CLOCK)}")
    with matplotlib.rc_context(fname=HOUSE_STYLE):
        # The layout is settled once: letters measure a little differently in each format, and the first to be written
        # would shift the others.
        if figure.axes:
            _show_powers(figure)
            figure.get_layout_engine().execute(figure)
            _show_powers(figure)
        figure.set_layout_engine("none")
        printers = {
            ".svg": FigureCanvasSVG(figure).print_svg,
            ".pdf": FigureCanvasPdf(figure).print_pdf,
            ".png": FigureCanvasAgg(figure).print_png,
        }
        for path in paths:
            metadata = dict(_NO_CLOCK[path.suffix])
            if identity := current_identity():
                metadata[_IDENTITY_KEY[path.suffix]] = str(identity)
            with whole_file(path) as temporary:
                # `Figure.savefig` would draw once more for the layout before each format.
                figure.set_dpi(matplotlib.rcParams["savefig.dpi"])
                printers[path.suffix](temporary, metadata=metadata)


def _show_powers(figure: Figure) -> None:
    """Let the ticks of logarithmic axes be the mathematics that matplotlib makes of them."""
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        if isinstance(axis.get_major_formatter(), LogFormatterMathtext):
            for label in axis.get_ticklabels(which="both"):
                label.set_parse_math(True)
