"""Tell which jobs would run, why, and how long they would take, a line a reason: `make plan` runs this program.

python -m workflow.plan ARGUMENTS OF SNAKEMAKE
"""

import sys
from collections.abc import Iterator
from logging import WARNING, LogRecord

from snakemake_interface_logger_plugins.common import LogEvent

from study.cluster.preflight import read_arguments
from study.plan import Planned, told
from workflow.ask import answer
from workflow.run import LogHandler as RunHandler
from workflow.run import run


class LogHandler(RunHandler):
    """Keeps the jobs of a dry run, and tells them at its end."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.n_cores = max(1, read_arguments(sys.argv[1:]).cores or 1)
        self.workflow = None
        self.jobs: list[LogRecord] = []

    @property
    def has_filter(self) -> bool:
        """Whatever `--quiet` hides, jobs are told."""
        return True

    def close(self) -> None:
        """Tell the jobs, once."""
        planned, self.jobs = list(self._planned()), []
        for line in told(planned, self.configs):
            self.console.print(line, soft_wrap=True)
        super().close()

    def _planned(self) -> Iterator[Planned]:
        rules = {rule.name: rule for rule in self.workflow.rules} if self.jobs else {}
        for job in self.jobs:
            asked = answer(rules, job.rule_name, dict(job.wildcards))
            # `all`, and rules of others.
            if "missing" not in asked:
                yield Planned(job.rule_name, asked, job.reason)

    def _show(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        if hasattr(record, "config"):
            self.workflow = record.workflow
            self._calibrate(record.config)
        elif event == LogEvent.RUN_INFO and self.estimate is None:
            self._begin(record.stats)
        elif event == LogEvent.JOB_INFO:
            self.jobs.append(record)
        elif record.levelno >= WARNING or record.getMessage().startswith("Nothing to be done"):
            self._print(record)


if __name__ == "__main__":
    run("plan", sys.modules[__name__], ["--dry-run"])
