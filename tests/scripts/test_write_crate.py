"""The script write_crate."""

import json

import yaml
from project import ROOT

from folkprobe.provenance.record import begin_record, digest_of, sealed_text

FOLDER = "results/a"


def _record(rule, inputs, outputs):
    job = {"config": {"n": rule}, "library": {f"workflow/scripts/{rule}.py": "00"}, "packages": ["numpy"]}
    record = begin_record(rule=rule, wildcards={}, job=job, inputs=inputs)
    return record | {"outputs": [{"name": None, "path": path, "sha256": digest_of(path)} for path in outputs]}


def test_jobs_files_and_what_is_gone(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / FOLDER / "figures").mkdir(parents=True)
    for name in ("source.txt", f"{FOLDER}/shard.h5", f"{FOLDER}/figures/a.svg"):
        (tmp_path / name).write_text(name)
    jobs = {
        "make_shard_0": _record("make_shard", [("source", "source.txt")], [f"{FOLDER}/shard.h5"]),
        "plot_shard": _record("plot_shard", [(None, f"{FOLDER}/shard.h5")], [f"{FOLDER}/figures/a.svg"]),
    }
    (tmp_path / FOLDER / "provenance.json").write_text(sealed_text({"jobs": jobs}))
    (tmp_path / "Snakefile").write_text("rule all:\n")

    def write():
        script("write_crate").main(
            manifest_path=tmp_path / FOLDER / "provenance.json",
            kept_paths=[tmp_path.relative_to(tmp_path) / FOLDER / "figures/a.svg"],
            snakefile_path=tmp_path / "Snakefile",
            citation_path=ROOT / "CITATION.cff",
            crate_path=tmp_path / FOLDER / "ro-crate-metadata.json",
            workflow_path=tmp_path / FOLDER / "Snakefile",
            model="a",
        )
        return (tmp_path / FOLDER / "ro-crate-metadata.json").read_bytes()

    first = write()
    assert write() == first
    assert (tmp_path / FOLDER / "Snakefile").read_bytes() == (tmp_path / "Snakefile").read_bytes()
    entities = {each["@id"]: each for each in json.loads(first)["@graph"]}
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert entities["./"]["datePublished"] == str(citation["date-released"])
    figure = entities["figures/a.svg"]
    assert figure["@type"] == "File"
    assert (figure["sha256"], figure["encodingFormat"]) == (digest_of(f"{FOLDER}/figures/a.svg"), "image/svg+xml")
    # It is deleted when it has been read.
    shard = f"#file/{FOLDER}/shard.h5"
    assert entities[shard]["@type"] == "CreativeWork"
    plot = entities["#job/plot_shard"]
    assert plot["object"] == [{"@id": shard}, {"@id": "#job/plot_shard/config"}]
    assert plot["result"] == [{"@id": "figures/a.svg"}]
    assert plot["identifier"] == f"folkprobe:plot_shard:sha256:{jobs['plot_shard']['claim']}"
    assert json.loads(entities["#job/plot_shard/config"]["value"]) == {"n": "plot_shard"}
    assert entities["#run"]["object"] == [{"@id": "#file/source.txt"}]
    assert {"@id": "#control/make_shard_0"} in entities["#organize"]["object"]
    assert str(tmp_path).encode() not in first
