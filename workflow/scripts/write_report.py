"""Write the page that tells the study."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from folkprobe.artefact import whole_file
from folkprobe.figures.embedding import embed_raster, embed_svg
from folkprobe.music.midi import read_midi
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.report.page import (
    describe_claims,
    describe_effects,
    describe_environment,
    place_figures,
    render_report,
)

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    figure_paths: list[Path],
    caption_paths: list[Path],
    score_paths: list[Path],
    midi_paths: list[Path],
    template_path: Path,
    contents_path: Path,
    effects_path: Path,
    claims_path: Path,
    checkpoint_path: Path,
    manifest_path: Path,
    report_path: Path,
    study: dict,
) -> None:
    """Write one file that needs no other; `study` is what the configuration asks for."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    captions = {path.stem: path.read_text(encoding="utf-8") for path in caption_paths}
    pictures = {path.as_posix(): embed_raster(path)._asdict() for path in figure_paths}
    sections = yaml.safe_load(contents_path.read_text(encoding="utf-8"))["sections"]
    scores = zip(score_paths, midi_paths, strict=True)
    page = render_report(
        template_path.read_text(encoding="utf-8"),
        study=study,
        checkpoint=read_checkpoint(checkpoint_path),
        sections=place_figures(sections, pictures, manifest, captions),
        tunes=[{"name": path.stem, "url": embed_svg(path), "notes": read_midi(midi)} for path, midi in scores],
        environment=describe_environment(manifest),
        **describe_effects(pd.read_csv(effects_path)),
        **describe_claims(pd.read_csv(claims_path, dtype=str, keep_default_na=False)),
    )
    with whole_file(report_path) as temporary:
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            figure_paths=[Path(path) for path in snakemake.input.figures],
            caption_paths=[Path(path) for path in snakemake.input.captions],
            score_paths=[Path(path) for path in snakemake.input.scores],
            midi_paths=[Path(path) for path in snakemake.input.midi],
            template_path=Path(snakemake.input.template),
            contents_path=Path(snakemake.input.contents),
            effects_path=Path(snakemake.input.effects),
            claims_path=Path(snakemake.input.claims),
            checkpoint_path=Path(snakemake.input.checkpoint),
            manifest_path=Path(snakemake.input.manifest),
            report_path=Path(snakemake.output.report),
            **snakemake.params.job["config"],
        )
