"""The claims of part 7, from small tables whose answers are known by hand."""

import io

import numpy as np
import pandas as pd
import pytest
import yaml
from project import ROOT

from benchmarks.readings import random_layer, readings_that_fit
from folkprobe.claims import part7
from folkprobe.claims.claim import read_claims
from folkprobe.claims.judging import judge_claims
from folkprobe.claims.part7 import compute_part7_claims
from folkprobe.signal.window_tables import lobe_rows

LAYERS = ("layer 1", "layer 2", "layer 3")


def _listed(name):
    listed = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")
    return next(claim for claim in listed.claims if claim.id == name)


def _table(text):
    return pd.read_csv(io.StringIO(text), skipinitialspace=True, keep_default_na=False, na_values=[""])


def _windows():
    rows = [
        (window, "main_lobe_width_cycles_per_step", np.nan, width)
        for window, width in (("rect", 0.008), ("hann", 0.014), ("hann_symmetric", 0.015), ("hanning", 0.012))
    ]
    rows += [("hanning", "sidelobe_1_level_db", np.nan, -31.5), ("rect", "sidelobe_1_level_db", np.nan, -13.3)]
    rows += [("rect", "sidelobe_1_period_steps", np.nan, 102.8), ("rect", "sidelobe_2_period_steps", np.nan, 59.8)]
    rows += [("rect", "sidelobe_2_level_db", np.nan, -17.8), ("rect", "leakage_from_dc_db", 69.0, -30.0)]
    for number, window in enumerate(("hann", "hanning")):
        rows += [(window, "leakage_from_8.8_steps_db", period, -50.0 - period - number) for period in (7.0, 11.5)]
        rows += [(window, "leakage_from_dc_db", period, -90.0 - period - number) for period in (36.0, 69.0)]
    rows += [("hann", "half_width_cycles_per_step", np.nan, 0.007), ("hann", "sidelobe_1_level_db", np.nan, -31.467)]
    rows += [(window, "first_null_cycles_per_step", np.nan, n / 147) for n, window in ((1, "rect"), (2, "hann"))]
    tables = [pd.DataFrame(rows, columns=["window", "quantity", "period_steps", "value"]).assign(n_steps=147)]
    # The study's own windows, of another length, are none of the article's.
    return pd.concat([*tables, tables[0].assign(n_steps=60, value=1.0)])


def _mean_spectra():
    """Layer 1 is below both others at two of four frequencies; DC of layer 2 is 6 dB above its rest."""
    levels = {
        "layer 1": [0.0, -20.0, -30.0, -10.0],
        "layer 2": [-4.0, -10.0, -20.0, -15.0],
        "layer 3": [1.0, -12.0, -24.0, -9.0],
        "softmax output": [0.0, -40.0, -20.0, -30.0],
    }
    frequency = [0.0, 0.1, 0.2, 0.3]
    tables = []
    for name, level in levels.items():
        of_curve = {"curve": name, "frequency_cycles_per_step": frequency, "level_db": level}
        width = np.array([0.2, 1.0, 2.0, 3.0])
        tables.append(pd.DataFrame(of_curve | {"upper_db": level + width / 2, "lower_db": level - width / 2}))
    return pd.concat(tables)


def _posterior():
    """P((3) has a period of 2 steps, P(2) one of 4; /2 is not in the vocabulary."""
    n = np.arange(16)
    read = ["<s>", "M:4/4", "K:Cmaj", "(3", "2", "2", *"CDEFGABcde"]
    probabilities = {"(3": 0.5 + 0.2 * (-1.0) ** n, "2": 0.5 + 0.2 * np.cos(np.pi * n / 2)}
    return pd.DataFrame({"token_read": read, "token_drawn": [*["2"] * 15, "(3"], **probabilities})


