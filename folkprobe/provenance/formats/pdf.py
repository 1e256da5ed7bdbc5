"""PDF: one revision in which every object is where it is said to be, drawn by PDFium."""

import re
import zlib
from typing import NamedTuple

from folkprobe.provenance.formats import Doubtful, Page, words

_MAX_BYTES = 32 * 2**20
_MAX_OBJECTS = 100_000
_MAX_STREAM_BYTES = 64 * 2**20
_MAX_DEPTH = 50
_MAX_PAGES = 10
_MAX_PIXELS = 20_000_000

# Scripts, forms, layers, other files, earlier revisions, and what only some programs apply when they draw or print.
_REFUSED = words(
    "AA AcroForm AF Alternates BG BG2 Collection DSS EF EmbeddedFiles Encrypt FFilter HT JavaScript JS OC "
    "OCProperties OP op OPI OPM OpenAction OutputIntents Perms PresSteps Prev Ref Requirements RichMedia Threads "
    "TR TR2 Trans UCR UCR2 URI UserUnit VP XFA XRefStm"
)
_SPACE = rb"\0\t\n\f\r "
_BLANK = re.compile(rb"(?:[%s]|%%[^\r\n]*)*" % _SPACE)
_TOKEN = re.compile(
    rb"(?P<open><<|\[)|(?P<close>>>|\])|/(?P<name>[^%s()<>\[\]{}/%%]*)|(?P<text>\()|<(?P<hex>[0-9A-Fa-f%s]*)>"
    rb"|(?P<ref>\d+[%s]+\d+[%s]+R(?![^%s()<>\[\]{}/%%]))|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+))|(?P<word>true|false|null)"
    % (_SPACE, _SPACE, _SPACE, _SPACE, _SPACE)
)
_OBJECT = re.compile(rb"(\d+)[%s]+(\d+)[%s]+obj(?=[%s<\[/(\d+-])" % (_SPACE, _SPACE, _SPACE))
_XREF_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_EOL = re.compile(rb"\r?\n")


class Name(str):
    """A name, its escapes resolved."""

    __slots__ = ()


class Reference(NamedTuple):
    """A reference to an object by its number."""

    number: int


class _Stream(NamedTuple):
    about: dict
    data: bytes


