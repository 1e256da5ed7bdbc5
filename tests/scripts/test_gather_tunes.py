"""The script gather_tunes."""

from folkprobe.music.tunes import write_tunes
from folkprobe.network.sampling import generate_tunes


def test_shards_become_the_file_that_one_job_would_write(script, checkpoint, tmp_path):
    shards = [tmp_path / f"{first_tune}.h5" for first_tune in (0, 2, 5)]
    for first_tune, n_tunes, path in zip((0, 2, 5), (2, 3, 2), shards, strict=True):
        write_tunes(generate_tunes(checkpoint, rng_seed=1, n_tunes=n_tunes, first_tune=first_tune, max_steps=9), path)
    write_tunes(generate_tunes(checkpoint, rng_seed=1, n_tunes=7, max_steps=9), tmp_path / "whole.h5")
    script("gather_tunes").main(shards_paths=shards, tunes_path=tmp_path / "tunes.h5")
    assert (tmp_path / "tunes.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()
