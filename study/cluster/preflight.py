"""Check, before anything is queued, whether a Slurm cluster would accept the study: `make slurm-check`."""

import argparse
import io
import math
import re
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import yaml
from snakemake.cli import parse_args, parse_config
from snakemake.exceptions import CliException

from folkprobe.refusal import Refusal
from study.checks import complete_config, default_config, merge_configs
from study.cluster.costs import seconds_of
from study.config import read_nodes

# Submission, wait until the next status check, and Snakemake's start on the node.
_SECONDS_PER_JOB = 8
_SECONDS_PER_GROUPED_JOB = 3
_SECONDS_TO_WAIT_FOR_A_NODE = 60
_FEWER_TUNES = "lower generation.n_tunes"
_SMALLER = {
    "generate_tunes": "raise generation.n_shards",
    "generate_lesions": "lower lesion_study.n_conditions_per_job",
}
_Run = Callable[..., subprocess.CompletedProcess]


@dataclass(frozen=True)
class Partition:
    """A partition of the cluster and its limits.

    Attributes
    ----------
    name : str
    is_default : bool
    minutes : float
        Of a job; inf without a limit.
    mem_mb : int
        Of its largest node.
    n_cores : int
        Of all its nodes.
    """

    name: str
    is_default: bool
    minutes: float
    mem_mb: int
    n_cores: int


@dataclass(frozen=True)
class Job:
    """One job of a dry run."""

    rule: str
    mem_mb: int
    minutes: int


@dataclass(frozen=True)
class Submission:
    """One request to the cluster.

    Attributes
    ----------
    jobs : tuple of Job
        One, or those of a group, which run one after the other.
    group : str or None
        The group's name.
    """

    jobs: tuple[Job, ...]
    group: str | None = None

    @property
    def largest(self) -> Job:
        """The job that requests the most memory."""
        return max(self.jobs, key=lambda job: job.mem_mb)

    @property
    def minutes(self) -> int:
        """The sum over all jobs."""
        return sum(job.minutes for job in self.jobs)


def minutes_of(limit: str) -> float:
    """Convert Slurm's time limit to minutes; ``infinite`` is inf.

    Otherwise it has the form ``[days-]hours:minutes:seconds`` without leading parts that are zero.
    """
    if limit in ("infinite", "n/a"):
        return float("inf")
    days, _, clock = limit.rpartition("-")
    parts = [int(part) for part in clock.split(":")]
    hours, minutes, seconds = [0] * (3 - len(parts)) + parts
    return int(days or 0) * 1440 + hours * 60 + minutes + seconds / 60


def partitions_of(text: str) -> dict[str, Partition]:
    """Parse the output of ``sinfo -h -o '%P|%l|%m|%C'``, a line for each kind of node of each partition."""
    partitions: dict[str, Partition] = {}
    for line in text.split():
        name, limit, memory, cores = line.split("|")
        is_default, name = name.endswith("*"), name.rstrip("*")
        before = partitions.get(name, Partition(name, is_default, 0.0, 0, 0))
        partitions[name] = Partition(
            name,
            is_default,
            minutes_of(limit),
            max(before.mem_mb, int(memory.rstrip("+"))),
            before.n_cores + int(cores.rsplit("/", 1)[-1]),
        )
    return partitions


def submissions_of(text: str) -> list[Submission]:
    """Parse the output of a dry run into the submissions that a cluster would receive.

    The rule `all` is left out: it runs where Snakemake does.
    """
    submissions = []
    # The jobs of a group are indented.
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        jobs = []
        for rule, line in re.findall(r"^ *rule (\w+):\n(?: +.*\n)*? +resources: (.*)$", block, re.MULTILINE):
            asked = dict(part.split("=", 1) for part in line.split(", ") if "=" in part)
            jobs.append(Job(rule, int(asked.get("mem_mb", 0)), int(asked.get("runtime", 0))))
        group = re.search(r"^\S.*Group job (\w+)", block)
        if jobs:
            submissions.append(Submission(tuple(jobs), group and group[1]))
    return submissions


