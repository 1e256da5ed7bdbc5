"""What an audit says of figures of a real run, true and mutated."""

import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pytest
from PIL import Image
from project import HANG_SECONDS, ROOT, copy_project
from pypdf.generic import DecodedStreamObject, NameObject

from folkprobe.provenance.audit import audit_figure
from folkprobe.provenance.record import read_sealed, sealed_text
from study.asked import ask_rules

# The first of them every time.
MUTANTS = [pytest.param(number, marks=() if number < 8 else pytest.mark.full) for number in range(40)]


@cache
def _answers(configuration, jobs):
    return ask_rules(json.loads(configuration), json.loads(jobs), ROOT)


def _rules_under(configuration, jobs):
    # Snakemake takes two seconds: the mutants of one study have nearly all questions in common.
    return _answers(json.dumps(configuration, sort_keys=True), json.dumps(jobs, sort_keys=True))


def _audit(path, *folders):
    # The sources of the copy that ran are those of the project.
    return audit_figure(Path(path), folders, ROOT, _rules_under)


@pytest.fixture(scope="module")
def study(finished):
    return _Study(finished.folder)


class _Study:
    """A finished run, and what its own records say without the help of the code under test."""

    def __init__(self, folder):
        self.folder = folder
        self.results = folder / "results/smoke"
        self.records = {path.stem: json.loads(path.read_text()) for path in (self.results / "records").glob("*.json")}
        self.makers = {each["path"]: name for name, record in self.records.items() for each in record["outputs"]}
        self.figures = sorted(path for path in self.makers if path.endswith((".svg", ".pdf", ".png")))

    def jobs_behind(self, path):
        """Names of the jobs that a figure stands on."""
        waiting, jobs = [path], set()
        while waiting:
            name = self.makers.get(waiting.pop())
            if name and name not in jobs:
                jobs.add(name)
                waiting += [each["path"] for each in self.records[name]["inputs"]]
        return jobs

    def files_behind(self, path):
        """What these jobs read and other jobs wrote, and that is still there."""
        read = {each["path"] for name in self.jobs_behind(path) for each in self.records[name]["inputs"]}
        return sorted(each for each in read if each in self.makers and (self.folder / each).is_file())


def _flipped(data, rng):
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


class _Changed:
    """A file with other bytes and its old time stamp, as long as a block lasts."""

    def __init__(self, path, data):
        self.path, self.data = path, data

    def __enter__(self):
        self.before, self.times = self.path.read_bytes(), self.path.stat()
        assert self.data != self.before
        self._write(self.data)

    def __exit__(self, *_):
        self._write(self.before)

    def _write(self, data):
        self.path.write_bytes(data)
        os.utime(self.path, ns=(self.times.st_atime_ns, self.times.st_mtime_ns))


def _stripped(data, suffix):
    out = BytesIO()
    if suffix == ".png":
        with Image.open(BytesIO(data)) as image:
            image.convert("RGBA").save(out, "PNG", compress_level=2)
    elif suffix == ".pdf":
        writer = pypdf.PdfWriter(clone_from=BytesIO(data))
        writer.metadata = None
        writer.write(out)
    else:
        tree = ElementTree.fromstring(data)
        for element in tree.findall("{http://www.w3.org/2000/svg}metadata"):
            tree.remove(element)
        ElementTree.ElementTree(tree).write(out)
    assert b"sha256:" not in out.getvalue()
    return out.getvalue()


def _defaced(data, suffix, rng):
    """Change a pixel or add a mark, and keep what the figure says of itself."""
    out = BytesIO()
    if suffix == ".png":
        with Image.open(BytesIO(data)) as image:
            from PIL.PngImagePlugin import PngInfo

            words = PngInfo()
            for key, value in image.text.items():
                words.add_text(key, value)
            place = rng.randrange(image.width), rng.randrange(image.height)
            red, *others = image.getpixel(place)
            image.putpixel(place, (red ^ 1 << rng.randrange(8), *others))
            image.save(out, "PNG", pnginfo=words)
    elif suffix == ".pdf":
        writer = pypdf.PdfWriter(clone_from=BytesIO(data))
        stream = DecodedStreamObject()
        stream.set_data(writer.pages[0].get_contents().get_data() + b" 9 9 %d 99 re f" % rng.randrange(50, 99))
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
        writer.write(out)
    else:
        mark = b'<rect x="9" y="9" width="%d" height="9"/></svg>' % rng.randrange(50, 99)
        before, _, after = data.rpartition(b"</svg>")
        out.write(before + mark + after)
    return out.getvalue()


