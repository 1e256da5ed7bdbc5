"""Windows against scipy's values, closed forms and the tables published for part 7 (N = 147)."""

import numpy as np
import pytest
import scipy.optimize
import scipy.signal.windows

from folkprobe.refusal import Refusal
from folkprobe.signal.window import (
    WINDOWS,
    first_null,
    first_sidelobe,
    first_sidelobes,
    main_lobe_half_width,
    main_lobe_support,
    sidelobe,
    window_spectrum_db,
    window_values,
)

N_STEPS = 147

# From claims.yaml, window_tables_N147: f_minus6dB, first_sidelobe_f, first_sidelobe_dB. Its sidelobe frequencies are
# good to about 5e-11; ours are checked to rounding in test_first_sidelobe_is_where_the_slope_vanishes.
LOBES = {
    "rect": (0.004098571694312231, 0.00973005930985146, -13.26010618680727),
    "hann": (0.006791953712734549, 0.016067573819027542, -31.467310929393754),
    "hann_symmetric": (0.006838473943649297, 0.016177625668391152, -31.46731101491585),
    "hanning": (0.006746062133589084, 0.0159590090732876, -31.467310846733216),
}
# From claims.yaml, window_tables_N147: support, by period.
SUPPORT = {
    "rect": {
        2.25: (2.229440575417744, 2.2709421431717045),
        4.5: (4.418506946245484, 4.584555583861573),
        8.8: (8.493655661264459, 9.12926928935201),
        18: (16.76329947484424, 19.433708020986163),
        36: (31.371220875701926, 42.23114560830943),
        np.inf: (243.98743625437717, np.inf),
    },
    "hann": {
        2.25: (2.2161332819868633, 2.2849178770309364),
        4.5: (4.366541922208405, 4.6418732470546935),
        8.8: (8.303694861908559, 9.35940402230483),
        18: (16.03913310629394, 20.50709878288493),
        36: (28.927039837565715, 47.65121431022252),
        np.inf: (147.23304107992573, np.inf),
    },
    "hann_symmetric": {
        2.25: (2.21590483320714, 2.285160777983908),
        36: (28.888165248145892, 47.75707960119111),
        np.inf: (146.23145576633695, np.inf),
    },
    "hanning": {
        2.25: (2.21635868977897, 2.284678309114233),
        36: (28.965491746205014, 47.54723850958453),
        np.inf: (148.23462639351254, np.inf),
    },
}
# From claims.yaml, window_tables_N147: first_sidelobes, by period.
SIDELOBES = {
    "rect": {
        2.25: (2.2017968682385365, 2.300360959277636),
        4.5: (4.311231574851843, 4.706055914223943),
        8.8: (8.10593333354552, 9.624055118519362),
        18: (15.317309978034249, 21.821913168998034),
        36: (26.6610947910355, 55.408665742274295),
        np.inf: (102.77429645136111, np.inf),
    },
    "hann": {
        2.25: (2.1714959878156135, 2.3343930743507024),
        4.5: (4.196570799980426, 4.8507273920121),
        8.8: (7.709866173830908, 10.249179085567784),
        18: (13.961970228500936, 25.324160821188762),
        36: (22.807434849555694, 85.39560912197165),
        np.inf: (62.23714988107165, np.inf),
    },
    "hann_symmetric": {36: (22.75033150872281, 86.20576614601622), np.inf: (61.81376800885324, np.inf)},
    "hanning": {36: (22.864048138818436, 84.61118285698247), np.inf: (62.660532079890416, np.inf)},
}


def magnitude_of(window, n_steps, frequency):
    """Evaluate |W(f) / W(0)| by the definition, with no use of symmetry."""
    values = window_values(window, n_steps)
    return abs(sum(value * np.exp(-2j * np.pi * frequency * n) for n, value in enumerate(values))) / values.sum()