def choose_partition(partitions: dict[str, Partition], wanted: str | None) -> Partition:
    """Return the partition that the jobs go to.

    Parameters
    ----------
    partitions : dict of str to Partition
    wanted : str or None
        The profile's; None for the cluster's default.

    Raises
    ------
    Refusal
        If there is none of that name, or no default.
    """
    known = ", ".join(partitions) or "none"
    if wanted is None:
        for partition in partitions.values():
            if partition.is_default:
                return partition
        raise Refusal(f"profile key default-resources.slurm_partition: the cluster has no default, name one of {known}")
    if wanted not in partitions:
        raise Refusal(
            f"profile key default-resources.slurm_partition: there is no partition {wanted}, name one of {known}"
        )
    return partitions[wanted]


def check_submissions(submissions: Sequence[Submission], partition: Partition) -> None:
    """Refuse a study with a submission that exceeds the partition's limits.

    Parameters
    ----------
    submissions : sequence of Submission
        At least one.
    partition : Partition

    Raises
    ------
    Refusal
        Naming the rule or the group that requests most, and what would make it smaller.
    """
    largest = max((each.largest for each in submissions), key=lambda job: job.mem_mb)
    longest = max(submissions, key=lambda each: each.minutes)
    if largest.mem_mb > partition.mem_mb:
        raise Refusal(
            f"rule {largest.rule} requests {largest.mem_mb} MB, and no node of partition {partition.name} has more "
            f"than {partition.mem_mb}: {_SMALLER.get(largest.rule, _FEWER_TUNES)} or choose another partition"
        )
    if longest.minutes > partition.minutes:
        if longest.group:
            name = f"group {longest.group} of {len(longest.jobs)} jobs"
            remedy = "make it smaller in the profile (groups, group-components)"
        else:
            name, remedy = f"rule {longest.jobs[0].rule}", _SMALLER.get(longest.jobs[0].rule, _FEWER_TUNES)
        raise Refusal(
            f"{name} requests {longest.minutes} minutes, and partition {partition.name} allows {partition.minutes:g}: "
            f"{remedy} or choose another partition"
        )


def estimated_minutes(jobs: Sequence[Job], config: dict, n_at_once: int, grouped: Collection[str] = ()) -> float:
    """Estimate how long the jobs take on an idle cluster.

    Parameters
    ----------
    jobs : sequence of Job
    config : dict
        The whole configuration.
    n_at_once : int
        Jobs that run at a time.
    grouped : collection of str
        Rules whose jobs share submissions.

    Returns
    -------
    float
        Total work divided by `n_at_once`, but at least the longest chain of rules, each of which waits for its slowest
        job.
    """
    seconds = {
        rule: seconds_of(rule, config) + (_SECONDS_PER_GROUPED_JOB if rule in grouped else _SECONDS_PER_JOB)
        for rule in {job.rule for job in jobs}
    }
    work = sum(seconds[rule] * n for rule, n in Counter(job.rule for job in jobs).items()) / n_at_once
    chain = ("fetch_checkpoint", "convert_checkpoint", "generate_tunes", "gather_tunes", "capture_trajectories",
             "estimate_spectra", "select_units", "excise_units", "generate_tunes", "gather_tunes", "count_bars",
             "compare_conditions", "plot_bar_shares")  # fmt: skip
    return max(work, sum(seconds.get(rule, 0) for rule in chain)) / 60


