"""Spectra of signals whose spectrum is known exactly, and against scipy.signal."""

import tracemalloc
import warnings

import numpy as np
import pytest
import scipy.signal

from folkprobe.refusal import Refusal
from folkprobe.signal.spectrum import MeanCurve, PopulationSpectrum, mean_over_units, normalise_curves, power_spectrum
from folkprobe.signal.window import WINDOWS, window_values


def tone(n_steps, frequency, amplitude=1.0, phase=0.3):
    return amplitude * np.cos(2 * np.pi * frequency * np.arange(n_steps) + phase)[:, np.newaxis]


def noise(shape, rng_seed=0):
    return np.random.default_rng(rng_seed).normal(size=shape)


@pytest.mark.parametrize("n_steps", [144, 147])
@pytest.mark.parametrize("window", ["rect", "hann"])
def test_tone_on_a_bin_has_half_its_amplitude_squared(window, n_steps):
    spectrum = power_spectrum(tone(n_steps, 16 / n_steps, amplitude=0.6), window=window)
    assert spectrum.power[16, 0] == pytest.approx(0.6**2 / 2, rel=1e-12)
    # A periodic Hann window puts a quarter of that in each neighbour and nothing anywhere else; a rectangle nothing.
    neighbour = 0.6**2 / 8 if window == "hann" else 0
    np.testing.assert_allclose(spectrum.power[[15, 17], 0], neighbour, atol=1e-15)
    others = np.delete(spectrum.power[:, 0], [15, 16, 17])
    np.testing.assert_allclose(others, 0, atol=1e-15)


@pytest.mark.parametrize("window", WINDOWS)
def test_tone_between_bins_follows_the_windows_own_transform(window):
    n_steps, frequency = 60, 16.37 / 60
    power = power_spectrum(tone(n_steps, frequency, phase=0.0), window=window).power[:, 0]
    weights = window_values(window, n_steps)
    n = np.arange(n_steps)

    def line(offset):
        return (weights * np.exp(-2j * np.pi * offset * n)).sum() / weights.sum()

    k = np.arange(1, 30)
    expected = [2 * abs(line(f - frequency) / 2 + line(f + frequency) / 2) ** 2 for f in k / n_steps]
    np.testing.assert_allclose(power[k], expected, rtol=1e-10, atol=1e-18)


def test_constant_leaves_half_as_much_again_in_bin_1_under_hann():
    # Its transform there is half of DC's: a quarter of the power, twice for the two sides.
    power = power_spectrum(np.full((147, 1), -0.4)).power[:, 0]
    assert power[0] == pytest.approx(0.16, rel=1e-12)
    assert power[1] == pytest.approx(0.08, rel=1e-12)
    np.testing.assert_allclose(power[2:], 0, atol=1e-15)
    assert power_spectrum(np.full((147, 1), -0.4), window="rect").power[1, 0] == pytest.approx(0, abs=1e-15)


def test_nyquist_counts_once():
    # (-1)^n is a sinusoid of power 1, not 1/2: both of its sides are one bin.
    alternating = np.tile([1.0, -1.0], 32)[:, np.newaxis]
    assert power_spectrum(alternating, window="rect").power[-1, 0] == pytest.approx(1, rel=1e-12)


def test_comb_of_9_steps_has_equal_power_at_its_harmonics():
    comb = np.zeros((144, 1))
    comb[::9] = 1
    power = power_spectrum(comb, window="rect").power[:, 0]
    # Fourier coefficients of the comb are all 1/9; harmonics 1 to 4 have two sides.
    assert power[0] == pytest.approx(1 / 81, rel=1e-12)
    np.testing.assert_allclose(power[[16, 32, 48, 64]], 2 / 81, rtol=1e-12)
    np.testing.assert_allclose(np.delete(power, [0, 16, 32, 48, 64]), 0, atol=1e-15)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_fft", [None, 147, 148, 1024, 1025])
def test_parseval(window, n_fft):
    hidden_state = noise((147, 5)) + 0.7
    spectrum = power_spectrum(hidden_state, window=window, n_fft=n_fft)
    weights = window_values(window, 147)[:, np.newaxis]
    expected = (n_fft or 147) * ((weights * hidden_state) ** 2).sum(axis=0) / weights.sum() ** 2
    np.testing.assert_allclose(spectrum.power.sum(axis=0), expected, rtol=1e-12)
    assert spectrum.frequency_cycles_per_step[1] == pytest.approx(1 / (n_fft or 147), rel=1e-15)
    assert spectrum.power.shape == (len(spectrum.frequency_cycles_per_step), 5)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_fft", [146, 147, 1024])
