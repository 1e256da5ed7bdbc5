"""What part 7 says of its tune, on tunes and states that have it or not."""

import numpy as np
import pytest

from folkprobe.claims.part7_tune import compute_tune_claims

PREFIX = "M:4/4 K:Cmaj A D D E F 2 A c |"
PHRASE = "d c d e c 2 A G | A d d"
BACK = ("p7.num.repeats", f"steps until {PHRASE} is back")


def computed(tokens, hidden_state=None, unit_index=None):
    tokens = tokens.split()
    if hidden_state is None:
        hidden_state = [np.zeros((len(tokens), 2))] * 3
    unit_index = unit_index or [np.arange(states.shape[1]) for states in hidden_state]
    found = compute_tune_claims(tokens, [*tokens[1:], "</s>"], hidden_state, unit_index)
    return {key: value for key, (value,) in found.items()}


def test_the_facts_by_which_the_tune_is_known():
    # A D D at 3, 23 and 41; the phrase at 50 and 85; :| at 75 and 144.
    steps = ["<s>", *PREFIX.split(), *["z"] * 135]
    for start in (23, 41):
        steps[start : start + 3] = ["A", "D", "D"]
    for start in (50, 85):
        steps[start : start + 12] = PHRASE.split()
    steps[75] = steps[144] = ":|"
    steps[100:106] = ["2"] * 6
    steps[110] = "(3"
    value = computed(" ".join(steps))
    assert value["x.p6.start", "first 11 tokens after <s>"] == PREFIX
    assert value["p7.num.len147", "steps"] == 147
    assert [value["p7.num.counts", f"times that {token} is read"] for token in ("/2", "(3", "2")] == [0, 1, 9]
    assert value["p7.num.rep69", "times that :| is read"] == 2
    assert value["p7.num.rep69", "step of the first :|"] == 75
    assert value["p7.num.rep69", "steps from the first :| to the next"] == 69
    assert value[BACK] == 35
    assert value["p7.num.repeats", "of 20 and 38 steps, distances of two A D D"] == 2
    # Bar tokens at 11, 58, 75, 93 and 144.
    assert value["p7.num.bar89", "median steps between bar tokens"] == 32.5


def test_what_does_not_come_back_is_nan():
    value = computed("<s> A B :| c")
    assert np.isnan(value[BACK])
    assert np.isnan(value["p7.num.rep69", "steps from the first :| to the next"])
    assert value["p7.num.rep69", "step of the first :|"] == 3
    assert np.isnan(value["p7.num.bar89", "median steps between bar tokens"])
    assert np.isnan(computed("<s> A")["p7.num.rep69", "step of the first :|"])
    assert value["p7.num.repeats", "of 20 and 38 steps, distances of two A D D"] == 0


@pytest.mark.parametrize("first_number", [0, 1])
def test_units_are_found_whichever_number_counting_begins_with(first_number):
    tokens = "<s> A | B | c :| d | e"
    bars = np.array([token in ("|", ":|") for token in tokens.split()])
    output = np.append(bars[1:], False)
    spike_in = np.where(bars, 0.9, 0.1)
    spike_in[2] = 0.2  # one bar token without a spike
    spike_out = np.where(output, -0.8, 0.05)
    quiet = np.where(output | np.append(False, output[:-1]), 0.01, 0.5)
    states = [np.column_stack([np.full(10, 0.3), trace]) for trace in (spike_in, quiet, spike_out)]
    index = [np.array([5, number - 1 + first_number]) for number in (247, 97, 156)]
    value = computed(tokens, states, index)
    assert value["p7.num.u247", "bar tokens read without a spike of unit 247 of layer 1"] == 1
    assert value["p7.num.u156", "bar tokens drawn without a spike of unit 156 of layer 3"] == 0
    share = "share of drawn bar tokens at which unit 97 of layer 2 is near 0 for two steps"
    assert value["p7.num.u97", share] == 1
    without = computed(tokens, states, [np.array([5, 6])] * 3)
    assert np.isnan(without["p7.num.u247", "bar tokens read without a spike of unit 247 of layer 1"])
    assert np.isnan(without["p7.num.u97", share])


def test_units_of_layer_3_that_are_active_once_or_nearly_always():
    states = np.zeros((10, 4))
    states[3, 0] = -0.7  # once
    states[:9, 1] = 0.95  # at 90 % of the steps
    states[:8, 2] = 0.95  # at 80 %
    value = computed("<s> " + "A " * 9, [np.zeros((10, 4))] * 2 + [states])
    assert value["x.p6.facts", "units of layer 3 with |h| > 0.5 at one step only"] == 1
    assert value["x.p6.facts", "units of layer 3 with |h| > 0.9 at 90 % of the steps"] == 1
    assert (value["p7.fig.spec3", "steps"], value["p7.fig.spec3", "units of layer 3"]) == (10, 4)
