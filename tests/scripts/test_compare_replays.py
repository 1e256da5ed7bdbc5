"""The script compare_replays."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.spectra_file import write_spectra


@pytest.fixture
def compare(script, tmp_path):
    def compare(spectra_paths, tunes_path):
        script("compare_replays").main(
            spectra_paths=spectra_paths,
            tunes_paths=[tunes_path] * len(spectra_paths),
            replays_path=tmp_path / "replays.csv",
            replays=["intact", "bars_deleted"][: len(spectra_paths)],
            period_steps=[8.7, 9.3],
            include_dc=True,
        )
        return pd.read_csv(tmp_path / "replays.csv").set_index(["replay", "sequence"])

    return compare


def test_fractions_of_each_replay(compare, spectra, spectra_path, shown_tunes_path, tmp_path):
    population = spectra["population"]
    louder = replace(population.layers[0].spectrum, power=population.layers[0].spectrum.power * 4)
    other = replace(population, layers=(replace(population.layers[0], spectrum=louder), population.layers[1]))
    write_spectra({"population": other}, tmp_path / "other.h5")
    table = compare([spectra_path, tmp_path / "other.h5"], shown_tunes_path)
    power = population.layers[0].spectrum.power
    expected = np.median(power[2] / power.sum(axis=0))
    for replay, scale in (("intact", 1), ("bars_deleted", 2)):
        row = table.loc[(replay, "layer 1")]
        assert row["median_power_fraction"] == pytest.approx(expected)
        assert row["mean_level_at_dc"] == pytest.approx(scale * np.sqrt(power[0]).mean())
        # 8 bar tokens among 18 + 13 + 21 tokens.
        assert row["share_of_bar_tokens_read"] == pytest.approx(8 / 52)
    of_bar = population.softmax.spectrum.power[:, 11]
    row = table.loc[("intact", "P(|)")]
    assert row["median_power_fraction"] == pytest.approx(of_bar[2] / of_bar.sum())


def test_a_vocabulary_without_bars_is_refused(compare, spectra_path, write_tune_texts):
    with pytest.raises(Refusal, match=r"has no '\|'"):
        compare([spectra_path], write_tune_texts("<s> A B"))
