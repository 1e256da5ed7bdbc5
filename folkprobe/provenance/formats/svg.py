"""SVG: a static drawing in the part of the language on which renderers agree, drawn by resvg."""

import base64
import binascii
import io
import re
import zlib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from xml.parsers import expat

from folkprobe.provenance.formats import Doubtful, Page, raster, words

MAX_BYTES = 32 * 2**20
_MAX_ELEMENTS = 200_000
_MAX_DEPTH = 200

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
# What programs write beside the drawing, and none draws.
_INERT = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/elements/1.1/",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.inkscape.org/namespaces/inkscape",
}
_ELEMENTS = words(
    "svg g defs use path rect circle ellipse line polyline polygon image clipPath linearGradient radialGradient "
    "stop title desc metadata style"
)
_PAINTS = {"fill", "stroke", "stop-color", "color"}
_PROPERTIES = _PAINTS | words(
    "fill-opacity fill-rule stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit "
    "stroke-dasharray stroke-dashoffset opacity clip-path clip-rule display visibility overflow stop-opacity "
    "image-rendering shape-rendering font-family font-size font-style font-weight text-anchor"
)
_GEOMETRY = words("x y x1 y1 x2 y2 cx cy r rx ry fx fy width height offset")
_OTHER = words(
    "id class d points transform viewBox preserveAspectRatio version baseProfile href style type gradientUnits "
    "gradientTransform spreadMethod clipPathUnits role"
)
_KEYWORDS = words(
    "none inherit round butt bevel miter square evenodd nonzero normal bold italic start middle end visible "
    "hidden auto inline block optimizeQuality optimizeSpeed crispEdges geometricPrecision pixelated "
    "userSpaceOnUse objectBoundingBox pad 1.0 1.1 2 full tiny xMidYMid xMinYMin meet text/css"
)
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_LENGTH = re.compile(rf"{_NUMBER}(?:px|pt|pc|mm|cm|in|%)?\Z")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3}\Z|#[0-9a-fA-F]{6}\Z|none\Z|currentColor\Z|inherit\Z|url\(#[\w.:-]+\)\Z")
_RGB = re.compile(r"rgb\(\s*\d+%?\s*,\s*\d+%?\s*,\s*\d+%?\s*\)\Z")
_URL = re.compile(r"url\(\s*([^)]*)\)")
_N_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}
_SEPARATOR = r"[\s,]*"
_ARC = _SEPARATOR.join([_NUMBER] * 3 + ["[01]", "[01]"] + [_NUMBER] * 2)
_ARCS = re.compile(rf"{_SEPARATOR}(?:{_ARC}{_SEPARATOR})+\Z")
_NUMBERS = re.compile(rf"{_SEPARATOR}(?:{_NUMBER}{_SEPARATOR})*\Z")
_TRANSFORMS = re.compile(
    rf"(?:{_SEPARATOR}(?:matrix|translate|scale|rotate|skewX|skewY)\s*\(\s*{_NUMBER}(?:[\s,]+{_NUMBER}|{_NUMBER}){{0,5}}\s*\)"
    r"[\s,]*)*\Z"
)
_STYLE = re.compile(rb'style="[^"]*"')
_ENDS = re.compile(rb"stroke-line(?:cap|join):[^;\"]*;?")
_RULE = re.compile(r"\s*([-\w*.#,\s>]+)\{([^{}]*)\}\s*")


def text_of(data: bytes) -> bytes:
    """Return an SVG uncompressed, `MAX_BYTES` at most."""
    if data[:2] == b"\x1f\x8b":
        inflater = zlib.decompressobj(31)
        data = inflater.decompress(data, MAX_BYTES)
        if not inflater.eof or inflater.unused_data:
            raise Doubtful(f"holds more than {MAX_BYTES} bytes, or is not one compressed stream")
    if len(data) > MAX_BYTES:
        raise Doubtful(f"holds more than {MAX_BYTES} bytes")
    return data


class Vocabulary:
    """The names and words that an SVG uses; those of the study's own figure are known to be harmless."""

    def __init__(self) -> None:
        self.elements, self.attributes, self.properties, self.words = set(), set(), set(), set()
        self.sheets: set[str] = set()
        self.nothing: set[str] = set()


