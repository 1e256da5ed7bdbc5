"""The script estimate_spectra, against transforms written out here."""

import numpy as np
import pytest

from folkprobe.signal.spectra_file import read_spectra

TOLERANCE = {"rtol": 1e-4, "atol": 1e-6}  # states are stored in float32
SHOWN = 1


def window_of(name, n_steps):
    return np.ones(n_steps) if name == "rect" else 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_steps) / n_steps)


def magnitude_of(states, window, n_fft):
    values = window_of(window, len(states))[:, np.newaxis]
    return np.abs(np.fft.rfft(states.astype(np.float64) * values, n_fft, axis=0)) / values.sum()


def power_of(magnitude, n_fft):
    n_sides = np.where((np.arange(len(magnitude)) == 0) | (2 * np.arange(len(magnitude)) == n_fft), 1, 2)
    return n_sides[:, np.newaxis] * magnitude**2


@pytest.fixture
def estimate(script, trajectories_path, tmp_path):
    def estimate(group, *, window="hann", shown_tune_n_fft=None):
        script("estimate_spectra").main(
            trajectories_path=trajectories_path,
            spectra_path=tmp_path / "spectra.h5",
            window=window,
            population_n_fft=32,
            population_segment_steps=None,
            shown_tune_index=SHOWN,
            shown_tune_n_fft=shown_tune_n_fft,
        )
        spectra = read_spectra(tmp_path / "spectra.h5", group)
        return [*spectra.layers, spectra.softmax]

    return estimate


@pytest.fixture
def sequences(trajectories):
    """What is transformed, by layer (the softmax output last) and tune."""
    by_tune = [[*tune.hidden_state, tune.posterior] for tune in trajectories]
    return list(zip(*by_tune, strict=True))


@pytest.mark.parametrize("window", ["hann", "rect"])
def test_the_population_is_all_tunes_with_equal_weight(estimate, sequences, window):
    for found, tunes in zip(estimate("population", window=window), sequences, strict=True):
        magnitudes = [magnitude_of(states, window, 32) for states in tunes]
        assert np.allclose(found.spectrum.power, np.mean([power_of(m, 32) for m in magnitudes], axis=0), **TOLERANCE)
        curves = [magnitude.mean(axis=1) for magnitude in magnitudes]
        assert np.allclose(found.curve.mean, np.mean(curves, axis=0), **TOLERANCE)
        assert np.allclose(found.curve.standard_error, np.std(curves, axis=0, ddof=1) / np.sqrt(3), **TOLERANCE)
        assert (found.curve.kind, found.curve.n) == ("over tunes", 3)
        assert (found.spectrum.n_tunes, found.spectrum.n_steps) == (3, 17 + 12 + 20)


@pytest.mark.parametrize("window", ["hann", "rect"])
@pytest.mark.parametrize(("shown_tune_n_fft", "n_fft"), [(None, 12), (25, 25)])
def test_the_shown_tune_is_the_one_that_was_requested(estimate, sequences, window, shown_tune_n_fft, n_fft):
    spectra = estimate("shown_tune", window=window, shown_tune_n_fft=shown_tune_n_fft)
    for found, tunes in zip(spectra, sequences, strict=True):
        magnitude = magnitude_of(tunes[SHOWN], window, n_fft)
        n_units = magnitude.shape[1]
        assert np.allclose(found.spectrum.power, power_of(magnitude, n_fft), **TOLERANCE)
        assert np.allclose(found.curve.mean, magnitude.mean(axis=1), **TOLERANCE)
        standard_error = magnitude.std(axis=1, ddof=1) / np.sqrt(n_units)
        assert np.allclose(found.curve.standard_error, standard_error, **TOLERANCE)
        assert (found.curve.kind, found.curve.n) == ("over units", n_units)


@pytest.mark.parametrize("group", ["population", "shown_tune"])
def test_units_keep_their_numbers(estimate, group):
    numbers = [layer.unit_index.tolist() for layer in estimate(group)]
    assert numbers == [[0, 2, 4], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5], list(range(12))]
