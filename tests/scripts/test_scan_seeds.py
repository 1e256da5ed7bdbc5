"""The script scan_seeds."""

import pandas as pd

from folkprobe.network.sampling import generate_tunes


def test_seeds_are_written_one_a_row(script, checkpoint, checkpoint_path, tmp_path):
    drawn = generate_tunes(checkpoint, rng_seed=77, n_tunes=1, sampler="folk-rnn", max_steps=9, temperature=2.0)
    prefix = drawn.tokens(0)[1:6]

    def scan(first, n):
        script("scan_seeds").main(
            checkpoint_path=checkpoint_path,
            seeds_path=tmp_path / "seeds.csv",
            log_path=tmp_path / "scan_seeds_0.log",
            prefix=" ".join(prefix),
            prompt="",
            temperature=2.0,
            first_rng_seed=first,
            n_seeds=n,
        )
        return pd.read_csv(tmp_path / "seeds.csv")["rng_seed"].tolist()

    assert 77 in scan(70, 10)
    assert 77 not in scan(78, 10)
    # No seed is a table without rows.
    assert scan(78, 1) == []
