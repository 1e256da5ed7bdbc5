"""Simulated ground truth with its power fractions in closed form."""

import numpy as np
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.selection import power_fraction
from folkprobe.signal.specification import DC_SETTINGS, SIDES, specified_power_fraction, specified_selections
from folkprobe.signal.spectrum import power_spectrum

BAND = (8.7, 9.3)


def fraction(sequences, *, window="rect", n_fft=None, dc="counted", sides="one_sided", period_steps=BAND):
    n_fft = n_fft or len(sequences)
    return specified_power_fraction(
        sequences, window=window, n_fft=n_fft, dc=dc, sides=sides, period_steps=period_steps
    )


def comb(n_steps=144):
    """A bar token every 9 steps: DC of 1/81, and four harmonics of 2/81 each."""
    return (np.arange(n_steps) % 9 == 0).astype(float)[:, np.newaxis]


@pytest.mark.parametrize(
    ("dc", "sides", "expected"),
    [
        ("counted", "one_sided", 2 / 9),
        ("dropped", "one_sided", 1 / 4),
        ("mean_removed", "one_sided", 1 / 4),
        ("counted", "band_of_two_sided", 1 / 9),
        ("dropped", "band_of_two_sided", 1 / 8),
        ("counted", "undoubled", 1 / 5),
        ("dropped", "undoubled", 1 / 4),
    ],
)
def test_a_comb_of_9_steps_has_four_equal_harmonics(dc, sides, expected):
    assert fraction(comb(), dc=dc, sides=sides) == pytest.approx(expected, abs=1e-12)
    # Each harmonic alike.
    for period in (9, 4.5, 3, 2.25):
        narrow = (period * 0.999, period * 1.001)
        assert fraction(comb(), dc=dc, sides=sides, period_steps=narrow) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("dc", "sides", "constant", "tone"),
    [
        ("counted", "one_sided", 1, 2),
        ("dropped", "one_sided", 0, 2),
        ("mean_removed", "one_sided", 0, 2),
        ("counted", "undoubled", 1, 1),
    ],
)
def test_a_constant_with_a_small_tone(dc, sides, constant, tone):
    mean, amplitude = 0.8, 0.02
    sequence = mean + amplitude * np.cos(2 * np.pi * 16 * np.arange(144) / 144 + 0.3)[:, np.newaxis]
    in_band = tone * (amplitude / 2) ** 2
    expected = in_band / (constant * mean**2 + in_band)
    assert fraction(sequence, dc=dc, sides=sides) == pytest.approx(expected, rel=1e-9)


def test_a_constant_under_a_hann_window_keeps_a_third_of_its_power_when_its_bin_is_dropped():
    sequence = np.full((144, 1), 0.5)
    band = (144, 144)
    # |X_1| is half of |X_0| and counts twice: 1/2 against 1.
    assert fraction(sequence, window="hann", period_steps=band) == pytest.approx(1 / 3, abs=1e-12)
    assert fraction(sequence, window="hann", dc="dropped", period_steps=band) == pytest.approx(1, abs=1e-12)
    # What is left of it when the mean is removed is rounding, and no power.
    assert fraction(sequence, window="hann", dc="mean_removed", period_steps=band) == 0


def _ratio_of_means(sequences, **settings):
    """Mean band power over mean total power: its expectation has a closed form where a mean of ratios has none."""
    total = [power_spectrum(sequences, window=settings.get("window", "rect")).power[1:].sum(axis=0)]
    return (fraction(sequences, dc="dropped", **settings) * total[0]).sum() / total[0].sum()


@pytest.mark.parametrize("n_steps", [147, 200])
def test_white_noise_has_its_bins_share(n_steps):
    noise = np.random.default_rng(2).normal(size=(n_steps, 4000))
    n_bins = sum(8.7 <= n_steps / k <= 9.3 for k in range(1, n_steps // 2 + 1))
    # Every bin but DC and Nyquist counts twice.
    expected = 2 * n_bins / (n_steps - 1)
    assert _ratio_of_means(noise) == pytest.approx(expected, rel=0.03)
    assert expected == pytest.approx({147: 2 / 146, 200: 2 / 199}[n_steps])
    # Far above the article's threshold: white noise alone would select every unit if DC did not count.
    assert (fraction(noise, dc="dropped") > 0.00025).mean() > 0.95


def test_ar1_noise_has_the_share_of_its_expected_periodogram():
    n_steps, phi = 147, 0.7
    rng = np.random.default_rng(3)
    state = rng.normal(size=4000) / np.sqrt(1 - phi**2)
    sequences = np.empty((n_steps, 4000))
    for step in range(n_steps):
        sequences[step] = state
        state = phi * state + rng.normal(size=4000)
    # E|X_k|^2 of the rectangular window: the autocovariance phi^|l| under a triangle.
    lag = np.arange(-n_steps + 1, n_steps)
    weight = (1 - np.abs(lag) / n_steps) * phi ** np.abs(lag)
    expected = np.array([(weight * np.cos(2 * np.pi * k * lag / n_steps)).sum() for k in range(n_steps // 2 + 1)])
    assert _ratio_of_means(sequences) == pytest.approx(expected[16] / expected[1:].sum(), rel=0.03)


def test_the_default_specification_is_the_selections_own():
    sequences = np.random.default_rng(4).normal(size=(100, 5)) + 0.3
    for window, n_fft in (("hann", 128), ("rect", 512)):
        expected = power_fraction(power_spectrum(sequences, window=window, n_fft=n_fft), BAND)
        np.testing.assert_allclose(fraction(sequences, window=window, n_fft=n_fft), expected, rtol=1e-12)
        expected = power_fraction(power_spectrum(sequences, window=window, n_fft=n_fft), BAND, include_dc=False)
        np.testing.assert_allclose(fraction(sequences, window=window, n_fft=n_fft, dc="dropped"), expected, rtol=1e-12)


def test_every_combination_is_there_once_and_says_where_it_does_not_exist():
    sequences = np.random.default_rng(4).normal(size=(100, 5))
    rows = list(
        specified_selections(
            sequences,
            windows=["rect", "hann"],
            n_fft=[None, 64, 100, 256],
            bands_steps=[BAND, (9.02, 9.04)],
            power_fractions_above=[0.00025, 0.9],
        )
    )
    assert len(rows) == len(set(rows)) == 2 * 3 * len(DC_SETTINGS) * len(SIDES) * 2 * 2
    for row in rows:
        if row.n_fft == 64:
            assert (row.n_selected, row.remark) == (None, "n_fft is shorter than the tune")
        elif row.period_steps != BAND:
            assert (row.n_selected, row.remark) == (None, "the band holds no bin")
        else:
            expected = fraction(sequences, window=row.window, n_fft=row.n_fft, dc=row.dc, sides=row.sides)
            assert row.n_selected == (expected > row.power_fraction_above).sum()
            assert row.median_power_fraction == np.median(expected)


@pytest.mark.parametrize(
    ("settings", "culprit"), [({"dc": "out"}, "dc = 'out'"), ({"sides": "both"}, "sides = 'both'")]
)
def test_refusals(settings, culprit):
    with pytest.raises(Refusal, match=culprit):
        fraction(comb(), **settings)
