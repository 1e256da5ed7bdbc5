"""What a job writes about itself."""

import copy
import hashlib
import json

import pytest

from folkprobe.provenance.record import begin_record, claim_of, read_sealed, sealed_text, write_record
from folkprobe.refusal import Refusal

JOB = {
    "config": {"n": 3, "rng_seed": 5, "inner": {"control_rng_seed": 7}},
    "library": {"workflow/scripts/plot_a.py": "ab", "folkprobe/a.py": "cd"},
    "packages": ["numpy"],
}


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("x.csv", "y.csv"):
        (tmp_path / name).write_text(name)
    return begin_record(rule="plot_a", wildcards={"layer": "1"}, job=JOB, inputs=[("x", "x.csv"), (None, "y.csv")])


def test_a_record_says_what_was_asked_read_and_written(record, tmp_path):
    (tmp_path / "out.csv").write_text("out")
    write_record(record, tmp_path / "a.json", [("table", "out.csv")])
    read = read_sealed(tmp_path / "a.json")
    assert read["config"] == JOB["config"]
    assert read["rng_seeds"] == {"rng_seed": 5, "inner.control_rng_seed": 7}
    assert read["script"] == "workflow/scripts/plot_a.py"
    assert read["inputs"][0] == {"name": "x", "path": "x.csv", "sha256": hashlib.sha256(b"x.csv").hexdigest()}
    assert read["outputs"] == [{"name": "table", "path": "out.csv", "sha256": hashlib.sha256(b"out").hexdigest()}]
    assert read["claim"] == claim_of(read)
    assert str(tmp_path) not in (tmp_path / "a.json").read_text()


def test_inputs_are_digested_when_the_job_begins_and_must_not_change(record, tmp_path):
    (tmp_path / "x.csv").write_text("other")
    with pytest.raises(Refusal, match=r"x\.csv changed while plot_a read it"):
        write_record(record, tmp_path / "a.json", [])
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rule",), "plot_b"),
        (("wildcards", "layer"), "2"),
        (("config", "n"), 4),
        (("library", "folkprobe/a.py"), "ef"),
        (("environment", "python"), "4.0"),
        (("environment", "distributions", "numpy"), "0"),
        (("environment", "blas"), []),
        (("inputs", 0, "sha256"), "0"),
        (("inputs", 0, "name"), "z"),
    ],
)
def test_the_claim_covers_code_parameters_inputs_and_environment(record, path, value):
    changed = copy.deepcopy(record)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert claim_of(changed) != record["claim"]


def test_the_claim_tells_two_inputs_that_are_swapped(record):
    changed = copy.deepcopy(record)
    one, two = changed["inputs"]
    one["sha256"], two["sha256"] = two["sha256"], one["sha256"]
    assert claim_of(changed) != record["claim"]
    changed = copy.deepcopy(record)
    changed["inputs"][0]["path"] = "elsewhere.csv"
    assert claim_of(changed) == record["claim"]


def test_any_changed_byte_breaks_the_seal(tmp_path):
    path = tmp_path / "a.json"
    text = sealed_text({"a": 1, "b": ["x", {"c": None}]})
    path.write_text(text)
    assert read_sealed(path) == {"a": 1, "b": ["x", {"c": None}]}
    for place in range(len(text)):
        data = bytearray(text.encode())
        data[place] ^= 1
        path.write_bytes(data)
        with pytest.raises(Refusal, match="is not as its job wrote it"):
            read_sealed(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, json.dumps({"a": 1, "seal": 3})])
def test_what_is_no_record_is_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Refusal, match=r"a\.json is not as its job wrote it"):
        read_sealed(tmp_path / "a.json")