class _Document:
    """The objects of a file, read from its beginning to its end."""

    def __init__(self, data: bytes) -> None:
        if len(data) > _MAX_BYTES:
            raise Doubtful(f"is larger than {_MAX_BYTES} bytes")
        self.data = data
        self.objects: dict[int, object] = {}
        self.places: dict[int, int] = {}
        self.words: list[str] = []
        self.trailer: dict = {}
        self._waiting: list[tuple[int, int]] = []
        self._packed: dict[int, int] = {}
        self._xref_place: int | None = None
        self._read()

    def value(self, value: object) -> object:
        """Follow a reference."""
        for _ in range(_MAX_DEPTH):
            if not isinstance(value, Reference):
                return value
            value = self.objects.get(value.number)
        raise Doubtful("has a reference that leads to no object")

    def _read(self) -> None:
        data = self.data
        if not re.match(rb"%PDF-[12]\.\d[\r\n ]", data):
            raise Doubtful("does not begin as a PDF does")
        place = self._skip(0)
        while found := _OBJECT.match(data, place):
            number = int(found[1])
            if number in self.objects or len(self.objects) >= _MAX_OBJECTS or int(found[2]):
                raise Doubtful(f"has the object {number} more than once, or of another generation than 0")
            self.places[number] = found.start()
            content, place = self._value(found.end(), 0)
            if data.startswith(b"stream", place := self._skip(place)):
                content, place = self._stream(number, content, place + len(b"stream"))
            self.objects[number] = content
            place = self._expect(b"endobj", place)
        if data.startswith(b"xref", place):
            place = self._table(place + len(b"xref"))
        elif self.objects and _is_of_type(last := self.objects[number], "XRef"):
            self.trailer = last.about
            self._check_entries(self._entries(last))
        else:
            raise Doubtful("has something between its objects")
        place = self._expect(b"startxref", place)
        start, place = self._value(place, 0)
        self._expect(b"%%EOF", place, is_last=True)
        if start not in (self._xref_place, self.places.get(number) if self._xref_place is None else None):
            raise Doubtful("says that its table is where it is not")
        for number, n_bytes in self._waiting:
            if self.value(self.objects[number].about["Length"]) != n_bytes:
                raise Doubtful("has a stream of another length than it says")
        for content in list(self.objects.values()):
            if _is_of_type(content, "ObjStm"):
                self._unpack(content)

    def _skip(self, place: int) -> int:
        # Up to %%EOF, which looks like a comment.
        while True:
            end = re.compile(rb"[%s]*" % _SPACE).match(self.data, place).end()
            if self.data[end : end + 1] != b"%" or self.data.startswith(b"%%EOF", end):
                return end
            place = re.compile(rb"[^\r\n]*").match(self.data, end).end()

    def _expect(self, word: bytes, place: int, *, is_last: bool = False) -> int:
        place = self._skip(place)
        end = place + len(word)
        if not self.data.startswith(word, place):
            raise Doubtful(f"has no {word.decode()} where one belongs")
        if is_last and self.data[end:].strip(b"\0\t\n\f\r "):
            raise Doubtful("has more than one revision, of which programs may draw either")
        return self._skip(end)

    def _value(self, place: int, depth: int) -> tuple[object, int]:
        found = _TOKEN.match(self.data, place := self._skip(place))
        if not found or depth > _MAX_DEPTH:
            raise Doubtful("has an object that cannot be read")
        kind, end = found.lastgroup, found.end()
        if kind == "open":
            return self._dictionary(end, depth) if found[0] == b"<<" else self._array(end, depth)
        if kind == "name":
            return Name(
                re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), found["name"]).decode("latin1")
            ), end
        if kind == "text":
            return self._text(end)
        if kind == "hex":
            digits = re.sub(rb"[%s]" % _SPACE, b"", found["hex"])
            return self._words(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())), end
        if kind == "ref":
            return Reference(int(found["ref"].split()[0])), end
        if kind == "number":
            return (float if b"." in found["number"] else int)(found["number"]), end
        if kind == "word":
            return {b"true": True, b"false": False, b"null": None}[found["word"]], end
        raise Doubtful("has a bracket too many")

    def _array(self, place: int, depth: int) -> tuple[list, int]:
        items = []
        while not self.data.startswith(b"]", place := self._skip(place)):
            item, place = self._value(place, depth + 1)
            items.append(item)
        return items, place + 1

    def _dictionary(self, place: int, depth: int) -> tuple[dict, int]:
        items: dict[str, object] = {}
        while not self.data.startswith(b">>", place := self._skip(place)):
            key, place = self._value(place, depth + 1)
            if not isinstance(key, Name):
                raise Doubtful("has a dictionary with a key that is no name")
            if key in items:
                raise Doubtful(f"has the key /{key[:40]} twice in one dictionary, of which programs take either")
            if key in _REFUSED:
                raise Doubtful(f"has the key /{key}, which programs treat differently")
            items[str(key)], place = self._value(place, depth + 1)
        return items, place + 2

    def _text(self, place: int) -> tuple[bytes, int]:
        depth, end = 1, place
        while depth:
            found = re.compile(rb"[^()\\]*(?:\\.)*", re.DOTALL).match(self.data, end)
            end = found.end()
            if end >= len(self.data):
                raise Doubtful("ends within a string")
            if self.data[end] in b"()":
                depth += 1 if self.data[end] == ord("(") else -1
                end += 1
        text = _ESCAPE.sub(_unescaped, self.data[place : end - 1])
        return self._words(text), end

    def _words(self, text: bytes) -> bytes:
        is_utf16 = text.startswith(b"\xfe\xff")
        self.words.append(text[2:].decode("utf-16-be", "replace") if is_utf16 else text.decode("latin1"))
        return text

    def _stream(self, number: int, about: object, place: int) -> tuple[_Stream, int]:
        if not isinstance(about, dict) or not (end_of_line := _EOL.match(self.data, place)) or "F" in about:
            raise Doubtful("has a stream that is none, or is in another file")
        start, length = end_of_line.end(), about.get("Length")
        if isinstance(length, Reference):
            end = self.data.find(b"endstream", start)
            for eol in (b"\r\n", b"\n", b"\r"):
                if self.data.endswith(eol, start, end):
                    end -= len(eol)
                    break
            self._waiting.append((number, end - start))
        else:
            end = start + length if isinstance(length, int) and length >= 0 else -1
        if not start <= end <= len(self.data):
            raise Doubtful("has a stream of another length than it says")
        return _Stream(about, self.data[start:end]), self._expect(b"endstream", end)

    def _table(self, place: int) -> int:
        self._xref_place = place - len(b"xref")
        entries: dict[int, int] = {}
        while head := re.compile(rb"[%s]*(\d+) (\d+)[ ]*[\r\n]+" % _SPACE).match(self.data, place):
            first, n_entries = int(head[1]), int(head[2])
            place = head.end()
            for number in range(first, first + min(n_entries, _MAX_OBJECTS)):
                entry = _XREF_ENTRY.match(self.data, place)
                if not entry:
                    raise Doubtful("has a damaged table of objects")
                place = entry.end()
                if entry[3] == b"n":
                    if number in entries:
                        raise Doubtful("has an object twice in its table")
                    entries[number] = int(entry[1])
        self._check_entries(entries)
        place = self._expect(b"trailer", place)
        self.trailer, place = self._value(place, 0)
        if not isinstance(self.trailer, dict):
            raise Doubtful("has no trailer")
        return place

    def _check_entries(self, entries: dict[int, int]) -> None:
        if entries != self.places:
            raise Doubtful("has a table that does not fit its objects, of which programs may take either")

    def _entries(self, stream: _Stream) -> dict[int, int]:
        about = stream.about
        widths, size = about.get("W"), about.get("Size")
        if not (
            isinstance(widths, list)
            and len(widths) == 3
            and all(w in range(9) for w in widths)
            and isinstance(size, int)
        ):
            raise Doubtful("has a damaged table of objects")
        data, row = self.decoded(stream), sum(widths)
        index = about.get("Index", [0, size])
        numbers = [
            n for k in range(0, len(index) - 1, 2) for n in range(index[k], index[k] + min(index[k + 1], _MAX_OBJECTS))
        ]
        if row == 0 or len(data) != row * len(numbers):
            raise Doubtful("has a damaged table of objects")
        entries = {}
        for k, number in enumerate(numbers):
            fields, place = [], k * row
            for width, default in zip(widths, (1, 0, 0), strict=True):
                fields.append(int.from_bytes(data[place : place + width], "big") if width else default)
                place += width
            if fields[0] == 1:
                entries[number] = fields[1]
            elif fields[0] == 2:
                self._packed[number] = fields[1]
        return entries

    def _unpack(self, stream: _Stream) -> None:
        """Read the objects of an object stream, each of which must be in the table."""
        data = self.decoded(stream)
        first, n_objects = self.value(stream.about.get("First")), self.value(stream.about.get("N"))
        if "Extends" in stream.about or not isinstance(first, int) or not isinstance(n_objects, int):
            raise Doubtful("has a damaged stream of objects")
        head = list(map(int, data[:first].split())) if re.fullmatch(rb"[\d%s]*" % _SPACE, data[:first]) else []
        if len(head) != 2 * n_objects:
            raise Doubtful("has a damaged stream of objects")
        holder = next(number for number, content in self.objects.items() if content is stream)
        whole, self.data = self.data, data
        for number, offset in zip(head[::2], head[1::2], strict=True):
            if number in self.objects or self._packed.get(number) != holder or len(self.objects) >= _MAX_OBJECTS:
                raise Doubtful(f"has the object {number} more than once, or not in its table")
            self.objects[number] = self._value(first + offset, 0)[0]
        self.data = whole

    def decoded(self, stream: _Stream) -> bytes:
        """Inflate a stream that has no other filter."""
        filters, parameters = self.value(stream.about.get("Filter")), self.value(stream.about.get("DecodeParms"))
        filters = filters if isinstance(filters, list) else [filters] if filters else []
        parameters = parameters[0] if isinstance(parameters, list) and parameters else parameters
        data = stream.data
        if filters not in ([], ["FlateDecode"]):
            raise Doubtful("packs its objects in an unusual way")
        if filters:
            try:
                data = zlib.decompressobj().decompress(data, _MAX_STREAM_BYTES)
            except zlib.error:
                raise Doubtful("has a damaged stream") from None
        if isinstance(parameters, dict) and parameters.get("Predictor", 1) != 1:
            data = _unpredicted(data, parameters.get("Columns", 1))
        return data