def _first(receipt):
    return receipt.verdict, receipt.first and receipt.first.link


@pytest.mark.parametrize("n_formats", [1, pytest.param(3, marks=pytest.mark.full)])
def test_every_untouched_figure_is_verified(study, n_formats):
    rng = random.Random("formats")
    of_figure = [list(paths) for _, paths in itertools.groupby(study.figures, lambda path: Path(path).with_suffix(""))]
    for path in (path for paths in of_figure for path in rng.sample(paths, min(n_formats, len(paths)))):
        receipt = _audit(study.folder / path, study.results)
        assert (receipt.verdict, receipt.known_by, receipt.output) == ("VERIFIED", "place", path), receipt.findings
        assert set(receipt.jobs) == study.jobs_behind(path)
        record = study.records[study.makers[path]]
        assert receipt.identity == f"folkprobe:{record['rule']}:sha256:{record['fingerprint']}"


@pytest.mark.parametrize("rng_seed", MUTANTS)
def test_copies_of_a_figure(study, tmp_path, rng_seed):
    rng = random.Random(f"copy {rng_seed}")
    path = rng.choice(study.figures)
    suffix = Path(path).suffix
    data = (study.folder / path).read_bytes()
    identity = study.records[study.makers[path]]

    def audit(copy, *folders):
        mailed = tmp_path / rng.choice(["a.png", "b.svg", "figure 3", Path(path).name])
        mailed.write_bytes(copy)
        return _audit(mailed, *folders)

    for copy, known_by in ((data, "bytes"), (_stripped(data, suffix), "drawing")):
        receipt = audit(copy, study.results)
        assert (receipt.verdict, receipt.known_by, receipt.output) == ("VERIFIED", known_by, path)
    defaced = _defaced(data, suffix, rng)
    receipt = audit(defaced, study.results)
    assert (_first(receipt)[0], receipt.known_by) == ("TAMPERED", "fingerprint")
    assert study.makers[receipt.first.link] == study.makers[path]
    assert audit(_stripped(defaced, suffix), study.results).verdict == "UNKNOWN"
    # Mailed to someone who has no results.
    receipt = audit(data)
    assert (receipt.verdict, receipt.identity) == (
        "UNANCHORED",
        f"folkprobe:{identity['rule']}:sha256:{identity['fingerprint']}",
    )
    assert audit(_stripped(data, suffix)).verdict == "UNKNOWN"


@pytest.mark.parametrize("rng_seed", MUTANTS)
def test_a_changed_byte_is_found_where_it_is_and_vouched_for_nowhere(study, rng_seed):
    rng = random.Random(f"byte {rng_seed}")
    path = rng.choice(study.figures)
    behind, jobs = study.files_behind(path), study.jobs_behind(path)
    aside = sorted(study.makers.keys() - {path, *behind})
    aside = [each for each in aside if (study.folder / each).is_file()]
    if behind:
        link = rng.choice(behind)
        with _Changed(study.folder / link, _flipped((study.folder / link).read_bytes(), rng)):
            assert _first(_audit(study.folder / path, study.results)) == ("TAMPERED", link)
    with _Changed(study.folder / path, _flipped((study.folder / path).read_bytes(), rng)):
        assert _first(_audit(study.folder / path, study.results)) == ("TAMPERED", path)
    record = study.results / f"records/{rng.choice(sorted(jobs))}.json"
    with _Changed(record, _flipped(record.read_bytes(), rng)):
        assert _first(_audit(study.folder / path, study.results)) == ("TAMPERED", f"records/{record.name}")
    manifest = study.results / "provenance.json"
    with _Changed(manifest, _flipped(manifest.read_bytes(), rng)):
        assert _first(_audit(study.folder / path, study.results)) == ("TAMPERED", "provenance.json")
    # Controls: what the figure does not stand on.
    other = rng.choice(aside)
    with _Changed(study.folder / other, _flipped((study.folder / other).read_bytes(), rng)):
        assert _audit(study.folder / path, study.results).verdict == "VERIFIED"
    other = study.results / f"records/{rng.choice(sorted(study.records.keys() - jobs))}.json"
    with _Changed(other, _flipped(other.read_bytes(), rng)):
        assert _audit(study.folder / path, study.results).verdict == "VERIFIED"
    assert _audit(study.folder / path, study.results).verdict == "VERIFIED"


