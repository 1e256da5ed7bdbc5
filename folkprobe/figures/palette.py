"""What each colour means, the same in every figure; dashes and markers say it again in grey print.

Blues and greens are layers: their states, and networks that have lost units of them. Black is the intact network, or
what was measured where there is nothing to compare. Grey is what chance gives: random sets, permutations, noise. Orange
to wine are sets of units, and the palest is the band of the bar, by which the targeted ones are chosen. Reds are wrong
bars. What means something in one figure only takes the colours of the house style (``C0`` and so on), which are none of
these.
"""

from folkprobe.statistics.lesion_design import ACTIVITY_MATCHED, BOTTOM, RANDOM, TARGETED

INTACT = "black"
CHANCE = "0.6"
BAND = "#FBE0CC"

# By layer: colour, dashes and marker.
_LAYERS = (
    ("#0B3D91", "-", "o"),
    ("#2E9BD6", (0, (6, 1.5)), "s"),
    ("#2FA866", (0, (6, 1.5, 1, 1.5)), "^"),
    ("#5B4FB5", (0, (1, 1)), "D"),
    ("#00807D", (0, (3, 1, 1, 1, 1, 1)), "v"),
    ("#8DB4E2", (0, (9, 2, 3, 2)), "P"),
    ("#7FA800", (0, (3, 3)), "X"),
    ("#14532D", (0, (2, 1.5)), "*"),
)
SOFTMAX_STYLE = {"color": INTACT, "linestyle": (0, (1.2, 1))}

# By kind of set, in the order of legends.
SET_STYLES = {
    TARGETED: {"color": "#D55E00", "marker": "o", "linestyle": "-"},
    RANDOM: {"color": "0.35", "marker": "s", "linestyle": "-"},
    ACTIVITY_MATCHED: {"color": "#882255", "marker": "^", "linestyle": "--"},
    BOTTOM: {"color": "#E69F00", "marker": "v", "linestyle": ":"},
}

# Those that pass in greys, the others in reds.
VERDICTS = {
    "correct": "0.72",
    "pickup": "0.88",
    "complement": "0.82",
    "split": "0.93",
    "unmeasured": "0.97",
    "truncated": "white",
    "short": "#F4A582",
    "long": "#D6404E",
    "empty": "#FDDBC7",
}

# Markers of what has the house style's colours.
MARKERS = "os^DvPX*"


def layer_style(layer: int) -> dict[str, object]:
    """Return `color` and `linestyle` of a layer, from 1."""
    colour, dashes, _ = _LAYERS[layer - 1]
    return {"color": colour, "linestyle": dashes}


def layer_marker(layer: int) -> dict[str, object]:
    """Return `color` and `marker` of a layer, from 1."""
    colour, _, marker = _LAYERS[layer - 1]
    return {"color": colour, "marker": marker}


def curve_style(name: str) -> dict[str, object]:
    """Return the style of a curve by its name: "layer 1" and so on, or that of the softmax output."""
    kind, _, number = name.partition(" ")
    return layer_style(int(number)) if kind == "layer" else SOFTMAX_STYLE


def condition_style(*, layer: int | None, is_stimulated: bool) -> dict[str, object]:
    """Return `color`, `linestyle`, `marker` and `markerfacecolor` of a network: what it has lost, and what it reads.

    Parameters
    ----------
    layer : int or None
        From 1; None for the intact network.
    is_stimulated : bool
        Whether it reads something else than its own tokens; it is hollow then, and dotted.
    """
    style = {"color": INTACT, "marker": "o", "linestyle": "-"}
    if layer is not None:
        style = layer_style(layer) | layer_marker(layer)
    if is_stimulated:
        style |= {"linestyle": (0, (1.2, 1))}
    return style | {"markerfacecolor": "white" if is_stimulated else style["color"]}
