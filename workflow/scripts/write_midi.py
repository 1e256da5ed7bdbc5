"""Write one generated tune as a standard MIDI file."""

from pathlib import Path

from folkprobe.music.midi import write_midi
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job


def main(*, tunes_path: Path, midi_path: Path, tune_index: int, model: str, condition: str) -> None:
    """Write one MIDI file, titled with the tune's origin."""
    tokens = read_tunes(tunes_path).tokens(tune_index)
    write_midi(tokens, midi_path, title=f"{model}, {condition}, tune {tune_index}")


if __name__ == "__main__":
    run_job(main, snakemake)