@pytest.fixture
def tables():
    return {
        "window_tables": _windows(),
        "window_tables_printed": _table(
            """claim,printed_lower_steps,printed_upper_steps,exact_lower_steps,exact_upper_steps,verdict,n_steps
            p7.tab.support.hann.36,28.5,,28.9,47.7,rounded,147
            p7.tab.sidelobe.rect.Inf,,102,,102.8,no_rounding,147
            p7.num.88text,8.3,9.4,8.31,9.36,rounded,147"""
        ),
        "activation_distribution": _table(
            """layer,bin_lower,bin_upper,density
            1,-1,-0.5,0.4
            1,-0.5,0.5,0.4
            1,0.5,1,0.8
            2,-1,-0.8,2.5
            2,0.8,1,2.5
            3,-1,-0.8,2
            3,0.9,1,5"""
        ),
        "maximum_magnitude": pd.DataFrame({"layer": [1, 1, 1, 2, 3], "maximum_magnitude": [0.2, 0.3, 0.9, 1.0, 0.9]}),
        "specifications": _table(
            """layer,window,n_fft,dc,sides,shortest_steps,longest_steps,power_fraction_above,share_selected
            1,hanning,147,counted,one_sided,8.7,9.3,0.00025,0.33
            1,hanning,147,counted,undoubled,8.7,9.3,0.00025,0.335
            1,hanning,147,dropped,one_sided,8.7,9.3,0.00025,0.9
            1,hanning,147,mean_removed,one_sided,8.7,9.3,0.00025,0.33
            1,hanning,147,counted,band_of_two_sided,8.7,9.3,0.00025,0.33
            1,hanning,147,counted,one_sided,8.7,9.3,0.025,0.33
            1,hanning,256,counted,one_sided,8.7,9.3,0.00025,0.325
            1,rect,147,counted,one_sided,8.7,9.3,0.00025,0.33
            1,hanning,147,counted,one_sided,8.0,10,0.00025,0.33
            1,hanning,147,counted,one_sided,9.1,9.2,0.00025,
            2,hanning,147,counted,one_sided,8.7,9.3,0.00025,0.33"""
        ),
        "selection": pd.DataFrame({"layer": [1, 2, 3], "n_units": 8, "n_selected_by_article": [3, 4, 5]}),
        "effects": _table(
            """contrast,outcome,estimate
            intact,share_of_correct_bars,0.9
            layer_3_excised,share_of_correct_bars,0.4
            layer_3_excised - intact,share_of_correct_bars,-0.5
            targeted,share_of_wrong_bars,0.6"""
        ),
        "mean_spectra_shown_tune": _mean_spectra(),
        "peaks": _table(
            """spectrum,curve,verdict,above_noise,period_steps,frequency_cycles_per_step,level_db,level_re_dc_db
            shown_tune_padded,layer 1,not a sidelobe,False,inf,0,0,0
            shown_tune_padded,layer 1,not a sidelobe,False,9.1,0.1099,-20,-20
            shown_tune_padded,layer 1,sidelobe,False,9.0,0.1111,-19,-19
            shown_tune_padded,layer 1,not a sidelobe,False,34,0.0294,-8,-8
            shown_tune_padded,layer 2,not a sidelobe,True,8.5,0.1176,-18,-15
            shown_tune,layer 2,not a sidelobe,True,36,0.0278,-1,-1
            shown_tune_rect,layer 1,sidelobe,False,101,0.0099,-13,-13
            shown_tune_rect,layer 2,not a sidelobe,False,131,0.0076,-13,-13"""
        ),
        "posterior": _posterior(),
        "recurrences": _table(
            """kind,name,interval_steps,n_times
            class,bar,8,1
            class,bar,9,3
            class,bar,30,1
            token,:|,69,1
            token,|,9,7
            class,pitch,1,1
            class,pitch,2,3"""
        ),
        "phrases": pd.DataFrame({"phrase": ["A B C", "D E"], "lag_steps": [35, 20]}),
        "responses": _table(
            """layer,unit_index,follows,largest_response,largest_lag_steps
            1,246,input,0.5,2
            1,7,neither,0.1,1
            2,96,output,-0.7,-2"""
        ),
        "replays": _table(
            """replay,sequence,median_power_fraction,mean_level_at_dc
            intact,P(|),0.06,0.1
            generated_bars_deleted,P(|),0.01,0.2"""
        ),
        "bar_ends": _table(
            """replay,first_bar,auc
            bars_deleted,1,0.8
            bars_deleted,10,0.55"""
        ),
        "coherence": _table(
            """layer,frequency_cycles_per_step,share_coherent_with_bars
            1,0.05,0.9
            1,0.11,0.25
            1,0.2,0.8"""
        ),
    }


