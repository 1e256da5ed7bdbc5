"""Write generated tunes as ABC, for any ABC program."""

from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.music.abc import abc_tune
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job


def main(*, tunes_path: Path, abc_path: Path, model: str, condition: str) -> None:
    """Write one ABC tune book, each tune titled with its origin."""
    tunes = read_tunes(tunes_path)
    book = [
        abc_tune(
            tunes.tokens(k),
            reference_number=tunes.first_tune + k + 1,
            title=f"{model}, {condition}, rng_seed {tunes.rng_seed}, tune {tunes.first_tune + k}",
        )
        for k in range(len(tunes))
    ]
    with whole_file(abc_path) as temporary:
        temporary.write_text("\n".join(["%abc-2.1", *book]), encoding="utf-8")


if __name__ == "__main__":
    run_job(main, snakemake)