def test_a_record_that_was_rewritten_with_its_seal(study):
    path = "results/smoke/figures/bar_shares.svg"
    table = "results/smoke/effects.csv"
    with _Changed(study.folder / table, (study.folder / table).read_bytes().replace(b"intact", b"intakt")):
        for name in study.jobs_behind(path):
            record = study.results / f"records/{name}.json"
            forged = read_sealed(record)
            for each in forged["outputs"] + forged["inputs"]:
                each["sha256"] = each["sha256"][::-1]
            with _Changed(record, sealed_text(forged).encode()):
                assert _audit(study.folder / path, study.results).verdict == "TAMPERED"


def test_a_figure_in_the_place_of_another(study):
    one, other = (study.results / f"figures/{name}.png" for name in ("bar_shares", "lines"))
    with _Changed(one, other.read_bytes()):
        assert _first(_audit(one, study.results)) == ("TAMPERED", "results/smoke/figures/bar_shares.png")


def test_results_without_all_that_was_in_them(study, tmp_path):
    folder = tmp_path / "mailed"
    folder.mkdir()
    shutil.copy(study.results / "provenance.json", folder)
    figure = study.results / "figures/bar_shares.pdf"
    receipt = _audit(figure, folder)
    assert (receipt.verdict, receipt.known_by) == ("UNANCHORED", "bytes")
    (tmp_path / "stripped").write_bytes(_stripped(figure.read_bytes(), ".pdf"))
    # Stripped, it can be known by its drawing only, and the study has nothing to compare it with.
    assert _audit(tmp_path / "stripped", folder).verdict == "UNKNOWN"
    shutil.rmtree(folder)
    shutil.copytree(study.results, folder, ignore=shutil.ignore_patterns("records", "logs"))
    assert _audit(folder / "figures/bar_shares.pdf", folder).verdict == "VERIFIED"
    (folder / "intact/bars.csv").unlink()
    assert _first(_audit(figure, folder)) == ("UNANCHORED", "results/smoke/intact/bars.csv")
    shutil.copytree(study.results / "records", folder / "records")
    (folder / "provenance.json").unlink()
    assert _first(_audit(folder / "figures/lines.png", folder)) == ("UNANCHORED", "provenance.json")


def test_snakemake_vouches_for_a_defaced_figure_and_the_audit_does_not(finished, study):
    path = "results/smoke/figures/bar_shares.svg"
    figure = study.folder / path
    with _Changed(figure, _defaced(figure.read_bytes(), ".svg", random.Random(1))):
        rows = finished.smoke("--summary").stdout.splitlines()
        (row,) = (row.split("\t") for row in rows if row.startswith(path + "\t"))
        assert row[-2:] == ["ok", "no update"]
        assert finished.would_run() == set()
        ended = _command_line(finished, path)
        assert ended.returncode == 3
        assert ended.stdout.startswith("TAMPERED")
        assert f"first broken link: {figure.name} is not what plot_bar_shares wrote" in ended.stdout


def _command_line(project, *arguments, **options):
    command = [sys.executable, "-m", "folkprobe", "audit", *map(str, arguments)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=project.folder, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS, **options
    )


FIGURE = "results/smoke/figures/bar_shares.svg"


def _with_a_comment(text):
    return text + "\n# Another thought.\n"


# What the figure stands on, by the link of its chain that is then broken; and what it does not stand on.
BROKEN_BY = {
    "folkprobe/figures/bars.py": ("folkprobe/figures/bars.py", _with_a_comment),
    "folkprobe/music/bars.py": ("folkprobe/music/bars.py", _with_a_comment),
    "workflow/scripts/plot_bar_shares.py": ("workflow/scripts/plot_bar_shares.py", _with_a_comment),
    "workflow/scripts/compare_conditions.py": (
        "config/smoke.yaml",
        lambda text: text.replace("n_resamples: 999", "n_resamples: 998"),
    ),
    "workflow/scripts/excise_units.py": (
        "config/config.yaml",
        lambda text: text.replace("{layer: each, value: 0.0", "{layer: each, value: 0.1"),
    ),
    "resources/checkpoints/demo.pkl": ("resources/checkpoints/demo.pkl", lambda text: text[:-1] + "\n"),
}
BESIDE = [
    ("folkprobe/figures/lines.py", _with_a_comment),
    ("config/smoke.yaml", lambda text: text.replace("n_surrogates: 19", "n_surrogates: 29")),
    ("resources/claims.yaml", lambda text: text + "\n"),
    ("config/smoke.yaml", _with_a_comment),
]


