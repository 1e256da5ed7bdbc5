"""Write the report of a study."""

import json
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from folkprobe.artefact import whole_file
from folkprobe.figures.embedding import embed_rasters
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
from folkprobe.report.shown_tunes import MOST_TOKENS, group_tunes
from folkprobe.report.verdicts import verdicts_by_layer

# Of the 5 MB that can be sent by mail, what the figures and the tunes may take up together; the rest is text.
_MOST_BYTES = 4_500_000


def main(
    *,
    figures_paths: list[Path],
    captions_paths: list[Path],
    tunes_paths: list[Path],
    lesion_tunes_path: Path | None,
    template_path: Path,
    style_path: Path,
    behaviour_path: Path,
    effects_path: Path,
    claims_path: Path | None,
    answers_path: Path | None,
    interchange_path: Path | None,
    checkpoint_path: Path,
    manifest_path: Path,
    report_path: Path,
    sections: list[dict],
    lesion_sets: list[dict],
    tune_index: int,
    words: dict[str, str],
    cuts: dict[str, str],
    study: dict,
) -> None:
    """Write one self-contained file; `study` is the part of the configuration that the page shows."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    captions = {path.stem: path.read_text(encoding="utf-8") for path in captions_paths}
    tunes = group_tunes(tunes_paths, lesion_tunes_path, lesion_sets, tune_index, study["model"], words, cuts)
    # Base64 writes three bytes as four characters.
    embedded = embed_rasters(figures_paths, (_MOST_BYTES - len(json.dumps(tunes))) * 3 / 4)
    pictures = {path.as_posix(): each._asdict() for path, each in zip(figures_paths, embedded, strict=True)}
    checkpoint, effects = read_checkpoint(checkpoint_path), pd.read_csv(effects_path)
    page = render_report(
        template_path.read_text(encoding="utf-8"),
        style=Markup(style_path.read_text(encoding="utf-8")),  # noqa: S704 ours
        behaviour=Markup(behaviour_path.read_text(encoding="utf-8")),  # noqa: S704
        study=study,
        checkpoint=checkpoint,
        layers_in_words=layers_in_words(len(checkpoint.layers)),
        verdicts=verdicts_by_layer(effects, pd.read_csv(interchange_path) if interchange_path else None),
        sections=place_figures(sections, pictures, manifest, captions),
        tunes=tunes,
        most_tokens=MOST_TOKENS,
        environment=describe_environment(manifest),
        count_answers=pd.read_csv(answers_path)["sentence"].tolist() if answers_path else [],
        **describe_effects(effects, words, cuts),
        **describe_claims(pd.read_csv(claims_path, dtype=str, keep_default_na=False) if claims_path else None),
    )
    with whole_file(report_path) as temporary:
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    run_job(main, snakemake)