def test_scipy_periodogram_agrees(window, n_fft):
    hidden_state = noise((146, 3)) + 0.7
    weights = window_values(window, 146)
    frequency, power = scipy.signal.periodogram(
        hidden_state, window=weights, nfft=n_fft, detrend=False, scaling="spectrum", axis=0
    )
    spectrum = power_spectrum(hidden_state, window=window, n_fft=n_fft)
    np.testing.assert_allclose(spectrum.frequency_cycles_per_step, frequency, rtol=1e-15)
    np.testing.assert_allclose(spectrum.power, power, rtol=1e-10, atol=1e-18)


def test_white_noise_is_flat_at_its_variance_times_the_windows_bandwidth():
    # E P_k = c_k sigma^2 sum w^2 / (sum w)^2.
    n_steps, n_units, sigma = 64, 40_000, 0.3
    power = power_spectrum(sigma * noise((n_steps, n_units)), window="hann").power.mean(axis=1)
    weights = window_values("hann", n_steps)
    expected = sigma**2 * (weights**2).sum() / weights.sum() ** 2
    # The mean of n_units exponential variables has a relative standard deviation of 1 / 200.
    np.testing.assert_allclose(power[1:-1], 2 * expected, rtol=5 / 200)
    np.testing.assert_allclose(power[[0, -1]], expected, rtol=5 * np.sqrt(2) / 200)


def test_magnitude_is_two_sided():
    n_steps = 64
    hidden_state = 0.25 + tone(n_steps, 8 / n_steps, amplitude=0.6)
    magnitude = power_spectrum(hidden_state, window="rect").magnitude[:, 0]
    expected = np.abs(np.fft.rfft(hidden_state[:, 0])) / n_steps
    np.testing.assert_allclose(magnitude, expected, atol=1e-15)
    assert magnitude[[0, 8]] == pytest.approx([0.25, 0.3], rel=1e-12)


def test_float32_and_integers_are_transformed_in_float64():
    hidden_state = noise((40, 3)).astype(np.float32)
    assert power_spectrum(hidden_state).power.dtype == np.float64
    np.testing.assert_array_equal(
        power_spectrum(hidden_state).power, power_spectrum(hidden_state.astype(np.float64)).power
    )
    assert power_spectrum(np.ones((10, 1), dtype=int), window="rect").power[0, 0] == pytest.approx(1)


def test_mean_over_units_and_its_standard_error():
    hidden_state = noise((50, 7))
    curve = mean_over_units(power_spectrum(hidden_state))
    weights = window_values("hann", 50)[:, np.newaxis]
    magnitude = np.abs(np.fft.rfft(weights * hidden_state, axis=0)) / weights.sum()
    np.testing.assert_allclose(curve.mean, magnitude.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(curve.standard_error, magnitude.std(axis=1, ddof=1) / np.sqrt(7), rtol=1e-12)
    assert (curve.kind, curve.n) == ("over units", 7)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 2e-5)])
def test_population_is_the_plain_mean_over_tunes(dtype, rtol):
    # Shorter after longer and the reverse: what an earlier tune left in the padding must not be heard.
    tunes = [noise((n_steps, 4), rng_seed=n_steps).astype(dtype) + dtype(0.5) for n_steps in (90, 31, 128, 60, 60)]
    population = PopulationSpectrum(n_fft=128)
    for hidden_state in tunes:
        population.add(hidden_state)
    single = [power_spectrum(hidden_state, n_fft=128) for hidden_state in tunes]
    curves = np.array([mean_over_units(spectrum).mean for spectrum in single])
    spectrum, curve = population.spectrum(), population.mean_curve()
    np.testing.assert_allclose(spectrum.power, np.mean([s.power for s in single], axis=0), rtol=10 * rtol, atol=1e-12)
    np.testing.assert_allclose(curve.mean, curves.mean(axis=0), rtol=rtol)
    np.testing.assert_allclose(curve.standard_error, curves.std(axis=0, ddof=1) / np.sqrt(5), rtol=50 * rtol)
    assert (spectrum.n_tunes, spectrum.n_steps, spectrum.n_fft) == (5, 369, 128)
    assert (curve.kind, curve.n) == ("over tunes", 5)
    assert spectrum.power.dtype == curve.mean.dtype == np.float64


def test_a_line_keeps_its_power_in_tunes_of_any_length():
    population = PopulationSpectrum(n_fft=512)
    for n_steps in (64, 200, 512):
        population.add(tone(n_steps, 64 / 512, amplitude=0.6))
    # The image at the negative frequency reaches this bin only through far sidelobes.
    assert population.spectrum().power[64, 0] == pytest.approx(0.6**2 / 2, rel=1e-3)