def _unescaped(escape: re.Match) -> bytes:
    word = escape[1]
    if word[:1] in b"01234567":
        return bytes([int(word, 8) % 256])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(word, b"" if word in b"\r\n" else word)


def _unpredicted(data: bytes, columns: object) -> bytes:
    """Undo the predictors None and Up of PNG, which tables of objects use."""
    if not isinstance(columns, int) or columns < 1 or len(data) % (columns + 1):
        raise Doubtful("has a damaged table of objects")
    above, rows = bytes(columns), []
    for place in range(0, len(data), columns + 1):
        row = data[place + 1 : place + 1 + columns]
        if data[place] not in (0, 2):
            raise Doubtful("packs its objects in an unusual way")
        above = bytes((a + b) % 256 for a, b in zip(row, above, strict=True)) if data[place] else row
        rows.append(above)
    return b"".join(rows)


def _is_of_type(content: object, name: str) -> bool:
    return isinstance(content, _Stream) and content.about.get("Type") == name


def check(data: bytes) -> str:
    """Check a PDF and return the text of all its strings, its metadata among them."""
    document = _Document(data)
    root = document.value(document.trailer.get("Root"))
    if not isinstance(root, dict) or root.get("Type") != "Catalog" or not isinstance(root.get("Pages"), Reference):
        raise Doubtful("has no pages")
    if sum(isinstance(each, dict) and each.get("Type") == "Catalog" for each in document.objects.values()) != 1:
        raise Doubtful("has two catalogues, of which programs may take either")
    _check_pages(document, root["Pages"])
    for each in document.objects.values():
        if isinstance(each, dict) and each.get("Type") == "Font":
            _check_font(document, each)
    return " ".join(document.words)


