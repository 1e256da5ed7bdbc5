"""Run Snakemake with one line of progress instead of many lines for each job: `make run` runs this program.

    python -m workflow.run ARGUMENTS OF SNAKEMAKE

No published logger plugin of Snakemake's shows the time left, or plain lines where there is no terminal
(snakemake-logger-plugin-rich 0.5.1 has a bar for each rule, with the time that has passed). Snakemake's own log, in
`.snakemake/log/`, still has everything.
"""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from logging import ERROR, WARNING, LogRecord
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text
from snakemake.cli import main as run_snakemake
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

from folkprobe.refusal import Refusal
from study.cluster.costs import CALIBRATION_SECONDS, seconds_of
from study.cluster.preflight import read_arguments
from study.config import refuse_repeated_keys
from study.estimate import Estimate, in_words
from study.places import ROOT, refuse_read_only_folder

# In all, where there is no terminal.
_N_LINES = 20


class LogHandler(LogHandlerBase):
    """Snakemake's warnings, errors and what it says before and after the jobs; one line while they run."""

    writes_to_stream = True
    writes_to_file = has_formatter = needs_rulegraph = False

    def __post_init__(self) -> None:
        self.n_cores = 1
        self.estimate: Estimate | None = None
        self.is_running = False
        self.calibration: subprocess.Popen | None = None
        # By model: of studies side by side, each says its own.
        self.configs: dict[str, dict] = {}
        if not self.common_settings.dryrun:
            self.printed_path = _keep_what_jobs_print()
        stream = sys.stdout if self.common_settings.stdout else sys.stderr
        self.console = Console(file=stream, no_color=self.common_settings.nocolor, highlight=False, markup=False)
        self.progress = Progress(
            TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("jobs,"),
            _TimeLeft(self),
            console=self.console,
            expand=True,
            transient=True,
            refresh_per_second=2,
            disable=not self.console.is_interactive,
        )
        self.task = self.progress.add_task("")

    @property
    def has_filter(self) -> bool:
        """A run counts its jobs whatever `--quiet` hides; a dry run prints what Snakemake prints."""
        return not self.common_settings.dryrun

    def emit(self, record: LogRecord) -> None:
        """Show a record, or what follows from it."""
        try:
            self._show(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Remove the line."""
        if self.is_running:
            self._end()
        if self.calibration:
            self.calibration.kill()
            self.calibration.communicate()
        super().close()

    def time_left(self) -> str:
        """Return the estimate in words."""
        return in_words(self.estimate.seconds_left(time.time()))

    def _show(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        if hasattr(record, "config"):
            self._calibrate(record.config)
        if event == LogEvent.RESOURCES_INFO:
            self.n_cores = getattr(record, "cores", self.n_cores)
        elif event == LogEvent.RUN_INFO:
            if self.common_settings.dryrun:
                self._print(record)
            if self.estimate is None:
                self._begin(record.stats)
        elif self.is_running and event == LogEvent.JOB_INFO:
            self.estimate.start(record.jobid, record.rule_name, record.created)
            self.progress.update(self.task, description=self.estimate.stage, refresh=True)
        elif self.is_running and event == LogEvent.JOB_FINISHED:
            self.estimate.finish(record.job_id, record.created)
            self.progress.update(self.task, description=self.estimate.stage)
        elif self.is_running and event == LogEvent.PROGRESS:
            self._advance(record.done, record.total)
        elif self.common_settings.dryrun or record.levelno >= WARNING or (event is None and not self.is_running):
            self._print(record)
            if event == LogEvent.JOB_ERROR:
                self.estimate.fail(record.jobid)
                self.console.print(f"    all that jobs printed: {self.printed_path}", soft_wrap=True)
            elif event is None and record.levelno >= ERROR:
                self._end()

    def _calibrate(self, config: dict) -> None:
        """Measure the machine while Snakemake looks for the jobs."""
        self.configs[config["model"]] = config
        if self.calibration is None:
            command = [sys.executable, "-m", "study.cluster.calibration"]
            self.calibration = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603

    def _seconds_of(self, rule: str, calibration: dict[str, float]) -> float:
        # As `workflow/rules/compare.smk` names the rules of a study.
        model, _, name = rule.rpartition("__")
        config = self.configs.get(model) or next(reversed(self.configs.values()))
        return seconds_of(name, config, calibration)

    def _begin(self, n_jobs: dict[str, int]) -> None:
        n_jobs = {rule: number for rule, number in n_jobs.items() if rule != "total"}
        # It prints nothing if it fails, say for a damaged demo model.
        measured = json.loads(self.calibration.communicate()[0] or "null") or CALIBRATION_SECONDS
        seconds = {rule: self._seconds_of(rule, measured) for rule in n_jobs}
        self.estimate = Estimate(n_jobs, seconds, self.n_cores)
        cores = f"{self.n_cores} cores" if self.n_cores > 1 else "1 core"
        self.console.print(f"{self.estimate.n_jobs} jobs, {self.time_left()} on {cores} of this machine")
        if not self.common_settings.dryrun:
            self.is_running = True
            self.progress.update(self.task, total=self.estimate.n_jobs)
            self.progress.start()

    def _advance(self, done: int, total: int) -> None:
        self.progress.update(self.task, completed=done, total=total)
        if done == total:
            self._end()
        elif self.progress.disable and done * _N_LINES // total > (done - 1) * _N_LINES // total:
            stage = self.estimate.stage and f": {self.estimate.stage}"
            self.console.print(f"{done} of {total} jobs done, {self.time_left()} left{stage}", soft_wrap=True)

    def _end(self) -> None:
        self.is_running = False
        self.progress.stop()

    def _print(self, record: LogRecord) -> None:
        text = self.format(record)
        if text.strip() not in ("", "None"):
            style = "red" if record.levelno >= ERROR else "yellow" if record.levelno >= WARNING else ""
            self.console.print(Text(text, style), soft_wrap=True)


class _TimeLeft(ProgressColumn):
    """Changes between the events too."""

    def __init__(self, handler: LogHandler) -> None:
        super().__init__()
        self.handler = handler

    def render(self, task: Task) -> Text:  # noqa: ARG002
        return Text(f"{self.handler.time_left()} left")


def _keep_what_jobs_print() -> Path:
    """Let the processes of jobs, which inherit both streams, write to a file that is returned; each has its log too."""
    path = Path(f".snakemake/log/{datetime.now():%Y-%m-%dT%H%M%S.%f}.jobs.log").absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            stream.flush()
            number = stream.fileno()
            ours = os.fdopen(os.dup(number), "w", encoding=stream.encoding, errors=stream.errors, buffering=1)
            setattr(sys, name, ours)
            os.dup2(file.fileno(), number)
    return path


def run(name: str, plugin: ModuleType, arguments: list[str]) -> None:
    """Run Snakemake with these arguments and those of the command line; a module with a `LogHandler` shows its log."""
    try:
        refuse_read_only_folder()
        # Snakemake reads configurations before the Snakefile can check them, and deep YAML ends in its traceback.
        refuse_repeated_keys(read_arguments(sys.argv[1:]).configfile or [])
    except Refusal as refusal:
        sys.exit(str(refusal))
    LoggerPluginRegistry().register_plugin(f"snakemake_logger_plugin_{name}", plugin)
    run_snakemake(["--logger", name, *arguments, *sys.argv[1:]])


if __name__ == "__main__":
    # A job's log is shown if the job fails: what it prints to the terminal otherwise is not.
    run("progress", sys.modules[__name__], ["--show-failed-logs"])