def _receipt_after(project, changes):
    with ExitStack() as stack:
        for file, change in changes:
            path = project.folder / file
            stack.enter_context(_Changed(path, change(path.read_bytes().decode("latin1")).encode("latin1")))
        return json.loads(_command_line(project, "--json", FIGURE).stdout)


@pytest.mark.parametrize(
    "links",
    [tuple(BROKEN_BY), *(pytest.param((link,), marks=pytest.mark.full) for link in BROKEN_BY)],
    ids=lambda links: links[0] if len(links) == 1 else "all",
)
def test_what_changed_since_is_named(finished, links):
    receipt = _receipt_after(finished, [BROKEN_BY[link] for link in links])
    assert receipt["verdict"] == "STALE"
    assert set(links) <= {each["link"] for each in receipt["findings"]}
    assert {each["verdict"] for each in receipt["findings"]} == {"STALE"}


def test_what_changed_beside_a_figure_leaves_it_verified(finished):
    assert _receipt_after(finished, BESIDE)["verdict"] == "VERIFIED"


def test_an_upstream_job_that_ran_again_makes_a_figure_stale(smoke_study, tmp_path):
    project = smoke_study.copy(tmp_path / "copy")
    overlay = "comparison: {n_resamples: 998}"
    project.smoke("results/smoke/effects.csv", overlay=overlay)
    receipt = json.loads(_command_line(project, "--json", FIGURE).stdout)
    assert receipt["verdict"] == "STALE"
    # Its own plot is as it was; the table below it is not, and is not what the manifest's configuration asks for.
    sentences = {each["link"]: each["sentence"] for each in receipt["findings"]}
    assert sentences["results/smoke/effects.csv"].startswith(
        "compare_conditions has rewritten results/smoke/effects.csv"
    )
    assert sentences.keys() == {"results/smoke/effects.csv", "workflow/scripts/compare_conditions.py"}


_LIGHT_AUDIT = """
import json, os, sys
from collections import Counter
sys.path.append({tests!r})
from folkprobe.__main__ import main
from work import counted_calls

opened, programs = Counter(), []

def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        opened[os.path.realpath(arguments[0])] += 1
    elif event in ("subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec", "os.system"):
        programs.append(event)

sys.addaudithook(note)
with counted_calls() as calls:
    status = main(["audit", {figure!r}])
heavy = {{"snakemake", "matplotlib", "pandas", "h5py", "scipy"}} & sys.modules.keys()
print(json.dumps([calls.n, opened, programs, sorted(heavy)]))
sys.exit(status)
"""


def test_an_audit_takes_little_work_and_one_look_at_the_rules(finished):
    code = _LIGHT_AUDIT.format(tests=str(ROOT / "tests"), figure=FIGURE)
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=finished.folder, capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert ended.returncode == 0, ended.stderr
    n_calls, opened, programs, heavy = json.loads(ended.stdout.splitlines()[-1])
    # Snakemake parses the rules once, in a process of its own.
    assert (programs.count("subprocess.Popen"), heavy) == (1, [])
    # Half a million, and Snakemake's own.
    assert 10_000 < n_calls < 4_000_000
    of_results = {path: n for path, n in opened.items() if path.startswith(str(finished.folder / "results"))}
    assert str(finished.folder / FIGURE) in of_results
    # Looked at, and digested: however many jobs stand on a file, it is read no oftener.
    assert max(of_results.values()) <= 2


def test_a_mailed_figure_without_results_takes_no_other_program(finished, tmp_path):
    project = copy_project(tmp_path)
    mailed = tmp_path / "mailed.svg"
    shutil.copy(finished.folder / FIGURE, mailed)
    code = _LIGHT_AUDIT.format(tests=str(ROOT / "tests"), figure=str(mailed))
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert ended.stdout.startswith("UNANCHORED"), ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])[2:] == [[], []]


