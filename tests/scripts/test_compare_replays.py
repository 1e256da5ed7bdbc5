"""The script compare_replays."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.spectra_file import write_spectra


@pytest.mark.parametrize("include_dc", [True, False])
def test_one_row_a_replay_and_sequence(
    script, spectra, spectra_path, trajectories, trajectories_path, write_states, write_tune_texts, tmp_path, include_dc
):
    # Of other numbers than the population's, and of one tune.
    write_spectra(dict.fromkeys(spectra, spectra["shown_tune"]), tmp_path / "other.h5")
    with_bars = write_tune_texts("<s> C | D | </s>", "<s> |: C D :| E </s>", name="with.h5")
    without = write_tune_texts("<s> C D </s>", "<s> | C D E </s>", name="without.h5")
    script("compare_replays").main(
        spectra_paths=[spectra_path, tmp_path / "other.h5"],
        trajectories_paths=[
            trajectories_path,
            write_states([trajectories[1].hidden_state], [trajectories[1].posterior], name="other_states.h5"),
        ],
        tunes_paths=[with_bars, without],
        replays_path=tmp_path / "replays.csv",
        replays=["intact", "manipulated"],
        period_steps=[8.7, 9.3],
        include_dc=include_dc,
    )
    table = pd.read_csv(tmp_path / "replays.csv")
    assert table["replay"].tolist() == ["intact"] * 3 + ["manipulated"] * 3
    assert table["sequence"].tolist() == ["layer 1", "layer 2", "P(|)"] * 2
    assert table["n_units"].tolist() == [5, 3, 1] * 2
    assert table["n_tunes"].tolist() == [7] * 3 + [1] * 3
    assert np.allclose(table["share_of_bar_tokens_read"], [4 / 13] * 3 + [1 / 10] * 3)

    # Where `|` is in the sorted vocabulary: </s> <s> C D E | |: and so on; `:|` comes before the letters.
    column = {"intact": sorted({"<s>", "</s>", "C", "D", "E", "|", "|:", ":|"}).index("|")}
    column["manipulated"] = sorted({"<s>", "</s>", "C", "D", "E", "|"}).index("|")
    for (replay, rows), group in zip(table.groupby("replay", sort=False), ("population", "shown_tune"), strict=True):
        for row, layer in zip(rows.itertuples(), [*spectra[group].layers, spectra[group].softmax], strict=True):
            power = layer.spectrum.power
            if row.sequence == "P(|)":
                power = power[:, [column[replay]]]
            # The period of 9 steps is bin 2.
            fraction = power[2] / power[0 if include_dc else 1 :].sum(axis=0)
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
            replays=["intact"],
            period_steps=[8.7, 9.3],
            include_dc=True,
        )
