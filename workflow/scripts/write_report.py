"""Write the report of a study."""

import json
from pathlib import Path

import pandas as pd

from folkprobe.artefact import whole_file
from folkprobe.figures.embedding import embed_raster, embed_svg
from folkprobe.music.midi import read_midi
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.report.page import (
    describe_claims,
    describe_effects,
    describe_environment,
    layers_in_words,
    place_figures,
    render_report,
)


def main(
    *,
    figures_paths: list[Path],
    captions_paths: list[Path],
    scores_paths: list[Path],
    midi_paths: list[Path],
    template_path: Path,
    effects_path: Path,
    claims_path: Path | None,
    answers_path: Path | None,
    checkpoint_path: Path,
    manifest_path: Path,
    report_path: Path,
    sections: list[dict],
    study: dict,
) -> None:
    """Write one self-contained file; `study` is the part of the configuration that the page shows."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    captions = {path.stem: path.read_text(encoding="utf-8") for path in captions_paths}
    pictures = {path.as_posix(): embed_raster(path)._asdict() for path in figures_paths}
    scores = zip(scores_paths, midi_paths, strict=True)
    checkpoint = read_checkpoint(checkpoint_path)
    page = render_report(
        template_path.read_text(encoding="utf-8"),
        study=study,
        checkpoint=checkpoint,
        layers_in_words=layers_in_words(len(checkpoint.layers)),
        sections=place_figures(sections, pictures, manifest, captions),
        tunes=[{"name": path.stem, "url": embed_svg(path), "notes": read_midi(midi)} for path, midi in scores],
        environment=describe_environment(manifest),
        count_answers=pd.read_csv(answers_path)["sentence"].tolist() if answers_path else [],
        **describe_effects(pd.read_csv(effects_path)),
        **describe_claims(pd.read_csv(claims_path, dtype=str, keep_default_na=False) if claims_path else None),
    )
    with whole_file(report_path) as temporary:
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    run_job(main, snakemake)
