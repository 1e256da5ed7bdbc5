"""What a figure shows is known again when it was renamed, saved anew or stripped, and not when it was changed."""

import gzip
import re
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

from folkprobe.figures.page import new_figure, write_figure
from folkprobe.identity import Identity, working_as
from folkprobe.provenance.figure_content import read_figure

IDENTITY = Identity("plot_a", "0f" * 32)
PARTS = ("svg", "pdf", "png")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The bytes of a figure with a line, an image, a clip path, a legend and text, by format."""
    folder = tmp_path_factory.mktemp("figures")
    with working_as(IDENTITY), new_figure(height_mm=50) as figure:
        ax = figure.subplots()
        ax.plot([0, 1, 2], [1.0, 0.5, 2.0], label="line")
        ax.imshow(np.arange(6).reshape(2, 3), aspect="auto", alpha=0.5)
        ax.legend(title="±")
        write_figure(figure, *(folder / f"a.{part}" for part in PARTS))
    return {part: (folder / f"a.{part}").read_bytes() for part in PARTS}


@pytest.fixture
def content(tmp_path):
    def of(data, name="any.bin"):
        (tmp_path / name).write_bytes(data)
        return read_figure(tmp_path / name).content

    return of


@pytest.mark.parametrize("part", PARTS)
def test_a_figure_is_read_by_its_bytes_and_says_who_made_it(drawn, tmp_path, part):
    (tmp_path / "renamed.txt").write_bytes(drawn[part])
    figure = read_figure(tmp_path / "renamed.txt")
    assert figure.content.startswith(f"{part}:")
    assert figure.identity == IDENTITY


def test_a_png_saved_anew_by_another_program_shows_the_same(drawn, content):
    with Image.open(BytesIO(drawn["png"])) as image:
        for mode, options in (("RGBA", {}), ("RGB", {"compress_level": 1, "dpi": (72, 72)})):
            out = BytesIO()
            image.convert(mode).save(out, "PNG", **options)
            assert out.getvalue() != drawn["png"]
            assert content(out.getvalue()) == content(drawn["png"])


def test_an_svg_saved_anew_by_another_program_shows_the_same(drawn, content):
    tree = ElementTree.fromstring(drawn["svg"])
    for element in tree.findall("{http://www.w3.org/2000/svg}metadata"):
        tree.remove(element)
    stripped = ElementTree.tostring(tree)
    assert b"sha256:" not in stripped
    assert b"<ns0:svg" in stripped
    names = sorted(set(re.findall(rb'id="(\w+)"', drawn["svg"])), key=len, reverse=True)
    renamed = drawn["svg"]
    for number, name in enumerate(names):
        renamed = re.sub(rb"(id=\"|#)" + name + rb'(?=["\)])', rb"\g<1>other%d" % number, renamed)
    indented = re.sub(rb">\s*\n\s*<", b">\n\n    <", drawn["svg"])
    commented = drawn["svg"].replace(b"<metadata>", b"<!-- a comment --><metadata>")
    for copy in (stripped, renamed, indented, commented, gzip.compress(drawn["svg"])):
        assert copy != drawn["svg"]
        assert content(copy) == content(drawn["svg"])


def test_a_pdf_saved_anew_by_another_program_shows_the_same(drawn, content):
    for compressed in (False, True):
        writer = pypdf.PdfWriter(clone_from=BytesIO(drawn["pdf"]))
        writer.metadata = None
        if compressed:
            writer.pages[0].compress_content_streams(9)
        out = BytesIO()
        writer.write(out)
        assert b"sha256:" not in out.getvalue()
        assert content(out.getvalue()) == content(drawn["pdf"])


def _png(change):
    def deface(data):
        with Image.open(BytesIO(data)) as image:
            changed, options = change(image)
            out = BytesIO()
            changed.save(out, "PNG", **options)
            return out.getvalue()

    return deface


def _one_pixel(image):
    red, *others = image.getpixel((30, 40))
    image.putpixel((30, 40), (red ^ 1, *others))
    return image, {}


def _pdf(change):
    def deface(data):
        writer = pypdf.PdfWriter(clone_from=BytesIO(data))
        change(writer)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    return deface


def _content_stream(writer):
    stream = DecodedStreamObject()
    stream.set_data(writer.pages[0].get_contents().get_data().replace(b" l\n", b" m\n", 1))
    writer.pages[0][NameObject("/Contents")] = stream


def _image_in_pdf(writer):
    resources = writer.pages[0]["/Resources"]["/XObject"]
    image = next(each.get_object() for each in resources.values() if each.get_object()["/Subtype"] == "/Image")
    data = bytearray(image.get_data())
    data[0] ^= 1
    other = DecodedStreamObject()
    other.update({key: value for key, value in image.items() if key not in ("/Filter", "/DecodeParms", "/Length")})
    other.set_data(bytes(data))
    for key, each in list(resources.items()):
        if each.get_object() is image:
            resources[NameObject(key)] = writer._add_object(other)


def _cropped(writer):
    writer.pages[0][NameObject("/CropBox")] = ArrayObject(map(FloatObject, (0, 0, 99, 99)))


def _annotated(writer):
    square = DictionaryObject({NameObject("/Subtype"): NameObject("/Square")})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([square])


DEFACED = [
    ("png", _png(_one_pixel)),
    ("png", _png(lambda image: (image.crop((0, 0, image.width - 1, image.height)), {}))),
    ("png", _png(lambda image: (image, {"icc_profile": b"other colours"}))),
    ("png", _png(lambda image: (image, {"save_all": True, "append_images": [image.rotate(180)]}))),
    ("svg", lambda data: data.replace(b"stroke-width: 0.", b"stroke-width: 9.", 1)),
    ("svg", lambda data: re.sub(rb'(d="M \d)', rb"\g<1>1", data, count=1)),
    ("svg", lambda data: data.replace(b"</svg>", b'<rect width="50" height="50"/></svg>')),
    ("svg", lambda data: data.replace(b"</svg>", b"<style>path { fill: red }</style></svg>")),
    ("svg", lambda data: data.replace(b"<svg ", b'<?xml-stylesheet href="http://a.example/x.css"?><svg ', 1)),
    ("svg", lambda data: re.sub(rb"url\(#\w+\)", b"url(#nothing)", data, count=1)),
    ("svg", lambda data: data.replace(b"base64,", b"base64,A", 1)),
    ("svg", lambda data: data.replace(b"<metadata>", b'<metadata/><text x="9" y="9">not so</text><metadata>', 1)),
    ("pdf", _pdf(_content_stream)),
    ("pdf", _pdf(_image_in_pdf)),
    ("pdf", _pdf(_cropped)),
    ("pdf", _pdf(lambda writer: writer.add_blank_page(100, 100))),
    ("pdf", _pdf(_annotated)),
]


@pytest.mark.parametrize(("part", "deface"), DEFACED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_defaced_figure_shows_something_else(drawn, content, part, deface):
    defaced = deface(drawn[part])
    assert defaced != drawn[part]
    assert content(defaced) != content(drawn[part])


BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n", b"<html/>", BOMB, b"\x1f\x8b\x08", b"\xff" * 99]
)
def test_what_is_no_figure_has_no_content(content, data):
    assert content(data) is None


@pytest.mark.parametrize("part", PARTS)
def test_a_truncated_figure_has_no_content_or_another(drawn, content, part):
    for n_bytes in range(0, len(drawn[part]) - 40, len(drawn[part]) // 20):
        assert content(drawn[part][:n_bytes]) != content(drawn[part])
