"""Panels of the layers of a network."""

import numpy as np
from matplotlib.figure import Figure

PANELS_PER_ROW = 4


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
