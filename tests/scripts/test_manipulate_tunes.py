"""The script manipulate_tunes."""

import numpy as np
import pytest

from folkprobe.music.manipulation import delete_bars
from folkprobe.music.tunes import read_tunes


@pytest.fixture
def manipulate(script, tmp_path):
    def manipulate(tunes_path, **settings):
        paths = {name: tmp_path / f"{name}.h5" for name in ("deleted", "jittered")}
        script("manipulate_tunes").main(
            tunes_path=tunes_path,
            deleted_path=paths["deleted"],
            jittered_path=paths["jittered"],
            **{"shift_steps_max": 2, "rng_seed": 5} | settings,
        )
        return [read_tunes(path) for path in paths.values()]

    return manipulate


def test_bars_are_gone_or_moved_and_the_rest_stays(manipulate, shown_tunes_path):
    tunes, (deleted, jittered) = read_tunes(shown_tunes_path), manipulate(shown_tunes_path)
    assert len(deleted) == len(jittered) == len(tunes) == 3
    for k in range(3):
        rest = delete_bars(tunes.tokens(k))
        assert deleted.tokens(k) == rest
        assert delete_bars(jittered.tokens(k)) == rest
        assert jittered.tokens(k).count("|") == tunes.tokens(k).count("|")
    assert any(jittered.tokens(k) != tunes.tokens(k) for k in range(3))
    assert np.isnan(jittered.log_probabilities).all()


def test_a_tune_is_moved_alike_whatever_its_place_in_the_file(manipulate, write_tune_texts):
    text = "<s> M:4/4 " + "C D E F G A | " * 8 + "</s>"
    _, alone = manipulate(write_tune_texts(text, first_tune=4))
    _, among = manipulate(write_tune_texts("<s> C", text, first_tune=3))
    assert alone.tokens(0) == among.tokens(1)
    _, other = manipulate(write_tune_texts(text, first_tune=4), rng_seed=6)
    assert alone.tokens(0) != other.tokens(0)
