import base64
import io

import numpy as np
from PIL import Image

from folkprobe.figures.embedding import embed_raster, embed_svg


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


def test_a_drawing_of_lines_goes_in_as_it_is(tmp_path):
    (tmp_path / "score.svg").write_text("<svg/>")
    assert base64.b64decode(embed_svg(tmp_path / "score.svg").partition(",")[2]) == b"<svg/>"
