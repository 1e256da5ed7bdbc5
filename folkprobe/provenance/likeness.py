"""Compare what two figures show: both are drawn by the same program, pixel by pixel.

Run as a program, which limits itself, because figures that are sent around may be made to harm who reads them.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from folkprobe.artefact import read_regular
from folkprobe.identity import find_identities
from folkprobe.limits import ask_program, limit_process
from folkprobe.provenance.formats import Doubtful, Page, pdf, raster, svg
from folkprobe.refusal import Refusal

MAX_BYTES = 32 * 2**20
_ROOT = Path(__file__).resolve().parents[2]
# At which a line of 0.65 pt is three pixels wide, so that its middle has no edge beside it.
_WIDTH_PX = 2400
# At which all figures of a study are compared with one that does not say which it is.
_SMALL_WIDTH_PX, _MAX_SMALL_DIFFERENCE = 100, 80
# Levels of 255.
_MAX_DIFFERENCE = {"pdf": 6, "svg": 6, "png": 0}
# At an edge of a drawing. Programs round the numbers that they copy, to five digits or three decimals, which moves an
# edge by some hundredths of a pixel. resvg looks at 4 x 4 places in a pixel: a corner then may cover 7 of them more or
# less.
_MAX_DIFFERENCE_AT_EDGES = 7 * 16
# Of a profile, for which sRGB is computed.
_MAX_DIFFERENCE_OF_PROFILES = 2
# Mean, and of all but a few pixels, of a picture that was made smaller or lost what eyes do not miss.
_NEAR_MEAN, _NEAR_SHARE, _NEAR_DIFFERENCE = 3.0, 0.995, 48


class Look(NamedTuple):
    """What a figure says and shows.

    Attributes
    ----------
    identities : list of str
        Those in its metadata, each once.
    refused : str or None
        Why it cannot be compared, as the end of a sentence.
    alike, near : int or None
        Number of the first candidate that shows the same, and of one that it shows nearly: scaled, or with losses.
    renderer : str or None
        What drew both.
    """

    identities: list[str]
    refused: str | None = None
    alike: int | None = None
    near: int | None = None
    renderer: str | None = None


def format_of(data: bytes) -> str:
    """Return the format of a figure by its content: `svg`, `pdf` or `png`, to which WebP is compared."""
    if raster.is_png(data) or raster.is_webp(data):
        return "png"
    return "pdf" if data.startswith(b"%PDF") else "svg"


def look_at(path: Path, candidates: Sequence[Path] = ()) -> Look:
    """Read the identities of a figure and compare it with candidates, in a process of its own that has its limits.

    Parameters
    ----------
    path : Path
        The figure, from wherever it came.
    candidates : sequence of Path
        The study's own figures, whose bytes are as their jobs wrote them; those of another format are not alike.
    """
    request = {"path": str(path.absolute()), "candidates": [str(each.absolute()) for each in candidates]}
    try:
        return Look(**ask_program(["-m", "folkprobe.provenance.likeness"], request, _ROOT))
    except Refusal as refusal:
        return Look([], f"cannot be drawn: {refusal}")


def _look(data: bytes, candidates: Sequence[Path]) -> Look:
    name = format_of(data)
    module = {"svg": svg, "pdf": pdf, "png": raster}[name]
    own = [(number, path.read_bytes()) for number, path in enumerate(candidates)]
    own = [(number, each) for number, each in own if format_of(each) == name]
    identities = find_identities(data.decode("latin1"))
    try:
        if name == "svg":
            data = svg.text_of(data)
            words, _, letters = svg.check(data)
            identities = find_identities(f"{data.decode('utf-8')} {words}")
        else:
            words = module.check(data)
        identities = list(dict.fromkeys([*identities, *find_identities(words)]))
        if not own:
            return Look(identities)
        pages, near = module.draw(data, _WIDTH_PX), None
        for number, each in _likely(own, data, pages, module):
            if name == "svg":
                _, known, known_letters = svg.check(each)
            for form in (each, svg.under_its_sheet(each)) if name == "svg" else (each,):
                drawn = module.draw(form, _WIDTH_PX)
                at_edges = 0 if name == "png" else _MAX_DIFFERENCE_AT_EDGES
                if _are_alike(pages, drawn, _tolerance(name, data), at_edges):
                    if name == "svg":
                        svg.check(data, known)
                        if letters != known_letters:
                            raise Doubtful("says other words than the study's own figure")
                    return Look(identities, alike=number, renderer=module.renderer())
            if name == "png" and near is None and _is_near(data, pages[0], drawn[0]):
                near = number
        return Look(identities, near=near, renderer=module.renderer())
    except Doubtful as doubt:
        return Look(identities, refused=str(doubt))
    except MemoryError:
        raise
    except Exception as error:
        # Each library raises its own errors for a damaged file.
        return Look(identities, refused=f"cannot be read ({type(error).__name__})")


def _likely(own: list, data: bytes, pages: list[Page], module: ModuleType) -> Iterator[tuple[int, bytes]]:
    """Yield the candidates that are worth a closer look; one alone always is."""
    if len(own) == 1:
        yield from own
    elif module is raster:
        width, height = pages[0].size
        for number, each in own:
            own_width, own_height = raster.size_of(each)
            if abs(height - own_height * width / own_width) <= 1:
                yield number, each
    else:
        small = module.draw(data, _SMALL_WIDTH_PX)
        for number, each in own:
            if _are_alike(small, module.draw(each, _SMALL_WIDTH_PX), _MAX_SMALL_DIFFERENCE, 0):
                yield number, each


def _tolerance(name: str, data: bytes) -> int:
    return _MAX_DIFFERENCE_OF_PROFILES if b"iCCP" in data[:4096] or b"ICCP" in data[:64] else _MAX_DIFFERENCE[name]


def _are_alike(pages: list[Page], others: list[Page], tolerance: int, at_edges: int) -> bool:
    """Report whether no pixel differs by more than a tolerance.

    Where it does by `at_edges` at most, it may have a level between those of the pixel and its neighbours in `others`.
    """
    if [(page.size, page.pixels.size) for page in pages] != [(page.size, page.pixels.size) for page in others]:
        return False
    return all(
        _is_alike(_on(page.pixels, colour), _on(other.pixels, colour), tolerance, at_edges)
        for page, other in zip(pages, others, strict=True)
        for colour in (("white",) if _is_opaque(page) and _is_opaque(other) else ("white", "black"))
    )


def _is_alike(picture: object, other: object, tolerance: int, at_edges: int) -> bool:
    import numpy as np

    copy, own = np.asarray(picture), np.asarray(other)
    difference = np.maximum(copy, own) - np.minimum(copy, own)
    if difference.max() > max(tolerance, at_edges):
        return False
    rows, columns, bands = np.nonzero(difference > tolerance)
    if not at_edges or not len(rows):
        return not len(rows)
    padded, steps = np.pad(own, ((1, 1), (1, 1), (0, 0)), mode="edge").astype(np.int16), range(3)
    beside = np.stack([padded[rows + down, columns + right, bands] for down in steps for right in steps])
    changed = copy[rows, columns, bands].astype(np.int16)
    return bool(np.all((beside.min(0) - tolerance <= changed) & (changed <= beside.max(0) + tolerance)))


def _is_opaque(page: Page) -> bool:
    return page.pixels.getchannel("A").getextrema()[0] == 255


def _on(pixels: object, colour: str) -> object:
    from PIL import Image

    below = Image.new("RGBA", pixels.size, colour)
    below.alpha_composite(pixels)
    return below.convert("RGB")


def _is_near(data: bytes, page: Page, own: Page) -> bool:
    """Report whether a picture is one of ours made smaller, or with losses; small changes cannot be excluded."""
    from PIL import Image, ImageChops

    (width, height), (own_width, own_height) = page.size, own.size
    is_smaller = 64 <= width < own_width and abs(height - own_height * width / own_width) <= 1
    if not is_smaller and not (page.size == own.size and raster.is_lossy(data)):
        return False
    shown, ours = _on(page.pixels, "white").convert("L"), _on(own.pixels, "white").convert("L")
    filters = (Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.NEAREST)
    for resampling in filters if is_smaller else filters[:1]:
        histogram = ImageChops.difference(shown, ours.resize(page.size, resampling)).histogram()
        n_pixels = width * height
        mean = sum(level * n for level, n in enumerate(histogram)) / n_pixels
        if mean <= _NEAR_MEAN and sum(histogram[:_NEAR_DIFFERENCE]) >= _NEAR_SHARE * n_pixels:
            return True
    return False


def main() -> None:
    """Answer the request on standard input."""
    limit_process()
    request = json.load(sys.stdin)
    data = read_regular(Path(request["path"]), MAX_BYTES)
    json.dump(_look(data, [Path(path) for path in request["candidates"]])._asdict(), sys.stdout)


if __name__ == "__main__":
    main()