def _check_pages(document: _Document, root: Reference) -> None:
    """Check that the tree of pages is one: what it counts is there, once."""
    waiting, seen, n_pages, n_counted = [root], set(), 0, None
    while waiting:
        reference = waiting.pop()
        node = document.value(reference)
        if not isinstance(reference, Reference) or reference in seen or not isinstance(node, dict):
            raise Doubtful("has a page twice, or a page that is none")
        seen.add(reference)
        if n_counted is None:
            n_counted = document.value(node.get("Count"))
        if node.get("Type") == "Pages":
            kids = document.value(node.get("Kids"))
            if not isinstance(kids, list):
                raise Doubtful("has no pages")
            waiting += kids
        elif node.get("Type") == "Page":
            n_pages += 1
            if document.value(node.get("Annots")) not in (None, []):
                raise Doubtful("has annotations, which programs draw differently")
        else:
            raise Doubtful("has a page that is none")
    if n_pages != n_counted or not 0 < n_pages <= _MAX_PAGES:
        raise Doubtful(f"has {n_pages} pages and says that it has {str(n_counted)[:20]}; {_MAX_PAGES} are read at most")


def _check_font(document: _Document, font: dict) -> None:
    if font.get("Subtype") in ("Type0", "Type3"):
        return
    descriptor = document.value(font.get("FontDescriptor"))
    if not isinstance(descriptor, dict) or not descriptor.keys() & {"FontFile", "FontFile2", "FontFile3"}:
        raise Doubtful("has a font that is not in the file, for which each program takes another")


def draw(data: bytes, width_px: int) -> list[Page]:
    """Draw each page at a width."""
    import pypdfium2

    pages = []
    with_pages = pypdfium2.PdfDocument(data)
    for page in with_pages:
        width, height = page.get_size()
        scale = width_px / width if width > 0 else 0
        if not 0 < width_px * height * scale <= _MAX_PIXELS:
            raise Doubtful("has a page that is too large or too small to draw")
        boxes = (page.get_mediabox(), page.get_cropbox(), page.get_bleedbox(), page.get_trimbox(), page.get_artbox())
        size = tuple(round(number, 2) for box in boxes for number in box)
        pages.append(Page((*size, page.get_rotation()), page.render(scale=scale).to_pil().convert("RGBA")))
    return pages


def renderer() -> str:
    """Return the name and version of what draws."""
    from pypdfium2 import PDFIUM_INFO

    return f"PDFium {PDFIUM_INFO.build}"
