"""Pictures embedded in a page."""

import base64
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup
from PIL import Image

_QUALITY = 85
# Ways to make a picture smaller, one after another: WebP's quality, and by how much width and height are divided. They
# are for figures full of units or bands. At _QUALITY the letters of our figures show no halo.
_WAYS = ((60, 1), (40, 1), (25, 1), (60, 2), (25, 2), (25, 4))


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
    (picture,) = embed_rasters([path])
    return picture


def embed_rasters(paths: Sequence[Path | str], n_bytes: float = math.inf) -> list[Picture]:
    """Embed PNGs as `embed_raster` does, the largest with less quality or fewer pixels where all do not fit.

    Parameters
    ----------
    paths : sequence of path-like
        Of the PNGs.
    n_bytes : float, default no limit
        For all pictures together, before base64 makes a third more of them.
    """
    images = []
    for path in paths:
        with Image.open(path) as image:
            images.append(image.convert("RGB"))
    encoded = [min(_webp(image, lossless=True, quality=0), _webp(image, quality=_QUALITY), key=len) for image in images]
    ways = [iter(_WAYS) for _ in images]
    can_shrink = set(range(len(images)))
    while can_shrink and sum(map(len, encoded)) > n_bytes:
        largest = max(can_shrink, key=lambda number: (len(encoded[number]), -number))
        if way := next(ways[largest], None):
            quality, divisor = way
            smaller = _webp(images[largest].reduce(divisor), quality=quality)
            encoded[largest] = min(encoded[largest], smaller, key=len)
        else:
            can_shrink.remove(largest)
    return [
        Picture(data_url("image/webp", data), image.width, image.height)
        for data, image in zip(encoded, images, strict=True)
    ]


def embed_svg(drawing: str) -> Markup:
    """Return the ``data:`` URL of an SVG drawing, an image whose ids cannot clash with another drawing's.

    In a page it stands in double quotes.
    """
    # In single quotes and left as text it is a quarter smaller than in base64.
    drawing = drawing.replace("'", "&#39;").replace('"', "'")
    # Quoted are all characters that HTML would have to escape but the single quote.
    return Markup(f"data:image/svg+xml,{quote(drawing, safe=' !$()*+,-./:;=?@_~' + chr(39))}")  # noqa: S704


def data_url(media_type: str, data: bytes) -> str:
    """Return a ``data:`` URL in base64."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _webp(pixels: Image.Image, **how: object) -> bytes:
    file = io.BytesIO()
    # More effort would take twice as long, for a page a tenth smaller.
    pixels.save(file, "WEBP", method=2, **how)
    return file.getvalue()
