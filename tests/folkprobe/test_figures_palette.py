"""Each colour has one meaning."""

import matplotlib
from matplotlib.colors import to_hex, to_rgb

from folkprobe.figures.page import new_figure
from folkprobe.figures.palette import (
    BAND,
    INTACT,
    SET_STYLES,
    SOFTMAX_STYLE,
    VERDICTS,
    condition_style,
    layer_marker,
    layer_style,
)

LAYERS = range(1, 9)


def test_no_two_meanings_have_one_colour():
    with new_figure():
        series = [each["color"] for each in matplotlib.rcParams["axes.prop_cycle"]]
    # The first of the series is black: what is measured.
    meanings = [BAND, INTACT, *series[1:], *(style["color"] for style in SET_STYLES.values()), *VERDICTS.values()]
    meanings += [layer_style(layer)["color"] for layer in LAYERS]
    assert len(set(map(to_hex, meanings))) == len(meanings)


def test_layers_differ_in_grey_print():
    styles = [layer_style(layer)["linestyle"] for layer in LAYERS]
    assert len(set(styles)) == len({layer_marker(layer)["marker"] for layer in LAYERS}) == 8
    assert SOFTMAX_STYLE["linestyle"] not in styles
    # The first three in lightness too.
    red, green, blue = 0.2126, 0.7152, 0.0722
    light = [
        sum(c * w for c, w in zip(to_rgb(layer_style(k)["color"]), (red, green, blue), strict=True)) for k in (1, 2)
    ]
    assert light[1] - light[0] > 0.2


def test_a_network_has_the_colour_of_what_it_lost_and_is_hollow_if_it_reads_a_stimulus():
    intact, cut, both = (
        condition_style(layer=layer, is_stimulated=is_stimulated)
        for layer, is_stimulated in ((None, False), (2, False), (2, True))
    )
    assert intact["color"] == INTACT
    assert cut["color"] == both["color"] == cut["markerfacecolor"] == layer_style(2)["color"]
    assert both["markerfacecolor"] == "white"
    assert both["linestyle"] != cut["linestyle"]
