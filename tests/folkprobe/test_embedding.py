import base64
import io
from urllib.parse import unquote

import numpy as np
from PIL import Image

from folkprobe.figures.embedding import embed_raster, embed_rasters, embed_svg


def _pixels(url):
    head, data = url.split(",")
    assert head == "data:image/webp;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        return np.asarray(image.convert("RGB"))


def test_a_drawing_comes_back_without_loss(tmp_path):
    pixels = np.full((40, 60, 3), 255, dtype=np.uint8)
    pixels[10:12, 5:50] = [0, 90, 180]
    Image.fromarray(pixels).save(tmp_path / "drawing.png")
    picture = embed_raster(tmp_path / "drawing.png")
    assert (picture.width, picture.height) == (60, 40)
    assert np.array_equal(_pixels(picture.url), pixels)
    assert embed_raster(tmp_path / "drawing.png") == picture


def test_noise_is_made_smaller_and_stays_alike(tmp_path):
    rng = np.random.default_rng(0)
    smooth = np.kron(rng.uniform(0, 255, (16, 16, 3)), np.ones((16, 16, 1)))
    pixels = np.clip(smooth + rng.normal(0, 3, smooth.shape), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "noise.png")
    url = embed_raster(tmp_path / "noise.png").url
    assert len(url) < (tmp_path / "noise.png").stat().st_size / 2
    assert np.abs(_pixels(url).astype(float) - pixels).mean() < 8


def test_the_largest_pictures_make_room(tmp_path):
    rng = np.random.default_rng(0)
    drawing = np.full((200, 300, 3), 255, dtype=np.uint8)
    drawing[50:60, 20:280] = [0, 90, 180]
    # As hidden states of 512 units do.
    noise = rng.integers(0, 256, (200, 512, 3), dtype=np.uint8)
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for path, pixels in zip(paths, (drawing, noise, drawing, np.flip(noise, 0)), strict=True):
        Image.fromarray(pixels).save(path)
    free, fitted = embed_rasters(paths), embed_rasters(paths, 40_000)
    assert free == [embed_raster(path) for path in paths]
    assert sum(len(each.url) for each in free) > 150_000
    assert sum(len(each.url) for each in fitted) * 3 / 4 < 40_200
    assert (fitted[0], fitted[2]) == (free[0], free[2])
    assert [(each.width, each.height) for each in fitted] == [(each.width, each.height) for each in free]
    assert embed_rasters(paths, 40_000) == fitted
    # What cannot be made small enough is made as small as can be.
    assert sum(len(each.url) for each in embed_rasters(paths, 10)) < sum(len(each.url) for each in fitted)


def test_a_drawing_of_lines_comes_back_as_it_is():
    drawing = '<svg a="1"><text>50 % of "8" & it\'s #1 ♯</text></svg>'
    head, _, text = embed_svg(drawing).partition(",")
    assert head == "data:image/svg+xml"
    assert not set(text) & set('"<>#& ') - {" "}
    assert unquote(text) == "<svg a='1'><text>50 % of '8' & it&#39;s #1 ♯</text></svg>"
