"""Draw how the count moves when bar tokens are inserted and omitted, and notes lengthened."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.counting import draw_estimates, say_if_empty
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.palette import MARKERS
from folkprobe.provenance.job import run_job

# Beside one another.
APART_EIGHTHS = 0.2
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1)))


def main(*, phase_response_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel a perturbation, and the table."""
    table = pd.read_csv(phase_response_path)

    def of(quantity: str) -> pd.DataFrame:
        return table[table["quantity"] == quantity]

    with new_figure(height_mm=130) as figure:
        panels = figure.subplot_mosaic([["inserted", "substituted"], ["omitted", "omitted"]])
        inserted, omitted, substituted = (panels[name] for name in ("inserted", "omitted", "substituted"))
        by_count = of("reset_index").dropna(subset="elapsed_eighths").sort_values("elapsed_eighths")
        draw_estimates(inserted, by_count, x="elapsed_eighths")
        inserted.set(title="a bar token inserted", xlabel="eighths elapsed", ylabel="reset index")
        for y in (0, 1):
            inserted.axhline(y, color="0.6", linewidth=0.8, linestyle=":", zorder=0)
        after = of("bar_probability")
        for number, (name, rows) in enumerate(after.groupby("perturbation")):
            beside = rows.assign(elapsed_eighths=rows["elapsed_eighths"] + APART_EIGHTHS * number)
            style = {
                "color": f"C{number}",
                "marker": MARKERS[number % len(MARKERS)],
                "linestyle": DASHES[number % len(DASHES)],
            }
            draw_estimates(omitted, beside, x="elapsed_eighths", label=name.removeprefix("omit_"), **style)
        omitted.set(
            title="bar tokens omitted", xlabel="eighths since the last bar token", ylabel="probability of a bar token"
        )
        say_if_empty(omitted, after)
        if len(after):
            omitted.legend(title="omitted in a row", loc="upper right", ncols=3)
        by_token = of("eighths_to_bar")
        by_token = by_token.assign(token=by_token["perturbation"].str.removeprefix("substitute_"))
        draw_estimates(substituted, by_token, x="token", linestyle="none")
        for row in of("slope").itertuples():
            slope = f"slope {row.estimate:.2f} [{row.lower:.2f}, {row.upper:.2f}]".replace("-", "\N{MINUS SIGN}")
            substituted.text(0.05, 0.05, slope, transform=substituted.transAxes)
        substituted.set(title="one token added", xlabel="token", ylabel="eighths until a bar token is due")
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
