"""Write one generated tune as a standard MIDI file."""

from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.music.midi import write_midi
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, tunes_path: Path, midi_path: Path, tune_index: int, model: str, condition: str) -> None:
    """Write one MIDI file, titled with where the tune comes from."""
    tokens = read_tunes(tunes_path).tokens(tune_index)
    write_midi(tokens, midi_path, title=f"{model}, {condition}, tune {tune_index}")


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            tunes_path=Path(snakemake.input.tunes),
            midi_path=Path(snakemake.output.midi),
            model=snakemake.wildcards.model,
            condition=snakemake.wildcards.condition,
            **snakemake.params.job["config"],
        )
