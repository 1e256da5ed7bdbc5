"""The script compare_replays."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.music.tunes import read_tunes
from folkprobe.refusal import Refusal
from folkprobe.signal.spectra_file import write_spectra

RESAMPLING = {"confidence_level": 0.9, "n_resamples": 200, "rng_seed": 1}


@pytest.mark.parametrize("include_dc", [True, False])
def test_one_row_a_replay_and_sequence(
    script, spectra, spectra_path, trajectories, trajectories_path, write_states, write_tune_texts, tmp_path, include_dc
):
    # Of other numbers than the population's, and of one tune.
    write_spectra(dict.fromkeys(spectra, spectra["shown_tune"]), tmp_path / "other.h5")
    with_bars = write_tune_texts("<s> C | D | </s>", "<s> |: C D :| E </s>", name="with.h5")
    without = write_tune_texts("<s> C D </s>", "<s> | C D | E </s>", name="without.h5")
    script("compare_replays").main(
        spectra_paths=[spectra_path, tmp_path / "other.h5"],
        trajectories_paths=[
            trajectories_path,
            write_states([trajectories[1].hidden_state], [trajectories[1].posterior], name="other_states.h5"),
        ],
        tunes_paths=[with_bars, without],
        replays_path=tmp_path / "replays.csv",
        auc_path=tmp_path / "auc.csv",
        replays=["intact", "manipulated"],
        finished=[],
        period_steps=[8.7, 9.3],
        include_dc=include_dc,
        **RESAMPLING,
    )
    table = pd.read_csv(tmp_path / "replays.csv")
    assert table["replay"].tolist() == ["intact"] * 3 + ["manipulated"] * 3
    assert table["sequence"].tolist() == ["layer 1", "layer 2", "P(|)"] * 2
    assert table["n_units"].tolist() == [5, 3, 1] * 2
    assert table["n_tunes"].tolist() == [7] * 3 + [1] * 3
    assert np.allclose(table["share_of_bar_tokens_read"], [4 / 13] * 3 + [2 / 11] * 3)
    # Bars of 2 and 3 steps, and of 3.
    assert table["bar_steps"].tolist() == [2.5] * 3 + [3] * 3

    # Where `|` is in the sorted vocabulary: </s> <s> C D E | |: and so on; `:|` comes before the letters.
    column = {"intact": sorted({"<s>", "</s>", "C", "D", "E", "|", "|:", ":|"}).index("|")}
    column["manipulated"] = sorted({"<s>", "</s>", "C", "D", "E", "|"}).index("|")
    for (replay, rows), group in zip(table.groupby("replay", sort=False), ("population", "shown_tune"), strict=True):
        for row, layer in zip(rows.itertuples(), [*spectra[group].layers, spectra[group].softmax], strict=True):
            power = layer.spectrum.power
            if row.sequence == "P(|)":
                power = power[:, [column[replay]]]
            # The period of 9 steps is bin 2; 1/2.5 to 1/3 of a cycle is a bin less.
            fraction = power[{"intact": 2, "manipulated": 1}[replay]] / power[0 if include_dc else 1 :].sum(axis=0)
            assert row.median_power_fraction == pytest.approx(np.median(fraction))
            assert row.mean_level_at_dc == pytest.approx(np.sqrt(power[0]).mean())
    of_bar = table.loc[table["sequence"] == "P(|)", "mean_probability"]
    # A mean over the steps of all tunes.
    sums = [sum(each.posterior[:, column["intact"]].sum() for each in trajectories) / 49]
    sums.append(trajectories[1].posterior[:, column["manipulated"]].mean())
    assert of_bar.to_numpy() == pytest.approx(sums)
    assert table["mean_probability"].isna().sum() == 4


def test_a_vocabulary_without_bars_is_refused(script, spectra_path, trajectories_path, write_tune_texts, tmp_path):
    with pytest.raises(Refusal, match=r"lacks '\|'"):
        script("compare_replays").main(
            spectra_paths=[spectra_path],
            trajectories_paths=[trajectories_path],
            tunes_paths=[write_tune_texts("<s> A B")],
            replays_path=tmp_path / "replays.csv",
            auc_path=tmp_path / "auc.csv",
            replays=["intact"],
            finished=["intact"],
            period_steps=[8.7, 9.3],
            include_dc=True,
            **RESAMPLING,
        )


def test_a_network_that_counts_from_the_last_bar_token_knows_the_end_of_the_first_bar_only(
    script, spectra_path, shown_tunes_path, write_states, tmp_path
):
    paths = {name: tmp_path / f"{name}.h5" for name in ("deleted", "jittered")}
    manipulation = {f"{name}_path": path for name, path in paths.items()}
    script("manipulate_tunes").main(tunes_path=shown_tunes_path, shift_steps_max=0, rng_seed=1, **manipulation)
    # P(|) rises with the notes since the last bar token, up to the third note.
    trajectories = []
    for path in (shown_tunes_path, paths["deleted"]):
        tunes, posteriors, states = read_tunes(path), [], []
        for k in range(3):
            posteriors.append(np.full((len(tunes.tokens(k)) - 1, 12), 0.01))
            since = 0
            for step, token in enumerate(tunes.tokens(k)[:-1]):
                since = 0 if token == "|" else since + (token in "CDEFGA")
                posteriors[-1][step, tunes.column("|")] = 0.1 * min(since, 3)
            states.append([np.zeros((len(posteriors[-1]), n)) for n in (3, 4, 6)])
        trajectories.append(write_states(states, posteriors, name=f"states_{len(trajectories)}.h5"))
    script("compare_replays").main(
        spectra_paths=[spectra_path] * 3,
        trajectories_paths=[*trajectories, trajectories[1]],
        tunes_paths=[shown_tunes_path, paths["deleted"], shown_tunes_path],
        replays_path=tmp_path / "replays.csv",
        auc_path=tmp_path / "auc.csv",
        replays=["intact", "bars_deleted", "generated"],
        finished=["intact", "bars_deleted"],
        period_steps=[8.7, 9.3],
        include_dc=True,
        **RESAMPLING,
    )
    replays = pd.read_csv(tmp_path / "replays.csv")
    # Bars of 5, 4, 4, 4 and 4 steps; without their bar tokens, 3. A third to a quarter of a cycle is 1.5 bins.
    assert replays["bar_steps"].tolist() == [4] * 3 + [3] * 3 + [4] * 3
    table = pd.read_csv(tmp_path / "auc.csv").set_index(["replay", "first_bar"])
    assert table.index.get_level_values("replay").unique().tolist() == ["intact", "bars_deleted"]
    assert table["last_bar"].tolist() == [1, 2, 4, 9, np.inf] * 2
    # Bars of 2 notes; the notes that were drawn last and not read do not count.
    first, second = table.loc[("bars_deleted", 1)], table.loc[("bars_deleted", 2)]
    assert (first["n_bar_ends"], first["n_note_ends"], first["n_tunes"]) == (3, 6, 3)
    assert (first["auc"], second["auc"]) == (1, 0.5)
    intact = table.loc[("intact", 1)]
    assert intact["n_note_ends"] == 25
    assert np.isnan(table.loc[("intact", 2), "auc"])
    assert intact["lower"] <= intact["auc"] <= intact["upper"]
    assert intact["level"] == 0.9
