"""What an audit says of figures and records that were made to mislead it, or to take it down."""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
from copy import deepcopy
from functools import cache
from types import SimpleNamespace

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from project import HANG_SECONDS, ROOT

from folkprobe.identity import Identity
from folkprobe.provenance.audit import audit_figure
from folkprobe.provenance.receipt import receipt_json, receipt_text
from folkprobe.provenance.record import begin_record, job_fingerprint, sealed_text
from folkprobe.refusal import Refusal

VERDICTS = ("VERIFIED", "STALE", "TAMPERED", "UNANCHORED", "UNKNOWN")
LIBRARY = {"a.py": "00"}


def _digest(data):
    return hashlib.sha256(data).hexdigest()


def _png(colour, identity=None, size=(200, 100), name="PNG"):
    words, out = PngInfo(), io.BytesIO()
    if identity:
        words.add_text("Source", str(identity))
    Image.new("RGB", size, colour).save(out, name, **({"pnginfo": words} if name == "PNG" else {"lossless": True}))
    return out.getvalue()


@cache
def _begun(rule):
    job = {"config": {}, "library": LIBRARY, "packages": []}
    return begin_record(rule=rule, wildcards={}, job=job, inputs=[])


def _record(rule, inputs, layer):
    record = deepcopy(_begun(rule)) | {"wildcards": {"layer": layer}}
    record["inputs"] = [{"name": None, "path": path, "sha256": _digest(data)} for path, data in inputs]
    return record | {"fingerprint": job_fingerprint(record)}


class _Study:
    """A study of three jobs: a table, and a figure of each of two layers."""

    def __init__(self, root, name="a"):
        self.root, self.folder = root, root / "results" / name
        (self.folder / "records").mkdir(parents=True)
        (root / "source").write_bytes(b"source")
        self.jobs = {"count": _record("count", [("source", b"source")], "0")}
        self._write("count", "results/m/table.csv", b"1,2")
        for layer, colour in (("1", "red"), ("2", "blue")):
            job = f"plot_a_{layer}"
            self.jobs[job] = _record("plot_a", [("results/m/table.csv", b"1,2")], layer)
            self._write(job, f"results/m/layer_{layer}.png", _png(colour, self.identity(job)))
        self.seal()

    def identity(self, job):
        return Identity(self.jobs[job]["rule"], self.jobs[job]["fingerprint"])

    def _write(self, job, path, data):
        (self.folder / path.removeprefix("results/m/")).write_bytes(data)
        self.jobs[job]["outputs"] = [{"name": None, "path": path, "sha256": _digest(data)}]

    def manifest(self):
        configuration = {"files": [], "overrides": {}, "merged": {}}
        return {"format_version": 2, "jobs": self.jobs, "figures": {}, "configuration": configuration}

    def seal(self):
        (self.folder / "provenance.json").write_text(sealed_text(self.manifest()))
        for name, record in self.jobs.items():
            (self.folder / f"records/{name}.json").write_text(sealed_text(record))

    def audit(self, path, *others):
        return audit_figure(path, [self.folder, *(each.folder for each in others)], self.root, self._asked)

    def _asked(self, configuration, _jobs):
        # Of several jobs alike the first.
        original = {(each["rule"], each["wildcards"]["layer"]): each for each in reversed(self.jobs.values())}

        def asked(rule, wildcards):
            record = original[rule, wildcards["layer"]]
            inputs = [(each["name"], each["path"]) for each in record["inputs"]]
            return SimpleNamespace(
                job={"config": {}, "library": LIBRARY}, inputs=inputs, temporary=set(), script=record["script"],
                outputs=[(each["name"], each["path"]) for each in record["outputs"]],
            )  # fmt: skip

        asked.files = configuration["files"]
        return asked


@pytest.fixture
def study(tmp_path):
    return _Study(tmp_path)