@pytest.mark.parametrize("n_steps", [1, 3, 4, 146, 147])
def test_values_are_scipys(n_steps):
    hann = scipy.signal.windows.hann
    expected = {
        "rect": np.ones(n_steps),
        "hann": hann(n_steps, sym=False),
        "hann_symmetric": hann(n_steps),
        "hanning": hann(n_steps + 2)[1:-1],
    }
    assert set(expected) == set(WINDOWS)
    for window, values in expected.items():
        np.testing.assert_allclose(window_values(window, n_steps), values, atol=1e-15)


@pytest.mark.parametrize("window", WINDOWS)
def test_lobes_of_the_published_table(window):
    half_width, frequency, level_db = LOBES[window]
    assert main_lobe_half_width(window, N_STEPS) == pytest.approx(half_width, abs=1e-12)
    assert first_sidelobe(window, N_STEPS) == pytest.approx((frequency, level_db), abs=1e-9)


@pytest.mark.parametrize(
    ("window", "period_steps", "expected"),
    [(window, period, expected) for window, row in SUPPORT.items() for period, expected in row.items()],
)
def test_support_of_the_published_table(window, period_steps, expected):
    assert main_lobe_support(window, N_STEPS, period_steps) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("window", "period_steps", "expected"),
    [(window, period, expected) for window, row in SIDELOBES.items() for period, expected in row.items()],
)
def test_sidelobes_of_the_published_table(window, period_steps, expected):
    # An error of 5e-11 in the table's frequency is 3e-7 at a period of 85 steps.
    assert first_sidelobes(window, N_STEPS, period_steps) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_steps", [9, 40, 147, 1000])
def test_half_width_is_where_the_definition_is_6_db_down(window, n_steps):
    half_width = main_lobe_half_width(window, n_steps)
    assert 20 * np.log10(magnitude_of(window, n_steps, half_width)) == pytest.approx(-6, abs=1e-9)
    assert half_width < first_null(window, n_steps)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_steps", [4, 5, 6, 7, 8, 40, 147, 1000])
def test_first_null_is_the_first(window, n_steps):
    null = first_null(window, n_steps)
    assert magnitude_of(window, n_steps, null) < 1e-14
    below = np.linspace(0, null, 1000, endpoint=False)
    assert np.all(magnitude_of(window, n_steps, below) > 1e-7)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_steps", [6, 7, 8, 9, 40, 147, 1000])
def test_first_sidelobe_is_where_the_slope_vanishes(window, n_steps):
    frequency, level_db = first_sidelobe(window, n_steps)
    null = first_null(window, n_steps)
    # Search the closed form on a grid, then polish, all by another road than the module's.
    grid = np.linspace(null, min(null + 1 / n_steps, 0.5), 20001)
    found = grid[np.argmax(magnitude_of(window, n_steps, grid))]
    assert frequency == pytest.approx(found, abs=3e-5 / n_steps)
    assert level_db == pytest.approx(20 * np.log10(magnitude_of(window, n_steps, frequency)), abs=1e-9)
    for step in (-1e-4, 1e-4):
        assert magnitude_of(window, n_steps, frequency + step / n_steps) < magnitude_of(window, n_steps, frequency)


def test_rectangular_sidelobe_solves_the_dirichlet_equation():
    # |sin(pi N f) / sin(pi f)| is stationary where tan(pi N f) = N tan(pi f).
    expected = scipy.optimize.brentq(
        lambda f: np.sin(np.pi * N_STEPS * f) - N_STEPS * np.tan(np.pi * f) * np.cos(np.pi * N_STEPS * f),
        1.2 / N_STEPS,
        1.49 / N_STEPS,
        xtol=1e-16,
    )
    assert first_sidelobe("rect", N_STEPS)[0] == pytest.approx(expected, abs=1e-14)


def test_rectangle_of_three_steps_has_its_sidelobe_at_nyquist():
    # |W(1/2)| = |1 - 1 + 1| = 1 of 3.
    assert first_sidelobe("rect", 3) == pytest.approx((0.5, 20 * np.log10(1 / 3)), abs=1e-12)


