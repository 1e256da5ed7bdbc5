"""The names of groups of layers."""


def name_layers(layers: str) -> str:
    """Return "layer 1", "layers 1 and 2", "layers 1, 2 and 3" and so on for "1", "1+2", "1+2+3"."""
    *others, last = layers.split("+")
    return f"layers {', '.join(others)} and {last}" if others else f"layer {last}"
