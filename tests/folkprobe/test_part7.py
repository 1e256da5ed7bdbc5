"""The claims of part 7, from small tables whose answers are known by hand."""

import io

import numpy as np
import pandas as pd
import pytest

from folkprobe.evidence.part7 import FIGURES, NOT_COMPUTED, Computed, compute_claims, compute_printed_tune

LAYERS = ("layer 1", "layer 2", "layer 3")


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
    return pd.DataFrame(rows, columns=["window", "quantity", "period_steps", "value"])


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
    return pd.DataFrame({"token_read": read, "(3": 0.5 + 0.2 * (-1.0) ** n, "2": 0.5 + 0.2 * np.cos(np.pi * n / 2)})


@pytest.fixture
def tables():
    return {
        "window_tables": _windows(),
        "window_tables_printed": _table(
            """window,quantity,period_steps,printed_lower_steps,printed_upper_steps,exact_lower_steps,exact_upper_steps,verdict
            hann,main_lobe_support,36,28.5,,28.9,47.7,rounded
            rect,first_sidelobes,inf,,102,,102.8,no_rounding
            hann,main_lobe_support_in_text,8.8,8.3,9.4,8.31,9.36,rounded"""
        ),
        "activation_distribution": _table(
            """layer,bin_lower,bin_upper,density
            1,-1,-0.5,0.4
            1,-0.5,0.5,0.4
            1,0.5,1,0.8
            2,-1,-0.8,2.5
            2,0.8,1,2.5"""
        ),
        "maximum_magnitude": pd.DataFrame({"layer": [1, 1, 1, 2], "maximum_magnitude": [0.2, 0.3, 0.9, 1.0]}),
        "specifications": _table(
            """layer,window,n_fft,dc,sides,shortest_steps,longest_steps,power_fraction_above,share_selected
            1,hann,147,counted,one_sided,8.7,9.3,0.00025,0.33
            1,hann,147,counted,one_sided,8.7,9.3,0.025,0.1
            1,hann,256,counted,one_sided,8.7,9.3,0.00025,0.335
            1,hann,147,counted,two_sided,8.7,9.3,0.00025,0.325
            1,hann,147,counted,one_sided,8.0,10,0.00025,
            2,hann,147,counted,one_sided,8.7,9.3,0.00025,0.33"""
        ),
        "selection": pd.DataFrame({"layer": [1, 2, 3], "n_units": 8, "n_selected_by_article": [3, 4, 5]}),
        "effects": _table(
            """condition,outcome,value
            intact,share_of_correct_bars,0.9
            layer_3_excised,share_of_correct_bars,0.4
            layer_3_excised,share_of_correct_bars_minus_intact,-0.5"""
        ),
        "mean_spectra_shown_tune": _mean_spectra(),
        "peaks": _table(
            """spectrum,curve,verdict,period_steps,frequency_cycles_per_step,level_db,level_re_dc_db
            shown_tune_padded,layer 1,real,inf,0,0,0
            shown_tune_padded,layer 1,real,9.1,0.1099,-20,-20
            shown_tune_padded,layer 1,sidelobe,9.0,0.1111,-19,-19
            shown_tune_padded,layer 1,real,34,0.0294,-8,-8
            shown_tune_padded,layer 2,real,8.5,0.1176,-18,-15
            shown_tune,layer 2,real,36,0.0278,-1,-1
            shown_tune_rect,layer 1,sidelobe,101,0.0099,-13,-13
            shown_tune_rect,layer 2,real,131,0.0076,-13,-13"""
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
            """layer,unit_index,event,follows,largest_response,largest_lag_steps
            1,246,input,input,0.5,2
            1,7,input,neither,0.1,1
            2,96,input,output,0.2,0
            1,246,output,input,0.4,3
            2,96,output,output,-0.7,-1"""
        ),
        "replays": _table(
            """replay,sequence,median_power_fraction,mean_level_at_dc
            intact,P(|),0.06,0.1
            generated_bars_deleted,P(|),0.01,0.2"""
        ),
        "lines": _table(
            """layer,frequency_cycles_per_step,share_coherent_circular_shift
            1,0.05,0.9
            1,0.11,0.25
            1,0.2,0.8"""
        ),
    }


@pytest.fixture
def value(tables):
    computed = compute_claims(tables)
    assert len({(each.claim, each.quantity) for each in computed}) == len(computed)
    return {(each.claim, each.quantity): each.value for each in computed}


def test_every_entry_is_by_claim_and_says_what_is_printed(tables):
    computed = compute_claims(tables)
    assert [each.claim for each in computed] == sorted(each.claim for each in computed)
    assert Computed("p7.num.rep69", "steps between :|", "69", "69") in computed
    assert {each.claim for each in computed if each.quantity == "figure"} == set(FIGURES)
    reasons = {each.claim: each.value for each in computed if each.claim in NOT_COMPUTED}
    assert reasons == NOT_COMPUTED


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
    assert value["p7.tab.sidelobe.rect.Inf", "verdict of the rounding"] == "no_rounding"
    assert value["p7.num.88text", "upper_steps"] == 9.36


def test_activations(value):
    assert value["p7.num.active", "mean |h| of layer 1, from bins"] == pytest.approx(0.75 * 0.6)
    assert value["p7.fig.hist", "share of |h| > 0.5, layer 1"] == pytest.approx(0.6)
    assert value["p7.fig.hist", "share of |h| > 0.9, layer 2"] == 0
    assert value["p7.fig.maxsorted", "median of the largest |h|, layer 1"] == 0.3


