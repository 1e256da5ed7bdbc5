"""The script write_comparison."""

import pandas as pd
from project import ROOT

from folkprobe.figures.page import new_figure, write_figure


def test_the_page_has_the_figures_and_the_tables(script, tmp_path):
    with new_figure() as figure:
        write_figure(figure, tmp_path / "outcomes.png")
    tables = {}
    for name in ("outcomes", "contrasts", "claims", "configurations"):
        tables[f"{name}_path"] = tmp_path / f"{name}.csv"
        rows = {"network": ["<one>"], "estimate": [0.123456]} if name != "claims" else {"claim": []}
        pd.DataFrame(rows).to_csv(tables[f"{name}_path"], index=False)
    script("write_comparison").main(
        figures_paths=[tmp_path / "outcomes.png"],
        template_path=ROOT / "workflow/report/comparison.html.j2",
        style_path=ROOT / "workflow/report/page.css",
        **tables,
        manifest_path=tmp_path / "provenance.json",
        report_path=tmp_path / "report.html",
        questions={"outcomes": "How many?"},
        networks=["one", "two"],
        reference="one",
        comparison="trial",
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "data:image/webp;base64," in page
    assert "How many?" in page
    assert "&lt;one&gt;" in page
    assert "0.1235" in page
    assert 'href="../../two/report.html"' in page
    assert 'id="configurations"' in page
    # A table without rows has no section.
    assert 'id="claims"' not in page