@pytest.fixture
def value(tables):
    return {key: value for key, (value,) in compute_part7_claims(tables).items()}


def test_nothing_is_computed_twice_under_one_name(tables):
    n_values, exact = len(compute_part7_claims(tables)), tables["window_tables"]
    tables["window_tables"] = exact[exact["n_steps"].isin(tables["window_tables_printed"]["n_steps"])]
    keys = [key for compute in part7._COMPUTATIONS for key, _ in compute(tables)]
    assert len(keys) == len(set(keys)) == n_values > 50


def test_windows(value):
    assert value["p7.num.width_hann", "main_lobe_width_cycles_per_step, hann_symmetric"] == 0.015
    assert value["p7.num.widthratio", "width over rect's, hanning"] == pytest.approx(1.5)
    assert value["p7.num.rect60", "sidelobe_2_level_db, rect"] == -17.8
    assert value["p7.num.7_115", "leakage_from_8.8_steps_db at 11.5 steps, hanning"] == -62.5
    assert value["p7.num.hann69", "leakage_from_dc_db at 69 steps, rect"] == -30
    assert value["p7.tab.support.hann.36", "lower_steps"] == 28.9
    # The cell is empty in print.
    assert ("p7.tab.support.hann.36", "upper_steps") not in value
    assert value["p7.tab.sidelobe.rect.Inf", "upper_steps"] == 102.8
    assert value["p7.tab.sidelobe.rect.Inf", "rounding"] == "no_rounding"
    gap = "gap between the lobes of DC and 69 steps, {}"
    assert value["p7.num.hann69", gap.format("hann")] == pytest.approx(1 / 69 - 4 / 147)
    assert value["p7.num.hann69", gap.format("rect")] == pytest.approx(1 / 69 - 2 / 147)
    assert value["p7.num.hann69", "distance from DC over the -6 dB width, rect"] == pytest.approx(1 / 69 / 0.008)
    assert value["p7.num.88text", "upper_steps"] == 9.36


def test_the_hann_window_separates_a_line_at_69_steps_from_dc(tables):
    tables["window_tables"] = pd.DataFrame(lobe_rows(147, [])).assign(n_steps=147)
    values = {key: (str(value), "") for key, (value,) in compute_part7_claims(tables).items()}
    (verdict,) = judge_claims([_listed("p7.num.hann69")], values, is_v2=False)
    assert verdict.verdict == "not reproduced"
    hann, rect, *_ = verdict.quantities
    assert (hann.fits, rect.fits) == (False, True)
    assert float(hann.value) == pytest.approx(1.07, abs=0.005)


def test_activations(value):
    assert value["p7.num.active", "mean |h| of layer 1, from bins"] == pytest.approx(0.75 * 0.6)
    assert value["p7.fig.hist", "share of |h| > 0.5, layer 1"] == pytest.approx(0.6)
    assert value["p7.fig.hist", "share of |h| > 0.9, layer 2"] == 0
    assert value["p7.fig.maxsorted", "median of the largest |h|, layer 1"] == 0.3
    assert value["p7.fig.maxsorted", "smallest rise of that median from layer to layer"] == pytest.approx(-0.1)
    # 0.6, 1 and 0.9 above 0.5; 0.6, 1 and 0.9 above 0.7; 0, 0 and 0.9 - which does not rise to layer 2 - above 0.9.
    assert value["p7.fig.hist", "of |h| > 0.5, 0.7 and 0.9, how many rise from layer to layer"] == 0
    assert value["p7.num.active", "mean |h| of layer 2 over layer 1's"] == pytest.approx(0.9 / 0.45)