def test_standard_error_over_tunes_is_welfords_on_hard_data():
    # A large common level with a tiny spread: the sum of squares would cancel to nothing.
    levels = 1 + 1e-9 * np.arange(5)
    population = PopulationSpectrum(window="rect", n_fft=8)
    for level in levels:
        population.add(np.full((8, 1), level))
    expected = levels.std(ddof=1) / np.sqrt(5)
    assert population.mean_curve().standard_error[0] == pytest.approx(expected, rel=1e-5)


def test_one_tune_has_no_standard_error_over_tunes():
    population = PopulationSpectrum(n_fft=64)
    population.add(noise((50, 3)))
    assert np.isnan(population.mean_curve().standard_error).all()
    assert np.isfinite(population.mean_curve().mean).all()


def test_memory_does_not_grow_with_the_number_of_tunes():
    population = PopulationSpectrum(n_fft=256)
    hidden_state = noise((100, 32))
    population.add(hidden_state)
    tracemalloc.start()
    for _ in range(50):
        population.add(hidden_state)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < hidden_state.nbytes


def test_results_of_a_population_stay_as_they_were_given():
    population = PopulationSpectrum(n_fft=64)
    population.add(noise((50, 3), rng_seed=1))
    curve, spectrum = population.mean_curve(), population.spectrum()
    mean, power = curve.mean.copy(), spectrum.power.copy()
    population.add(noise((50, 3), rng_seed=2))
    np.testing.assert_array_equal(curve.mean, mean)
    np.testing.assert_array_equal(spectrum.power, power)


def test_input_is_left_alone():
    hidden_state = noise((30, 2))
    before = hidden_state.copy()
    power_spectrum(hidden_state)
    PopulationSpectrum(n_fft=64).add(hidden_state)
    np.testing.assert_array_equal(hidden_state, before)


def test_layer_without_units_gives_empty_power_and_an_undefined_curve_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        population = PopulationSpectrum(n_fft=64)
        for _ in range(3):
            population.add(np.zeros((50, 0), dtype=np.float32))
        spectrum, curve = population.spectrum(), population.mean_curve()
        assert spectrum.power.shape == (33, 0)
        assert np.isnan(curve.mean).all()
        single = power_spectrum(np.zeros((50, 0)))
        assert single.power.shape == (26, 0)
        over_units = mean_over_units(single)
        assert over_units.n == 0
        assert np.isnan(over_units.mean).all()
        assert np.isnan(over_units.level_db()).all()
        one_unit = mean_over_units(power_spectrum(noise((50, 1))))
        assert np.isnan(one_unit.standard_error).all()


def curve_of(mean, standard_error=0.1, n=5):
    mean = np.asarray(mean, dtype=float)
    frequency = np.linspace(0, 0.5, len(mean))
    return MeanCurve(frequency, mean, np.full(len(mean), standard_error), kind="over tunes", n=n)


def test_layers_are_normalised_by_layer_1_and_softmax_by_itself():
    layers, softmax = normalise_curves([curve_of([2, 4, 1]), curve_of([8, 2, 2])], curve_of([0.5, 0.1, 0.1]))
    np.testing.assert_allclose(layers[0].mean, [0.5, 1, 0.25])
    np.testing.assert_allclose(layers[1].mean, [2, 0.5, 0.5])
    np.testing.assert_allclose(layers[1].standard_error, 0.1 / 4)
    np.testing.assert_allclose(softmax.mean, [1, 0.2, 0.2])
    np.testing.assert_allclose(softmax.standard_error, 0.2)
    assert (layers[0].kind, layers[0].n) == ("over tunes", 5)


def test_normalisation_without_layer_1_takes_the_next():
    gone, silent = curve_of([np.nan] * 3), curve_of([0, 0, 0])
    layers, softmax = normalise_curves([gone, silent, curve_of([8, 2, 2])], silent)
    np.testing.assert_allclose(layers[2].mean, [1, 0.25, 0.25])
    np.testing.assert_allclose(softmax.mean, 0)


def test_level_db_is_of_the_mean_and_of_one_standard_error_about_it():
    level, lower, upper = curve_of([1.0, 0.1, 0.05], standard_error=0.1).level_db()
    np.testing.assert_allclose(level, [0, -20, 20 * np.log10(0.05)])
    np.testing.assert_allclose(upper, 20 * np.log10([1.1, 0.2, 0.15]))
    np.testing.assert_allclose(lower, [20 * np.log10(0.9), -np.inf, -np.inf])


