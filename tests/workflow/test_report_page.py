"""The report of the smoke study, in a browser."""

import json
import re
import shutil
import subprocess

import pytest
from project import HANG_SECONDS
from pypdf import PdfReader

LARGEST_BYTES = 5_000_000
# Runs in the page, after its own script: what a reader would see, and what happens on a click.
PROBE = """
<script>
let n_oscillators = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { n_oscillators += 1; return create.call(this); };
addEventListener("load", () => {
  const buttons = [...document.querySelectorAll("button[data-notes]")];
  const seen = {
    images: document.images.length,
    broken: [...document.images].filter((each) => !each.naturalWidth).length,
    dead_links: [...document.querySelectorAll("a[href]")].filter(
      (each) => !document.getElementById(each.getAttribute("href").slice(1))).length,
    outside: [...document.querySelectorAll("[src], [href]")].map(
      (each) => each.getAttribute("src") || each.getAttribute("href")).filter((url) => !/^(data:|#)/.test(url)),
    width: document.documentElement.scrollWidth,
    notes: JSON.parse(buttons[0].dataset.notes).length,
  };
  buttons[0].click();
  seen.oscillators = n_oscillators;
  seen.playing = buttons[0].textContent;
  buttons[1].click();
  seen.first_after_second = buttons[0].textContent;
  seen.second = buttons[1].textContent;
  buttons[1].click();
  seen.second_again = buttons[1].textContent;
  document.body.dataset.probe = JSON.stringify(seen);
  parent.postMessage(document.body.dataset.probe, "*");
});
</script>
"""
FRAME = """<body><iframe src="probe.html" width="400" height="800"></iframe>
<script>addEventListener("message", (event) => { document.body.dataset.probe = event.data; });</script></body>"""


@pytest.fixture(scope="module")
def report(finished):
    return finished.folder / "results/smoke/report.html"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Run Chromium without a window; what it wrote to standard output and standard error."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("SKIPPED: needs Chromium to look at the report")
    profile = tmp_path_factory.mktemp("chromium")

    def run(*arguments):
        command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        # The test's click is no human's, which is what browsers wait for before they let a page sound.
        command += ["--autoplay-policy=no-user-gesture-required", "--enable-logging=stderr"]
        command += ["--virtual-time-budget=20000", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=HANG_SECONDS)

    return run


@pytest.fixture(scope="module")
def probed(report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    page = report.read_text(encoding="utf-8")
    assert page.count("</body>") == 1
    (folder / "probe.html").write_text(page.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    (folder / "frame.html").write_text(FRAME, encoding="utf-8")
    return folder


def _seen(dom):
    return json.loads(re.search(r'data-probe="([^"]*)"', dom)[1].replace("&quot;", '"'))


def test_it_is_one_file_of_a_size_to_send(report):
    assert 100_000 < report.stat().st_size < LARGEST_BYTES
    assert report.parent.as_posix() not in report.read_text(encoding="utf-8")


def test_a_browser_shows_all_of_it_and_asks_nobody(chromium, probed):
    ended = chromium("--dump-dom", f"file://{probed}/probe.html")
    assert "CONSOLE" not in ended.stderr
    seen = _seen(ended.stdout)
    assert seen["images"] > 40
    assert (seen["broken"], seen["dead_links"], seen["outside"]) == (0, 0, [])
    assert seen["oscillators"] == seen["notes"] > 10
    assert (seen["playing"], seen["first_after_second"], seen["second"], seen["second_again"]) == (
        "Stop",
        "Play",
        "Stop",
        "Play",
    )


def test_a_fault_of_the_page_would_be_seen(chromium, probed):
    page = (probed / "probe.html").read_text(encoding="utf-8")
    page = page.replace("data:image/webp;base64,", "https://example.org/picture", 1).replace("#claims", "#clams", 1)
    (probed / "faulty.html").write_text(page, encoding="utf-8")
    ended = chromium("--dump-dom", f"file://{probed}/faulty.html")
    assert "CONSOLE" in ended.stderr
    seen = _seen(ended.stdout)
    assert (seen["broken"], seen["dead_links"], len(seen["outside"])) == (1, 1, 1)


def test_it_fits_a_telephone(chromium, probed):
    seen = _seen(chromium("--dump-dom", f"file://{probed}/frame.html").stdout)
    assert seen["width"] <= 400


def test_it_prints(chromium, report, tmp_path):
    chromium(f"--print-to-pdf={tmp_path / 'report.pdf'}", f"file://{report}")
    pages = [page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages]
    assert 10 < len(pages) < 100
    text = " ".join(" ".join(pages).split())
    assert "Does it count?" in text
    assert "Published claims" in text
    assert "Play" not in text.split()