def test_selection(value):
    reading = "share of layer 1 above 0.00025, hanning, not padded, DC {}"
    shares = {quantity: share for (claim, quantity), share in value.items() if claim == "p7.num.thr"}
    # The fourth was not computed.
    assert np.isnan(shares.pop(reading.format("dropped, undoubled")))
    assert shares == {
        reading.format("counted, one_sided"): 0.33,
        reading.format("counted, undoubled"): 0.335,
        reading.format("dropped, one_sided"): 0.9,
    }
    assert {quantity: n for (claim, quantity), n in value.items() if claim == "p7.num.33"} == {
        # 0.335 would be printed as 34 %; the one whose band has no bin is no specification.
        "of the 4 readings that the text allows, those that select 33 %": 1,
        "specifications that select 33 %": 7,
        "specifications": 9,
    }
    assert value["p7.exp.L1ablate", "units of layer 1 above 0.00025"] == 3
    assert value["p7.exp.L3ablate", "units of layer 3 above 0.00025"] == 5
    contrast = {quantity: share for (claim, quantity), share in value.items() if claim == "p7.num.contrastL3"}
    assert contrast == {"share of correct bars, intact": 0.9, "share of correct bars, layer_3_excised": 0.4}


def test_of_many_readings_one_fits_by_chance_of_four_hardly_any():
    """benchmarks/readings.py has more layers, of v2's size."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    rng = np.random.default_rng(0)
    fits = [readings_that_fit(random_layer(rng, 64, 0.5), config["specifications"]) for _ in range(8)]
    n_allowed, n_fit = (np.array(fits) > 0).sum(axis=0)
    assert n_fit >= 7
    assert n_allowed <= 1


def test_mean_curves(value):
    assert value["p7.num.norm", "largest level of layer 3 in dB"] == 1
    assert value["p7.num.softcompressed", "dynamic range of softmax output in dB"] == 40
    assert value["p7.num.dcpeak", "DC of layer 2 above its next largest in dB"] == 6
    assert value["p7.num.L1low", "share of frequencies with layer 1 below layers 2 and 3"] == 0.5
    # Over the 16 dB of layer 2.
    assert value["p7.num.softcompressed", "dynamic range of the softmax output over the smallest layer's"] == 40 / 16
    assert value["p7.num.se_dc", "share of frequencies with less, layer 1"] == 0
    correlations = [v for (_, quantity), v in value.items() if quantity.startswith("correlation of levels")]
    assert len(correlations) == 6
    assert value["p7.num.similar", "smallest correlation of levels of two curves"] == min(correlations)
    assert value["p7.fig.spec2", "root mean square distance of layer 2 and layer 3 in dB"] == pytest.approx(
        np.sqrt((5**2 + 2**2 + 4**2 + 6**2) / 4)
    )
    assert value["p7.num.similar", "correlation of levels, layer 1 and layer 2"] == pytest.approx(
        np.corrcoef([0, -20, -30, -10], [-4, -10, -20, -15])[0, 1]
    )
    assert value["p7.num.se_dc", "two standard errors at DC in dB, layer 1"] == pytest.approx(0.2)
    assert value["p7.num.se_1db", "two standard errors, median over frequencies, in dB, layer 1"] == pytest.approx(1.5)


def test_peaks(value):
    """Only peaks of the padded spectrum that are no sidelobes are looked at; near means near in frequency."""
    nearest = "period in steps of the peak of {} nearest {:g}, no sidelobe"
    assert value["p7.num.peaks", nearest.format("layer 1", 9)] == 9.1
    assert value["p7.num.peaks", nearest.format("layer 1", 36)] == 34
    # 18 steps are 9 from 9.1 and 16 from 34, but nearer to 34 in frequency.
    assert value["p7.num.peaks", nearest.format("layer 1", 18)] == 34
    assert value["p7.num.peaks2", nearest.format("layer 2", 36)] == 8.5
    assert value["p7.num.L2high", "layer with the most at 9 steps"] == "layer 2"
    assert value["p7.num.L2high", "layer with the most at 36 steps"] == "layer 1"
    assert value["p7.num.36dc", "level re DC of the peak of layer 1 nearest 36 steps in dB"] == -8
    assert value["p7.num.m38", "level re DC of the sidelobes of the 8.8 peak of layer 2 in dB"] == pytest.approx(
        -15 - 31.467
    )
    half_widths = "half widths of the Hann lobe from {:g} steps to the nearest peak, no sidelobe"
    assert value["p7.num.peaks", half_widths.format(9)] == pytest.approx((1 / 9 - 0.1099) / 0.007)
    # No peak is near 7 or 11.5 steps, however little leaks there from 8.8.
    peaks = _listed("p7.num.7_115")
    assert not any(each.fits(str(value[peaks.id, each.quantity])) for each in peaks.quantities)
    assert value["p7.num.7_115", half_widths.format(7)] == pytest.approx((1 / 7 - 0.1176) / 0.007)
    assert value["p7.num.peaks", half_widths.format(36)] == pytest.approx((0.0294 - 1 / 36) / 0.007)
    above_noise = half_widths.format(9).replace("no sidelobe", "above noise")
    assert value["p7.num.peaks", above_noise] == pytest.approx((0.1176 - 1 / 9) / 0.007)
    # -8 of layer 1 beside -15 of layer 2.
    assert value["p7.num.36dc", "of those levels the nearest to -8 dB"] == -8
    assert value["p7.num.rect100", "period in steps of the peak of layer 2 nearest 100, rect"] == 131
    assert np.isnan(value["p7.num.rect100", "period in steps of the peak of layer 3 nearest 100, rect"])
    assert value["p7.num.rect60", "period in steps of the layers' peak nearest 60, rect"] == 101
    assert value["p7.exp.rectified", "peaks of the layers from 66 to 72 steps, positive"] == 0
    assert value["p7.fig.rect", "peaks of layer 1, rect"] == 1


def test_tokens(value):
    assert value["p7.fig.posterior", "steps"] == 16
    # Of 2 at step 2: 0.5 - 0.2; (3 at the last step has as little.
    assert value["p7.num.softcaus", "smallest probability of a token that was drawn"] == pytest.approx(0.3)
    assert value["p7.num.88source", "steps between bar tokens"] == "8: 1; 9: 3; 30: 1"
    assert value["p7.num.repeats", "longest repeated phrases (lag in steps)"] == "A B C (35); D E (20)"
    assert value["p7.num.pitch2", "share of pitches two steps after the last"] == 0.75
    assert value["p7.num.post2", "period of the largest peak of P((3) in steps"] == 2
    assert value["p7.num.post2", "period of the largest peak of P(2) in steps"] == 4
    assert np.isnan(value["p7.num.post2", "period of the largest peak of P(/2) in steps"])


def test_causes(value):
    assert value["p7.q.L1role", "units of layer 1 that follow: input"] == 1
    assert value["p7.q.causal", "units of layer 2 that follow: output"] == 1
    assert ("p7.q.L1role", "units of layer 2 that follow: output") not in value
    assert value["p7.q.causal", "median power fraction at the bar, P(|), generated_bars_deleted"] == 0.01
    assert value["p7.q.causal", "AUC of P(bar) at the ends of bars from bar 10 on, bars_deleted"] == 0.55
    assert value["p7.num.dcsource", "mean level at DC, P(|), intact"] == 0.1
    assert value["p7.q.peaks", "units of layer 1 coherent with the bars near 9 steps, share"] == 0.25
    assert value["p7.num.u247", "largest response of unit 246 of layer 1, 2 steps after a bar at the input"] == 0.5
    assert value["p7.num.u97", "largest response of unit 96 of layer 2, -2 steps after a bar at the input"] == -0.7
    assert not [quantity for claim, quantity in value if claim == "p7.num.u156"]


def test_a_tune_without_bars_or_peaks_has_no_numbers_to_show(tables):
    tables["recurrences"] = tables["recurrences"].iloc[:0]
    tables["phrases"], tables["peaks"] = tables["phrases"].iloc[:0], tables["peaks"].iloc[:0]
    value = {key: number for key, (number,) in compute_part7_claims(tables).items()}
    assert value["p7.num.88source", "steps between bar tokens"] == ""
    assert np.isnan(value["p7.num.36dc", "of those levels the nearest to -8 dB"])
    assert value["p7.num.pitch2", "share of pitches two steps after the last"] == 0
    assert value["p7.num.L2high", "layer with the most at 9 steps"] == ""
