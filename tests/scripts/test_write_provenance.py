"""The script write_provenance."""

import pytest

from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.record import begin_record, digest_of, read_sealed, write_record
from folkprobe.refusal import Refusal


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A table and a figure of it, each with the record of the job that made it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records").mkdir()
    (tmp_path / "source.txt").write_text("source")

    def job(rule, inputs, outputs, make):
        asked = {"config": {}, "library": {}, "packages": []}
        record = begin_record(rule=rule, wildcards={}, job=asked, inputs=[(None, path) for path in inputs])
        make()
        write_record(record, f"records/{rule}.json", [(None, path) for path in outputs])

    def draw():
        with new_figure() as figure:
            figure.text(0.5, 0.5, "drawn")
            write_figure(figure, "a.svg", "a.png")

    job("make_table", ["source.txt"], ["a.csv"], lambda: (tmp_path / "a.csv").write_text("a"))
    job("plot_table", ["a.csv"], ["a.svg", "a.png"], draw)
    return tmp_path


def _write(script, study):
    script("write_provenance").main(
        records_paths=sorted((study / "records").iterdir(), reverse=True),
        figures_paths=[path.relative_to(study) for path in study.glob("a.[sp]*")],
        manifest_path=study / "provenance.json",
        configuration={"files": ["config/config.yaml"], "overrides": {}, "merged": {"model": "a"}},
    )
    return read_sealed(study / "provenance.json")


def test_all_records_and_what_the_figures_show(script, study):
    manifest = _write(script, study)
    assert list(manifest["jobs"]) == ["make_table", "plot_table"]
    assert manifest["jobs"]["plot_table"] == read_sealed(study / "records/plot_table.json")
    assert manifest["figures"].keys() == {"a.svg", "a.png"}
    assert manifest["figures"]["a.svg"]["sha256"] == digest_of(study / "a.svg")
    assert manifest["figures"]["a.png"]["sha256"] == digest_of(study / "a.png")
    assert manifest["configuration"]["merged"] == {"model": "a"}


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("a.png", "a.png is not what plot_table wrote, delete it and run again"),
        ("records/make_table.json", "make_table.json is not as its job wrote it"),
    ],
)
def test_a_changed_file_is_refused(script, study, file, sentence):
    with (study / file).open("ab") as opened:
        opened.write(b" ")
    with pytest.raises(Refusal, match=sentence):
        _write(script, study)
    assert not (study / "provenance.json").exists()


def test_jobs_that_do_not_fit_together_are_refused(script, study):
    (study / "a.csv").write_text("b")
    asked = {"config": {}, "library": {}, "packages": []}
    record = begin_record(rule="plot_table", wildcards={}, job=asked, inputs=[(None, "a.csv")])
    write_record(record, study / "records/plot_table.json", [(None, "a.svg"), (None, "a.png")])
    with pytest.raises(Refusal, match=r"a\.csv was not what make_table wrote when plot_table read it"):
        _write(script, study)