def test_the_tree_shows_the_chain_down_to_the_sources(finished, study):
    text = _command_line(finished, FIGURE).stdout
    lines = text.splitlines()
    assert lines[0].startswith("VERIFIED: ")
    assert f"  known by its place as {FIGURE}" in lines
    for name in study.jobs_behind(FIGURE):
        assert f"└─ {name}: rule " in text
    assert "resources/checkpoints/demo.pkl  " in text
    assert '"n_resamples": 999' in text
    # What all run on is said once.
    assert text.count("matplotlib") == text.count("h5py") == 1
    assert str(finished.folder) not in text


def test_the_rules_ask_what_snakemake_asked(study):
    jobs = [(record["rule"], record["wildcards"]) for record in study.records.values()]
    asked = _rules_under(read_sealed(study.results / "provenance.json")["configuration"], jobs)
    for record in study.records.values():
        today = asked(record["rule"], record["wildcards"])
        assert today.job["config"] == record["config"]
        assert today.job["library"] == record["library"]
        assert today.inputs == [(each["name"], each["path"]) for each in record["inputs"]]
        gone = {each["path"] for each in record["outputs"] if not (study.folder / each["path"]).exists()}
        assert today.temporary == gone
    assert any(asked(record["rule"], record["wildcards"]).temporary for record in study.records.values())


def _jobs_of_all(study):
    """Names of the jobs that make what `all` asks for, the first of `project.TARGETS`."""
    by_name = ("scan_seeds", "find_seed", "plot_lesion_doses")
    return {name for name, record in study.records.items() if record["rule"] not in by_name}


def test_the_manifest_has_every_job_of_the_study(study):
    manifest = read_sealed(study.results / "provenance.json")
    assert manifest["jobs"].keys() == _jobs_of_all(study)
    assert manifest["figures"].keys() == {path for path in study.figures if study.makers[path] in _jobs_of_all(study)}
    words = (study.results / "provenance.json").read_text() + (study.results / "ro-crate-metadata.json").read_text()
    assert str(study.folder) not in words
    # As a word: a host called "vm" is not in "llvmlite".
    assert not re.search(rf"\b{re.escape(os.uname().nodename)}\b", words)
    assert time.strftime("%Y-%m-%dT") not in words


def test_the_crate_is_valid_and_other_programs_read_it(study, tmp_path):
    pytest.importorskip("rocrate_validator", reason="SKIPPED: needs roc-validator, of the extra `test`")
    # The validator makes URIs of paths as they are, and finds absolute ones with spaces invalid.
    shutil.copytree(study.results, tmp_path / "study", ignore=shutil.ignore_patterns("logs", "records"))
    validation = [sys.executable, str(ROOT / "tests/crate_validation.py"), "study"]
    ended = subprocess.run(validation, cwd=tmp_path, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert ended.stdout == "valid\n", ended.stdout + ended.stderr
    report = [sys.executable, "-c", "from runcrate.cli import cli; cli()", "report", str(study.results)]
    ended = subprocess.run(report, capture_output=True, text=True, timeout=HANG_SECONDS, check=True)
    actions = [line.split("#job/")[1] for line in ended.stdout.splitlines() if line.startswith("action: #job/")]
    assert sorted(actions) == sorted(_jobs_of_all(study))


def test_a_crate_that_lacks_a_file_or_a_step_is_not_valid(study, tmp_path):
    pytest.importorskip("rocrate_validator", reason="SKIPPED: needs roc-validator, of the extra `test`")
    crate = json.loads((study.results / "ro-crate-metadata.json").read_text())
    for number, (identifier, key) in enumerate(itertools.product(["#organize", "Snakefile"], ["object", "hasPart"])):
        graph = [
            {name: value for name, value in entity.items() if (entity["@id"], name) != (identifier, key)}
            for entity in crate["@graph"]
        ]
        if graph == crate["@graph"]:
            continue
        folder = tmp_path / str(number)
        shutil.copytree(study.results, folder, ignore=shutil.ignore_patterns("logs", "records"))
        (folder / "ro-crate-metadata.json").write_text(json.dumps(crate | {"@graph": graph}))
        validation = [sys.executable, str(ROOT / "tests/crate_validation.py"), str(folder)]
        ended = subprocess.run(validation, capture_output=True, text=True, timeout=HANG_SECONDS)
        assert ended.stdout.endswith("not valid\n")