def test_selection(value):
    shares = {quantity: share for (claim, quantity), share in value.items() if claim == "p7.num.33"}
    assert shares == {
        "share of layer 1 above 0.00025, Hann, not padded, DC counted": 0.33,
        "share of layer 1 above 0.025, Hann, not padded, DC counted": 0.1,
        # 0.335 would be printed as 34 %; the one whose band has no bin is no specification.
        "specifications that select 33 %": 2,
        "specifications": 4,
    }
    assert value["p7.exp.L1ablate", "units of layer 1 above 0.00025, of 8"] == 3
    assert value["p7.exp.L3ablate", "units of layer 3 above 0.00025, of 8"] == 5
    contrast = {quantity: share for (claim, quantity), share in value.items() if claim == "p7.num.contrastL3"}
    assert contrast == {"share of correct bars, intact": 0.9, "share of correct bars, layer_3_excised": 0.4}


def test_mean_curves(value):
    assert value["p7.num.norm", "largest level of layer 3 in dB"] == 1
    assert value["p7.num.softcompressed", "dynamic range of softmax output in dB"] == 40
    assert value["p7.num.dcpeak", "DC of layer 2 above its next largest in dB"] == 6
    assert value["p7.num.L1low", "share of frequencies with layer 1 below layers 2 and 3"] == 0.5
    assert value["p7.fig.spec2", "root mean square distance of layer 2 and layer 3 in dB"] == pytest.approx(
        np.sqrt((5**2 + 2**2 + 4**2 + 6**2) / 4)
    )
    assert value["p7.num.similar", "correlation of levels, layer 1 and layer 2"] == pytest.approx(
        np.corrcoef([0, -20, -30, -10], [-4, -10, -20, -15])[0, 1]
    )
    assert value["p7.num.se_dc", "two standard errors at DC in dB, layer 1"] == pytest.approx(0.2)
    assert value["p7.num.se_1db", "two standard errors, median over frequencies, in dB, layer 1"] == pytest.approx(1.5)


def test_peaks(value):
    """Only real peaks of the padded spectrum are looked at; near means near in frequency."""
    nearest = "period in steps of the real peak of {} nearest {:g}"
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
    # 131 steps are outside.
    assert value["p7.num.rect100", "peaks from 80 to 130 steps, shown_tune_rect"] == "layer 1 101.0 sidelobe"
    assert value["p7.num.rect60", "peaks from 55 to 72 steps, shown_tune_rect"] == "none"


def test_tokens(value):
    assert value["p7.num.len147", "steps"] == 16
    assert [value["p7.num.counts", f"times that {token} is read"] for token in ("/2", "(3", "2")] == [0, 1, 2]
    # Intervals 8, 9, 9, 9, 30.
    assert value["p7.num.bar89", "median steps between bar tokens"] == 9
    assert value["p7.num.88source", "steps between bar tokens"] == "8: 1; 9: 3; 30: 1"
    assert value["p7.num.repeats", "longest repeated phrases (lag in steps)"] == "A B C (35); D E (20)"
    assert value["p7.num.pitch2", "share of pitches two steps after the last"] == 0.75
    assert value["p7.num.post2", "period of the largest peak of P((3) in steps"] == 2
    assert value["p7.num.post2", "period of the largest peak of P(2) in steps"] == 4
    assert ("p7.num.post2", "period of the largest peak of P(/2) in steps") not in value


def test_causes(value):
    assert value["p7.q.L1role", "units of layer 1 that follow: input"] == 1
    assert value["p7.q.causal", "units of layer 2 that follow: output"] == 1
    assert ("p7.q.L1role", "units of layer 2 that follow: output") not in value
    assert value["p7.q.causal", "median power fraction at the bar, P(|), generated_bars_deleted"] == 0.01
    assert value["p7.num.dcsource", "mean level at DC, P(|), intact"] == 0.1
    assert value["p7.q.peaks", "units of layer 1 coherent with the bars near 9 steps, share"] == 0.25
    assert value["p7.num.u247", "largest response of unit 246 of layer 1, 2 steps after a bar at the input"] == 0.5
    assert value["p7.num.u97", "largest response of unit 96 of layer 2, -1 steps after a bar at the output"] == -0.7
    assert value["p7.num.u156", "not computed"] == "this network's layer 3 has no such unit"


def test_a_tune_without_bars_or_peaks_has_no_numbers_to_show(tables):
    tables["recurrences"] = tables["recurrences"].iloc[:0]
    tables["phrases"], tables["peaks"] = tables["phrases"].iloc[:0], tables["peaks"].iloc[:0]
    value = {(each.claim, each.quantity): each.value for each in compute_claims(tables)}
    assert np.isnan(value["p7.num.bar89", "median steps between bar tokens"])
    assert value["p7.num.rep69", "steps between :|"] == "none"
    assert value["p7.num.pitch2", "share of pitches two steps after the last"] == 0
    assert value["p7.num.L2high", "layer with the most at 9 steps"] == ""


def test_the_printed_tune():
    two_wrong = {
        each.quantity: each.value for each in compute_printed_tune(12, [2, 8, 9.5, 7], [True, True, False, False])
    }
    assert two_wrong == {
        "tokens of the printed tune": 12,
        "bars of the printed tune": 4,
        "bars of the printed tune that are not correctly counted": 2,
        "which (the first bar is 0)": "2 (9.5 eighths); 3 (7 eighths)",
    }
    assert compute_printed_tune(3, [8], [True])[-1].value == "none"
