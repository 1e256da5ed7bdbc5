"""The numbers of part 7 of the articles, computed from a study's tables.

They are judged elsewhere (`folkprobe.claims.judging`): most claims are about folk-rnn v2 and one of its tunes, and for
another network the same numbers only show how it differs.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from folkprobe.claims.values import Value, Values

_LAYERS = ("layer 1", "layer 2", "layer 3")
_PRINTED_PEAKS_STEPS = {
    "p7.num.peaks": (36, 18, 9, 4.5, 3, 2.25),
    "p7.num.peaks2": (2.25, 3, 4.5, 6, 8.8, 11.5, 18, 36),
    "p7.num.7_115": (7, 11.5),
}
# Part 7's, around the 9 steps of a bar.
_BAND_STEPS = (8.7, 9.3)
_POWER_FRACTION_ABOVE = 0.00025
# The readings of its criterion that the text allows, DC and sidedness. It names the band, the threshold and a Hann
# window (its sidelobes are those of MATLAB's hanning); it pads nothing, and plots DC, so that no mean was removed.
_READINGS = (("counted", "one_sided"), ("counted", "undoubled"), ("dropped", "one_sided"), ("dropped", "undoubled"))


def compute_part7_claims(tables: Mapping[str, pd.DataFrame]) -> Values:
    """Compute the quantities that part 7 claims from a study's tables, by claim and quantity.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's CSV files by stem: window_tables, window_tables_printed, activation_distribution, maximum_magnitude,
        mean_spectra_shown_tune, peaks, recurrences, phrases, specifications, selection, coherence, responses, replays,
        bar_ends, effects, posterior. Windows are judged at the length of window_tables_printed, the article's.
    """
    exact, n_steps = tables["window_tables"], tables["window_tables_printed"]["n_steps"].iloc[0]
    tables = {**tables, "window_tables": exact[exact["n_steps"] == n_steps]}
    return dict(value for compute in _COMPUTATIONS for value in compute(tables))


def _windows(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    exact = tables["window_tables"].set_index(["window", "quantity", "period_steps"])["value"].sort_index()

    def of(window: str, quantity: str, period_steps: float = np.nan) -> float:
        values = exact.loc[(window, quantity)]
        return float(values.iloc[0] if np.isnan(period_steps) else values.loc[period_steps])

    width, null, level = "main_lobe_width_cycles_per_step", "first_null_cycles_per_step", "sidelobe_1_level_db"
    for window in ("hann", "hann_symmetric", "hanning"):
        yield (("p7.num.width_hann", f"{width}, {window}"), (of(window, width),))
        yield (("p7.num.widthratio", f"width over rect's, {window}"), (of(window, width) / of("rect", width),))
    yield (("p7.num.width_rect", width), (of("rect", width),))
    yield (("p7.num.sl_hann", level), (of("hanning", level),))
    yield (("p7.num.sl_rect", level), (of("rect", level),))
    yield (("p7.num.unitHz", "unit of the widths"), ("cycles per step",))
    for window in ("rect", "hann"):
        yield (("p7.fig.windows", f"{null}, {window}"), (of(window, null),))
        # Whether two lines are resolved: by the lobes' nulls, as the article argues, and by their -6 dB widths.
        yield (
            ("p7.num.hann69", f"gap between the lobes of DC and 69 steps, {window}"),
            (1 / 69 - 2 * of(window, null),),
        )
        yield (("p7.num.hann69", f"distance from DC over the -6 dB width, {window}"), (1 / 69 / of(window, width),))
    for window, claim, source, period in (
        *(
            (window, claim, source, period)
            for window in ("hann", "hanning")
            for claim, source, period in (
                ("p7.num.7_115", "8.8_steps", 7.0),
                ("p7.num.7_115", "8.8_steps", 11.5),
                ("p7.num.36dc", "dc", 36.0),
                ("p7.num.hann69", "dc", 69.0),
            )
        ),
        ("rect", "p7.num.hann69", "dc", 69.0),
    ):
        name = f"leakage_from_{source}_db"
        yield ((claim, f"{name} at {period:g} steps, {window}"), (of(window, name, period),))
    yield (("p7.num.rect100", "sidelobe_1_period_steps, rect"), (of("rect", "sidelobe_1_period_steps"),))
    yield (("p7.num.rect60", "sidelobe_2_period_steps, rect"), (of("rect", "sidelobe_2_period_steps"),))
    yield (("p7.num.rect60", "sidelobe_2_level_db, rect"), (of("rect", "sidelobe_2_level_db"),))
    for row in tables["window_tables_printed"].itertuples():
        for end in ("lower", "upper"):
            if not pd.isna(getattr(row, f"printed_{end}_steps")):
                yield ((row.claim, f"{end}_steps"), (getattr(row, f"exact_{end}_steps"),))
        yield ((row.claim, "rounding"), (row.verdict,))


def _activations(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    mean: dict[int, float] = {}
    shares: dict[float, list[float]] = {0.5: [], 0.7: [], 0.9: []}
    for layer, bins in tables["activation_distribution"].groupby("layer"):
        width = bins["bin_upper"] - bins["bin_lower"]
        centre = (bins["bin_upper"] + bins["bin_lower"]) / 2
        mean[layer] = float((centre.abs() * bins["density"] * width).sum())
        yield (("p7.num.active", f"mean |h| of layer {layer}, from bins"), (mean[layer],))
        for above, of_layers in shares.items():
            of_layers.append(float((bins["density"] * width)[centre.abs() > above].sum()))
            yield (("p7.fig.hist", f"share of |h| > {above:g}, layer {layer}"), (of_layers[-1],))
    yield (("p7.num.active", "mean |h| of layer 2 over layer 1's"), (mean[2] / mean[1],))
    n_rising = sum(one < two < three for one, two, three in shares.values())
    yield (("p7.fig.hist", "of |h| > 0.5, 0.7 and 0.9, how many rise from layer to layer"), (n_rising,))
    medians = tables["maximum_magnitude"].groupby("layer")["maximum_magnitude"].median()
    for layer, median in medians.items():
        yield (("p7.fig.maxsorted", f"median of the largest |h|, layer {layer}"), (median,))
    yield (("p7.fig.maxsorted", "smallest rise of that median from layer to layer"), (medians.diff().min(),))


def _selection(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    rows = tables["specifications"]
    rows = rows[rows["layer"] == 1].dropna(subset="share_selected")
    for (dc, sides), share in _shares_under_readings(rows).items():
        quantity = f"share of layer 1 above {_POWER_FRACTION_ABOVE:g}, hanning, not padded, DC {dc}, {sides}"
        yield (("p7.num.thr", quantity), (share,))
    n_allowed, n_fit = count_readings(rows)
    quantity = f"of the {len(_READINGS)} readings that the text allows, those that select 33 %"
    yield (("p7.num.33", quantity), (float(n_allowed),))
    yield (("p7.num.33", "specifications that select 33 %"), (float(n_fit),))
    yield (("p7.num.33", "specifications"), (float(len(rows)),))
    shortest, longest = _BAND_STEPS
    yield (("p7.num.band", "9 steps from the nearer edge, in steps"), (min(9 - shortest, longest - 9),))
    yield (("p7.num.band", "width in cycles per step"), (1 / shortest - 1 / longest,))
    for row in tables["selection"].itertuples():
        claim = {1: "p7.exp.L1ablate", 3: "p7.exp.L3ablate"}.get(row.layer)
        if claim is not None:
            yield ((claim, f"units of layer {row.layer} above 0.00025"), (row.n_selected_by_article,))
    effects = tables["effects"]
    levels = (effects["outcome"] == "share_of_correct_bars") & ~effects["contrast"].str.contains(" - ")
    for row in effects[levels].itertuples():
        for claim in ("p7.num.contrastL3", "p7.exp.twohot", "p7.exp.L3ablate"):
            yield ((claim, f"share of correct bars, {row.contrast}"), (row.estimate,))


def count_readings(rows: pd.DataFrame) -> tuple[int, int]:
    """Count the readings of the article's criterion that select 33 % of a layer.

    Parameters
    ----------
    rows : pandas.DataFrame
        The layer's specifications: window, n_fft, dc, sides, shortest_steps, longest_steps, power_fraction_above,
        share_selected.

    Returns
    -------
    n_allowed, n_fit : int
        Of the readings that the text allows, and of all.
    """
    selected = (_shares_under_readings(rows), rows["share_selected"])
    n_allowed, n_fit = (int(shares.between(0.325, 0.335, inclusive="left").sum()) for shares in selected)
    return n_allowed, n_fit


def _shares_under_readings(rows: pd.DataFrame) -> pd.Series:
    """Return the share selected under each reading that the text allows, nan where it was not computed."""
    shortest, longest = _BAND_STEPS
    is_printed = (rows["window"] == "hanning") & (rows["n_fft"] == rows["n_fft"].min())
    is_printed &= (rows["shortest_steps"] == shortest) & (rows["longest_steps"] == longest)
    is_printed &= rows["power_fraction_above"] == _POWER_FRACTION_ABOVE
    return rows[is_printed].set_index(["dc", "sides"])["share_selected"].reindex(_READINGS)


def _mean_curves(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    table = tables["mean_spectra_shown_tune"]
    level = {name: rows.set_index("frequency_cycles_per_step")["level_db"] for name, rows in table.groupby("curve")}
    layers = pd.DataFrame({name: level[name] for name in _LAYERS})
    ranges = {name: of_curve.max() - of_curve.min() for name, of_curve in level.items()}
    for name, of_curve in level.items():
        yield (("p7.num.norm", f"largest level of {name} in dB"), (of_curve.max(),))
        yield (("p7.num.softcompressed", f"dynamic range of {name} in dB"), (ranges[name],))
    least = min(ranges[name] for name in _LAYERS)
    quantity = "dynamic range of the softmax output over the smallest layer's"
    yield (("p7.num.softcompressed", quantity), (ranges["softmax output"] / least,))
    for name in _LAYERS:
        above = layers[name].iloc[0] - layers[name].iloc[1:].max()
        for claim in ("p7.num.dcpeak", "p7.num.peaks2"):
            yield ((claim, f"DC of {name} above its next largest in dB"), (above,))
        yield (("p7.fig.mean", f"frequencies of {name}"), (float(len(level[name])),))
    below = (layers["layer 1"] < layers[["layer 2", "layer 3"]].min(axis=1)).mean()
    yield (("p7.num.L1low", "share of frequencies with layer 1 below layers 2 and 3"), (below,))
    distance = {
        other: float(np.sqrt(((layers["layer 2"] - layers[other]) ** 2).mean())) for other in ("layer 3", "layer 1")
    }
    for other, decibels in distance.items():
        yield (("p7.fig.spec2", f"root mean square distance of layer 2 and {other} in dB"), (decibels,))
    nearness = distance["layer 3"] / distance["layer 1"]
    yield (("p7.fig.spec2", "distance of layer 2 from layer 3 over that from layer 1"), (nearness,))
    both = pd.DataFrame(level).corr()
    correlations = {
        f"{one} and {other}": both.loc[one, other] for one, other in itertools.combinations(both.columns, 2)
    }
    for pair, correlation in correlations.items():
        yield (("p7.num.similar", f"correlation of levels, {pair}"), (correlation,))
    yield (("p7.num.similar", "smallest correlation of levels of two curves"), (min(correlations.values()),))
    for name, rows in table[table["curve"].isin(_LAYERS)].groupby("curve"):
        width = (rows["upper_db"] - rows["lower_db"]).to_numpy()
        yield (("p7.num.se_dc", f"two standard errors at DC in dB, {name}"), (width[0],))
        yield (("p7.num.se_dc", f"share of frequencies with less, {name}"), ((width < width[0]).mean(),))
        quantity = f"two standard errors, median over frequencies, in dB, {name}"
        yield (("p7.num.se_1db", quantity), (float(np.median(width)),))


def _peaks(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    peaks = tables["peaks"]
    exact = tables["window_tables"].set_index(["window", "quantity"])["value"]
    half_width = exact.loc[("hann", "half_width_cycles_per_step")]
    hann = peaks[
        (peaks["spectrum"] == "shown_tune_padded") & (peaks["verdict"] != "sidelobe") & peaks["curve"].isin(_LAYERS)
    ]
    finite = hann[np.isfinite(hann["period_steps"])]
    curves = {name: finite[finite["curve"] == name] for name in _LAYERS}

    def nearest(rows: pd.DataFrame, period_steps: float, column: str) -> float:
        if rows.empty:
            return np.nan
        return rows.loc[(rows["frequency_cycles_per_step"] - 1 / period_steps).abs().idxmin(), column]

    for claim, periods in _PRINTED_PEAKS_STEPS.items():
        for period in periods:
            for name, rows in curves.items():
                quantity = f"period in steps of the peak of {name} nearest {period:g}, no sidelobe"
                yield ((claim, quantity), (nearest(rows, period, "period_steps"),))
            for kind, rows in {"no sidelobe": finite, "above noise": finite[finite["above_noise"]]}.items():
                off = abs(nearest(rows, period, "frequency_cycles_per_step") - 1 / period) / half_width
                quantity = f"half widths of the Hann lobe from {period:g} steps to the nearest peak, {kind}"
                yield ((claim, quantity), (off,))
    for period in (36, 18, 11.5, 9, 6, 4.5, 3, 2.25):
        found = {name: nearest(rows, period, "level_db") for name, rows in curves.items() if len(rows)}
        yield (("p7.num.L2high", f"layer with the most at {period:g} steps"), (max(found, key=found.get, default=""),))
    levels = {name: nearest(rows, 36, "level_re_dc_db") for name, rows in curves.items()}
    for name, rows in curves.items():
        yield (("p7.num.36dc", f"level re DC of the peak of {name} nearest 36 steps in dB"), (levels[name],))
        quantity = f"level re DC of the sidelobes of the 8.8 peak of {name} in dB"
        sidelobes = nearest(rows, 8.8, "level_re_dc_db") + exact.loc[("hann", "sidelobe_1_level_db")]
        yield (("p7.num.m38", quantity), (sidelobes,))
    found = [level for level in levels.values() if not np.isnan(level)]
    closest = min(found, key=lambda level: abs(level + 8), default=np.nan)
    yield (("p7.num.36dc", "of those levels the nearest to -8 dB"), (closest,))
    of_layers = peaks[peaks["curve"].isin(_LAYERS) & np.isfinite(peaks["period_steps"])]
    rect = of_layers[of_layers["spectrum"] == "shown_tune_rect"]
    for name in ("layer 2", "layer 3"):
        period = nearest(rect[rect["curve"] == name], 100, "period_steps")
        yield (("p7.num.rect100", f"period in steps of the peak of {name} nearest 100, rect"), (period,))
    for period in (60, 67):
        found = nearest(rect, period, "period_steps")
        yield (("p7.num.rect60", f"period in steps of the layers' peak nearest {period}, rect"), (found,))
    for rectified in ("absolute", "positive"):
        of_both = of_layers[of_layers["spectrum"] == f"shown_tune_{rectified}_rect"]
        n_inside = float(of_both["period_steps"].between(66, 72).sum())
        yield (("p7.exp.rectified", f"peaks of the layers from 66 to 72 steps, {rectified}"), (n_inside,))
    for name in _LAYERS:
        yield (("p7.fig.rect", f"peaks of {name}, rect"), (float((rect["curve"] == name).sum()),))


def _recurrences(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    recurrences, phrases, posterior = tables["recurrences"], tables["phrases"], tables["posterior"]
    bars = recurrences[(recurrences["kind"] == "class") & (recurrences["name"] == "bar")]
    of_bars = "; ".join(f"{row.interval_steps}: {row.n_times}" for row in bars.itertuples())
    yield (("p7.num.88source", "steps between bar tokens"), (of_bars,))
    longest = "; ".join(f"{row.phrase} ({row.lag_steps})" for row in phrases.head(5).itertuples())
    for claim in ("p7.num.repeats", "p7.num.36source"):
        yield ((claim, "longest repeated phrases (lag in steps)"), (longest or "none",))
    pitch = recurrences[(recurrences["kind"] == "class") & (recurrences["name"] == "pitch")]
    share_after_two = pitch.loc[pitch["interval_steps"] == 2, "n_times"].sum() / max(pitch["n_times"].sum(), 1)
    yield (("p7.num.pitch2", "share of pitches two steps after the last"), (float(share_after_two),))
    for token in ("(3", "2", "/2"):
        period = np.nan
        if token in posterior:
            magnitude = np.abs(np.fft.rfft((posterior[token] - posterior[token].mean()) * np.hanning(len(posterior))))
            period = len(posterior) / max(int(magnitude[1:].argmax()) + 1, 1)
        yield (("p7.num.post2", f"period of the largest peak of P({token}) in steps"), (period,))
    drawn = [row[row["token_drawn"]] for _, row in posterior.iterrows()]
    yield (("p7.num.softcaus", "smallest probability of a token that was drawn"), (float(min(drawn)),))
    yield (("p7.fig.posterior", "steps"), (float(len(posterior)),))


def _causes(tables: Mapping[str, pd.DataFrame]) -> Iterator[Value]:
    responses, replays = tables["responses"], tables["replays"]
    for (layer, follows), rows in responses.groupby(["layer", "follows"]):
        for claim in ("p7.q.causal", *(["p7.q.L1role"] if layer == 1 else [])):
            yield ((claim, f"units of layer {layer} that follow: {follows}"), (float(len(rows)),))
    for row in replays.itertuples():
        for claim in ("p7.q.causal", "p7.q.recurrence"):
            quantity = f"median power fraction at the bar, {row.sequence}, {row.replay}"
            yield ((claim, quantity), (row.median_power_fraction,))
        yield (("p7.num.dcsource", f"mean level at DC, {row.sequence}, {row.replay}"), (row.mean_level_at_dc,))
    for row in tables["bar_ends"].itertuples():
        quantity = f"AUC of P(bar) at the ends of bars from bar {row.first_bar:g} on, {row.replay}"
        yield (("p7.q.causal", quantity), (row.auc,))
    for layer, rows in tables["coherence"].groupby("layer"):
        at_bar = rows.loc[(rows["frequency_cycles_per_step"] - 1 / 9).abs().idxmin()]
        for claim in ("p7.q.peaks", "p7.q.disamb"):
            share = at_bar["share_coherent_with_bars"]
            yield ((claim, f"units of layer {layer} coherent with the bars near 9 steps, share"), (share,))
    for claim, layer, units in (
        ("p7.num.u247", 1, (246, 247)),
        ("p7.num.u97", 2, (96, 97)),
        ("p7.num.u156", 3, (155, 156)),
    ):
        for row in responses[(responses["layer"] == layer) & responses["unit_index"].isin(units)].itertuples():
            unit = f"unit {row.unit_index} of layer {layer}"
            quantity = f"largest response of {unit}, {row.largest_lag_steps} steps after a bar at the input"
            yield ((claim, quantity), (row.largest_response,))


_COMPUTATIONS: tuple[Callable[[Mapping[str, pd.DataFrame]], Iterator[Value]], ...] = (
    _windows,
    _activations,
    _selection,
    _mean_curves,
    _peaks,
    _recurrences,
    _causes,
)