def population_of(*shapes):
    population = PopulationSpectrum(n_fft=64)
    for shape in shapes:
        population.add(np.zeros(shape))
    return population


@pytest.mark.parametrize(
    ("call", "culprit"),
    [
        (lambda: power_spectrum(noise((147, 2)), n_fft=128), "n_fft = 128.*n_steps = 147"),
        (lambda: power_spectrum(noise((0, 2))), "at least one step"),
        (lambda: power_spectrum(noise(5)), r"shape \(5,\)"),
        (lambda: power_spectrum(np.array([[0.0, 1.0], [0.0, np.nan]])), "nan at step 1, unit 1"),
        (lambda: power_spectrum(noise((10, 2)), window="hamming"), "hamming"),
        (lambda: PopulationSpectrum(window="hamming"), "hamming"),
        (lambda: population_of((65, 2)), "n_fft = 64.*n_steps = 65"),
        (lambda: population_of((10, 2), (10, 3)), "tune 1 has 3 units"),
        (lambda: population_of().spectrum(), "no tune"),
        (lambda: population_of().mean_curve(), "no tune"),
        (lambda: mean_over_units(population_of((10, 2), (10, 2)).spectrum()), "mean of 2"),
    ],
)
def test_refusals_name_the_culprit(call, culprit):
    with pytest.raises(Refusal, match=culprit):
        call()


def test_segments_of_a_tune_are_averaged_and_tunes_weigh_the_same():
    rng = np.random.default_rng(5)
    tunes = [rng.normal(size=(n, 3)) for n in (64, 100, 31, 33)]
    population = PopulationSpectrum(window="hann", n_fft=64, n_segment_steps=32)
    for tune in tunes:
        population.add(tune)
    starts = {64: (0, 16, 32), 100: (0, 16, 32, 48, 64), 33: (0,)}
    of_tunes = [
        np.mean([power_spectrum(tune[s : s + 32], n_fft=64).power for s in starts[len(tune)]], axis=0)
        for tune in tunes
        if len(tune) >= 32
    ]
    curves = [
        np.mean([power_spectrum(tune[s : s + 32], n_fft=64).magnitude.mean(axis=1) for s in starts[len(tune)]], axis=0)
        for tune in tunes
        if len(tune) >= 32
    ]
    assert population.n_tunes == 3
    np.testing.assert_allclose(population.spectrum().power, np.mean(of_tunes, axis=0), rtol=1e-12)
    np.testing.assert_allclose(population.mean_curve().mean, np.mean(curves, axis=0), rtol=1e-12)
    assert population.spectrum().n_steps == 197


def test_segments_keep_the_power_of_a_line_where_tunes_as_a_whole_do():
    line = 0.3 * np.cos(2 * np.pi * np.arange(400) / 8)[:, np.newaxis]
    population = PopulationSpectrum(n_fft=64, n_segment_steps=64)
    population.add(line)
    assert population.spectrum().power[8, 0] == pytest.approx(0.3**2 / 2, rel=1e-12)


def test_no_tune_as_long_as_a_segment_is_refused():
    population = PopulationSpectrum(n_fft=64, n_segment_steps=64)
    population.add(np.zeros((63, 2)))
    with pytest.raises(Refusal, match="as long as a segment"):
        population.spectrum()


def test_the_standard_error_over_tunes_is_the_jackknifes():
    rng = np.random.default_rng(11)
    tunes = [rng.normal(size=(rng.integers(20, 60), 4)) for _ in range(12)]

    def mean_of(kept):
        population = PopulationSpectrum(n_fft=64)
        for tune in kept:
            population.add(tune)
        return population.mean_curve()

    # Tukey's delete-one jackknife, which for a mean is the ddof = 1 standard error exactly.
    left_out = np.array([mean_of(tunes[:k] + tunes[k + 1 :]).mean for k in range(12)])
    jackknife = np.sqrt(11 / 12 * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(mean_of(tunes).standard_error, jackknife, rtol=1e-10)
    # A bootstrap over tunes agrees within what 12 tunes allow: (n - 1) / n in variance, and its own noise.
    curves = np.array([mean_of([tune]).mean for tune in tunes])
    resampled = curves[rng.integers(12, size=(4000, 12))].mean(axis=1).std(axis=0)
    np.testing.assert_allclose(resampled, jackknife * np.sqrt(11 / 12), rtol=0.06)


def test_complex_sequences_are_refused():
    with pytest.raises(Refusal, match="complex"):
        power_spectrum(np.ones((8, 1)) * 1j)