class _Reader:
    """One pass over the elements."""

    def __init__(self, known: Vocabulary | None) -> None:
        self.known, self.own = known, Vocabulary()
        self.ids: Counter[str] = Counter()
        self.references: set[str] = set()
        self.words: list[str] = []
        self.letters: list[str] = []
        self._path: list[tuple[str, str]] = []
        self._sheet: list[str] = []
        self._n_elements = 0
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._instruction
        parser.EntityDeclHandler = self._entity

    def read(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            raise Doubtful(f"is not well-formed XML ({error})") from None
        twice = sorted(name for name, n in self.ids.items() if n > 1)
        if twice:
            raise Doubtful(f"has the id {twice[0]} more than once")
        # Some programs leave out a glyph that draws nothing, a space, and keep what uses it.
        dangling = sorted(self.references - self.ids.keys() - self.known.nothing) if self.known else []
        if dangling:
            raise Doubtful(f"refers to #{dangling[0]}, which it does not define")

    def _require(self, name: str, usual: set[str], kind: str, what: str) -> None:
        """Refuse a name that is neither usual nor in the study's own figure."""
        getattr(self.own, kind).add(name)
        if self.known and name not in usual and name not in getattr(self.known, kind):
            raise Doubtful(f"has {what} {name[:40]}, which the study's own figure has not")

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            raise Doubtful(f"is encoded as {encoding[:20]}, not as UTF-8")

    def _doctype(self, _name: str, _system: str, _public: str, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise Doubtful("declares entities or attributes of its own")

    def _entity(self, *_: object) -> None:
        raise Doubtful("declares entities")

    def _instruction(self, target: str, _words: str) -> None:
        raise Doubtful(f"has the processing instruction {target[:40]}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        space, _, local = name.rpartition("}")
        self._path.append((space, local))
        if self._n_elements > _MAX_ELEMENTS or len(self._path) > _MAX_DEPTH:
            raise Doubtful(f"has more than {_MAX_ELEMENTS} elements, or {_MAX_DEPTH} inside one another")
        if len(self._path) == 1 and name != f"{_SVG}}}svg":
            raise Doubtful("is no SVG")
        if space in _INERT:
            self.words.extend(attributes.values())
            return
        if space != _SVG:
            raise Doubtful(f"has the element {local[:40]} of another language ({space[:60] or 'none'})")
        within = {local for _, local in self._path[:-1]}
        if within & {"metadata", "style", "title", "desc"} or any(space in _INERT for space, _ in self._path):
            raise Doubtful(f"has a {local[:40]} in its metadata")
        self._require(local, _ELEMENTS, "elements", "an element")
        for key, value in attributes.items():
            self._attribute(local, key, value)
        if local == "path" and "d" not in attributes:
            self.own.nothing.add(attributes.get("id", ""))
        if f"{_XLINK}}}href" in attributes and "href" in attributes:
            raise Doubtful("has an element with two references")

    def _attribute(self, element: str, key: str, value: str) -> None:
        space, _, name = key.rpartition("}")
        if space in _INERT or (key == f"{_XML}}}space" and value in ("preserve", "default")):
            return
        if space == _XLINK and name != "href":
            return
        if space and space != _XLINK:
            raise Doubtful(f"has an attribute {name[:40]} of another language ({space[:60]})")
        if name.startswith(("data-", "aria-")):
            return
        self._require(name, _PROPERTIES | _GEOMETRY | _OTHER, "attributes", "an attribute")
        if name == "id":
            self.ids[value] += 1
        elif name == "href":
            self._refer(element, value)
        elif name == "style":
            self._declarations(value)
        elif name == "d":
            _check_path(value)
        elif name == "points":
            if not _NUMBERS.match(value) or len(re.findall(_NUMBER, value)) % 2:
                raise Doubtful("has points that are no pairs of numbers")
        elif name in ("transform", "gradientTransform"):
            if not _TRANSFORMS.match(value):
                raise Doubtful(f"has a {name} that is none")
        elif name in _PROPERTIES:
            self._value(name, value)
        elif name == "class":
            self._require_words(value.split(), re.compile(r"[\w-]+\Z"))
        else:
            self._require_words(re.split(r"[\s,]+", value.strip()), _LENGTH)

    def _refer(self, element: str, value: str) -> None:
        if value.startswith("#"):
            self.references.add(value[1:])
            return
        found = re.match(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)\Z", value)
        if element != "image" or not found:
            raise Doubtful("refers to something outside of it")
        try:
            picture = base64.b64decode("".join(found[1].split()), validate=True)
        except binascii.Error:
            raise Doubtful("holds a damaged picture") from None
        raster.check(picture)

    def _declarations(self, text: str) -> None:
        if re.search(r"[\\@<!]|/\*", text):
            raise Doubtful("has a style with escapes, comments or rules for other media")
        for declaration in filter(str.strip, text.split(";")):
            name, colon, value = declaration.partition(":")
            name = name.strip()
            if not colon:
                raise Doubtful("has a style that is none")
            if not name.startswith("-inkscape-"):
                self._require(name, _PROPERTIES, "properties", "a style")
                self._value(name, value.strip())

    def _value(self, name: str, value: str) -> None:
        for target in _URL.findall(value):
            if not target.startswith("#"):
                raise Doubtful("refers to something outside of it")
            self.references.add(target[1:])
        if name in _PAINTS:
            from PIL.ImageColor import colormap

            self.own.words.add(value)
            is_known = self.known is None or value in self.known.words
            if not (is_known or _COLOUR.match(value) or _RGB.match(value) or value.lower() in colormap):
                raise Doubtful(f"has the colour {value[:40]}")
        else:
            self._require_words(re.split(r"[\s,]+", _URL.sub("", value).strip()), _LENGTH)

    def _require_words(self, words: list[str], pattern: re.Pattern) -> None:
        for word in filter(None, words):
            if not pattern.match(word):
                self._require(word, _KEYWORDS, "words", "a value")

    def _end(self, _name: str) -> None:
        if self._path.pop() == (_SVG, "style"):
            sheet = "".join("".join(self._sheet).split())
            self.own.sheets.add(sheet)
            if self.known and sheet not in self.known.sheets:
                self._check_sheet("".join(self._sheet))
            self._sheet.clear()

    def _check_sheet(self, sheet: str) -> None:
        place = 0
        while rule := _RULE.match(sheet, place):
            self._declarations(rule[2])
            place = rule.end()
        if sheet[place:].strip():
            raise Doubtful("has a style sheet with more than plain rules")

    def _text(self, text: str) -> None:
        space, local = self._path[-1]
        names = {name for _, name in self._path}
        if (space, local) == (_SVG, "style"):
            self._sheet.append(text)
        elif "metadata" in names or names & {"title", "desc"}:
            self.words.append(text)
        elif names & {"text", "tspan"}:
            self.letters.append(text)


def _check_path(value: str) -> None:
    pieces = re.split(r"([A-DF-Za-df-z])", value)
    if pieces[0].strip() or (len(pieces) > 1 and pieces[1] not in "Mm"):
        raise Doubtful("has a path that does not begin with a place")
    for command, numbers in zip(pieces[1::2], pieces[2::2], strict=True):
        if command in "Aa":
            is_sound = _ARCS.match(numbers)
        else:
            n_each = _N_NUMBERS.get(command.upper())
            n_numbers = len(re.findall(_NUMBER, numbers)) if _NUMBERS.match(numbers) else -1
            is_sound = n_numbers == 0 if n_each == 0 else n_each and n_numbers > 0 and n_numbers % n_each == 0
        if not is_sound:
            raise Doubtful("has a path with the wrong number of numbers")


def check(data: bytes, known: Vocabulary | None = None) -> tuple[str, Vocabulary, str]:
    """Check an SVG; return the text of its metadata, what it uses, and the letters that it sets in fonts.

    `known` is what the study's own figure uses; without it, names and values are not compared.
    """
    reader = _Reader(known)
    reader.read(text_of(data))
    return " ".join(reader.words), reader.own, "".join("".join(reader.letters).split())


def under_its_sheet(own: bytes) -> bytes:
    """Return a figure of ours with the ends and corners of lines as its style sheet has them.

    Programs such as scour move declarations from `style` into attributes, over which matplotlib's sheet prevails: lines
    are then half their width shorter at each end. Applied to the study's own figure only, so that a copy gains no room.
    """
    return _STYLE.sub(lambda style: _ENDS.sub(b"", style[0]), text_of(own))


def draw(data: bytes, width_px: int) -> list[Page]:
    """Draw an SVG at a width; letters are set in the fonts that matplotlib carries, on every machine."""
    import resvg_py
    from PIL import Image

    text = text_of(data).decode()
    fonts = Path(find_spec("matplotlib").submodule_search_locations[0], "mpl-data/fonts/ttf")
    families = ("font_family", "serif_family", "sans_serif_family", "cursive_family", "monospace_family")
    picture = resvg_py.svg_to_bytes(
        svg_string=text,
        width=width_px,
        dpi=96,
        skip_system_fonts=True,
        font_files=[str(path) for path in sorted(fonts.glob("DejaVuSans*.ttf"))],
        **dict.fromkeys(families, "DejaVu Sans"),
    )
    with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
        return [Page(image.size, image.convert("RGBA"))]


def renderer() -> str:
    """Return the name and version of what draws."""
    import resvg_py

    return f"resvg {resvg_py.__resvg_version__}"
