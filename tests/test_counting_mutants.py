"""What the known answers of the count are worth: an experiment with one thing wrong does not give them."""

from dataclasses import replace

import numpy as np
import pytest
from known_answers import COUNTERS, FOLLOWER, PROMPT, constructed_network

from folkprobe.counting import evidence, interchange, phase, sites
from folkprobe.counting.evidence import Counter, Undefined, count_sites
from folkprobe.counting.exchange import Units
from folkprobe.counting.interchange import HOLDS, OTHER_COUNT, TELLS, Interchange
from folkprobe.network.sampling import generate_tunes


@pytest.fixture(scope="module")
def drawn():
    """A counter of durations, with many of them, so that eighths and tokens come apart."""
    network = constructed_network(p_three=0.2)
    return network, generate_tunes(network, rng_seed=3, n_tunes=12, prompt=PROMPT, max_steps=1000)


def _answers(network, tunes):
    """The known answers, and what was found."""
    counter, found = Counter.of(network, tunes), sites.find_sites(tunes)
    options = {"n_pairs": 40, "n_eighths": 10, "rng_seed": 1, "n_resamples": 99, "level": 0.95}
    experiment = Interchange(counter, count_sites(found, range(1, 7)), **options)
    tune = count_sites(found, range(1, 7))["tune"].to_numpy()
    pairs = experiment.pairs
    known, given = {"other tune": True}, {"other tune": bool((tune[pairs["base"]] != tune[pairs[OTHER_COUNT]]).all())}
    for mode in (HOLDS, TELLS):
        for unit, shift in ((COUNTERS[0], 1), (FOLLOWER, 0)):
            patched = experiment.patch(Units({1: np.array([unit])}), mode)
            estimate = experiment.estimate([patched])
            known |= {f"{unit} {mode}": shift, f"{unit} {mode} to the donor's": shift}
            given |= {f"{unit} {mode}": estimate["shift"], f"{unit} {mode} to the donor's": patched.at_donor.mean()}
    estimate = phase.Estimator(99, 0.95, 1)
    chosen = count_sites(found[found["after"] == "pitch"], range(1, 5))
    added = {"added_tokens": ["2", "3"], "n_eighths": 10, "rng_seed": 1, "estimate": estimate}
    rows = list(phase.substitute_tokens(counter, counter.states(chosen), chosen, **added))
    known["slope"] = -1
    given |= {row["quantity"]: row["estimate"] for row in rows if row["quantity"] == "slope"}
    return known, given


def _is_found(drawn):
    try:
        known, given = _answers(*drawn)
    except Undefined:
        return False
    return given == pytest.approx(known, abs=0.02)


def _in_the_layer_above(monkeypatch):
    hold, tell = Units.hold, Units.tell
    monkeypatch.setattr(
        Units, "hold", lambda self, *states: hold(Units({n % 3 + 1: units for n, units in self.place.items()}), *states)
    )
    monkeypatch.setattr(Units, "tell", lambda self, layer, own, donor: tell(self, layer, own, own))


def _without_the_cell_state(monkeypatch):
    hold = Units.hold
    monkeypatch.setattr(
        Units, "hold", lambda self, base, donor: replace(hold(self, base, donor), cell_state=base.cell_state)
    )


def _one_step_early(monkeypatch):
    capture = evidence.capture_states
    monkeypatch.setattr(
        evidence, "capture_states", lambda network, tunes, k, step: capture(network, tunes, k, step - 1)
    )


def _told_one_step_late(monkeypatch):
    patch = Interchange.patch

    def late(self, part, mode, donor=OTHER_COUNT):
        of_donor = self._of_donor[donor]
        shifted = tuple(np.roll(layer, 1, axis=0) for layer in of_donor.hidden_state)
        self._of_donor[donor] = replace(of_donor, hidden_state=shifted)
        found = patch(self, part, mode, donor)
        self._of_donor[donor] = of_donor
        return found

    monkeypatch.setattr(Interchange, "patch", late)


def _donors_of_the_same_tune(monkeypatch):
    def pairs(table, *, n_pairs, rng_seed):
        tune, elapsed = table["tune"].to_numpy(), table["elapsed_eighths"].to_numpy()
        rng, rows = np.random.default_rng(rng_seed), []
        while len(rows) < n_pairs:
            base = rng.integers(len(table))
            donor = rng.choice(np.flatnonzero(tune == tune[base]))
            if elapsed[donor] != elapsed[base]:
                rows.append((base, donor, base, elapsed[base], elapsed[donor]))
        return interchange.pd.DataFrame(rows, columns=["base", OTHER_COUNT, interchange.SAME_COUNT, "a", "b"])

    monkeypatch.setattr(interchange, "draw_pairs", pairs)


def _counts_of_tokens(monkeypatch):
    monkeypatch.setattr(sites, "elapsed_eighths", lambda tokens: sites.elapsed_steps(tokens).astype(float))


def _sign_of_the_shift(monkeypatch):
    patch = Interchange.patch

    def negative(self, *arguments):
        found = patch(self, *arguments)
        return replace(found, moved=-found.moved)

    monkeypatch.setattr(Interchange, "patch", negative)


def _base_and_donor_confused(monkeypatch):
    d = interchange._d
    monkeypatch.setattr(interchange, "_d", lambda readings, pairs: -d(readings, pairs))


def test_the_experiment_finds_the_known_answers(drawn):
    assert _is_found(drawn)


@pytest.mark.parametrize(
    "mutate",
    [
        _in_the_layer_above,
        _without_the_cell_state,
        _one_step_early,
        _told_one_step_late,
        _donors_of_the_same_tune,
        _counts_of_tokens,
        _sign_of_the_shift,
        _base_and_donor_confused,
    ],
)
def test_with_one_thing_wrong_it_does_not(drawn, monkeypatch, mutate):
    mutate(monkeypatch)
    assert not _is_found(drawn)
