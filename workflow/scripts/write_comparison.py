"""Write the page of a comparison."""

from pathlib import Path

import pandas as pd
from markupsafe import Markup

from folkprobe.artefact import whole_file
from folkprobe.figures.embedding import embed_raster
from folkprobe.provenance.job import run_job
from folkprobe.report.comparison import side_by_side
from folkprobe.report.page import render_report


def main(
    *,
    figures_paths: list[Path],
    template_path: Path,
    style_path: Path,
    outcomes_path: Path,
    contrasts_path: Path,
    claims_path: Path,
    configurations_path: Path,
    manifest_path: Path,  # noqa: ARG001
    report_path: Path,
    questions: dict[str, str],
    networks: list[str],
    reference: str,
    comparison: str,
) -> None:
    """Write one self-contained file; the manifest, written before, says where all of it is from."""
    figures = [
        {"name": path.stem, "question": questions[path.stem]} | embed_raster(path)._asdict() for path in figures_paths
    ]
    footnotes: dict[str, int] = {}
    estimates = {
        "outcomes": side_by_side(pd.read_csv(outcomes_path), "outcome", networks, footnotes),
        "contrasts": side_by_side(pd.read_csv(contrasts_path), "layer", networks, footnotes),
    }
    tables = {
        name: pd.read_csv(path, dtype=str, keep_default_na=False)
        for name, path in (("claims", claims_path), ("configurations", configurations_path))
    }
    page = render_report(
        template_path.read_text(encoding="utf-8"),
        style=Markup(style_path.read_text(encoding="utf-8")),  # noqa: S704 ours
        comparison=comparison,
        networks=networks,
        reference=reference,
        figures=figures,
        estimates=estimates,
        footnotes=list(footnotes),
        tables=tables,
    )
    with whole_file(report_path) as temporary:
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    run_job(main, snakemake)
