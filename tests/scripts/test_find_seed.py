"""The script find_seed."""

import pandas as pd
from project import ROOT

from folkprobe.network.sampling import generate_tunes


def find(script, checkpoint_path, tmp_path, *shards):
    paths = []
    for number, found in enumerate(shards):
        paths.append(tmp_path / f"{number}.csv")
        pd.DataFrame({"rng_seed": found}, dtype="int64").to_csv(paths[-1], index=False)
    script("find_seed").main(
        checkpoint_path=checkpoint_path,
        claims_path=ROOT / "resources/claims.yaml",
        schema_path=ROOT / "workflow/schemas/claims.schema.yaml",
        shards_paths=paths,
        seeds_path=tmp_path / "seeds.csv",
        prompt="C",
        temperature=0.5,
    )
    return pd.read_csv(tmp_path / "seeds.csv")


def test_the_tunes_of_all_shards_with_what_fits_the_unprinted_one(script, checkpoint, checkpoint_path, tmp_path):
    table = find(script, checkpoint_path, tmp_path, [5, 900], [], [31])
    assert sorted(table["rng_seed"]) == [5, 31, 900]
    assert table["n_facts_fit"].is_monotonic_decreasing
    assert set(table["n_facts"]) == {11}
    for row in table.itertuples():
        drawn = generate_tunes(
            checkpoint, rng_seed=row.rng_seed, n_tunes=1, sampler="folk-rnn", prompt="C", temperature=0.5
        )
        tokens = drawn.tokens(0)
        assert row.tokens.split() == tokens[1:]
        assert row.n_steps == len(tokens) - (tokens[-1] == "</s>")
        # This network has no /2, so one fact holds of every tune.
        assert 1 <= row.n_facts_fit < 11


def test_no_seed_is_a_table_without_rows(script, checkpoint_path, tmp_path):
    table = find(script, checkpoint_path, tmp_path, [], [])
    assert table.empty
    assert list(table)[:3] == ["rng_seed", "n_facts_fit", "n_facts"]