def test_the_control_is_verified(study, tmp_path):
    receipt = study.audit(study.folder / "layer_1.png")
    assert (receipt.verdict, receipt.known_by, receipt.findings, receipt.remarks) == ("VERIFIED", "place", [], [])
    (tmp_path / "mailed").write_bytes(_png("red", study.identity("plot_a_1"), name="WEBP"))
    receipt = study.audit(tmp_path / "mailed")
    assert (receipt.verdict, receipt.known_by, receipt.output) == ("VERIFIED", "drawing", "results/m/layer_1.png")
    assert receipt_text(receipt).startswith("VERIFIED, saved anew: drawn alike by Pillow")


def test_versions_other_than_those_required_today_are_named(study):
    for record in study.jobs.values():
        record["environment"] |= {"python": "3.11.0", "distributions": {"numpy": "2.0.0", "beside": "1"}}
    study.seal()
    receipt = study.audit(study.folder / "layer_1.png")
    assert any("3.11.0, and this is" in remark for remark in receipt.remarks)
    lock = study.root / "requirements.lock"
    lock.write_text("numpy==2.0.0 ; python_version < '3.12' \\\n    --hash=sha256:00\nnumpy==2.1.0\n")
    assert not any(each.link == lock.name for each in study.audit(study.folder / "layer_1.png").findings)
    lock.write_text("numpy==2.1.0 \\\n    --hash=sha256:00\n")
    named = [each for each in study.audit(study.folder / "layer_1.png").findings if each.link == lock.name]
    assert [each.verdict for each in named] == ["STALE"]
    assert named[0].sentence == "count ran on numpy 2.0.0, and requirements.lock requires 2.1.0"


def test_without_the_studys_own_file_a_copy_is_unanchored(study, tmp_path):
    mailed = tmp_path / "mailed.png"
    mailed.write_bytes(_png("red", study.identity("plot_a_1")) + b"")
    words = PngInfo()
    words.add_text("Source", str(study.identity("plot_a_1")))
    Image.open(mailed).save(mailed, "PNG", pnginfo=words, compress_level=1)
    assert (study.audit(mailed).verdict, study.audit(mailed).known_by) == ("VERIFIED", "fingerprint")
    (study.folder / "layer_1.png").unlink()
    assert study.audit(mailed).verdict == "UNANCHORED"


def test_the_drawing_of_one_job_with_the_name_of_another_is_tampered(study, tmp_path):
    (tmp_path / "layer_2.png").write_bytes(_png("red", study.identity("plot_a_2")))
    receipt = study.audit(tmp_path / "layer_2.png")
    assert (receipt.verdict, receipt.first.link) == ("TAMPERED", "results/m/layer_2.png")
    # In the place of the one and the record resealed.
    data = _png("red", study.identity("plot_a_2"))
    (study.folder / "layer_1.png").write_bytes(data)
    study.jobs["plot_a_1"]["outputs"][0]["sha256"] = _digest(data)
    study.seal()
    receipt = study.audit(study.folder / "layer_1.png")
    assert receipt.verdict == "TAMPERED"
    assert "that is not the job" in receipt.first.sentence


def test_a_file_that_is_called_as_another_is_verified_with_a_word(study, tmp_path):
    (tmp_path / "layer_2.png").write_bytes((study.folder / "layer_1.png").read_bytes())
    receipt = study.audit(tmp_path / "layer_2.png")
    assert receipt.verdict == "VERIFIED"
    assert "it is layer_1.png" in receipt.remarks[0]


def test_a_link_to_a_sibling_is_tampered(study, tmp_path):
    (study.folder / "layer_1.png").unlink()
    (study.folder / "layer_1.png").symlink_to("layer_2.png")
    receipt = study.audit(study.folder / "layer_1.png")
    assert (receipt.verdict, receipt.first.link) == ("TAMPERED", "results/m/layer_1.png")
    # The results may lie behind a link, as on another disk.
    (tmp_path / "linked").symlink_to(study.folder)
    assert study.audit(tmp_path / "linked/layer_2.png").verdict == "VERIFIED"


