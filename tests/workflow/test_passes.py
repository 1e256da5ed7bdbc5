"""Snakemake looks for jobs to start when one has ended, not every second besides."""

import sys

WITHOUT_TIMERS = "import threading; threading.Timer = None; from snakemake.cli import main; main()"


def test_no_pass_of_the_scheduler_is_planned_by_the_clock(project):
    project.command = (sys.executable, "-c", WITHOUT_TIMERS, "--cores", "1")
    project.snakemake("results/demo/window_tables.csv", "results/demo/source/checkpoint")
