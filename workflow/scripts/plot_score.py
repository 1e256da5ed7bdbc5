"""Draw one tune of several conditions in staff notation, side by side."""

import logging
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.music.engraving import Panel, engrave, side_by_side
from folkprobe.music.score import mei_score
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal

log = logging.getLogger("folkprobe.plot_score")


def main(*, tunes_paths: list[Path], score_path: Path, tune_index: int) -> None:
    """Write one SVG; a tune that cannot be drawn is replaced by a sentence."""
    panels = []
    for number, path in enumerate(tunes_paths):
        title = f"{path.parent.name}, tune {tune_index}"
        try:
            svg, remark = engrave(mei_score(read_tunes(path).tokens(tune_index)), panel_number=number)
        except Refusal as refusal:
            svg, remark = None, str(refusal)
        log.info("%s: %s", title, remark or "drawn")
        panels.append(Panel(title, svg, remark))
    with whole_file(score_path) as temporary:
        temporary.write_text(side_by_side(panels), encoding="utf-8")


if __name__ == "__main__":
    run_job(main, snakemake)