@pytest.mark.parametrize("name", ["Z", "zzz"])
def test_a_damaged_copy_of_a_study_takes_nothing_from_the_sound_one(study, tmp_path, name):
    damaged = _Study(tmp_path, name)
    (damaged.folder / "table.csv").write_bytes(b"9,9")
    (tmp_path / "mailed.png").write_bytes((study.folder / "layer_1.png").read_bytes())
    folders = [damaged, study] if name == "Z" else [study, damaged]
    receipt = folders[0].audit(tmp_path / "mailed.png", *folders[1:])
    assert (receipt.verdict, receipt.study) == ("VERIFIED", "a")
    assert damaged.audit(damaged.folder / "layer_1.png").verdict == "TAMPERED"


def test_records_that_came_with_the_figure_are_said_to(study, tmp_path_factory):
    other = _Study(tmp_path_factory.mktemp("mailed"))
    (study.root / "results/a").rename(study.root / "results/b")
    receipt = audit_figure(other.folder / "layer_1.png", [other.folder], study.root, other._asked)
    assert "came with the figure" in receipt.remarks[0]
    # A study of this project that knows the figure is asked first, whatever the other says.
    (study.root / "results/b/table.csv").write_bytes(b"9,9")
    receipt = audit_figure(
        other.folder / "layer_1.png", [other.folder, study.root / "results/b"], study.root, other._asked
    )
    assert (receipt.verdict, receipt.study) == ("TAMPERED", "b")


def test_results_that_are_too_large_to_read_are_not_vouched_for(study):
    folders = [study.folder]
    receipt = audit_figure(study.folder / "layer_1.png", folders, study.root, study._asked, max_result_bytes=4)
    assert receipt.verdict == "UNANCHORED"
    assert "--no-limits" in receipt.first.sentence


def test_a_chain_of_thousands_of_jobs_is_followed_to_its_end(study):
    before = ("source", b"source")
    for number in range(3000):
        name = f"step_{number}"
        study.jobs[name] = _record("step", [before], str(number))
        study.jobs[name]["outputs"] = [{"name": None, "path": f"results/m/{name}", "sha256": _digest(b"x")}]
        before = (f"results/m/{name}", b"x")
    record = _record("plot_a", [before], "1")
    study.jobs["plot_a_1"] = record | {"outputs": study.jobs["plot_a_1"]["outputs"]}
    (study.folder / "provenance.json").write_text(sealed_text(study.manifest()))
    (study.folder / "records/plot_a_1.json").unlink()
    receipt = study.audit(study.folder / "layer_1.png")
    assert len(receipt.jobs) == 3001
    assert receipt.verdict == "TAMPERED"
    assert len(receipt_text(receipt)) < 10**6
    assert len(json.loads(receipt_json(receipt))["jobs"]) == 3001


@pytest.mark.parametrize("what", ["pipe", "folder", "loop", "large"])
@pytest.mark.parametrize("place", ["records/plot_a_1.json", "provenance.json", "layer_1.png"])
def test_what_is_no_file_in_the_place_of_one_ends_in_a_verdict_or_a_sentence(study, what, place):
    path = study.folder / place
    path.unlink()
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "loop":
        path.symlink_to(path.name)
    else:
        with path.open("wb") as file:
            file.truncate(2**33)
    if place == "layer_1.png" or what == "large":
        with pytest.raises(Refusal, match=r"is a folder|no regular file|cannot be read|is larger|more than"):
            study.audit(study.folder / "layer_1.png")
    else:
        assert study.audit(study.folder / "layer_1.png").verdict == "TAMPERED"


def test_what_a_terminal_would_obey_is_escaped(study, tmp_path):
    path = tmp_path / "\x1b[2Jnot\u202ewhat\x9bit\nseems.png"
    path.write_bytes(b"no figure")
    receipt = study.audit(path)
    for text in (receipt_text(receipt), receipt_json(receipt)):
        assert all(line.isprintable() for line in text.splitlines())
    with pytest.raises(Refusal):
        study.audit(tmp_path / "missing")


