"""What a figure shows, independent of its file name, the program that saved it and its metadata.

The content is the pixels of a PNG, the canonical drawing of an SVG, or the pages of a PDF with all their resources.
A figure that cannot be read, however small the damage, has no content.
"""

import hashlib
import io
import logging
import re
import zlib
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from folkprobe.identity import Identity, find_identity

MAX_BYTES = 64 * 2**20
_MAX_PIXELS = 10**8
_SVG = "http://www.w3.org/2000/svg"


class Figure(NamedTuple):
    """The content of a figure and the identity in its metadata.

    Attributes
    ----------
    content : str or None
        The format and the digest of what is drawn; None where it cannot be read.
    identity : Identity or None
        The job that its metadata name.
    """

    content: str | None
    identity: Identity | None


def read_figure(path: Path) -> Figure:
    """Read a figure; the format is detected from the file's content, not from its suffix.

    Returns
    -------
    Figure
        Both attributes are None for anything but an SVG, PDF or PNG of at most 64 MiB.
    """
    if path.stat().st_size > MAX_BYTES:
        return Figure(None, None)
    data = path.read_bytes()
    if data.startswith(b"\x89PNG"):
        name, read = "png", _read_png
    elif data.startswith(b"%PDF"):
        name, read = "pdf", _read_pdf
    else:
        name, read = "svg", _read_svg
    try:
        digest, words = read(data)
    except Exception:
        # Each of three libraries raises its own errors for a damaged, perhaps malicious, file.
        return Figure(None, None)
    return Figure(digest and f"{name}:{digest}", find_identity(words))


def _read_png(data: bytes) -> tuple[str | None, str]:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if image.width * image.height > _MAX_PIXELS:
            return None, ""
        words = " ".join(str(value) for value in image.text.values())
        is_plain = image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") and getattr(image, "n_frames", 1) == 1
        # These would show the same pixels in other colours.
        colours = {name: image.info.get(name) for name in ("gamma", "chromaticity", "icc_profile")}
        pixels = image.convert("RGBA")
    digest = hashlib.sha256(repr((pixels.size, colours)).encode())
    digest.update(pixels.tobytes())
    return digest.hexdigest() if is_plain else None, words


def _read_svg(data: bytes) -> tuple[str, str]:
    if data[:2] == b"\x1f\x8b":
        inflated = zlib.decompressobj(31)
        data = inflated.decompress(data, MAX_BYTES)
    drawing = _Drawing()
    drawing.parse(data)
    return hashlib.sha256(drawing.canonical().encode()).hexdigest(), drawing.metadata


class _Drawing:
    """The elements of an SVG without metadata, comments, indentation, prefixes and unreferenced ids."""

    def __init__(self) -> None:
        self.metadata = ""
        self._events: list[list] = []
        self._depth_in_metadata = 0

    def parse(self, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = lambda target, words: self._events.append(["?", target, words])
        parser.EntityDeclHandler = self._refuse
        parser.Parse(data, True)
        if self._events and not any(event[:2] == ["<", f"{_SVG}}}svg"] for event in self._events):
            raise ValueError("no SVG")

    def canonical(self) -> str:
        """Return the drawing as text; only ids that are referred to are kept, renumbered."""
        names = {event[2]["id"] for event in self._events if event[0] == "<" and "id" in event[2]}
        references = set()
        for event in self._events:
            for value in event[2].values() if event[0] == "<" else event[1:]:
                references.update(_REFERENCE.findall(value))
        numbers: dict[str, int] = {}

        def number(name: str) -> str:
            return str(numbers.setdefault(name, len(numbers)))

        def renamed(value: str) -> str:
            return _REFERENCE.sub(lambda match: f"#{number(match[1])}" if match[1] in names else match[0], value)

        lines = []
        for event in self._events:
            if event[0] == "<":
                attributes = {key: renamed(value) for key, value in sorted(event[2].items()) if key != "id"}
                if event[2].get("id") in references:
                    attributes["id"] = number(event[2]["id"])
                lines.append(repr(("<", event[1], attributes)))
            elif event[0] != "text" or event[1].strip():
                lines.append(repr((event[0], *map(renamed, event[1:]))))
        return "\n".join(lines)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth_in_metadata or name == f"{_SVG}}}metadata":
            self._depth_in_metadata += 1
        else:
            self._events.append(["<", name, attributes])

    def _end(self, name: str) -> None:
        if self._depth_in_metadata:
            self._depth_in_metadata -= 1
        else:
            self._events.append([">", name])

    def _text(self, text: str) -> None:
        if self._depth_in_metadata:
            self.metadata += text
        elif self._events and self._events[-1][0] == "text":
            self._events[-1][1] += text
        else:
            self._events.append(["text", text])

    def _refuse(self, *_: object) -> None:
        raise ValueError("entities can hold more than the file")


_REFERENCE = re.compile(r"#([\w.:-]+)")


def _read_pdf(data: bytes) -> tuple[str | None, str]:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        return None, ""
    words = " ".join(str(value) for value in (reader.metadata or {}).values())
    pages = _Pages()
    root = {key: value for key, value in reader.root_object.items() if key not in _ABOUT_THE_FILE}
    digest = hashlib.sha256(pages.digest_of(pypdf.generic.DictionaryObject(root)))
    for page in reader.pages:
        digest.update(pages.digest_of(page))
    return digest.hexdigest(), words


_ABOUT_THE_FILE = {"/Type", "/Pages", "/Metadata", "/Version"}
# Storage of the stream, back references and modification dates.
_ABOUT_THE_STORAGE = {"/Parent", "/Length", "/Filter", "/DecodeParms", "/Metadata", "/PieceInfo", "/LastModified"}
_LOSSLESS = {"/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"}


class _Pages:
    """Digests of the objects of a PDF by content, not by object number."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}

    def digest_of(self, value: object) -> bytes:
        from pypdf import generic

        number = value.idnum if isinstance(value, generic.IndirectObject) else None
        if number is not None:
            if number not in self._known:
                self._known[number] = b"itself"
                self._known[number] = self.digest_of(value.get_object())
            return self._known[number]
        digest = hashlib.sha256(type(value).__name__.encode() if value is None else b"")
        if isinstance(value, generic.DictionaryObject):
            for key in sorted(value.keys() - _ABOUT_THE_STORAGE):
                if key != "/Annots" or value[key]:
                    digest.update(key.encode() + b" " + self.digest_of(value.raw_get(key)))
            if isinstance(value, generic.StreamObject):
                filters = value.get("/Filter", [])
                filters = [filters] if isinstance(filters, str) else filters
                digest.update(repr([str(each) for each in filters if each not in _LOSSLESS]).encode())
                digest.update(b"stream" + hashlib.sha256(value.get_data()).digest())
        elif isinstance(value, list):
            digest.update(b"[" + b"".join(self.digest_of(each) for each in value))
        elif isinstance(value, (bool, generic.BooleanObject)):
            digest.update(f"bool {value}".encode())
        elif isinstance(value, (int, float)):
            # Programs round numbers that they copy.
            digest.update(f"number {float(value):.6g}".encode())
        elif isinstance(value, bytes):
            digest.update(b"string " + value)
        elif isinstance(value, generic.TextStringObject):
            digest.update(b"string " + value.original_bytes)
        else:
            digest.update(f"name {value}".encode())
        return digest.digest()
