"""The numbers of part 7 of the articles, computed from a study's tables beside those that the article prints.

What is computed is not judged here: most claims are about folk-rnn v2 and one of its tunes, and of another network the
same numbers only say how it differs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

_LAYERS = ("layer 1", "layer 2", "layer 3")
_PRINTED_PEAKS_STEPS = {
    "p7.num.peaks": (36, 18, 9, 4.5, 3, 2.25),
    "p7.num.peaks2": (2.25, 3, 4.5, 6, 8.8, 11.5, 18, 36),
}
# Claims that no table of one study computes, and why.
NOT_COMPUTED = {
    "p7.exp.twohot": "no number is printed; the stimulated conditions are in effects.csv",
    "p7.fig.twohot": "a score; scores/intact_two_hot.svg is ours",
    "p7.fig.dots": "a score",
    "p7.num.notgood": "a judgement of taste",
    "p7.num.unitHz": "widths are in cycles per step: a sequence of tokens has no sampling rate",
    "p7.ctx.series": "context",
    "p7.num.softcaus": "true by construction",
    "p7.num.sharedprefix": "of the intact run's tune the articles print the beginning only",
}
FIGURES = {
    "p7.fig.h1": "hidden_state_layer_1",
    "p7.fig.h2": "hidden_state_layer_2",
    "p7.fig.hist": "activation_distribution",
    "p7.fig.maxsorted": "maximum_magnitude",
    "p7.fig.spec1": "unit_spectra_layer_1",
    "p7.fig.spec2": "unit_spectra_layer_2",
    "p7.fig.spec3": "unit_spectra_layer_3",
    "p7.fig.mean": "mean_spectra_shown_tune",
    "p7.fig.rect": "long_periods",
    "p7.fig.windows": "window_spectra",
    "p7.fig.posterior": "posterior",
    "p7.fig.units": "unit_overlay_strongest",
}


@dataclass(frozen=True)
class Computed:
    """One number beside a claim.

    Attributes
    ----------
    claim : str
        Its id, as in the list of claims.
    quantity : str
        What was computed, with its unit.
    printed : str
        What the article prints of it; empty where it prints no number.
    value : float or str
    """

    claim: str
    quantity: str
    printed: str
    value: float | str


def compute_claims(tables: Mapping[str, pd.DataFrame]) -> list[Computed]:
    """Compute every claim of part 7 that a study's tables hold.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's CSV files by stem: window_tables, window_tables_printed, activation_distribution, maximum_magnitude,
        mean_spectra_shown_tune, peaks, recurrences, phrases, specifications, selection, lines, responses, replays,
        effects, posterior.

    Returns
    -------
    list of Computed
        By id; a claim that none of them computes has one entry that says why.
    """
    computed = [each for compute in _COMPUTATIONS for each in compute(tables)]
    computed += [Computed(claim, "figure", "", f"figures/{figure}.svg") for claim, figure in FIGURES.items()]
    computed += [Computed(claim, "not computed", "", why) for claim, why in NOT_COMPUTED.items()]
    return sorted(computed, key=lambda each: each.claim)


def compute_printed_tune(n_tokens: int, duration_eighths: Sequence[float], is_ok: Sequence[bool]) -> list[Computed]:
    """Compute the claims about the tune that part 7 prints, which hold or fail whatever network a study has.

    Parameters
    ----------
    n_tokens : int
        Of the tune as printed, metre and key included.
    duration_eighths : sequence of float
        Of every bar, in their order.
    is_ok : sequence of bool
        Whether every bar is correctly counted.

    Returns
    -------
    list of Computed
    """
    wrong = [number for number, ok in enumerate(is_ok) if not ok]
    where = "; ".join(f"{number} ({float(duration_eighths[number]):g} eighths)" for number in wrong)
    return [
        Computed("p7.num.ablated_tune", "tokens of the printed tune", "", float(n_tokens)),
        Computed("p7.num.ablated_tune", "bars of the printed tune", "", float(len(is_ok))),
        Computed("p7.num.one_bad", "bars of the printed tune that are not correctly counted", "1", float(len(wrong))),
        Computed("p7.num.one_bad", "which (the first bar is 0)", "", where or "none"),
    ]


def _windows(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    exact = tables["window_tables"].set_index(["window", "quantity", "period_steps"])["value"].sort_index()

    def of(window: str, quantity: str, period_steps: float = np.nan) -> float:
        values = exact.loc[(window, quantity)]
        return float(values.iloc[0] if np.isnan(period_steps) else values.loc[period_steps])

    width = "main_lobe_width_cycles_per_step"
    for window in ("hann", "hann_symmetric", "hanning"):
        yield Computed("p7.num.width_hann", f"{width}, {window}", "0.014", of(window, width))
        ratio = of(window, width) / of("rect", width)
        yield Computed("p7.num.widthratio", f"width over rect's, {window}", "a little less than 2", ratio)
    yield Computed("p7.num.width_rect", width, "0.008", of("rect", width))
    yield Computed("p7.num.sl_hann", "sidelobe_1_level_db", "below -30", of("hanning", "sidelobe_1_level_db"))
    yield Computed("p7.num.sl_rect", "sidelobe_1_level_db", "-12", of("rect", "sidelobe_1_level_db"))
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
        yield Computed(claim, f"{name} at {period:g} steps, {window}", "", of(window, name, period))
    yield Computed("p7.num.rect100", "sidelobe_1_period_steps, rect", "100", of("rect", "sidelobe_1_period_steps"))
    yield Computed("p7.num.rect60", "sidelobe_2_period_steps, rect", "60", of("rect", "sidelobe_2_period_steps"))
    yield Computed("p7.num.rect60", "sidelobe_2_level_db, rect", "", of("rect", "sidelobe_2_level_db"))
    short = {"main_lobe_support": "support", "first_sidelobes": "sidelobe"}
    for row in tables["window_tables_printed"].itertuples():
        if row.quantity in short:
            period = "Inf" if np.isinf(row.period_steps) else f"{row.period_steps:g}"
            claim = f"p7.tab.{short[row.quantity]}.{row.window}.{period}"
        else:
            claim = "p7.num.88text"
        for end in ("lower", "upper"):
            printed = getattr(row, f"printed_{end}_steps")
            if not pd.isna(printed):
                yield Computed(claim, f"{end}_steps", f"{printed:g}", getattr(row, f"exact_{end}_steps"))
        yield Computed(claim, "verdict of the rounding", "", row.verdict)


def _activations(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    for layer, bins in tables["activation_distribution"].groupby("layer"):
        width = bins["bin_upper"] - bins["bin_lower"]
        centre = (bins["bin_upper"] + bins["bin_lower"]) / 2
        mean = float((centre.abs() * bins["density"] * width).sum())
        yield Computed("p7.num.active", f"mean |h| of layer {layer}, from bins", "layer 2 above layer 1", mean)
        for above in (0.5, 0.7, 0.9):
            share = float((bins["density"] * width)[centre.abs() > above].sum())
            yield Computed("p7.fig.hist", f"share of |h| > {above:g}, layer {layer}", "rising with the layer", share)
    for layer, units in tables["maximum_magnitude"].groupby("layer"):
        median = float(units["maximum_magnitude"].median())
        yield Computed("p7.fig.maxsorted", f"median of the largest |h|, layer {layer}", "rising with the layer", median)


def _selection(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    rows = tables["specifications"]
    rows = rows[rows["layer"] == 1].dropna(subset="share_selected")
    shortest, longest = 8.7, 9.3
    own = rows[
        (rows["shortest_steps"] == shortest) & (rows["longest_steps"] == longest) & (rows["sides"] == "one_sided")
    ]
    for threshold, of_threshold in own[(own["window"] == "hann") & (own["n_fft"] == own["n_fft"].min())].groupby(
        "power_fraction_above"
    ):
        for row in of_threshold.itertuples():
            quantity = f"share of layer 1 above {threshold:g}, Hann, not padded, DC {row.dc}"
            yield Computed("p7.num.33", quantity, "0.33", row.share_selected)
    near = rows["share_selected"].between(0.325, 0.335, inclusive="left")
    yield Computed("p7.num.33", "specifications that select 33 %", "", float(near.sum()))
    yield Computed("p7.num.33", "specifications", "", float(len(rows)))
    yield Computed("p7.num.thr", "threshold (a constant)", "0.00025", 0.00025)
    yield Computed("p7.num.band", "width in cycles per step", "8.7 to 9.3 steps", 1 / shortest - 1 / longest)
    for row in tables["selection"].itertuples():
        quantity = f"units of layer {row.layer} above 0.00025, of {row.n_units}"
        claim = {1: "p7.exp.L1ablate", 3: "p7.exp.L3ablate"}.get(row.layer)
        if claim is not None:
            yield Computed(claim, quantity, "", row.n_selected_by_article)
    shares = tables["effects"][tables["effects"]["outcome"] == "share_of_correct_bars"]
    for row in shares.itertuples():
        yield Computed("p7.num.contrastL3", f"share of correct bars, {row.condition}", "", row.value)


def _mean_curves(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    table = tables["mean_spectra_shown_tune"]
    level = {name: rows.set_index("frequency_cycles_per_step")["level_db"] for name, rows in table.groupby("curve")}
    layers = pd.DataFrame({name: level[name] for name in _LAYERS})
    for name, of_curve in level.items():
        yield Computed(
            "p7.num.norm",
            f"largest level of {name} in dB",
            "0" if name in ("layer 1", "softmax output") else "",
            of_curve.max(),
        )
        yield Computed("p7.num.softcompressed", f"dynamic range of {name} in dB", "", of_curve.max() - of_curve.min())
    for name in _LAYERS:
        rest = layers[name].iloc[1:].max()
        yield Computed(
            "p7.num.dcpeak", f"DC of {name} above its next largest in dB", "above 0", layers[name].iloc[0] - rest
        )
    below = (layers["layer 1"] < layers[["layer 2", "layer 3"]].min(axis=1)).mean()
    yield Computed("p7.num.L1low", "share of frequencies with layer 1 below layers 2 and 3", "by and large", below)
    for one, other in (("layer 2", "layer 3"), ("layer 2", "layer 1")):
        distance = float(np.sqrt(((layers[one] - layers[other]) ** 2).mean()))
        yield Computed("p7.fig.spec2", f"root mean square distance of {one} and {other} in dB", "", distance)
    both = pd.DataFrame(level).corr()
    for place, one in enumerate(both):
        for other in list(both)[place + 1 :]:
            yield Computed("p7.num.similar", f"correlation of levels, {one} and {other}", "high", both.loc[one, other])
    for name, rows in table[table["curve"].isin(_LAYERS)].groupby("curve"):
        width = (rows["upper_db"] - rows["lower_db"]).to_numpy()
        yield Computed("p7.num.se_dc", f"two standard errors at DC in dB, {name}", "smallest", width[0])
        yield Computed(
            "p7.num.se_1db",
            f"two standard errors, median over frequencies, in dB, {name}",
            "1",
            float(np.median(width)),
        )


def _peaks(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    peaks = tables["peaks"]
    hann = peaks[
        (peaks["spectrum"] == "shown_tune_padded") & (peaks["verdict"] == "real") & peaks["curve"].isin(_LAYERS)
    ]
    finite = hann[np.isfinite(hann["period_steps"])]

    def nearest(rows: pd.DataFrame, period_steps: float) -> pd.Series | None:
        if rows.empty:
            return None
        return rows.loc[(rows["frequency_cycles_per_step"] - 1 / period_steps).abs().idxmin()]

    for claim, periods in _PRINTED_PEAKS_STEPS.items():
        for period in periods:
            for name, rows in finite.groupby("curve"):
                yield Computed(
                    claim,
                    f"period in steps of the real peak of {name} nearest {period:g}",
                    f"{period:g}",
                    nearest(rows, period).period_steps,
                )
    for period in (36, 18, 11.5, 9, 6, 4.5, 3, 2.25):
        found = {name: nearest(rows, period).level_db for name, rows in finite.groupby("curve")}
        yield Computed(
            "p7.num.L2high", f"layer with the most at {period:g} steps", "", max(found, key=found.get, default="")
        )
    for name, rows in finite.groupby("curve"):
        yield Computed(
            "p7.num.36dc",
            f"level re DC of the peak of {name} nearest 36 steps in dB",
            "-8",
            nearest(rows, 36).level_re_dc_db,
        )
        at_bar = nearest(rows, 8.8).level_re_dc_db
        yield Computed(
            "p7.num.m38", f"level re DC of the sidelobes of the 8.8 peak of {name} in dB", "below -38", at_bar - 31.467
        )
    for claim, spectrum, low, high in (
        ("p7.num.rect100", "shown_tune_rect", 80, 130),
        ("p7.num.rect60", "shown_tune_rect", 55, 72),
        ("p7.exp.rectified", "shown_tune_absolute_rect", 66, 72),
        ("p7.exp.rectified", "shown_tune_positive_rect", 66, 72),
    ):
        inside = peaks[(peaks["spectrum"] == spectrum) & peaks["period_steps"].between(low, high)]
        found = "; ".join(f"{row.curve} {row.period_steps:.1f} {row.verdict}" for row in inside.itertuples())
        yield Computed(claim, f"peaks from {low} to {high} steps, {spectrum}", "", found or "none")


def _tokens(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    recurrences, phrases, posterior = tables["recurrences"], tables["phrases"], tables["posterior"]
    read = posterior["token_read"]
    yield Computed("p7.num.len147", "steps", "147", float(len(read)))
    for token, printed in (("/2", "0"), ("(3", "1"), ("2", "9")):
        yield Computed("p7.num.counts", f"times that {token} is read", printed, float((read == token).sum()))
    bars = recurrences[(recurrences["kind"] == "class") & (recurrences["name"] == "bar")]
    gaps = np.repeat(bars["interval_steps"].to_numpy(), bars["n_times"].to_numpy())
    yield Computed(
        "p7.num.bar89", "median steps between bar tokens", "8 to 9", float(np.median(gaps)) if len(gaps) else np.nan
    )
    yield Computed(
        "p7.num.88source",
        "steps between bar tokens",
        "8 to 9",
        "; ".join(f"{row.interval_steps}: {row.n_times}" for row in bars.itertuples()),
    )
    repeats = recurrences[(recurrences["kind"] == "token") & (recurrences["name"] == ":|")]
    yield Computed("p7.num.rep69", "steps between :|", "69", "; ".join(map(str, repeats["interval_steps"])) or "none")
    for claim in ("p7.num.repeats", "p7.num.36source"):
        longest = "; ".join(f"{row.phrase} ({row.lag_steps})" for row in phrases.head(5).itertuples())
        yield Computed(claim, "longest repeated phrases (lag in steps)", "35; 20; 38", longest or "none")
    pitch = recurrences[(recurrences["kind"] == "class") & (recurrences["name"] == "pitch")]
    of_two = pitch.loc[pitch["interval_steps"] == 2, "n_times"].sum() / max(pitch["n_times"].sum(), 1)
    yield Computed("p7.num.pitch2", "share of pitches two steps after the last", "most", float(of_two))
    for token in ("(3", "2", "/2"):
        if token not in posterior:
            continue
        magnitude = np.abs(np.fft.rfft((posterior[token] - posterior[token].mean()) * np.hanning(len(posterior))))
        period = len(posterior) / max(int(magnitude[1:].argmax()) + 1, 1)
        yield Computed("p7.num.post2", f"period of the largest peak of P({token}) in steps", "about 2", period)


def _causes(tables: Mapping[str, pd.DataFrame]) -> Iterator[Computed]:
    responses, replays, lines = tables["responses"], tables["replays"], tables["lines"]
    for (layer, follows), rows in responses[responses["event"] == "input"].groupby(["layer", "follows"]):
        for claim in ("p7.q.causal", *(["p7.q.L1role"] if layer == 1 else [])):
            yield Computed(claim, f"units of layer {layer} that follow: {follows}", "", float(len(rows)))
    for row in replays.itertuples():
        for claim in ("p7.q.causal", "p7.q.recurrence"):
            yield Computed(
                claim, f"median power fraction at the bar, {row.sequence}, {row.replay}", "", row.median_power_fraction
            )
        yield Computed("p7.num.dcsource", f"mean level at DC, {row.sequence}, {row.replay}", "", row.mean_level_at_dc)
    for layer, rows in lines.groupby("layer"):
        at_bar = rows.loc[(rows["frequency_cycles_per_step"] - 1 / 9).abs().idxmin()]
        for claim in ("p7.q.peaks", "p7.q.disamb"):
            share = at_bar["share_coherent_circular_shift"]
            yield Computed(claim, f"units of layer {layer} coherent with the bars near 9 steps, share", "", share)
    for claim, layer, units in (
        ("p7.num.u247", 1, (246, 247)),
        ("p7.num.u97", 2, (96, 97)),
        ("p7.num.u156", 3, (155, 156)),
    ):
        event = "input" if layer == 1 else "output"
        rows = responses[
            (responses["layer"] == layer) & responses["unit_index"].isin(units) & (responses["event"] == event)
        ]
        for row in rows.itertuples():
            unit = f"unit {row.unit_index} of layer {layer}"
            quantity = f"largest response of {unit}, {row.largest_lag_steps} steps after a bar at the {event}"
            yield Computed(claim, quantity, "", row.largest_response)
        if rows.empty:
            yield Computed(claim, "not computed", "", f"this network's layer {layer} has no such unit")


_COMPUTATIONS: tuple[Callable[[Mapping[str, pd.DataFrame]], Iterator[Computed]], ...] = (
    _windows,
    _activations,
    _selection,
    _mean_curves,
    _peaks,
    _tokens,
    _causes,
)
