"""What the figures of spectra show: the curves that were given, at the periods that are marked."""

import warnings

import matplotlib.colors
import numpy as np
import pytest

from folkprobe.figures.axes import shade_band
from folkprobe.figures.page import new_figure
from folkprobe.figures.spectra import draw_levels_above_median, draw_long_periods, draw_mean_spectra, draw_unit_spectra
from folkprobe.signal.spectrum import MeanCurve, Spectrum, power_spectrum


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def curve_of(mean, standard_error, kind="over tunes", n=200):
    return MeanCurve(np.linspace(0, 0.5, 5), np.array(mean), np.array(standard_error), kind, n)


def legend_of(ax):
    legend = ax.get_legend()
    return legend.get_title().get_text(), [text.get_text() for text in legend.get_texts()]


def test_lines_and_bands_are_the_curves(ax):
    curves = {
        "layer 1": curve_of([1.0, 0.5, 0.25, 0.125, 0.1], [0.01, 0.02, 0.03, 0.04, 0.05]),
        "softmax output": curve_of([1.0, 0.1, 0.1, 0.2, 0.3], [0.0, 0.05, 0.01, 0.01, 0.01]),
    }
    draw_mean_spectra(ax, curves, period_steps=(8.7, 9.3))
    for line, band, curve in zip(ax.lines, ax.collections, curves.values(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), curve.frequency_cycles_per_step)
        np.testing.assert_allclose(line.get_ydata(), 20 * np.log10(curve.mean))
        vertices = band.get_paths()[0].vertices
        for x, mean, standard_error in zip(
            curve.frequency_cycles_per_step, curve.mean, curve.standard_error, strict=True
        ):
            at_x = vertices[np.isclose(vertices[:, 0], x), 1]
            assert at_x.min() == pytest.approx(20 * np.log10(mean - standard_error))
            assert at_x.max() == pytest.approx(20 * np.log10(mean + standard_error))
        np.testing.assert_array_equal(band.get_facecolor()[0, :3], matplotlib.colors.to_rgb(line.get_color()))
    assert legend_of(ax) == (
        "mean ± 1 standard error over tunes",
        ["layer 1 (n = 200)", "softmax output (n = 200)", "the bar: 8.7 to 9.3 steps"],
    )


def test_axis_is_linear_in_frequency_and_marked_in_periods(ax):
    draw_mean_spectra(ax, {"layer 1": curve_of([1.0] * 5, [0.1] * 5)}, period_steps=(8.7, 9.3))
    assert ax.get_xscale() == "linear"
    assert ax.get_xlim() == (0, 0.5)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["DC", "36", "18", "9", "4.5", "3", "2.25"]
    np.testing.assert_allclose(ax.get_xticks()[1:], [1 / float(label) for label in labels[1:]])
    assert ax.get_xticks()[0] == 0
    assert ax.get_xlabel() == "period (steps)"
    (above,) = ax.child_axes
    assert above.get_xlabel() == "frequency (cycles per step)"
    assert "dB" in ax.get_ylabel()


def test_no_curve_leaves_through_the_top_and_the_floor_holds(ax):
    draw_mean_spectra(
        ax,
        {"layer 1": curve_of([1.0] * 5, [0] * 5), "layer 2": curve_of([9, 1, 1e-9, 1, 1], [1] * 5)},
        period_steps=(8.7, 9.3),
    )
    bottom, top = ax.get_ylim()
    assert top > 20 * np.log10(10)
    assert bottom == -60
    # A band that reaches to 0 leaves through the bottom, with no gap.
    vertices = ax.collections[1].get_paths()[0].vertices
    assert np.isfinite(vertices).all()
    assert vertices[:, 1].min() < bottom


def test_kinds_of_bands_are_never_mixed(ax):
    curves = {"a": curve_of([1.0] * 5, [0.1] * 5), "b": curve_of([1.0] * 5, [0.1] * 5, kind="over units")}
    with pytest.raises(ValueError, match="over tunes, over units"):
        draw_mean_spectra(ax, curves, period_steps=(8.7, 9.3))


def test_one_tune_and_no_units_are_said(ax):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nan = [np.nan] * 5
        draw_mean_spectra(
            ax, {"layer 1": curve_of(nan, nan, n=1), "layer 2": curve_of([1.0] * 5, nan, n=1)}, period_steps=(8.7, 9.3)
        )
        ax.figure.draw_without_rendering()
    assert legend_of(ax) == (
        "mean over tunes, no standard error",
        ["layer 1 (no unit left)", "layer 2 (n = 1)", "the bar: 8.7 to 9.3 steps"],
    )


