"""The scripts generate_lesions, gather_lesions and count_lesions: each lesion is its set's, whatever its batch."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.lesion_tunes import read_lesion_tunes
from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.scoring import score_tunes
from folkprobe.provenance.closure import sha256_of_file

GENERATION = {"rng_seed": 4, "n_tunes": 5, "max_steps": 40, "prompt": "M:4/4"}
# layer, kind, set_index, units, their means; layer 2 has four units, of which a half are two.
SETS = [
    (2, "targeted", 0, [1, 3], [0.1, -0.2]),
    (2, "random", 0, [0, 3], [0.3, -0.2]),
    (2, "random", 1, [0, 1], [0.3, 0.1]),
    (1, "random", 1, [4], [0.5]),
]
CONDITIONS = [
    ("a", 2, "targeted", 0, None, 0.5, "zero", "both"),
    ("b", 2, "random", 0, None, 0.5, "mean", "both"),
    ("c", 2, "random", 1, 2, None, "mean", "out"),
    ("d", 1, "random", 1, 1, None, "zero", "rec"),
]
KEYS = ("condition", "layer", "kind", "set_index", "n_units", "share_of_layer", "value", "scope")


def _conditions():
    return [dict(zip(KEYS, each, strict=True)) | {"family": f"family_{each[0]}"} for each in CONDITIONS]


def _excised(checkpoint):
    return {
        "a": excise_units(checkpoint, 2, [1, 3]),
        "b": excise_units(checkpoint, 2, [0, 3], value=[0.3, -0.2]),
        "c": excise_units(checkpoint, 2, [0, 1], value=[0.3, 0.1], scope="out"),
        "d": excise_units(checkpoint, 1, [4], scope="rec"),
    }


@pytest.fixture
def generate(script, checkpoint_path, tmp_path):
    rows = [
        (layer, kind, number, len(units), unit, mean)
        for layer, kind, number, units, means in SETS
        for unit, mean in zip(units, means, strict=True)
    ]
    columns = ["layer", "kind", "set_index", "n_units", "unit_index", "mean_hidden_state"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "sets.csv", index=False)

    def generate(name, conditions):
        script("generate_lesions").main(
            checkpoint_path=checkpoint_path,
            sets_path=tmp_path / "sets.csv",
            tunes_path=tmp_path / name,
            conditions=conditions,
            **GENERATION,
        )
        return tmp_path / name

    return generate


def test_each_condition_is_its_excised_networks_tunes_with_their_score(checkpoint, generate, tmp_path):
    excised = _excised(checkpoint)
    found = list(read_lesion_tunes(generate("tunes.h5", _conditions())))
    assert [each.condition for each in found] == ["a", "b", "c", "d"]
    for each in found:
        expected = generate_tunes(excised[each.condition], **GENERATION)
        assert np.array_equal(each.tunes.token_index, expected.token_index)
        assert each.intact_log_probability == pytest.approx(score_tunes(checkpoint, expected), abs=1e-12)
        path = tmp_path / f"{each.condition}.h5"
        write_checkpoint(excised[each.condition], path)
        assert each.tunes.checkpoint_sha256 == sha256_of_file(path)


def test_batches_leave_no_trace(script, generate, tmp_path):
    whole = generate("whole.h5", _conditions())
    parts = [generate(f"{n}.h5", part) for n, part in enumerate((_conditions()[:1], _conditions()[1:]))]
    script("gather_lesions").main(batch_paths=parts, tunes_path=tmp_path / "joined.h5")
    assert (tmp_path / "joined.h5").read_bytes() == whole.read_bytes()


def test_outcomes_are_what_one_counts_by_hand(script, checkpoint, checkpoint_path, generate, tmp_path):
    intact = generate_tunes(checkpoint, **GENERATION)
    write_tunes(intact, tmp_path / "intact.h5")
    script("count_lesions").main(
        checkpoint_path=checkpoint_path,
        intact_tunes_path=tmp_path / "intact.h5",
        lesion_tunes_path=generate("tunes.h5", _conditions()),
        outcomes_path=tmp_path / "outcomes.csv",
        conditions=_conditions(),
    )
    table = pd.read_csv(tmp_path / "outcomes.csv")
    assert list(table["condition"].unique()) == ["intact", "a", "b", "c", "d"]
    assert list(table["n_units"].groupby(table["condition"]).first().loc[["a", "b", "c", "d"]]) == [2, 2, 2, 1]
    assert (table.loc[table["condition"] == "c", "family"] == "family_c").all()
    assert table.loc[table["condition"] == "intact", ["layer", "family", "n_units", "set_index"]].isna().all(axis=None)
    networks = {"intact": checkpoint} | _excised(checkpoint)
    for condition, rows in table.groupby("condition"):
        tunes = generate_tunes(networks[condition], **GENERATION)
        assert list(rows["tune_index"]) == list(range(5))
        assert rows["intact_log_probability"].to_numpy() == pytest.approx(score_tunes(checkpoint, tunes), abs=1e-9)
        for k, row in enumerate(rows.to_dict("records")):
            tokens, count = tunes.tokens(k), count_bars(tunes.tokens(k))
            verdicts = [bar.verdict for bar in count.bars]
            assert row["n_measured_bars"] == sum(verdict != "unmeasured" for verdict in verdicts)
            assert row["n_wrong_bars"] == sum(verdict not in OK_VERDICTS | {"unmeasured"} for verdict in verdicts)
            assert row["n_tokens"] == len(tokens) - 2
            assert row["ended"] == (tokens[-1] == "</s>")
            assert row["wellformed"] == count.wellformed
            assert row["n_bar_tokens"] == sum("|" in token for token in tokens[2:])
            if count.ok is not None:
                assert (row["ok"], row["strict_ok"]) == (count.ok, count.strict_ok)
