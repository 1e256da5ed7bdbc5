"""The harmonic F-test against its distribution, by simulation and in closed form."""

import numpy as np
import pytest
import scipy.signal.windows
import scipy.stats

from folkprobe.refusal import Refusal
from folkprobe.signal.multitaper import band_line_p_values, find_lines, pooled_coherence
from folkprobe.statistics.multiplicity import benjamini_hochberg

N_STEPS = 147


def test_white_noise_has_the_f_distribution():
    noise = np.random.default_rng(0).normal(size=(N_STEPS, 2000))
    found = find_lines(noise, time_half_bandwidth=3)
    middle = found.f_statistic[len(found.f_statistic) // 2]
    assert scipy.stats.kstest(middle, scipy.stats.f(2, 8).cdf).pvalue > 0.01
    np.testing.assert_allclose(found.p_value, scipy.stats.f.sf(found.f_statistic, 2, 8), rtol=1e-10)
    # The level is kept at every frequency that is tested, the first and the last too.
    assert np.abs((found.p_value < 0.05).mean(axis=1) - 0.05).max() < 0.02
    assert found.frequency_cycles_per_step[0] == pytest.approx(4 / N_STEPS)
    assert found.frequency_cycles_per_step[-1] < 0.5 - 3 / N_STEPS


def test_the_statistic_is_the_regressions():
    sequence = np.random.default_rng(1).normal(size=40)
    found = find_lines(sequence[:, np.newaxis], time_half_bandwidth=2)
    tapers = scipy.signal.windows.dpss(40, 2, Kmax=3)
    for place in (0, 5, -1):
        f = found.frequency_cycles_per_step[place]
        centred = sequence - sequence.mean()
        y = np.array([(taper * centred * np.exp(-2j * np.pi * f * np.arange(40))).sum() for taper in tapers])
        u = tapers.sum(axis=1).astype(complex)
        mu, *_ = np.linalg.lstsq(u[:, np.newaxis], y, rcond=None)
        explained = (np.abs(u * mu[0]) ** 2).sum()
        expected = (explained / 2) / ((np.abs(y - u * mu[0]) ** 2).sum() / 4)
        assert found.f_statistic[place, 0] == pytest.approx(expected, rel=1e-9)


def test_a_line_in_noise_is_found_at_its_bin_and_nowhere_else():
    rng = np.random.default_rng(2)
    step = np.arange(N_STEPS)[:, np.newaxis]
    sequences = 1.5 * np.cos(2 * np.pi * 16 * step / N_STEPS + rng.uniform(0, 6, 50)) + rng.normal(size=(N_STEPS, 50))
    found = find_lines(sequences)
    significant = benjamini_hochberg(found.p_value) < 0.05
    at = np.flatnonzero(np.isclose(found.frequency_cycles_per_step, 16 / N_STEPS))[0]
    assert significant[at].mean() > 0.9
    assert np.delete(significant, at, axis=0).mean() < 0.01


def test_tunes_are_combined_by_fishers_method():
    rng = np.random.default_rng(4)
    # 147 steps have one bin from 8.7 to 9.3, 400 have two, 60 have none, 13 are too short for the tapers.
    tunes = [rng.normal(size=(n_steps, 5)) for n_steps in (147, 13, 400, 60)]
    p_values, n_tunes = band_line_p_values(tunes, (8.7, 9.3))
    of_tunes = []
    for tune, bins in ((tunes[0], [16]), (tunes[2], [44, 45])):
        found = find_lines(tune)
        of_bins = [found.p_value[np.isclose(found.frequency_cycles_per_step, k / len(tune))][0] for k in bins]
        of_tunes.append(np.minimum(len(bins) * np.min(of_bins, axis=0), 1))
    expected = [scipy.stats.combine_pvalues(pair, method="fisher").pvalue for pair in zip(*of_tunes, strict=True)]
    np.testing.assert_allclose(p_values, expected, rtol=1e-10)
    assert n_tunes == 2


def test_a_line_between_bins_is_found_by_many_tunes_and_missed_in_each():
    rng = np.random.default_rng(5)
    # 147 / 9 is a third of a bin from a bin.
    tunes = [
        np.cos(2 * np.pi * np.arange(N_STEPS)[:, np.newaxis] / 9 + rng.uniform(0, 6)) * [1.0, 0.0]
        + 0.5 * rng.normal(size=(N_STEPS, 2))
        for _ in range(12)
    ]
    assert all(benjamini_hochberg(find_lines(tune).p_value).min() > 0.01 for tune in tunes)
    p_values, _ = band_line_p_values(tunes, (8.7, 9.3))
    assert p_values[0] < 1e-6
    assert p_values[1] > 0.05


def test_where_no_tune_says_anything_no_unit_has_a_line():
    noise = np.random.default_rng(6).normal(size=(60, 3))
    p_values, n_tunes = band_line_p_values([noise, noise[:5]], (8.7, 9.3))
    assert n_tunes == 0
    assert p_values.tolist() == [1, 1, 1]
    assert band_line_p_values([np.zeros((N_STEPS, 0))], (8.7, 9.3))[0].shape == (0,)
    # Silence has p = 1, a line and nothing else p = 0; neither is a reason for a warning.
    pure = np.cos(2 * np.pi * np.arange(144) / 9)
    extremes, _ = band_line_p_values([np.stack([0 * pure, pure], axis=1)] * 2, (8.7, 9.3))
    assert extremes[0] == 1
    assert extremes[1] < 1e-20


def test_silence_has_no_line_and_no_coherence():
    found = find_lines(np.full((N_STEPS, 2), 0.3))
    assert (found.f_statistic == 0).all()
    assert (found.p_value == 1).all()
    silent = pooled_coherence([np.zeros((N_STEPS, 2))] * 3, [np.arange(N_STEPS)] * 3)
    assert (silent.coherence == 0).all()
    assert (silent.p_value == 1).all()


def test_coherence_is_that_of_the_summed_cross_spectra():
    rng = np.random.default_rng(3)
    # Half of the tunes have 37 steps; these count, with the first 37.
    lengths = (45, 41, 30, 33)
    tunes = [rng.normal(size=(n, 2)) for n in lengths]
    references = [tune[:, 0] + rng.normal(size=len(tune)) for tune in tunes]
    found = pooled_coherence(iter(tunes), references, time_half_bandwidth=2)
    assert (found.n_tunes, found.n_steps) == (2, 37)
    tapers = scipy.signal.windows.dpss(37, 2, Kmax=3)
    for place, f in enumerate(found.frequency_cycles_per_step):
        wave = np.exp(-2j * np.pi * f * np.arange(37))
        cross, of_units, of_reference = 0, 0, 0
        for tune, reference in list(zip(tunes, references, strict=True))[:2]:
            x, y = ((tapers * wave) @ (s[:37] - s[:37].mean(axis=0)) for s in (tune, reference))
            cross = cross + y.conj() @ x
            of_units, of_reference = of_units + (np.abs(x) ** 2).sum(axis=0), of_reference + (np.abs(y) ** 2).sum()
        np.testing.assert_allclose(found.coherence[place], np.abs(cross) ** 2 / of_units / of_reference, rtol=1e-9)


def test_the_null_of_one_tune_is_itself():
    found = pooled_coherence([np.random.default_rng(0).normal(size=(60, 4))], [np.arange(60) % 9 == 0])
    assert (found.p_value == 1).all()


def _bars(rng, n_tunes=30):
    """Whether each step of each tune has a bar: every 9 steps, from a step of the tune's own."""
    return [(np.arange(n_steps) + rng.integers(9)) % 9 == 0 for n_steps in rng.integers(100, 140, n_tunes)]


def test_a_unit_that_follows_bars_is_found_and_one_with_their_period_only_by_chance():
    n_found, share_of_unrelated = 0, []
    for rng_seed in range(20):
        rng = np.random.default_rng(rng_seed)
        references, others = _bars(rng), [_bars(rng) for _ in range(20)]
        tunes = []
        for k, reference in enumerate(references):
            noise = rng.normal(0, 0.1, (len(reference), 41))
            noise[:, 0] += reference
            for unit, other in enumerate(others, start=1):
                noise[:, unit] += np.resize(other[k], len(reference))
            tunes.append(noise)
        found = pooled_coherence(tunes, references, n_surrogates=99, rng_seed=rng_seed)
        at_bar = np.abs(found.frequency_cycles_per_step - 1 / 9).argmin()
        n_found += found.p_value[at_bar, 0] <= 0.05
        share_of_unrelated.append((found.p_value[:, 1:] <= 0.05).mean())
        assert found.coherence[at_bar, 0] > 0.9
    assert n_found == 20
    assert np.mean(share_of_unrelated) == pytest.approx(0.05, abs=0.02)


def test_what_all_tunes_share_is_no_coherence_with_a_tunes_own_bars():
    rng = np.random.default_rng(1)
    references = _bars(rng)
    # Counts 9 steps from the beginning of every tune; many tunes have bars there.
    same = [np.where(rng.random() < 0.7, np.arange(len(r)) % 9 == 0, r).astype(float) for r in references]
    tunes = [(np.arange(len(r)) % 9 == 0)[:, np.newaxis] + rng.normal(0, 0.1, (len(r), 40)) for r in references]
    found = pooled_coherence(tunes, same)
    at_bar = np.abs(found.frequency_cycles_per_step - 1 / 9).argmin()
    assert found.coherence[at_bar].min() > 0.3
    assert (found.p_value[at_bar] > 0.05).mean() > 0.8


def test_q_values_are_those_of_the_definition():
    p = np.array([[0.01, 0.02], [0.03, 0.5]])
    np.testing.assert_allclose(benjamini_hochberg(p), [[0.04, 0.04], [0.04, 0.5]])
    assert benjamini_hochberg(np.zeros((3, 0))).shape == (3, 0)


@pytest.mark.parametrize(
    ("n_steps", "bandwidth", "culprit"), [(13, 3, "13 steps is too short"), (100, 1, "time_half_bandwidth = 1")]
)
def test_refusals(n_steps, bandwidth, culprit):
    with pytest.raises(Refusal, match=culprit):
        find_lines(np.zeros((n_steps, 1)), time_half_bandwidth=bandwidth)
