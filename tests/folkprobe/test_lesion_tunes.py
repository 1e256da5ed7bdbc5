import h5py
import numpy as np
import pytest

from folkprobe.music.lesion_tunes import LesionTunes, read_lesion_tunes, write_lesion_tunes
from folkprobe.network.sampling import generate_tunes
from folkprobe.refusal import Refusal


@pytest.fixture
def lesions(checkpoint):
    def tunes(rng_seed):
        return generate_tunes(checkpoint, rng_seed=rng_seed, n_tunes=3, max_steps=20)

    # Not in alphabetical order.
    return [LesionTunes(name, tunes(seed), np.arange(3.0) - seed) for seed, name in enumerate(["b_1", "a_10", "a_2"])]


def test_what_was_written_is_read_in_its_order(lesions, tmp_path):
    write_lesion_tunes(iter(lesions), tmp_path / "tunes.h5")
    again = list(read_lesion_tunes(tmp_path / "tunes.h5"))
    assert [each.condition for each in again] == ["b_1", "a_10", "a_2"]
    for mine, theirs in zip(lesions, again, strict=True):
        assert [mine.tunes.tokens(k) for k in range(3)] == [theirs.tunes.tokens(k) for k in range(3)]
        assert np.array_equal(mine.intact_log_probability, theirs.intact_log_probability)
        assert np.array_equal(mine.tunes.log_probabilities, theirs.tunes.log_probabilities, equal_nan=True)


def test_joining_parts_gives_the_bytes_of_writing_all_at_once(lesions, tmp_path):
    write_lesion_tunes(lesions, tmp_path / "whole.h5")
    write_lesion_tunes(lesions[:1], tmp_path / "1.h5")
    write_lesion_tunes(lesions[1:], tmp_path / "2.h5")
    parts = [each for name in ("1.h5", "2.h5") for each in read_lesion_tunes(tmp_path / name)]
    write_lesion_tunes(parts, tmp_path / "joined.h5")
    assert (tmp_path / "joined.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_what_is_no_such_file_is_refused(tmp_path, lesions):
    with pytest.raises(Refusal, match="the rule gather_lesions makes it"):
        list(read_lesion_tunes(tmp_path / "none.h5"))
    write_lesion_tunes(lesions, tmp_path / "tunes.h5")
    with h5py.File(tmp_path / "tunes.h5", "a") as file:
        del file["a_2/intact_log_probability"]
    with pytest.raises(Refusal, match="not a complete lesions/tunes.h5"):
        list(read_lesion_tunes(tmp_path / "tunes.h5"))
