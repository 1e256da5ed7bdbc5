"""Seeds found again, by numpy's own stream and by the sampler itself."""

import itertools
import json
import logging

import numpy as np
import pytest
from networks import random_checkpoint

from folkprobe.network import seeds
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.seeds import Intervals, find_intervals, first_numbers, scan_seeds, select_seeds
from folkprobe.refusal import Refusal

# Half of the numbers, then a quarter of them, then all but a few: one in eight, roughly.
WIDE = Intervals(np.array([0.25, 0.5, 0.01]), np.array([0.75, 0.75, 0.99]))


def by_numpy(intervals, first, n):
    def fits(seed):
        uniform = np.random.RandomState(seed).random_sample(len(intervals.lower))
        return all(low <= u < up for low, u, up in zip(intervals.lower, uniform, intervals.upper, strict=True))

    return [seed for seed in range(first, first + n) if fits(seed)]


def first_tune(checkpoint, seed, **options):
    return generate_tunes(checkpoint, rng_seed=seed, n_tunes=1, sampler="folk-rnn", max_steps=12, **options).tokens(0)


@pytest.fixture(scope="module")
def network():
    return random_checkpoint(n_units=(24, 24, 24))


def test_the_first_numbers_are_numpys():
    chosen = np.array([0, 1, 42, 5489, 2**31 - 1, 2**31, 2**32 - 1], dtype=np.uint32)
    expected = [np.random.RandomState(int(seed)).random_sample(113) for seed in chosen]
    assert np.array_equal(first_numbers(chosen, 113), np.transpose(expected))
    many = np.random.default_rng(3).integers(0, 2**32, 300, dtype=np.uint32)
    expected = [np.random.RandomState(int(seed)).random_sample(3) for seed in many]
    assert np.array_equal(first_numbers(many, 3), np.transpose(expected))


def test_numbers_that_need_a_renewed_state_are_not_given():
    with pytest.raises(ValueError, match="114 numbers"):
        first_numbers(np.zeros(1, np.uint32), 114)


@pytest.mark.parametrize("first", [0, 70_001, 2**32 - 3000])
def test_the_seeds_of_a_range_are_those_that_numpy_says(first):
    assert select_seeds(WIDE, first, 3000).tolist() == by_numpy(WIDE, first, 3000)


def test_the_ends_of_blocks_leave_nothing_out(monkeypatch):
    monkeypatch.setattr(seeds, "_BLOCK", 7)
    assert select_seeds(WIDE, 5, 100).tolist() == by_numpy(WIDE, 5, 100)


def test_an_interval_has_its_lower_end_and_not_its_upper():
    uniform = np.random.RandomState(11).random_sample(2)
    assert select_seeds(Intervals(uniform, np.nextafter(uniform, 1)), 0, 50).tolist() == [11]
    assert select_seeds(Intervals(np.zeros(2), uniform), 11, 1).tolist() == []
    # What the sieve does not see is asked of numpy.
    long = np.random.RandomState(11).random_sample(150)
    assert select_seeds(Intervals(long, np.nextafter(long, 1)), 0, 50).tolist() == [11]
    long[149] = np.nextafter(long[149], 1)
    assert select_seeds(Intervals(long, np.nextafter(long, 1)), 0, 50).tolist() == []


@pytest.mark.parametrize(("prompt", "temperature"), [("", 1.0), ("M:4/4 K:Cmaj", 0.7), ("C", 2.0)])
def test_a_seed_is_found_by_the_tune_that_it_draws_and_no_other_is(network, prompt, temperature):
    options = {"prompt": prompt, "temperature": temperature}
    start = 1 + len(prompt.split())
    tunes = {seed: first_tune(network, seed, **options) for seed in range(30)}
    planted = next(tokens for tokens in tunes.values() if len(tokens) > start + 5)
    for n_tokens in (1, 2, 5):
        prefix = planted[start : start + n_tokens]
        expected = [seed for seed, tokens in tunes.items() if tokens[start : start + n_tokens] == prefix]
        intervals = find_intervals(network, " ".join(prefix), **options)
        assert select_seeds(intervals, 0, 30).tolist() == expected


def test_intervals_of_all_tokens_share_the_line_out(network):
    ends = [find_intervals(network, token, prompt="C D") for token in network.vocabulary]
    assert ends[0].lower[0] == 0
    assert ends[-1].upper[0] == 1
    for before, after in itertools.pairwise(ends):
        assert before.upper[0] == after.lower[0]


def test_a_scan_resumes(monkeypatch, tmp_path, caplog):
    caplog.set_level(logging.INFO, "folkprobe")
    monkeypatch.setattr(seeds, "_BLOCK", 50)
    monkeypatch.setattr(seeds, "_BLOCKS_BETWEEN_NOTES", 2)
    scanned = []

    def selected(intervals, first, n):
        if len(scanned) == 3:
            raise KeyboardInterrupt
        scanned.append((first, n))
        return select_seeds(intervals, first, n)

    monkeypatch.setattr(seeds, "select_seeds", selected)
    path = tmp_path / "progress.json"
    with pytest.raises(KeyboardInterrupt):
        scan_seeds(WIDE, 10, 1000, path)
    assert json.loads(path.read_text())["next_rng_seed"] == 310
    scanned.clear()
    monkeypatch.setattr(seeds, "select_seeds", lambda *given: (scanned.append(given[1:]), select_seeds(*given))[1])
    assert scan_seeds(WIDE, 10, 1000, path).tolist() == by_numpy(WIDE, 10, 1000)
    assert scanned[0] == (310, 100)
    assert "resuming at seed 310" in caplog.text
    assert not list(tmp_path.glob(".*"))
    # A finished one does nothing.
    scanned.clear()
    assert scan_seeds(WIDE, 10, 1000, path).tolist() == by_numpy(WIDE, 10, 1000)
    assert scanned == []


def test_notes_of_another_scan_or_damaged_ones_are_not_read(tmp_path):
    path = tmp_path / "progress.json"
    scan_seeds(WIDE, 0, 200, path)
    other = Intervals(WIDE.lower / 2, WIDE.upper)
    assert scan_seeds(other, 0, 200, path).tolist() == by_numpy(other, 0, 200)
    assert scan_seeds(other, 100, 200, path).tolist() == by_numpy(other, 100, 200)
    for text in ("", "[1]", "null", '{"scan": "x"}'):
        path.write_text(text)
        assert scan_seeds(WIDE, 0, 200, path).tolist() == by_numpy(WIDE, 0, 200)


def test_bad_ranges_and_prefixes_are_refused(network, tmp_path):
    for first, n in ((-1, 5), (0, 0), (2**32 - 4, 5)):
        with pytest.raises(Refusal, match="are not a range of seeds"):
            scan_seeds(WIDE, first, n, tmp_path / "progress.json")
    with pytest.raises(Refusal, match=r"about 526,\d+,\d+ of 4,294,967,296 seeds .* give a longer one"):
        scan_seeds(WIDE, 0, 2**32, tmp_path / "progress.json")
    with pytest.raises(Refusal, match="the prefix of find_seed is empty"):
        find_intervals(network, " ")
    with pytest.raises(Refusal, match="token 'Q' is not among"):
        find_intervals(network, "C Q")
