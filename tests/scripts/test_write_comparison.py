"""The script write_comparison."""

import pandas as pd
from project import ROOT

from folkprobe.figures.page import new_figure, write_figure

ESTIMATES = {
    "network": ["<one>", "two", "<one>", "two"],
    "contrast": ["level", "level", "difference", "difference"],
    "estimate": [0.123456, 0.5, 0, 0.376544],
    "lower": [0.1, 0.4, 0, 0.3],
    "upper": [0.2, 0.6, 0, 0.4],
    "level": [0.95] * 4,
    "n_tunes": [12] * 4,
    "method": ["a", "a", "b", "b"],
}
ROWS = {
    "outcomes": ESTIMATES | {"outcome": ["share_of_wrong_bars"] * 4},
    "contrasts": ESTIMATES | {"layer": [2] * 4, "n_sets": [5] * 4},
    "claims": {"claim": []},
    "configurations": {"key": ["model"], "<one>": ['"<one>"'], "two": ['"two"']},
}


def test_the_page_has_the_figures_and_the_tables(script, tmp_path):
    with new_figure() as figure:
        write_figure(figure, tmp_path / "outcomes.png")
    tables = {}
    for name in ("outcomes", "contrasts", "claims", "configurations"):
        tables[f"{name}_path"] = tmp_path / f"{name}.csv"
        rows = ROWS[name]
        pd.DataFrame(rows).to_csv(tables[f"{name}_path"], index=False)
    script("write_comparison").main(
        figures_paths=[tmp_path / "outcomes.png"],
        template_path=ROOT / "workflow/report/comparison.html.j2",
        style_path=ROOT / "workflow/report/page.css",
        **tables,
        manifest_path=tmp_path / "provenance.json",
        report_path=tmp_path / "report.html",
        questions={"outcomes": "How many?"},
        networks=["<one>", "two"],
        reference="<one>",
        comparison="trial",
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "data:image/webp;base64," in page
    assert "How many?" in page
    assert "&lt;one&gt;" in page
    cells = [
        "0.123 [0.100, 0.200]<sup>1</sup>",
        '<span class="note">difference</span> 0.377 [0.300, 0.400]<sup>2</sup>',
    ]
    assert all(cell in page for cell in cells)
    # Of the reference from itself.
    assert "0.000 [0.000, 0.000]" not in page
    assert "<li>difference; 95 % interval; b; 12 tunes; 5 random sets</li>" in page
    assert 'href="../../two/report.html"' in page
    assert 'id="configurations"' in page
    # A table without rows has no section.
    assert 'id="claims"' not in page
