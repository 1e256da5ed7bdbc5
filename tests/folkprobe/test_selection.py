"""Power fractions of signals whose fraction is known in closed form, and the choice of units."""

import numpy as np
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.selection import (
    band_bins,
    flat_power_fraction,
    move_band,
    power_fraction,
    select_units,
    strongest_unit,
    threshold_of_share,
)
from folkprobe.signal.spectrum import Spectrum, power_spectrum

BAND = (8.7, 9.3)


def grid(n_fft):
    return np.fft.rfftfreq(n_fft)


def spectrum_of(power, n_fft):
    power = np.asarray(power, dtype=float)
    return Spectrum(grid(n_fft), power, "rect", n_fft, n_tunes=1, n_steps=n_fft)


def test_band_holds_one_bin_at_147_steps():
    # Design, section 4: 147 / 16 = 9.1875 is the only period inside.
    np.testing.assert_array_equal(band_bins(grid(147), BAND), [16])


@pytest.mark.parametrize("n_fft", [90, 144, 147, 1000, 1023])
def test_edge_exactly_on_a_bin_counts(n_fft):
    frequency = grid(n_fft)
    for k in range(1, n_fft // 2 + 1):
        # n_fft / k and 1 / (k / n_fft) differ in the last bit for some k; either is the same period.
        for edge in (n_fft / k, 1 / frequency[k]):
            assert k in band_bins(frequency, (edge, edge + 1))
            assert k in band_bins(frequency, (edge - 0.5, edge))
    assert band_bins(frequency, (n_fft / 10, n_fft / 5)).tolist() == [5, 6, 7, 8, 9, 10]


def test_band_up_to_infinity_takes_in_dc():
    assert band_bins(grid(144), (48, np.inf)).tolist() == [0, 1, 2, 3]


def test_lengths_without_a_bin_are_refused_and_the_remedy_is_true():
    without = [n for n in range(2, 200) if not any(8.7 <= n / k <= 9.3 for k in range(1, n // 2 + 1))]
    assert {40, 121} <= set(without)  # design, section 4
    for n_fft in range(2, 200):
        if n_fft not in without:
            assert len(band_bins(grid(n_fft), BAND)) > 0
            continue
        with pytest.raises(Refusal, match=rf"\[8\.7, 9\.3\].*n_fft = {n_fft}:") as refusal:
            band_bins(grid(n_fft), BAND)
        remedy = next(n for n in range(n_fft, 400) if n not in without)
        assert f"n_fft = {remedy} would do" in str(refusal.value)


def test_refusal_names_periods_that_would_have_a_bin():
    with pytest.raises(Refusal, match="such as 8 or 10 steps"):
        band_bins(grid(40), BAND)


@pytest.mark.parametrize("period_steps", [(9.3, 8.7), (0, 9), (-1, 9), (np.nan, 9), (8.7, np.nan)])
def test_impossible_bands_are_refused(period_steps):
    with pytest.raises(Refusal, match="is not a band"):
        band_bins(grid(147), period_steps)


def test_band_below_nyquist_is_refused_without_a_false_hope():
    with pytest.raises(Refusal, match="no period below 2 steps") as refusal:
        band_bins(grid(147), (1.2, 1.8))
    assert "would do" not in str(refusal.value)


def test_tone_on_the_bin_has_all_the_power_under_a_rectangle_and_two_thirds_under_hann():
    tone = np.cos(2 * np.pi * 16 / 147 * np.arange(147))[:, np.newaxis]
    assert power_fraction(power_spectrum(tone, window="rect")) == pytest.approx([1], abs=1e-12)
    # Hann leaves a quarter of the bin's power in each neighbour: 1 / (1 + 1/4 + 1/4).
    assert power_fraction(power_spectrum(tone)) == pytest.approx([2 / 3], abs=1e-12)


def test_tone_between_bins_under_a_rectangle():
    # Half a bin off, both neighbours get (2 / pi)^2 of its power, up to the image at the negative frequency.
    n_steps = 1470
    tone = np.cos(2 * np.pi * 160.5 / n_steps * np.arange(n_steps) + 0.4)[:, np.newaxis]
    fraction = power_fraction(power_spectrum(tone, window="rect"), (n_steps / 160, n_steps / 160))
    assert fraction == pytest.approx([4 / np.pi**2], rel=0.01)


def test_constant_with_a_small_tone_with_and_without_dc():
    # Power: constant m^2 at DC and m^2 / 2 in bin 1; tone a^2 / 2 on its bin and a^2 / 8 on either side.
    m, a = 0.8, 0.05
    hidden_state = (m + a * np.cos(2 * np.pi * 16 / 147 * np.arange(147)))[:, np.newaxis]
    spectrum = power_spectrum(hidden_state)
    tone = 0.75 * a**2
    assert power_fraction(spectrum) == pytest.approx([a**2 / 2 / (1.5 * m**2 + tone)], rel=1e-10)
    assert power_fraction(spectrum, include_dc=False) == pytest.approx([a**2 / 2 / (0.5 * m**2 + tone)], rel=1e-10)


def test_comb_of_9_steps():
    # DC 1, four harmonics 2 each, in units of 1/81.
    comb = np.zeros((144, 1))
    comb[::9] = 1
    spectrum = power_spectrum(comb, window="rect")
    assert power_fraction(spectrum) == pytest.approx([2 / 9], abs=1e-12)
    assert power_fraction(spectrum, include_dc=False) == pytest.approx([1 / 4], abs=1e-12)


def test_white_noise_puts_its_share_of_the_bins_in_the_band():
    # Design, section 4: 1.4 % at N = 147, which is 2 of 1 + 2 * 73.
    hidden_state = np.random.default_rng(1).normal(size=(147, 40_000))
    fraction = power_fraction(power_spectrum(hidden_state, window="rect"))
    assert fraction.mean() == pytest.approx(2 / 147, rel=0.03)


@pytest.mark.parametrize(("n_fft", "bins"), [(147, 1), (1024, 7), (1023, 8)])
@pytest.mark.parametrize("include_dc", [True, False])
def test_a_flat_spectrum_has_the_bands_share_of_all_bins(n_fft, bins, include_dc):
    spectrum = spectrum_of(np.zeros((n_fft // 2 + 1, 3)), n_fft)
    # Both sides of each: of 1024 bins, 111 to 117 and their images; 1023 / 110 is the edge itself.
    expected = 2 * bins / (n_fft if include_dc else n_fft - 1)
    assert flat_power_fraction(spectrum, include_dc=include_dc) == pytest.approx(expected, rel=1e-12)


def test_white_noise_has_the_flat_fraction_on_average():
    hidden_state = np.random.default_rng(2).normal(size=(147, 20_000))
    spectrum = power_spectrum(hidden_state, window="rect", n_fft=512)
    assert power_fraction(spectrum).mean() == pytest.approx(flat_power_fraction(spectrum), rel=0.03)


def test_everything_and_nothing():
    power = np.array([[1.0, 0.0, 1e-300], [3.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    everything = power_fraction(spectrum_of(power, 4), (2, np.inf))
    assert everything.tolist() == [1, 0, 1]
    assert power_fraction(spectrum_of(power, 4), (2, 2)).tolist() == [1 / 3, 0, 0]
    # Without DC, bin 0 leaves the band as well as the total.
    assert power_fraction(spectrum_of(power, 4), (3, np.inf), include_dc=False).tolist() == [3 / 5, 0, 0]


def test_scale_does_not_matter_and_no_units_are_no_fractions():
    power = np.random.default_rng(2).random((74, 6))
    plain = power_fraction(spectrum_of(power, 147))
    np.testing.assert_allclose(power_fraction(spectrum_of(1e-6 * power, 147)), plain, rtol=1e-12)
    assert power_fraction(spectrum_of(power[:, :0], 147)).shape == (0,)


def test_threshold_is_exclusive():
    fraction = np.array([0.1, 0.25, 0.3, 0.0])
    assert select_units(fraction, power_fraction_above=0.25).tolist() == [False, False, True, False]
    assert select_units(fraction, power_fraction_above=0.0).tolist() == [True, True, True, False]
    assert not select_units(fraction, power_fraction_above=1.0).any()


def test_top_fraction_breaks_ties_by_unit_index():
    fraction = np.array([0.1, 0.3, 0.3, 0.1, 0.3, 0.1])
    assert np.flatnonzero(select_units(fraction, top_fraction=1 / 3)).tolist() == [1, 2]
    assert np.flatnonzero(select_units(fraction, top_fraction=4 / 6)).tolist() == [0, 1, 2, 4]
    assert select_units(fraction, top_fraction=1.0).all()
    assert not select_units(fraction, top_fraction=0.0).any()
    # 0.25 * 6 = 1.5 rounds up.
    assert select_units(fraction, top_fraction=0.25).sum() == 2
    # Enough units for an unstable sort to show; 0.33 * 512 is 168.96.
    fraction = np.random.default_rng(3).integers(3, size=512) / 3
    expected = sorted(range(512), key=lambda unit_index: (-fraction[unit_index], unit_index))[:169]
    assert np.flatnonzero(select_units(fraction, top_fraction=0.33)).tolist() == sorted(expected)


@pytest.mark.parametrize("n_units", [1, 2, 3, 6, 100, 128, 512])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.33, 0.5, 0.999, 1.0])
def test_the_threshold_of_a_share_selects_it(n_units, share):
    # Of another scale than any model's, and in no order.
    fraction = 1e-6 * np.random.default_rng(n_units).random(n_units)
    above = threshold_of_share(fraction, share)
    selected = select_units(fraction, power_fraction_above=above)
    assert selected.tolist() == select_units(fraction, top_fraction=share).tolist()
    n_selected = np.count_nonzero(selected)
    if 0 < n_selected < n_units:
        # Hazen's quantile, halfway between the two.
        assert above == pytest.approx(np.quantile(fraction, 1 - n_selected / n_units, method="hazen"), rel=1e-9)


def test_equal_units_and_silent_ones_are_not_told_apart_by_a_threshold():
    assert threshold_of_share(np.array([0.1, 0.3, 0.3, 0.1]), 0.25) == 0.3
    assert threshold_of_share(np.array([0.1, 0.3, 0.3, 0.1]), 0.5) == pytest.approx(0.2)
    assert threshold_of_share(np.zeros(4), 0.5) == 0
    assert 0 < threshold_of_share(np.zeros(0), 0.5) < 1
    # A third of one unit is none.
    assert threshold_of_share(np.array([0.4]), 0.33) > 0.4


def test_selecting_from_no_units():
    assert select_units(np.zeros(0), power_fraction_above=0.1).shape == (0,)
    assert select_units(np.zeros(0), top_fraction=0.5).shape == (0,)


@pytest.mark.parametrize(
    ("criteria", "culprit"),
    [
        ({}, "exactly one of power_fraction_above and top_fraction, not 0"),
        ({"power_fraction_above": 0.1, "top_fraction": 0.1}, "not 2"),
        ({"top_fraction": 33}, "top_fraction = 33"),
        ({"power_fraction_above": -0.1}, "power_fraction_above = -0.1"),
        ({"power_fraction_above": np.nan}, "power_fraction_above = nan"),
    ],
)
def test_selection_refuses_unclear_criteria(criteria, culprit):
    with pytest.raises(Refusal, match=culprit):
        select_units(np.array([0.1, 0.2]), **criteria)


def test_selection_refuses_what_is_no_fraction():
    with pytest.raises(Refusal, match=r"not in \[0, 1\]"):
        select_units(np.array([0.1, np.nan]), power_fraction_above=0.1)


def test_the_strongest_unit_has_the_most_power_in_the_band_not_the_largest_fraction():
    step = np.arange(180)
    wave = np.sin(2 * np.pi * step / 9)
    # The third has all its power in the band, the second more of it.
    sequences = np.column_stack([0.1 * wave, 0.9 + 0.5 * wave, 0.2 * wave])
    assert strongest_unit(power_spectrum(sequences), (8.7, 9.3)) == 1
    assert strongest_unit(power_spectrum(sequences[:, :0]), (8.7, 9.3)) is None


@pytest.mark.parametrize("band", [9, (8.7,), (8, 9, 10)])
def test_a_band_has_two_edges(band):
    with pytest.raises(Refusal, match="lower and upper edge"):
        band_bins(np.fft.rfftfreq(1024), band)


def test_a_moved_band_has_as_many_bins_around_the_other_period():
    frequency = grid(1024)
    for steps in (3, 8, 9, 13.5, 40):
        moved = move_band(BAND, from_steps=9, to_steps=steps, n_fft=1024)
        bins = band_bins(frequency, moved)
        assert len(bins) == len(band_bins(frequency, BAND))
        assert abs(frequency[bins].mean() - 1 / steps) < 1 / 1024
    assert move_band(BAND, from_steps=9, to_steps=9, n_fft=256) == pytest.approx(BAND)


@pytest.mark.parametrize("steps", [np.nan, np.inf, 400, 2, 1])
def test_a_band_is_not_moved_out_of_the_spectrum(steps):
    assert move_band(BAND, from_steps=9, to_steps=steps, n_fft=1024) is None
