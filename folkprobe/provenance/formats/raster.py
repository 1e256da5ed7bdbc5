"""PNG and WebP: one picture whose chunks are known to every program, read by Pillow as it is to be seen."""

import io
import struct
import zlib

from folkprobe.provenance.formats import Doubtful, Page

_MAX_PIXELS = 40_000_000
_MAX_WORDS_BYTES = 2**20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colours, orientation and words: applied, compared or read below. The rest changes nothing that is seen.
_ONCE = {b"IHDR", b"PLTE", b"IEND", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"eXIf", b"cICP", b"pHYs", b"bKGD"}
_KNOWN = _ONCE | {b"IDAT", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"sBIT"}
_SRGB_GAMMA = range(45_400, 45_511)
_SRGB_PRIMARIES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_SRGB_CODE = b"\x01\x0d\x00\x01"
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"EXIF", b"XMP "}


def is_png(data: bytes) -> bool:
    """Report whether a file begins as a PNG does."""
    return data.startswith(_SIGNATURE[:4])


def is_webp(data: bytes) -> bool:
    """Report whether a file begins as a WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def is_lossy(data: bytes) -> bool:
    """Report whether a WebP has lost what only its programs know."""
    return is_webp(data) and any(name == b"VP8 " for name, _ in _webp_chunks(data))


def check(data: bytes) -> str:
    """Check a PNG or WebP and return the text of its metadata."""
    return _check_webp(data) if is_webp(data) else _check_png(data)


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    if not data.startswith(_SIGNATURE):
        raise Doubtful("is no PNG")
    place, chunks = len(_SIGNATURE), []
    while not chunks or chunks[-1][0] != b"IEND":
        if place + 12 > len(data):
            raise Doubtful("ends too early")
        n_bytes, name = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + n_bytes]
        if data[place + 8 + n_bytes : place + 12 + n_bytes] != struct.pack(">I", zlib.crc32(name + content)):
            raise Doubtful("has a damaged chunk")
        chunks.append((name, content))
        place += 12 + n_bytes
    if place != len(data):
        raise Doubtful("goes on after its end")
    return chunks


def _check_png(data: bytes) -> str:
    chunks = _png_chunks(data)
    names = [name for name, _ in chunks]
    for name in names:
        if name not in _KNOWN or (name in _ONCE and names.count(name) > 1):
            raise Doubtful(f"has a chunk {name.decode('latin1')} that programs read differently")
    first, last = names.index(b"IDAT") if b"IDAT" in names else 0, len(names) - names[::-1].index(b"IDAT")
    if names[0] != b"IHDR" or set(names[first:last]) != {b"IDAT"} or len(chunks[0][1]) != 13:
        raise Doubtful("has its chunks in another order than a PNG")
    if set(names[last:]) & {b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"cICP", b"eXIf", b"bKGD"} - {
        b"eXIf"
    }:
        raise Doubtful("says after its pixels how they are to be seen")
    width, height = struct.unpack_from(">II", chunks[0][1])
    _check_size(width, height)
    colours = dict(chunks)
    if b"gAMA" in colours and (
        len(colours[b"gAMA"]) != 4 or struct.unpack(">I", colours[b"gAMA"])[0] not in _SRGB_GAMMA
    ):
        raise Doubtful("has another gamma than sRGB")
    if b"cHRM" in colours and colours[b"cHRM"] != struct.pack(">8I", *_SRGB_PRIMARIES):
        raise Doubtful("has other primary colours than sRGB")
    if b"cICP" in colours and colours[b"cICP"] != _SRGB_CODE:
        raise Doubtful("has other colours than sRGB")
    return " ".join(_words(name, content) for name, content in chunks)


def _words(name: bytes, content: bytes) -> str:
    """Return what a chunk says in words."""
    if name == b"tEXt":
        return content.partition(b"\0")[2].decode("latin1")
    if name == b"zTXt":
        return _inflated(content.partition(b"\0")[2][1:]).decode("latin1")
    if name == b"iTXt":
        rest = content.partition(b"\0")[2]
        words = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        return (_inflated(words) if rest[:1] == b"\1" else words).decode("utf-8", "replace")
    return ""


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MAX_WORDS_BYTES)
    except zlib.error:
        raise Doubtful("has damaged words") from None


def _webp_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    n_bytes = struct.unpack_from("<I", data, 4)[0] if len(data) >= 12 else -1
    if len(data) != 8 + n_bytes:
        raise Doubtful("is longer or shorter than it says")
    place, chunks = 12, []
    while place + 8 <= len(data):
        name, n_content = struct.unpack_from("<4sI", data, place)
        chunks.append((name, data[place + 8 : place + 8 + n_content]))
        place += 8 + n_content + n_content % 2
    if place != len(data):
        raise Doubtful("ends within a chunk")
    return chunks


def _check_webp(data: bytes) -> str:
    chunks = _webp_chunks(data)
    names = [name for name, _ in chunks]
    if not set(names) <= _WEBP_CHUNKS or len(set(names)) < len(names):
        raise Doubtful("has chunks that programs read differently, or frames")
    return " ".join(content.decode("utf-8", "replace") for name, content in chunks if name in (b"XMP ", b"EXIF"))


def _check_size(width: int, height: int) -> None:
    if not 0 < width * height <= _MAX_PIXELS:
        raise Doubtful(f"has {width} x {height} pixels; {_MAX_PIXELS} are read at most")


def size_of(png: bytes) -> tuple[int, int]:
    """Return the width and the height that a sound PNG states."""
    return struct.unpack_from(">II", png, len(_SIGNATURE) + 8)


def draw(data: bytes, _width_px: int = 0) -> list[Page]:
    """Read the pixels as they are to be seen: turned as the orientation says, in the colours of the profile."""
    from PIL import Image, ImageCms, ImageOps

    with Image.open(io.BytesIO(data), formats=["PNG", "WEBP"]) as image:
        _check_size(image.width, image.height)
        if getattr(image, "n_frames", 1) > 1 or image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
            raise Doubtful("has several pictures, or more colours than a screen")
        pixels, profile = image.convert("RGBA"), image.info.get("icc_profile")
        pixels.info.pop("icc_profile", None)
        if profile:
            try:
                seen = ImageCms.profileToProfile(
                    pixels.convert("RGB"), ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
                )
            except (ImageCms.PyCMSError, OSError):
                raise Doubtful("has a colour profile that cannot be read") from None
            seen.putalpha(pixels.getchannel("A"))
            pixels = seen
        exif = image.getexif()
        pixels.getexif().update({0x0112: exif.get(0x0112, 1)})
        pixels = ImageOps.exif_transpose(pixels)
    return [Page(pixels.size, pixels)]


def renderer() -> str:
    """Return the name and version of what draws."""
    from PIL import __version__

    return f"Pillow {__version__}"
