"""The pages of studies and of a comparison, in a browser."""

import re
import shutil
from urllib.parse import urlsplit

import pytest
from project import COMPARED, ROOT, SMOKE
from pypdf import PdfReader

LARGEST_BYTES = 5_000_000
DESKTOP, TELEPHONE = (1400, 900), (400, 850)
# What a page without a human's click may not do: sound. Here it is counted.
COUNT_OSCILLATORS = """
window.oscillators = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.oscillators += 1; return create.call(this); };
"""
# What a reader would see.
SEEN = """() => ({
  images: document.images.length,
  broken: [...document.images].filter((each) => !each.naturalWidth).length,
  unnamed: [...document.images].filter((each) => each.alt.length < 20).length,
  deadLinks: [...document.querySelectorAll('a[href^="#"]')].filter(
    (each) => !document.getElementById(each.hash.slice(1))).length,
  links: [...document.querySelectorAll("a[href]")].map((each) => each.getAttribute("href")),
  width: document.documentElement.scrollWidth,
  height: document.documentElement.scrollHeight,
})"""


# Of each page: the study that makes it, its folder, and how many pictures it has at least.
PAGES = {
    "three layers": ("finished", "results/smoke", 40),
    "two layers": ("two_layers", "results/two_layers", 30),
    "one layer": ("compared", "results/one_layer", 30),
    "without bars": ("barless", "results/barless", 15),
    "comparison": ("compared", COMPARED, 6),
}


@pytest.fixture(scope="module")
def report(finished):
    return finished.folder / "results/smoke/report.html"


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.full) if name == "two layers" else name for name in PAGES])
def any_page(request):
    """Return a page, and how many pictures it has at least."""
    study, folder, n_images = PAGES[request.param]
    return request.getfixturevalue(study).folder / folder / "report.html", n_images


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("SKIPPED: needs Chromium to look at the report")
    playwright = pytest.importorskip("playwright.sync_api", reason="SKIPPED: needs Playwright to look at the report")
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def look(chromium, report):
    """Open the report, or another page; what it complained of and asked for is collected."""
    pages = []

    def open_page(size=DESKTOP, path=report):
        page = chromium.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
        pages.append(page)
        page.complaints, page.requested = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requested.append(request.url))
        page.add_init_script(COUNT_OSCILLATORS)
        page.goto(path.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


def test_it_is_one_file_of_a_size_to_send(report):
    assert 100_000 < report.stat().st_size < LARGEST_BYTES
    assert report.parent.as_posix() not in report.read_text(encoding="utf-8")


@pytest.mark.full
def test_of_three_layers_of_512_units_it_is_too(project, shared_file):
    checkpoint = f"checkpoint={{source: {shared_file('checkpoints/session-512.pkl')}}}"
    project.snakemake("all", "--cores", "2", "--configfile", SMOKE, "--config", "model=large", checkpoint)
    assert (project.folder / "results/large/report.html").stat().st_size < LARGEST_BYTES


@pytest.mark.parametrize("size", [DESKTOP, TELEPHONE], ids=["1400 px", "400 px"])
def test_a_browser_shows_all_of_it_and_asks_nobody(look, any_page, size):
    path, n_images = any_page
    page = look(size, path)
    seen = page.evaluate(SEEN)
    assert page.complaints == []
    assert [url for url in page.requested if not url.startswith("data:")] == [path.as_uri()]
    assert seen["images"] >= n_images
    assert (seen["broken"], seen["unnamed"], seen["deadLinks"]) == (0, 0, 0)
    assert seen["width"] <= size[0]
    assert seen["height"] < 30_000


def test_links_lead_to_files_of_the_study_and_to_its_docs(look, report):
    docs = (ROOT / "docs/figures.md").read_text(encoding="utf-8")
    links = [link for link in look().evaluate(SEEN)["links"] if not re.match("#|data:", link)]
    assert len(links) > 100
    for link in links:
        path, anchor = urlsplit(link).path, urlsplit(link).fragment
        if path == "../../docs/figures.md":
            assert f'id="{anchor}"' in docs or f"# {anchor}\n" in docs, link
        else:
            assert re.match(r"figures/\w+\.(svg|csv)$", path), link
            assert (report.parent / path).is_file(), link


@pytest.mark.parametrize("size", [DESKTOP, TELEPHONE], ids=["1400 px", "400 px"])
def test_axe_finds_no_violation(look, any_page, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="SKIPPED: needs axe").Axe()
    page = look(size, any_page[0])
    for each in page.query_selector_all("summary"):
        each.evaluate("summary => { summary.parentElement.open = summary.textContent.startsWith('Secondary'); }")
    found = axe.run(page).response
    assert len(found["passes"]) > 20
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]] == []