def test_unit_spectra_are_the_magnitudes_in_db(ax):
    n_steps = 20
    hidden_state = np.random.default_rng(0).uniform(-1, 1, size=(n_steps, 3))
    spectrum = power_spectrum(hidden_state, window="rect")
    draw_unit_spectra(ax, spectrum, layer=1, period_steps=(8.7, 9.3), range_db=(-200, 0))
    (image,) = ax.get_images()
    expected = 20 * np.log10(np.abs(np.fft.rfft(hidden_state, axis=0)) / n_steps).T
    np.testing.assert_allclose(image.get_array(), expected, atol=1e-6)
    # Each bin is centred on its frequency: the first on 0, the last on 0.5.
    assert image.get_extent() == pytest.approx([-0.025, 0.525, -0.5, 2.5])
    assert image.origin == "lower"
    assert ax.get_xlim() == (0, 0.5)
    assert ax.get_ylabel() == "unit (from 0)"
    assert ax.get_title(loc="left") == "layer 1: 3 units, 1 tune, rect"
    assert ax.figure.axes[1].get_ylabel() == "magnitude (dB re 1)"


def test_unit_spectra_have_the_range_that_is_requested_and_survive_silence(ax):
    spectrum = power_spectrum(np.column_stack([np.ones(16), np.zeros(16)]), window="rect")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_unit_spectra(ax, spectrum, layer=1, period_steps=(8.7, 9.3), range_db=(-40, -5))
    (image,) = ax.get_images()
    assert image.get_clim() == (-40, -5)
    assert image.get_array()[0, 0] == pytest.approx(0)
    assert (image.get_array()[1] == -40).all()


def test_unit_spectra_are_ordered_by_power_fraction_with_original_numbers(ax):
    power = np.zeros((9, 4))
    power[0] = [1e-1, 1e-2, 1e-3, 1e-4]
    spectrum = Spectrum(np.fft.rfftfreq(16), power, "hann", 16, n_tunes=30, n_steps=480)
    draw_unit_spectra(
        ax,
        spectrum,
        layer=2,
        period_steps=(8.7, 9.3),
        power_fraction=np.array([0.3, 0.9, 0.1, 0.1]),
        unit_index=np.array([5, 6, 8, 9]),
    )
    np.testing.assert_allclose(ax.get_images()[0].get_array()[:, 0], [-30, -40, -10, -20])
    label = ax.yaxis.get_major_formatter()
    assert [label(place, 0) for place in range(4)] == ["8", "9", "5", "6"]
    assert ax.get_ylabel() == "unit (from 0), by rising power fraction"
    assert "mean power over 30 tunes" in ax.get_title(loc="left")


def test_a_layer_without_units_says_so(ax):
    draw_unit_spectra(
        ax, power_spectrum(np.zeros((16, 0))), layer=1, period_steps=(8.7, 9.3), power_fraction=np.zeros(0)
    )
    ax.figure.draw_without_rendering()
    assert ax.get_images() == []
    assert [text.get_text() for text in ax.texts] == ["no unit left"]
    assert ax.get_xlabel() == "period (steps)"


def test_long_periods_show_nothing_but_long_periods_and_the_sidelobes_of_dc(ax):
    frequency = np.linspace(0, 0.5, 101)
    mean = np.linspace(1, 0.1, 101)
    curve = MeanCurve(frequency, mean, 0 * mean, "over units", 8)
    draw_long_periods(ax, {"layer 1": curve}, title="h, rect", sidelobes_of_dc=[(1 / 60, -17.83)])
    line, sidelobe = ax.lines
    assert line.get_xdata().max() < 0.055
    np.testing.assert_allclose(line.get_ydata(), 20 * np.log10(mean[: len(line.get_xdata())]))
    assert sidelobe.get_xdata()[0] == pytest.approx(1 / 60)
    assert [text.get_text() for text in ax.texts] == ["60.0 steps\n−17.8 dB"]


def test_levels_are_above_the_median_and_a_missing_curve_is_left_out(ax):
    frequency = np.linspace(0, 0.5, 5)
    magnitude = np.array([1.0, 0.1, 0.0, 0.1, 10.0])
    missing = {"bars_deleted": np.full(5, np.nan), "silent": np.array([1.0, 0, 0, 0, 0])}
    draw_levels_above_median(
        ax,
        frequency,
        {"intact": magnitude, "longer": magnitude / 7} | missing,
        title="layer 1",
        period_steps=(8.7, 9.3),
    )
    assert ax.lines[0].get_ydata() == pytest.approx([20, 0, -np.inf, 0, 40])
    assert ax.lines[1].get_ydata() == pytest.approx([20, 0, -np.inf, 0, 40])
    assert np.isnan(ax.lines[2].get_ydata()).all()
    assert np.isnan(ax.lines[3].get_ydata()).all()
    assert [line.get_label() for line in ax.lines] == ["intact", "longer", "bars_deleted", "silent"]


def test_the_band_of_the_bar_is_shaded_and_on_an_image_has_edges(ax):
    ax.set_xlim(0, 0.5)
    shade_band(ax, (8, 10))
    (band,) = ax.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((1 / 10, 1 / 8))
    shade_band(ax, (8, 10), is_image=True)
    assert [line.get_xdata()[0] for line in ax.lines] == [1 / 8, 1 / 10]
