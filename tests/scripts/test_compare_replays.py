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
    without = write_tune_texts("<s> C D </s>", "<s> | C D | E </s>", name="without.h5")
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
            replays=["intact"],
            period_steps=[8.7, 9.3],
            include_dc=True,
        )


def test_a_bar_without_its_bar_token_is_looked_for_a_step_below(
    script, shown_tunes_path, write_states, trajectories_path, tmp_path
):
    """Of 4 steps, or 3 without the bar token: states of that period have their power in the band of each."""
    paths = {name: tmp_path / f"{name}.h5" for name in ("deleted", "jittered")}
    manipulation = {f"{name}_path": path for name, path in paths.items()}
    script("manipulate_tunes").main(tunes_path=shown_tunes_path, shift_steps_max=0, rng_seed=1, **manipulation)
    spectra_paths = [tmp_path / f"spectra_{period}.h5" for period in (4, 3)]
    for period, path in zip((4, 3), spectra_paths, strict=True):
        line = np.cos(2 * np.pi * np.arange(60) / period)[:, np.newaxis]
        script("estimate_spectra").main(
            trajectories_path=write_states([[np.repeat(line, n, axis=1) for n in (3, 4, 6)]]),
            spectra_path=path,
            window="hann",
            population_n_fft=240,
            population_segment_steps=None,
            shown_tune_index=0,
            shown_tune_n_fft=None,
        )
    script("compare_replays").main(
        spectra_paths=spectra_paths,
        trajectories_paths=[trajectories_path] * 2,
        tunes_paths=[shown_tunes_path, paths["deleted"]],
        replays_path=tmp_path / "replays.csv",
        replays=["intact", "bars_deleted"],
        period_steps=[3.9, 4.1],
        include_dc=True,
    )
    table = pd.read_csv(tmp_path / "replays.csv").set_index("replay")
    intact, deleted = (table.loc[replay].iloc[0] for replay in ("intact", "bars_deleted"))
    assert (intact["bar_steps"], deleted["bar_steps"]) == (4, 3)
    assert deleted["shortest_steps"] < 3 < deleted["longest_steps"]
    assert deleted["median_power_fraction"] == pytest.approx(intact["median_power_fraction"], rel=1e-6)
    assert intact["median_power_fraction"] > 0.4
