"""Pictures embedded in a page."""

import base64
import io
from pathlib import Path
from typing import NamedTuple

from PIL import Image

# Of lossy WebP, at which the letters of our figures show no halo.
_QUALITY = 85


class Picture(NamedTuple):
    """A picture that is part of a page.

    Attributes
    ----------
    url : str
        ``data:`` URL.
    width, height : int
        In pixels.
    """

    url: str
    width: int
    height: int


def embed_raster(path: Path | str) -> Picture:
    """Embed a PNG in a page as WebP, lossless or not, whichever is smaller: for drawings, lossless usually is."""
    with Image.open(path) as image:
        pixels = image.convert("RGB")
    candidates = []
    # More effort would take twice as long, for a page a tenth smaller.
    for how in ({"lossless": True, "quality": 0}, {"quality": _QUALITY}):
        file = io.BytesIO()
        pixels.save(file, "WEBP", method=2, **how)
        candidates.append(file.getvalue())
    return Picture(_data_url("image/webp", min(candidates, key=len)), pixels.width, pixels.height)


def embed_svg(path: Path | str) -> str:
    """Return the ``data:`` URL of an SVG drawing, an image whose ids cannot clash with another drawing's."""
    return _data_url("image/svg+xml", Path(path).read_bytes())


def _data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
