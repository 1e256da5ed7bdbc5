"""How the layers of a network are told apart: by colour and, from the fourth on, by dashes; or by panels."""

import numpy as np
from matplotlib.figure import Figure

# Those of the house style for three layers; black and dashed belongs to the softmax output.
_STYLES = (
    ("C0", "-"),
    ("C1", "-"),
    ("C2", "-"),
    ("C4", (0, (5, 1.5))),
    ("C5", (0, (3, 1, 1, 1))),
    ("C6", (0, (1, 1))),
    ("#882255", (0, (7, 1.5, 1, 1.5))),
    ("0.55", (0, (2, 2))),
)
PANELS_PER_ROW = 4
SOFTMAX_STYLE = {"color": "C3", "linestyle": "--"}


def layer_style(layer: int) -> dict[str, object]:
    """Return `color` and `linestyle` of a layer, from 1."""
    colour, dashes = _STYLES[layer - 1]
    return {"color": colour, "linestyle": dashes}


def curve_style(name: str) -> dict[str, object]:
    """Return the style of a curve by its name: "layer 1" and so on, or that of the softmax output."""
    kind, _, number = name.partition(" ")
    return layer_style(int(number)) if kind == "layer" else SOFTMAX_STYLE


def n_panel_rows(n_panels: int) -> int:
    """Return the number of rows of `panel_grid`."""
    return -(-n_panels // PANELS_PER_ROW)


def panel_grid(figure: Figure, n_panels: int) -> np.ndarray:
    """Return axes with the same limits, row by row, shape (n_panels,)."""
    n_columns = min(n_panels, PANELS_PER_ROW)
    panels = figure.subplots(n_panel_rows(n_panels), n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    for place in range(n_panels, len(panels)):
        panels[place].axis("off")
        panels[place - n_columns].tick_params(labelbottom=True)
    return panels[:n_panels]