def check_folder(folder: Path, partition: Partition, account: str | None, run: _Run) -> None:
    """Let a node write a file into a folder, and check that it appears here.

    Parameters
    ----------
    folder : Path
    partition : Partition
    account : str or None
        The profile's, where the cluster bills.
    run : callable
        As `subprocess.run`.

    Raises
    ------
    Refusal
        If the node cannot write it, or the file does not appear.
    """
    folder.mkdir(parents=True, exist_ok=True)
    witness = folder / f".preflight.{secrets.token_hex(4)}"
    command = ["srun", f"--partition={partition.name}", "--ntasks=1", "--mem=100", "--time=1",
               f"--immediate={_SECONDS_TO_WAIT_FOR_A_NODE}", *([f"--account={account}"] if account else []),
               "touch", str(witness.resolve())]  # fmt: skip
    try:
        ended = run(command, capture_output=True, text=True, check=False, cwd="/")
        if witness.exists():
            return
        said = " ".join(ended.stderr.split())
        if re.search("busy|immediate|timed out", said, re.IGNORECASE):
            print(f"No node was free within {_SECONDS_TO_WAIT_FOR_A_NODE} s to write to {folder} for a try ({said}).")
            return
        raise Refusal(
            f"the nodes of partition {partition.name} cannot write to {folder.resolve()} as this machine sees it "
            f"({said or 'the file did not appear'}): work in a folder that they share"
        )
    finally:
        witness.unlink(missing_ok=True)


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return Snakemake's own reading of its arguments, those of the profile included; a Refusal with its complaint."""
    said = io.StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(said):
            return parse_args(list(arguments))[1]
    except SystemExit:
        # The last line, after the whole usage.
        raise Refusal(said.getvalue().strip().rpartition("error: ")[2] or "give ARGS as for snakemake") from None
    except (CliException, OSError) as error:
        raise Refusal(f"{getattr(error, 'msg', error)}") from None


def preflight(arguments: Sequence[str], run: _Run = subprocess.run) -> list[str]:
    """Check for everything that would make the cluster refuse the study.

    Parameters
    ----------
    arguments : sequence of str
        Snakemake's, with a workflow profile.
    run : callable
        As `subprocess.run`.

    Returns
    -------
    list of str
        What to expect, one line per item.

    Raises
    ------
    Refusal
        For the first thing that the cluster would refuse.
    """
    settings = read_arguments(arguments)
    for path in (Path(settings.workflow_profile) / "config.yaml", *settings.configfile):
        read_nodes(path)
    if not shutil.which("sbatch"):
        raise Refusal("sbatch is not installed on this machine: run this on a machine that submits to the cluster")
    said = run(["sinfo", "-h", "-o", "%P|%l|%m|%C"], capture_output=True, text=True, check=False)
    if said.returncode:
        raise Refusal(f"Slurm does not answer ({' '.join(said.stderr.split())}): try again when sinfo does")
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--nocolor", *arguments]
    planned = run(command, capture_output=True, text=True, check=False)
    plan = planned.stdout + planned.stderr
    if planned.returncode:
        lines = [line.strip() for line in plan.splitlines() if line.strip()]
        # Snakemake prints, before or after a refusal, where in the Snakefile it was raised.
        raise Refusal(next((line for line in lines if "config key" in line), " ".join(lines[-3:])))
    submissions = submissions_of(plan)
    if not submissions:
        return ["Nothing is left to do."]
    # Whatever set them: the profile, --default-resources or --set-resources.
    partition = choose_partition(partitions_of(said.stdout), _resource_of(plan, "slurm_partition"))
    check_submissions(submissions, partition)
    check_folder(Path("results"), partition, _resource_of(plan, "slurm_account"), run)
    n_at_once = min(settings.jobs or 1, partition.n_cores)
    texts = [Path(path).read_text(encoding="utf-8") for path in settings.configfile]
    overlays = [*(yaml.safe_load(text) or {} for text in texts), parse_config(settings.config)]
    config = reduce(merge_configs, overlays, default_config())
    complete_config(config)
    jobs = [job for each in submissions for job in each.jobs]
    minutes = estimated_minutes(jobs, config, n_at_once, settings.groups or {})
    largest, longest = max(job.mem_mb for job in jobs), max(each.minutes for each in submissions)
    return [
        f"{len(jobs)} jobs in {len(submissions)} submissions for partition {partition.name}, {n_at_once} at a time.",
        f"The largest asks for {largest} MB, the longest for {longest} minutes, a multiple of what is expected.",
        f"About {math.ceil(minutes)} minutes on free nodes like those it was measured on.",
    ]


def _resource_of(plan: str, name: str) -> str | None:
    """Return the text value of a resource of the first job of a dry run that has it."""
    found = re.search(rf"^ +resources: .*\b{name}=([^,\n]+)", plan, re.MULTILINE)
    return found and found[1].strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, whose arguments are Snakemake's; 1 after a refusal, which goes to standard error."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        # The last profile that is given counts.
        print(*preflight(["--workflow-profile", "profiles/slurm", *arguments]), sep="\n")
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
