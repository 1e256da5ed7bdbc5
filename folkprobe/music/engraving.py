"""Staff notation as SVG, drawn by Verovio in a separate process, since it may crash.

Run as a module, it draws the MEI on standard input.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from folkprobe.identity import current_identity

PANEL_WIDTH_PX = 560
_MARGIN_PX = 12
_TITLE_PX = 28
_PLACEHOLDER_HEIGHT_PX = 60
_LONGEST_S = 60
_SCALE_PERCENT = 36
_ROOT = Path(__file__).resolve().parents[2]


class Panel(NamedTuple):
    """One tune of a picture.

    Attributes
    ----------
    title : str
        Written above.
    svg : str or None
        From `engrave`; None where there is none.
    remark : str
        Why not, shown in its place.
    """

    title: str
    svg: str | None
    remark: str = ""


def engrave(mei: str, *, panel_number: int) -> tuple[str | None, str]:
    """Draw MEI.

    Parameters
    ----------
    mei : str
        An MEI document, such as `folkprobe.music.score.mei_score` writes.
    panel_number : int
        Names in the SVG come from it, so that panels of one picture do not share any; the same number gives the same
        bytes.

    Returns
    -------
    svg : str or None
        One page as wide as a panel and as high as the tune needs; None where Verovio failed.
    remark : str
        Why it failed; empty where it did not.
    """
    command = [sys.executable, "-m", "folkprobe.music.engraving", str(panel_number)]
    # How a note sounds is for other readers; Verovio would make it an empty element of the picture.
    mei = re.sub(r' accid\.ges="\w+"', "", mei)
    try:
        ended = subprocess.run(  # noqa: S603
            command, input=mei, capture_output=True, encoding="utf-8", cwd=_ROOT, timeout=_LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"Verovio took longer than {_LONGEST_S} s"
    if ended.returncode < 0:
        return None, f"Verovio crashed (signal {-ended.returncode})"
    if ended.returncode or not ended.stdout.startswith("<svg"):
        return None, f"Verovio failed: {(ended.stderr.strip().splitlines() or ['it said nothing'])[-1]}"
    return ended.stdout, ""


def side_by_side(panels: Sequence[Panel]) -> str:
    """Put panels beside one another on one white sheet.

    Parameters
    ----------
    panels : sequence of Panel
        From left to right.

    Returns
    -------
    str
        An SVG document. A panel without a drawing says why; drawn by a job of the workflow, it carries its identity.
    """
    heights = [_height_px(panel.svg) if panel.svg else _PLACEHOLDER_HEIGHT_PX for panel in panels]
    width = _MARGIN_PX + len(panels) * (PANEL_WIDTH_PX + _MARGIN_PX)
    height = _TITLE_PX + max(heights, default=0) + _MARGIN_PX
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    pieces = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg width="{width}px" height="{height}px" viewBox="0 0 {width} {height}" version="1.1" {namespaces}>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    if identity := current_identity():
        pieces.insert(2, f"<metadata>{identity}</metadata>")
    for number, panel in enumerate(panels):
        x = _MARGIN_PX + number * (PANEL_WIDTH_PX + _MARGIN_PX)
        pieces.append(_text(x, 18, panel.title, "bold"))
        if panel.svg:
            pieces.append(panel.svg.strip().replace("<svg ", f'<svg x="{x}" y="{_TITLE_PX}" ', 1))
        else:
            pieces.append(_text(x, _TITLE_PX + 24, panel.remark, "normal"))
    return "\n".join([*pieces, "</svg>\n"])


def _text(x: int, y: int, text: str, weight: str) -> str:
    font = f'font-family="DejaVu Sans, Arial, sans-serif" font-size="13" font-weight="{weight}"'
    return f'<text x="{x}" y="{y}" {font} fill="black">{escape(text)}</text>'


def _height_px(svg: str) -> int:
    return int(svg.split('height="', 1)[1].split("px", 1)[0])


def _draw(mei: str, panel_number: int) -> str:
    # Imported here alone: it takes a tenth of a second, and only the process that may crash needs it.
    import verovio

    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "adjustPageHeight": True,
            "footer": "none",
            "header": "none",
            "pageHeight": 60_000,
            "pageMarginBottom": 20,
            "pageMarginLeft": 40,
            "pageMarginRight": 10,
            "pageMarginTop": 40,
            "pageWidth": PANEL_WIDTH_PX * 100 // _SCALE_PERCENT,
            "scale": _SCALE_PERCENT,
            # Without a seed, ids of elements are random; 0 means no seed.
            "xmlIdSeed": panel_number + 1,
        }
    )
    if not toolkit.loadData(mei):
        raise SystemExit("the MEI cannot be read")
    return toolkit.renderToSVG(1)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(_draw(sys.stdin.buffer.read().decode("utf-8"), int(sys.argv[1])))
