"""Records and manifests as they lie in a results folder, hostile ones among them."""

import copy

import pytest

from folkprobe.provenance.audit import audit_figure
from folkprobe.provenance.ledger import is_results_folder, read_ledger
from folkprobe.provenance.receipt import receipt_json, receipt_text
from folkprobe.provenance.record import begin_record, job_fingerprint, sealed_text
from folkprobe.refusal import Refusal

ASKED = {"config": {"n": 1}, "library": {"a.py": "00"}, "packages": []}
CONFIGURATION = {"files": [], "overrides": {}, "merged": {}}


def _record(rule, inputs, outputs, **changed):
    record = begin_record(rule=rule, wildcards={}, job=ASKED | changed, inputs=[])
    return record | {
        "inputs": [{"name": None, "path": path, "sha256": "ab"} for path in inputs],
        "outputs": [{"name": None, "path": path, "sha256": "ab"} for path in outputs],
    }


def _sound(record):
    return record | {"fingerprint": job_fingerprint(record)}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a/records").mkdir(parents=True)
    return tmp_path / "a"


def test_a_folder_of_results_is_known_by_either(tmp_path, folder):
    assert is_results_folder(folder)
    assert not is_results_folder(tmp_path)


def test_records_go_over_the_manifest_and_a_job_that_ran_again_is_no_forgery(folder):
    old, new = (_sound(_record("plot_a", [], ["results/a/a.svg"], config={"n": n})) for n in (1, 2))
    other = _sound(_record("plot_b", [], ["results/a/b.svg"]))
    manifest = {"jobs": {"plot_a": old, "plot_b": other}, "figures": {}, "configuration": CONFIGURATION}
    (folder / "provenance.json").write_text(sealed_text(manifest))
    (folder / "records/plot_a.json").write_text(sealed_text(new))
    ledger = read_ledger(folder)
    assert ledger.broken == {}
    assert ledger.jobs == {"plot_a": new, "plot_b": other}
    # The same fingerprint, and another output: one of the two is forged.
    forged = copy.deepcopy(old)
    forged["outputs"][0]["sha256"] = "cd"
    (folder / "records/plot_a.json").write_text(sealed_text(forged))
    assert "tell different things" in read_ledger(folder).broken["plot_a"]
    (folder / "records/plot_a.json").write_text(sealed_text(new | {"config": {"n": 3}}))
    assert "fingerprint" in read_ledger(folder).broken["plot_a"]


@pytest.mark.parametrize("place", ["records/plot_a.json", "provenance.json"])
def test_records_of_another_format_are_no_forgeries(tmp_path, folder, place):
    (folder / place).write_text(sealed_text(_record("plot_a", [], []) | {"format_version": 1}))
    with pytest.raises(Refusal, match=r"has the format 1 of another folkprobe: run the study again"):
        read_ledger(folder)
    figure = tmp_path / "a.svg"
    figure.write_text("<svg/>")
    with pytest.raises(Refusal, match="has the format 1"):
        audit_figure(figure, [folder], tmp_path, None)


def test_a_record_that_was_left_by_a_renamed_rule_does_not_count(folder):
    left, current = (_sound(_record(rule, [], ["results/a/a.svg"])) for rule in ("zlot_a", "plot_a"))
    manifest = {"jobs": {"plot_a": current}, "figures": {}, "configuration": CONFIGURATION}
    (folder / "provenance.json").write_text(sealed_text(manifest))
    (folder / "records/zlot_a.json").write_text(sealed_text(left))
    assert read_ledger(folder).makers == {"results/a/a.svg": "plot_a"}


def _hostile():
    record = _sound(_record("plot_a", [], ["results/a/a.svg"]))
    for key in record.keys() - {"format_version", "rng_seeds"}:
        yield {name: value for name, value in record.items() if name != key}
        yield record | {key: 7}
    yield record | {"inputs": [7]}
    yield record | {"outputs": [{"path": None, "sha256": "ab"}]}
    yield record | {"environment": record["environment"] | {"blas": ["x"]}}


@pytest.mark.parametrize("hostile", list(_hostile()))
def test_what_is_sealed_and_no_record_is_broken(folder, hostile):
    (folder / "records/plot_a.json").write_text(sealed_text(hostile))
    assert read_ledger(folder).broken["plot_a"] == "plot_a.json is not as its job wrote it"
    manifest = {"jobs": {"plot_a": hostile}, "figures": {}, "configuration": CONFIGURATION}
    (folder / "provenance.json").write_text(sealed_text(manifest))
    assert "provenance.json" in read_ledger(folder).broken


def test_records_that_lead_in_a_circle_end(folder, tmp_path):
    (folder / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    for one, other in (("a", "b"), ("b", "a")):
        record = _sound(_record(f"plot_{one}", [f"results/a/{other}.svg"], [f"results/a/{one}.svg"]))
        (folder / f"records/plot_{one}.json").write_text(sealed_text(record))
    receipt = audit_figure(folder / "a.svg", [folder], tmp_path, None)
    assert receipt.verdict == "TAMPERED"
    assert receipt_text(receipt).count("rule plot_a") == 1
    assert '"TAMPERED"' in receipt_json(receipt)
