"""Write the page of a comparison."""

from pathlib import Path

import pandas as pd
from markupsafe import Markup

from folkprobe.artefact import whole_file
from folkprobe.figures.embedding import embed_raster
from folkprobe.provenance.job import run_job
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
    tables = {
        name: _rows(path)
        for name, path in (
            ("outcomes", outcomes_path),
            ("contrasts", contrasts_path),
            ("claims", claims_path),
            ("configurations", configurations_path),
        )
    }
    page = render_report(
        template_path.read_text(encoding="utf-8"),
        style=Markup(style_path.read_text(encoding="utf-8")),  # noqa: S704 ours
        comparison=comparison,
        networks=networks,
        reference=reference,
        figures=figures,
        tables=tables,
    )
    with whole_file(report_path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _rows(path: Path) -> dict:
    table = pd.read_csv(path)
    return {
        "columns": list(table.columns),
        "rows": [[_text(value) for value in row] for row in table.to_numpy().tolist()],
    }


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    return str(value)


if __name__ == "__main__":
    run_job(main, snakemake)
