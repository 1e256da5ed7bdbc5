"""Whether the letters of a figure can be read at the size in which it is printed."""

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

SMALLEST_POINTS = 7
# Letters have air around them, and in each format measure a little differently.
_SLACK_POINTS = 1.0
_EDGE_POINTS = 2.0


def flaws(figure):
    """List what cannot be read: texts that are too small, that leave the canvas, or that overlap.

    Parameters
    ----------
    figure : Figure
        As it was written.

    Returns
    -------
    list of str
    """
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    points = figure.dpi / 72
    texts = [(text, text.get_window_extent(canvas.get_renderer())) for text in _visible(figure, set())]
    found = [f"{text.get_text()!r} has {text.get_fontsize():g} points" for text, _ in texts if _is_small(text)]
    width, height = canvas.get_width_height(physical=True)
    edge = _EDGE_POINTS * points
    found += [
        f"{text.get_text()!r} leaves the canvas"
        for text, box in texts
        if box.x0 < -edge or box.y0 < -edge or box.x1 > width + edge or box.y1 > height + edge
    ]
    inner = [(text, box.padded(-_SLACK_POINTS * points)) for text, box in texts]
    found += [
        f"{one.get_text()!r} and {other.get_text()!r} overlap"
        for (one, box), (other, other_box) in combinations(inner, 2)
        if box.x0 < other_box.x1 and other_box.x0 < box.x1 and box.y0 < other_box.y1 and other_box.y0 < box.y1
    ]
    return found


def _is_small(text):
    return text.get_fontsize() < SMALLEST_POINTS - 1e-9


def _visible(artist, seen):
    """Yield the texts that are drawn, each once; ticks outside of the axis are not."""
    if not artist.get_visible() or id(artist) in seen:
        return
    seen.add(id(artist))
    if isinstance(artist, Text) and artist.get_text().strip():
        yield artist
    if hasattr(artist, "get_majorticklocs"):
        children = [artist.label, artist.offsetText, *_labels(artist)]
    elif hasattr(artist, "axison") and not artist.axison:
        children = [child for child in artist.get_children() if not hasattr(child, "get_majorticklocs")]
    else:
        children = artist.get_children()
    for child in children:
        yield from _visible(child, seen)


def _labels(axis):
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
        if low - slack <= tick.get_loc() <= high + slack:
            yield from (label for label in (tick.label1, tick.label2) if label.get_visible())