@pytest.mark.parametrize("window", WINDOWS)
def test_spectrum_db_follows_the_definition(window):
    frequency = np.array([[0.0, 0.003, 0.21], [0.443, 0.71, -0.003]])
    level_db = window_spectrum_db(window, 20, frequency)
    assert level_db.shape == frequency.shape
    np.testing.assert_allclose(level_db, 20 * np.log10(magnitude_of(window, 20, frequency)), atol=1e-6)
    assert window_spectrum_db(window, 20, 0.0) == pytest.approx(0, abs=1e-12)


def test_leakage_of_dc_at_36_steps():
    # claims.yaml, p7.num.36dc: -57.8 dB under a Hann window of 147 steps.
    assert window_spectrum_db("hann", N_STEPS, 1 / 36) == pytest.approx(-57.8, abs=0.05)


def test_frequencies_above_nyquist_fold():
    half_width = main_lobe_half_width("hann", N_STEPS)
    frequency, _ = first_sidelobe("hann", N_STEPS)
    # A period of 2.01 steps is 0.0025 below Nyquist, nearer than either distance.
    assert main_lobe_support("hann", N_STEPS, 2.01) == pytest.approx(
        (1 / (1 - 1 / 2.01 - half_width), 1 / (1 / 2.01 - half_width)), abs=1e-12
    )
    assert first_sidelobes("hann", N_STEPS, 2.01)[0] == pytest.approx(1 / (1 - 1 / 2.01 - frequency), abs=1e-12)
    # A period of 1.5 steps cannot be told from 3.
    assert main_lobe_support("hann", N_STEPS, 1.5) == pytest.approx(main_lobe_support("hann", N_STEPS, 3), abs=1e-12)


def test_support_reaches_dc_for_periods_beyond_the_half_width():
    half_width = main_lobe_half_width("hann", N_STEPS)
    assert main_lobe_support("hann", N_STEPS, 1 / half_width)[1] == np.inf
    assert main_lobe_support("hann", N_STEPS, 200) == (1 / (1 / 200 + half_width), np.inf)


@pytest.mark.parametrize(
    ("call", "culprit"),
    [
        (lambda: window_values("hamming", 10), "hamming.*hann_symmetric"),
        (lambda: window_values("hann", 0), "n_steps = 0"),
        (lambda: window_values("hann_symmetric", 2), "zero throughout"),
        (lambda: main_lobe_half_width("rect", 1), "flat spectrum"),
        (lambda: first_sidelobe("hann", 4), "no sidelobe"),
        (lambda: sidelobe("rect", 9, 5), "no sidelobe number 5"),
        (lambda: sidelobe("rect", 9, 0), "the first is 1"),
        (lambda: main_lobe_support("hann", N_STEPS, 0), "period_steps = 0"),
        (lambda: main_lobe_support("hann", N_STEPS, np.nan), "period_steps = nan"),
        (lambda: first_sidelobes("hann", N_STEPS, -9), "period_steps = -9"),
    ],
)
def test_refusals_name_the_culprit(call, culprit):
    with pytest.raises(Refusal, match=culprit):
        call()


@pytest.mark.parametrize("window", WINDOWS)
def test_each_sidelobe_is_the_largest_value_between_two_nulls(window):
    grid = np.linspace(0, 0.1, 200_001)
    magnitude = np.abs(magnitude_of(window, N_STEPS, grid))
    maxima = np.flatnonzero((magnitude[1:-1] > magnitude[:-2]) & (magnitude[1:-1] > magnitude[2:])) + 1
    for number in (1, 2, 3, 7):
        frequency, level_db = sidelobe(window, N_STEPS, number)
        assert frequency == pytest.approx(grid[maxima[number - 1]], abs=1e-6)
        assert level_db == pytest.approx(20 * np.log10(magnitude[maxima[number - 1]]), abs=1e-6)


def test_half_of_the_amplitude_is_6_0206_db_down():
    # claims.yaml, f_minus6p0206; under MATLAB's hanning it is exactly one bin of its cosine, 1 / 148.
    assert main_lobe_half_width("hanning", N_STEPS, level_db=20 * np.log10(0.5)) == pytest.approx(1 / 148, abs=1e-12)
