"""A figure that was saved anew is drawn like the study's own; one that programs could draw otherwise is refused."""

import gzip
import json
import random
import re
import struct
import zlib
from io import BytesIO

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from folkprobe.figures.page import new_figure, write_figure
from folkprobe.identity import Identity, working_as
from folkprobe.provenance.likeness import _look, look_at

IDENTITY = Identity("plot_a", "0f" * 32)
PARTS = ("svg", "pdf", "png")
XHTML = b"http://www.w3.org/1999/xhtml"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Paths of a figure with a line, an image, a clip path, a legend and text, by format."""
    folder = tmp_path_factory.mktemp("figures")
    with working_as(IDENTITY), new_figure(height_mm=50) as figure:
        ax = figure.subplots()
        ax.plot([0, 1, 2], [1.0, 0.5, 2.0], label="line")
        ax.imshow(np.arange(6).reshape(2, 3), aspect="auto", alpha=0.5)
        ax.legend(title="±")
        write_figure(figure, *(folder / f"a.{part}" for part in PARTS))
    return {part: folder / f"a.{part}" for part in PARTS}


def _bytes(own, part):
    return own[part].read_bytes()


def _resaved_svgs(data):
    yield "a comment", data.replace(b"<metadata>", b"<!-- a comment --><metadata>")
    yield "no metadata", re.sub(rb"<metadata>.*</metadata>", b"", data, flags=re.DOTALL)
    yield "compressed", gzip.compress(data)
    renamed = data
    for number, name in enumerate(sorted(set(re.findall(rb'id="([\w.]+)"', data)), key=len, reverse=True)):
        renamed = re.sub(rb"(id=\"|#)" + re.escape(name) + rb'(?=["\)])', rb"\g<1>z%d" % number, renamed)
    yield "ids renamed", renamed
    namespaces = (
        b'<svg xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        b'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" '
    )
    view = b'<sodipodi:namedview id="v" inkscape:zoom="2"><inkscape:grid id="g"/></sodipodi:namedview><metadata>'
    yield "Inkscape's view", data.replace(b"<svg ", namespaces, 1).replace(b"<metadata>", view, 1)
    # Not the scale of the letters, which is exact.
    places = rb"\d+\.\d{4,}(?!\d*\))"
    yield "numbers rounded", re.sub(places, lambda number: b"%.3f" % float(number[0]), data)
    minified = data.replace(
        b"*{stroke-linejoin: round; stroke-linecap: butt}", b"*{stroke-linejoin:round;stroke-linecap:butt}"
    )
    yield "numbers of five digits", re.sub(places, lambda number: b"%.5g" % float(number[0]), data)
    # As scour does: matplotlib's sheet prevails over attributes.
    moved = re.sub(rb'style="([^"]*)"', lambda style: _as_attributes(style[1]), data)
    moved = moved.replace(
        b'image-rendering="pixelated"', b'style="image-rendering:crisp-edges;image-rendering:pixelated"'
    )
    assert moved.count(b'stroke-linecap="square"') > 4
    yield "declarations as attributes", moved
    yield "its style minified", re.sub(rb'style="fill: #ffffff"', b'fill="#fff"', minified)


def _as_attributes(style):
    declarations = (declaration.partition(b":") for declaration in style.split(b";") if declaration.strip())
    attributes = {name.strip(): value.strip() for name, _, value in declarations}
    return b" ".join(b'%s="%s"' % each for each in attributes.items())


def _resaved_pdfs(data):
    for compressed in (False, True):
        writer = pypdf.PdfWriter(clone_from=BytesIO(data))
        if compressed:
            writer.pages[0].compress_content_streams(9)
        yield f"pypdf, compressed: {compressed}", _written(writer)
    document, out = pypdfium2.PdfDocument(data), BytesIO()
    document.save(out)
    yield "PDFium", out.getvalue()


def _resaved_pngs(data):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with Image.open(BytesIO(data)) as image:
        for form, mode, options in (
            ("PNG", "RGBA", {}),
            ("PNG", "RGB", {"compress_level": 1, "dpi": (72, 72)}),
            ("PNG", "RGB", {"icc_profile": profile}),
            ("WEBP", "RGB", {"lossless": True}),
        ):
            out = BytesIO()
            image.convert(mode).save(out, form, **options)
            yield f"{form} {mode} {sorted(options)}", out.getvalue()


def _written(writer):
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(("part", "resave"), [("svg", _resaved_svgs), ("pdf", _resaved_pdfs), ("png", _resaved_pngs)])
def test_a_figure_that_was_saved_anew_is_drawn_alike(own, part, resave):
    copies = dict(resave(_bytes(own, part)))
    assert len(copies) > 2
    for how, copy in copies.items():
        assert copy != _bytes(own, part), how
        look = _look(copy, list(own.values()))
        assert (look.refused, look.alike) == (None, PARTS.index(part)), how
        assert look.renderer.split()[0] == {"svg": "resvg", "pdf": "PDFium", "png": "Pillow"}[part]


def test_a_smaller_or_a_lossy_picture_is_a_near_match(own):
    with Image.open(own["png"]) as image:
        for copy, form, options in (
            (image.resize((image.width // 2, image.height // 2)), "PNG", {}),
            (image.convert("RGB"), "WEBP", {"quality": 85}),
        ):
            out = BytesIO()
            copy.save(out, form, **options)
            look = _look(out.getvalue(), [own["png"]])
            assert (look.alike, look.near) == (None, 0)
        # Of the same size and without losses, nothing is near.
        image.putpixel((30, 40), (1, 2, 3, 255))
        out = BytesIO()
        image.save(out, "PNG")
        assert _look(out.getvalue(), [own["png"]])[2:4] == (None, None)


def _before(end, more):
    return lambda data: data.replace(end, more + end, 1)


def _chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _with_chunk(name, content):
    # After IHDR.
    return lambda data: data[:33] + _chunk(name, content) + data[33:]


def _again(old, new, n=1):
    """Change a PDF in place; what follows is moved, and the table of objects with it."""

    def change(data):
        assert old in data, old
        place, more = data.index(old), len(new) - len(old)
        changed = data.replace(old, new, n)

        def moved(entry):
            offset = int(entry[1])
            return b"%010d 00000 n" % (offset + more if offset > place else offset)

        changed = re.sub(rb"(\d{10}) 00000 n", moved, changed)
        return re.sub(rb"startxref\n(\d+)", lambda start: b"startxref\n%d" % (int(start[1]) + more), changed)

    return change


def _updated(data):
    """Append a revision that has other contents, as programs do that save incrementally."""
    writer = pypdf.PdfWriter(BytesIO(data), incremental=True)
    stream = DecodedStreamObject()
    stream.set_data(b"0 0 500 500 re f")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return _written(writer)


def _pdf(change):
    def deface(data):
        writer = pypdf.PdfWriter(clone_from=BytesIO(data))
        change(writer)
        return _written(writer)

    return deface


def _annotated(writer):
    square = DictionaryObject({NameObject("/Subtype"): NameObject("/Square")})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([square])


def _redrawn(writer):
    stream = DecodedStreamObject()
    stream.set_data(writer.pages[0].get_contents().get_data() + b" 9 9 99 99 re f")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)


def _frames(data):
    with Image.open(BytesIO(data)) as image:
        out = BytesIO()
        image.save(out, "PNG", save_all=True, append_images=[image.rotate(180)])
        return out.getvalue()


def _swapped_glyphs(data):
    one, other = list(dict.fromkeys(re.findall(rb'<path id="(DejaVu[\w-]+)"', data)))[:2]
    for old, new in ((one, b"\0"), (other, one), (b"\0", other)):
        data = data.replace(b'<path id="' + old + b'"', b'<path id="' + new + b'"')
    return data


SCRIPT = b'<script xmlns="http://www.w3.org/2000/svg">alert(1)</script>'
# What one program would show and another not, and the word of the refusal; None where the drawing is another.
ATTACKS = [
    ("svg", "a style", _before(b"</svg>", b"<style>path { fill: red }</style>"), None),
    ("svg", "a style for printers", _before(b"</svg>", b"<style>@media print { path { fill: red } }</style>"), "style"),
    ("svg", "a style in an escape", _before(b"</svg>", b"<style>@\\69mport 'x'</style>"), "style"),
    ("svg", "a style in metadata", _before(b"</metadata>", b"<style>path { fill: red }</style>"), "in its metadata"),
    ("svg", "a script in metadata", _before(b"</metadata>", SCRIPT), "in its metadata"),
    ("svg", "a script of XHTML", _before(b"</metadata>", b'<script xmlns="' + XHTML + b'"/>'), "another language"),
    ("svg", "a script", _before(b"</svg>", SCRIPT), "script"),
    ("svg", "an event", lambda data: data.replace(b"<g id", b'<g onload="x" id', 1), "onload"),
    ("svg", "an animation", _before(b"</svg>", b'<animate attributeName="x" values="1;2"/>'), "animate"),
    ("svg", "XHTML", _before(b"</svg>", b"<foreignObject/>"), "foreignObject"),
    ("svg", "a condition", lambda data: data.replace(b"<g id", b'<g systemLanguage="en" id', 1), None),
    ("svg", "swapped glyphs", _swapped_glyphs, None),
    ("svg", "a dangling glyph", lambda data: re.sub(rb'href="#DejaVu', b'href="#xDejaVu', data, count=1), None),
    ("svg", "a dangling clip", lambda data: re.sub(rb"url\(#\w+\)", b"url(#nothing)", data, count=1), "not define"),
    ("svg", "an id twice", lambda data: data.replace(b'id="axes_1"', b'id="figure_1"'), "more than once"),
    (
        "svg",
        "two references",
        lambda data: data.replace(b"<use xlink:href", b'<use href="#figure_1" xlink:href', 1),
        "two",
    ),
    ("svg", "a file", _before(b"</svg>", b'<image href="file:///etc/hosts" width="9" height="9"/>'), "outside"),
    ("svg", "a base", lambda data: data.replace(b"<g id", b'<g xml:base="http://a.example" id', 1), "base"),
    ("svg", "a style sheet", _before(b"<svg ", b'<?xml-stylesheet href="x.css"?>'), "instruction"),
    ("svg", "an entity", lambda data: data.replace(b'svg11.dtd"', b'svg11.dtd" [<!ENTITY a "b">]'), "declares"),
    ("svg", "an encoding", lambda data: data.replace(b'encoding="utf-8"', b'encoding="cp1252"'), "cp1252"),
    ("svg", "a colour of the system", _before(b"</svg>", b'<path fill="CanvasText" d="M 0 0 L 9 9"/>'), "colour"),
    ("svg", "a path of half numbers", _before(b"</svg>", b'<path d="M 0 0 L 9"/>'), "path"),
    ("svg", "a stroke", lambda data: re.sub(rb"stroke-width: [\d.]+", b"stroke-width: 9", data, count=1), None),
    ("svg", "a rectangle", _before(b"</svg>", b'<rect width="50" height="50"/>'), None),
    ("svg", "a faint line", _before(b"</svg>", b'<path stroke="#f7f7f7" d="M 9 9 L 99 99"/>'), None),
    ("svg", "a thin line", _before(b"</svg>", b'<path stroke-width="0.2" stroke="#000000" d="M 9 9.3 H 99"/>'), None),
    ("svg", "a dot", _before(b"</svg>", b'<path style="stroke-linecap: round; stroke: #000000" d="M 9 9 h 0"/>'), None),
    (
        "svg",
        "a paler line",
        lambda data: data.replace(b"stroke: #000000; stroke-width", b"stroke: #404040; stroke-width"),
        None,
    ),
    (
        "svg",
        "a moved line",
        lambda data: re.sub(rb"(<g id=\"line2d_\d+\")", rb'\1 transform="translate(0 0.3)"', data),
        None,
    ),
    ("pdf", "contents twice", _again(b"/Contents 9 0 R", b"/Contents 9 0 R /Contents 3 0 R"), "/Contents twice"),
    ("pdf", "contents escaped", _again(b"/Contents 9 0 R", b"/Con#74ents 9 0 R /Contents 3 0 R"), "/Contents twice"),
    ("pdf", "annotations twice", _again(b"/Annots 10 0 R", b"/Annots 10 0 R /Annots [ 3 0 R ]"), "/Annots twice"),
    ("pdf", "pages twice", _again(b"/Pages 2 0 R", b"/Pages 2 0 R /Pages 3 0 R"), "/Pages twice"),
    ("pdf", "a root twice", lambda data: data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Root 3 0 R"), "/Root twice"),
    ("pdf", "boxes twice", _again(b"/MediaBox [ 0 0", b"/MediaBox [ 0 0 9 9 ] /MediaBox [ 0 0"), "/MediaBox twice"),
    ("pdf", "two revisions", _updated, "revision"),
    ("pdf", "an object twice", _again(b"\n2 0 obj", b"\n1 0 obj\n<< >>\nendobj\n2 0 obj"), "more than once"),
    ("pdf", "a hidden object", _again(b"\n2 0 obj", b"\n99 0 obj\n<< >>\nendobj\n2 0 obj"), "table"),
    ("pdf", "something between", _again(b"\n2 0 obj", b"\n7 7 7\n2 0 obj"), "between"),
    ("pdf", "a table that lies", lambda data: data.replace(b"0000000016 00000 n", b"0000000065 00000 n"), "table"),
    ("pdf", "more after the end", lambda data: data + b"\n1 0 obj << >> endobj", "revision"),
    ("pdf", "a script", _again(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript >>"), "OpenAction"),
    ("pdf", "a layer", _again(b"/Type /Catalog", b"/Type /Catalog /OCProperties << >>"), "OCProperties"),
    ("pdf", "a count that lies", _again(b"/Count 1", b"/Count 2"), "says that it has"),
    ("pdf", "an annotation", _pdf(_annotated), "annotations"),
    ("pdf", "another page", _pdf(lambda writer: writer.add_blank_page(100, 100)), None),
    ("pdf", "a rectangle", _pdf(_redrawn), None),
    ("png", "an orientation", _with_chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\3\0\0\0\0\0\0"), None),
    ("png", "other colours", _with_chunk(b"cICP", b"\x09\x10\0\1"), "colours"),
    ("png", "another gamma", _with_chunk(b"gAMA", struct.pack(">I", 100_000)), "gamma"),
    ("png", "other primaries", _with_chunk(b"cHRM", bytes(32)), "primary"),
    ("png", "a damaged profile", _with_chunk(b"iCCP", b"x\0\0" + zlib.compress(b"other colours")), "profile"),
    ("png", "an unknown chunk", _with_chunk(b"AbCd", b""), "AbCd"),
    ("png", "frames", _frames, "acTL"),
    ("png", "more after the end", lambda data: data + b"x", "after its end"),
]


@pytest.mark.parametrize(
    ("part", "what", "attack", "word"), ATTACKS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_programs_would_draw_otherwise_is_refused(own, part, what, attack, word):
    data = attack(_bytes(own, part))
    assert data != _bytes(own, part)
    look = _look(data, [own[part]])
    assert (look.alike, look.near) == (None, None)
    assert (word is None) == (look.refused is None), look
    assert word is None or word in look.refused


BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n", b"<html/>", BOMB, b"\x1f\x8b\x08", b"\xff" * 99, b"RIFF1234WEBP"]
)
def test_what_is_no_figure_is_refused(own, data):
    assert _look(data, list(own.values())).refused


@pytest.mark.parametrize("part", PARTS)
def test_a_truncated_figure_is_not_alike(own, part):
    data = _bytes(own, part)
    for n_bytes in range(0, len(data) - 40, len(data) // 20):
        assert _look(data[:n_bytes], [own[part]]).alike is None


def _mutant(data, rng):
    """Return a figure with some bytes changed, lost, repeated or moved, or one number in its text changed."""
    numbers = list(re.finditer(rb"\d+", data))
    start, stop = sorted(rng.randrange(len(data)) for _ in range(2))
    stop = min(stop, start + rng.choice([1, 4, 400]))
    number = rng.choice(numbers)
    return rng.choice(
        [
            data[:start] + rng.randbytes(stop - start) + data[stop:],
            data[:start] + data[stop:],
            data[:stop] + data[start:],
            data[:start] + data[stop:] + data[start:stop],
            data[: number.start()] + b"%d" % rng.choice([0, -1, 7, 2**31, 10**30]) + data[number.end() :],
        ]
    )


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("n_mutants", [25, pytest.param(3334, marks=[pytest.mark.full, pytest.mark.long])])
def test_mutants_of_figures_end_in_an_answer(own, part, n_mutants):
    data = _bytes(own, part)
    refused = 0
    for rng_seed in range(n_mutants):
        mutant = _mutant(data, random.Random(rng_seed))
        look = _look(mutant, [own[part]])
        json.dumps(look)
        assert look.refused is None or look.refused.isprintable(), rng_seed
        refused += look.refused is not None
        if look.alike is not None and part == "png":
            # Pillow alone: the same pixels.
            with Image.open(BytesIO(mutant)) as copy, Image.open(own[part]) as image:
                assert copy.convert("RGBA").tobytes() == image.convert("RGBA").tobytes(), rng_seed
    assert refused > n_mutants / 10


def _uses(n):
    """Uses of uses: two to the n rectangles."""
    levels = "".join(f'<g id="a{k}"><use href="#a{k - 1}"/><use href="#a{k - 1}"/></g>' for k in range(1, n))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path id="a0" d="M 0 0 H 9"/>{levels}</svg>'


def _large_png():
    rows = zlib.compress(bytes(20_000 * 4 + 1) * 20_000, 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*each)
        for each in ((b"IHDR", struct.pack(">2I5B", 20_000, 20_000, 8, 6, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("uses", lambda: _uses(40).encode()),
        ("nested", lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 10**6),
        ("elements", lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g/>" * 10**6 + b"</svg>"),
        ("inflated", lambda: gzip.compress(b'<svg xmlns="http://www.w3.org/2000/svg">' + b" " * 2**30)),
        ("brackets", lambda: b"%PDF-1.4\n1 0 obj\n" + b"[" * 10**6),
        ("pixels", _large_png),
    ],
)
def test_a_bomb_ends_within_the_limits(own, tmp_path, name, make):
    (tmp_path / "bomb").write_bytes(make())
    look = look_at(tmp_path / "bomb", list(own.values()))
    assert look.refused
    assert look.alike is None


def test_words_in_the_metadata_are_found_wherever_programs_put_them(own):
    with Image.open(own["png"]) as image:
        for zipped in (False, True):
            words, out = PngInfo(), BytesIO()
            words.add_itxt("Source", str(IDENTITY), zip=zipped)
            image.save(out, "PNG", pnginfo=words)
            assert _look(out.getvalue(), []).identities == [str(IDENTITY)]
    assert _look(gzip.compress(_bytes(own, "svg")), []).identities == [str(IDENTITY)]
    writer = pypdf.PdfWriter(clone_from=BytesIO(_bytes(own, "pdf")))
    writer.add_metadata({"/Subject": f"± {IDENTITY}"})
    assert str(IDENTITY) in _look(_written(writer), []).identities