def test_an_audit_ends_in_one_sentence_where_only_ascii_can_be_printed(tmp_path):
    command = [sys.executable, "-m", "folkprobe", "audit", str(tmp_path)]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "OPENBLAS_NUM_THREADS": "1"}
    (tmp_path / "±.svg").write_text("no figure")
    for path, status, word in ((tmp_path, 1, "is a folder"), (tmp_path / "±.svg", 3, "UNKNOWN")):
        ended = subprocess.run(
            [*command[:-1], str(path)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS
        )
        assert (ended.returncode, "Traceback" in ended.stderr) == (status, False), ended.stderr
        assert word in ended.stdout + ended.stderr


# What takes the place of any value.
_STRANGE = (None, 7, -1, 1e308, "", "\0", "\x1b[2J", "../../../etc/passwd", [], {}, [[]], {"": {}}, "x" * 10**5, True)


def _mutant(content, rng):
    """Return JSON with one value, somewhere, missing, repeated or another."""
    content = json.loads(json.dumps(content))
    place = content
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            return content
        key = rng.choice(list(keys))
        if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.8:
            place = place[key]
            continue
        how = rng.randrange(4)
        if how == 0:
            del place[key]
        elif how == 1 and isinstance(place, list):
            place.append(place[key])
        elif how == 1:
            place[rng.choice(["", "extra", "\u202e"])] = place[key]
        else:
            place[key] = rng.choice(_STRANGE)
        return content


def _fuzz(study, tmp_path, n_mutants):
    outcomes = set()
    figure = (study.folder / "layer_1.png").read_bytes()
    mailed = tmp_path / "mailed.png"
    for number in range(n_mutants):
        rng = random.Random(number)
        target = rng.choice(["records/plot_a_1.json", "records/count.json", "provenance.json"])
        path = study.folder / target
        before = path.read_bytes()
        content = {key: value for key, value in json.loads(before).items() if key != "seal"}
        if rng.random() < 0.7:
            mutant = sealed_text(_mutant(content, rng)).encode("utf-8", "replace")
        else:
            place = rng.randrange(len(before))
            mutant = before[:place] + rng.randbytes(rng.randrange(1, 9)) + before[place + rng.randrange(9) :]
        path.write_bytes(mutant)
        mailed.write_bytes(figure)
        try:
            receipt = study.audit(rng.choice([mailed, study.folder / "layer_1.png"]))
        except Refusal:
            outcomes.add("a sentence")
        else:
            outcomes.add(receipt.verdict)
            assert receipt.verdict in VERDICTS
            assert all(line.isprintable() for line in receipt_text(receipt).splitlines())
            receipt_json(receipt)
        path.write_bytes(before)
    return outcomes


def test_300_mutants_of_records_end_in_a_verdict_or_a_sentence(study, tmp_path):
    assert {"TAMPERED", "VERIFIED"} <= _fuzz(study, tmp_path, 300)


@pytest.mark.full
@pytest.mark.long
def test_10000_mutants_of_records_end_in_a_verdict_or_a_sentence(study, tmp_path):
    _fuzz(study, tmp_path, 10_000)


@pytest.mark.parametrize(
    ("what", "word"),
    [
        ("script", "the script of plot_a was"),
        ("outputs", "would write other outputs"),
        ("files", "the configurations were"),
    ],
)
def test_another_script_output_or_configuration_of_today_is_stale(study, what, word):
    ask = study._asked

    def asked_under(configuration, jobs):
        asked = ask(configuration, jobs)

        def changed(rule, wildcards):
            answer = asked(rule, wildcards)
            if rule == "plot_a" and what == "script":
                answer.script = "workflow/scripts/other.py"
            if rule == "plot_a" and what == "outputs":
                answer.outputs = [("other", path) for _, path in answer.outputs]
            return answer

        changed.files = ["config/other.yaml"] if what == "files" else asked.files
        return changed

    study._asked = asked_under
    receipt = study.audit(study.folder / "layer_1.png")
    assert receipt.verdict == "STALE"
    assert word in receipt.first.sentence