def test_the_first_screen_has_the_question_the_verdicts_and_three_figures(look):
    page = look()
    in_view = page.evaluate(
        """() => ["h1", ".verdicts > li", ".key img"].map((selector) => [...document.querySelectorAll(selector)].filter(
             (each) => each.getBoundingClientRect().bottom <= innerHeight).length)"""
    )
    assert in_view == [1, 3, 3]
    verdict = page.inner_text(".verdicts > li:first-child")
    assert re.search(r"^Layer 1\n+Holds .* of the count: \d\.\d\d \[-?\d\.\d\d, \d\.\d\d\]\.", verdict)
    # Two random sets of 12 tunes.
    assert re.search(r"Cannot tell whether it needs .* \[-100\.0, 100\.0\] percentage points", verdict)


def test_contents_follow_the_reader(look):
    for size in (DESKTOP, TELEPHONE):
        page = look(size)
        for section in ("tunes", "effects", "reproduce", "short"):
            page.evaluate("id => document.getElementById(id).scrollIntoView()", section)
            page.wait_for_function(
                """id => { const current = [...document.querySelectorAll("nav [aria-current]")];
                           return current.length === 1 && current[0].hash === `#${id}`; }""",
                arg=section,
            )
            box = page.query_selector("nav [aria-current]").bounding_box()
            assert 0 <= box["y"] < size[1]
            assert 0 <= box["x"] < size[0]
    assert page.is_hidden(".top")
    page.evaluate("document.getElementById('effects').scrollIntoView()")
    page.wait_for_selector(".top", state="visible")
    page.click(".top")
    page.wait_for_function("scrollY === 0")


def test_each_figure_opens_large_with_its_caption(look):
    page = look()
    button = page.query_selector("#figure-power_fraction button")
    small = button.query_selector("img").bounding_box()["width"]
    button.click()
    large = page.wait_for_selector("#large img")
    assert large.bounding_box()["width"] > 2 * small
    assert large.get_attribute("alt").startswith("Power fraction: Share of each unit's power")
    text = page.inner_text("#large")
    assert "white noise on average" in text
    assert "CSV" in text
    assert "Origin" not in text
    page.click("#large button")
    page.wait_for_selector("#large", state="hidden")


def test_a_tune_sounds_with_a_cursor_until_it_is_stopped(look):
    page = look()
    page.fill("#tempo", "240")
    assert page.inner_text("#beats") == "240"
    tunes = page.query_selector_all(".tune")
    widths = {round(tune.bounding_box()["width"]) for tune in tunes}
    assert len(tunes) > 15
    assert len(widths) == 1
    play = [tune.query_selector("button") for tune in tunes[:2]]
    play[0].click()
    assert page.inner_text("#playing") == "Playing: intact"
    lefts = """() => { const cursor = document.querySelector(".tune .cursor");
                      return cursor.hidden ? null : cursor.style.left; }"""
    first = page.evaluate(lefts)
    page.wait_for_function(f"first => ({lefts})() !== first && window.oscillators >= 3", arg=first)
    play[1].click()
    assert [each.inner_text() for each in play] == ["Play", "Stop"]
    assert page.evaluate(lefts) is None
    page.click("#stop")
    assert [each.inner_text() for each in play] == ["Play", "Play"]
    assert page.is_disabled("#stop")
    sounded = page.evaluate("window.oscillators")
    page.wait_for_timeout(300)
    assert page.evaluate("window.oscillators") == sounded


def test_long_tables_are_folded(look):
    page = look()
    assert len(page.query_selector_all("h2#claims ~ ul strong")) > 5
    assert page.is_hidden("[aria-label='Published claims']")
    header = page.query_selector_all("#effects ~ .wide >> nth=0 >> th")
    assert [each.inner_text() for each in header] == [
        "contrast",
        "layer",
        "outcome",
        "estimate",
        "interval",
        "p, adjusted",
    ]


def test_a_fault_of_the_page_would_be_seen(look, report, tmp_path):
    page = report.read_text(encoding="utf-8")
    page = page.replace("data:image/webp;base64,", "https://example.org/picture", 1).replace('"#claims"', '"#clams"', 1)
    (tmp_path / "faulty.html").write_text(page, encoding="utf-8")
    faulty = look(path=tmp_path / "faulty.html")
    assert faulty.complaints
    seen = faulty.evaluate(SEEN)
    assert (seen["broken"], seen["deadLinks"]) == (1, 1)


def test_it_prints(look, tmp_path):
    look().pdf(path=tmp_path / "report.pdf", format="A4")
    pages = [page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages]
    assert 5 < len(pages) <= 20
    text = " ".join(" ".join(pages).split())
    assert "Does it count?" in text
    assert "Published claims" in text
    # What print cannot do, and what is folded.
    assert not {"Play", "Tempo", "Origin"} & set(text.split())
