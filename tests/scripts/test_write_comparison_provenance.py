"""The script write_comparison_provenance."""

import pytest

from folkprobe.provenance.record import begin_record, read_sealed, sealed_text, write_record
from folkprobe.refusal import Refusal


def _record(rule, inputs, outputs, path):
    asked = {"config": {}, "library": {}, "packages": []}
    record = begin_record(rule=rule, wildcards={}, job=asked, inputs=[(None, each) for each in inputs])
    write_record(record, path, [(None, each) for each in outputs])
    return read_sealed(path)


@pytest.fixture
def compare(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.csv").write_text("1")
    record = _record("count", [], ["one.csv"], "count.json")
    for name in ("one", "two"):
        manifest = {"format_version": 2, "jobs": {"count": record}, "figures": {}}
        (tmp_path / f"{name}.json").write_text(sealed_text(manifest))

    def compare():
        (tmp_path / "both.csv").write_text("2")
        _record("compare_networks", ["one.csv"], ["both.csv"], "compare_networks.json")
        script("write_comparison_provenance").main(
            records_paths=[tmp_path / "compare_networks.json"],
            figures_paths=[],
            manifests_paths=[tmp_path / "one.json", tmp_path / "two.json"],
            manifest_path=tmp_path / "provenance.json",
            configuration={"files": [], "overrides": {}, "merged": {"compare": {}}},
            networks=["one", "two"],
        )
        return read_sealed(tmp_path / "provenance.json")

    return compare


def test_the_jobs_of_the_studies_stand_under_their_names(compare):
    assert compare()["jobs"].keys() == {"compare_networks", "one/count", "two/count"}


def test_a_result_that_its_study_did_not_write_is_refused(compare, tmp_path):
    (tmp_path / "one.csv").write_text("changed")
    with pytest.raises(Refusal, match="one.csv was not what two/count wrote when compare_networks read it"):
        compare()
