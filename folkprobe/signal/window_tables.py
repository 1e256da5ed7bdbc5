"""Tables of the periods that the windows' lobes cover: exact, and from rounded frequencies as printed in articles."""

import numpy as np

from folkprobe.signal.window import (
    WINDOWS,
    first_null,
    first_sidelobe,
    first_sidelobes,
    main_lobe_half_width,
    main_lobe_support,
    periods_beside,
    sidelobe,
    window_spectrum_db,
)

# Half the amplitude, where others end the main lobe.
_HALF_AMPLITUDE_DB = 20 * float(np.log10(0.5))
_N_SIDELOBES = 3
# Where part 7 asks what leaks from a line (inf is DC) to another period: from, to.
_LEAKAGES = ((np.inf, 36.0), (np.inf, 69.0), (8.8, 7.0), (8.8, 11.5))


def lobe_rows(n_steps: int, periods_steps: list[float]) -> list[dict]:
    """Tabulate the lobes of every window, alone and around periods.

    Parameters
    ----------
    n_steps : int
        Length of the windows.
    periods_steps : list of float
        Periods of lines; inf is DC.

    Returns
    -------
    list of dict
        One row a number: `window`, `quantity` (what it is, with its unit), `period_steps` (nan for what belongs to
        the window alone) and `value`.
    """
    rows = []
    for window in WINDOWS:
        half_width = main_lobe_half_width(window, n_steps)
        alone = {
            "half_width_cycles_per_step": half_width,
            "main_lobe_width_cycles_per_step": 2 * half_width,
            "half_amplitude_cycles_per_step": main_lobe_half_width(window, n_steps, level_db=_HALF_AMPLITUDE_DB),
            "first_null_cycles_per_step": first_null(window, n_steps),
        }
        for number in range(1, _N_SIDELOBES + 1):
            frequency, level_db = sidelobe(window, n_steps, number)
            alone |= {
                f"sidelobe_{number}_cycles_per_step": frequency,
                f"sidelobe_{number}_period_steps": 1 / frequency,
                f"sidelobe_{number}_level_db": level_db,
            }
        for source, period_steps in _LEAKAGES:
            name = "dc" if np.isinf(source) else f"{source:g}_steps"
            level_db = float(window_spectrum_db(window, n_steps, 1 / period_steps - 1 / source))
            rows.append(
                {
                    "window": window,
                    "quantity": f"leakage_from_{name}_db",
                    "period_steps": period_steps,
                    "value": level_db,
                }
            )
        rows += [
            {"window": window, "quantity": quantity, "period_steps": np.nan, "value": value}
            for quantity, value in alone.items()
        ]
        for quantity, intervals in (("main_lobe_support", main_lobe_support), ("first_sidelobes", first_sidelobes)):
            for period_steps in periods_steps:
                ends = zip(("lower", "upper"), intervals(window, n_steps, period_steps), strict=True)
                rows += [
                    {
                        "window": window,
                        "quantity": f"{quantity}_{end}_steps",
                        "period_steps": period_steps,
                        "value": value,
                    }
                    for end, value in ends
                ]
    return rows


def interval_candidates(
    quantity: str, window: str, n_steps: int, period_steps: float
) -> dict[str, tuple[float, float]]:
    """Return the intervals that a printed one may represent, by the frequency that each was computed from.

    Parameters
    ----------
    quantity : {"main_lobe_support", "first_sidelobes"}
    window : {"rect", "hann"}
        "hann" stands for every Hann window, since articles seldom say which.
    n_steps : int
    period_steps : float
        inf is DC.

    Returns
    -------
    dict of str to (float, float)
        Lower and upper period in steps. "exact" (for Hann "exact hanning", "exact hann", "exact hann_symmetric") and
        "frequency rounded to F", F with three decimals as the article prints widths.
    """
    if quantity == "main_lobe_support":
        distance = main_lobe_half_width
    else:

        def distance(window: str, n_steps: int) -> float:
            return first_sidelobe(window, n_steps)[0]

    # MATLAB's first: the article's figures are MATLAB's.
    variants = ("rect",) if window == "rect" else ("hanning", "hann", "hann_symmetric")
    exact = {variant: distance(variant, n_steps) for variant in variants}
    candidates = {
        "exact" if len(variants) == 1 else f"exact {variant}": periods_beside(period_steps, frequency)
        for variant, frequency in exact.items()
    }
    rounded = dict.fromkeys(round(frequency, 3) for frequency in exact.values())
    return candidates | {
        f"frequency rounded to {frequency:.3f}": periods_beside(period_steps, frequency) for frequency in rounded
    }
