"""A study that runs on other machines gives the same bytes, and a cluster that would refuse it says so beforehand."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from project import HANG_SECONDS, ROOT, SMOKE, TARGETS, TINY_TARGETS, copy_project, tiny_project

from folkprobe.refusal import Refusal
from study.cluster.preflight import (
    Job,
    Partition,
    Submission,
    check_folder,
    check_submissions,
    choose_partition,
    estimated_minutes,
    minutes_of,
    preflight,
    read_arguments,
    submissions_of,
)
from study.cluster.preflight import partitions_of as read_partitions

PROFILE = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))


def _on_cluster(project, *arguments):
    """Run with the Slurm profile, which sets everything."""
    command = [sys.executable, "-m", "snakemake", "--nocolor", "--workflow-profile", "profiles/slurm", *arguments]
    ended = subprocess.run(
        command,
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def _hurry(project):
    """Let the profile wait for less than a real cluster needs."""
    path = project.folder / "profiles/slurm/config.yaml"
    profile = yaml.safe_load(path.read_text(encoding="utf-8"))
    # A job takes some 6 seconds; asked in vain, the plugin waits for 10 seconds longer.
    profile |= {"latency-wait": 20, "slurm-init-seconds-before-status-checks": 8}
    path.write_text(yaml.safe_dump(profile), encoding="utf-8")


def test_jobs_that_another_shell_runs_give_the_same_bytes(reference, tmp_path):
    """No Slurm: each job is a script that bash runs, and only files come back."""
    pytest.importorskip("snakemake_executor_plugin_cluster_generic", reason="SKIPPED: needs the extra `test`")
    far = tiny_project(tmp_path / "far", generation={"n_shards": 2})
    target = "results/tiny/intact/bars.csv"
    # Of the profile, what is not Slurm's own.
    path = far.folder / "profiles/slurm/config.yaml"
    general = {key: value for key, value in PROFILE.items() if not key.startswith("slurm")}
    (far.folder / "submit.sh").write_text('echo "$1" >> submitted.txt\nbash "$1"\n', encoding="utf-8")
    general |= {"executor": "cluster-generic", "cluster-generic-submit-cmd": "bash submit.sh", "latency-wait": 20}
    path.write_text(yaml.safe_dump(general), encoding="utf-8")
    _on_cluster(far, target)
    # fetch, convert, two shares; and gather with count, which the profile puts into one.
    assert len((far.folder / "submitted.txt").read_text().splitlines()) == 5
    digests = far.digests()
    made = {name for name in digests if not {"records", "shards"} & set(Path(name).parts)}
    assert target.removeprefix("results/") in made
    expected = reference.digests()
    assert [name for name in made if digests[name] != expected[name]] == []


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """A Slurm that answers: the machine's own, or one of one node that is ours."""
    if not shutil.which("sbatch"):
        pytest.skip("SKIPPED: needs Slurm (Debian packages munge and slurm-wlm)")
    pytest.importorskip("snakemake_executor_plugin_slurm", reason="SKIPPED: needs the extra `slurm`")
    # The workers of pytest-xdist take turns: there is one Slurm to a machine, and what one has started it stops.
    with (tmp_path_factory.getbasetemp().parent / "slurm.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if subprocess.run(["sinfo", "-h"], capture_output=True, check=False).returncode == 0:
            yield
            return
        if os.geteuid() != 0:
            pytest.skip("SKIPPED: Slurm is installed and does not answer; starting one needs root")
        folder = tmp_path_factory.mktemp("slurm")
        # nproc heeds it, and the node would have one core.
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        command = [ROOT / "tests/slurm/slurm-up.sh", folder]
        started = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if started.returncode:
            pytest.skip(f"SKIPPED: Slurm did not start ({started.stderr.strip().splitlines()[-1:]})")
        yield
        subprocess.run([ROOT / "tests/slurm/slurm-down.sh", folder], capture_output=True, check=True)


@pytest.mark.long
def test_slurm_gives_the_smoke_study_the_bytes_of_a_local_run(slurm, finished, tmp_path):
    far = copy_project(tmp_path)
    _hurry(far)
    output = _on_cluster(far, *TARGETS, "--configfile", SMOKE)
    assert output.count("submitted with SLURM jobid") > 20
    # One submission for what is done with a condition's tunes, one for many figures.
    assert "group_condition" in output
    assert "group_figures" in output
    assert far.digests() == finished.digests()


@pytest.mark.long
def test_slurm_gives_a_sharded_study_of_real_size_the_bytes_of_a_local_run(slurm, tmp_path, shared_file):
    checkpoint = {"source": str(shared_file("checkpoints/session-512.pkl"))}
    near, far = (
        tiny_project(tmp_path / name, checkpoint=checkpoint, generation={"n_tunes": 6, "n_shards": n_shards})
        for name, n_shards in (("near", 1), ("far", 3))
    )
    near.snakemake(*TINY_TARGETS, "--cores", "2")
    _hurry(far)
    # The first share may be the slowest: no other waits for it.
    path = far.folder / "workflow/scripts/generate_tunes.py"
    text = path.read_text(encoding="utf-8")
    slow = 'if snakemake.wildcards.shard == "0":\n        import time\n\n        time.sleep(40)\n    run_job('
    path.write_text(text.replace("run_job(main", f"{slow}main"), encoding="utf-8")
    assert "Submitted array job" not in _on_cluster(far, *TINY_TARGETS)
    path.write_text(text, encoding="utf-8")
    found = far.digests()
    # The records of the shards are those of another sharing, and of another script.
    expected = {name: digest for name, digest in near.digests().items() if "/records/" not in name}
    assert {name for name in expected if found.get(name) != expected[name]} == set()


def _preflight(project, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "study.cluster.preflight", *arguments],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANG_SECONDS,
    )


def test_the_check_asks_a_real_cluster(slurm, tmp_path):
    project = tiny_project(tmp_path)
    # An overlay that leaves conditions out.
    (project.folder / "mine.yaml").write_text("interventions: {pushes: {w1_pushed_up: null}}\n", encoding="utf-8")
    said = _preflight(project, "--configfile", "mine.yaml")
    assert said.returncode == 0, said.stderr
    assert re.search(r"^\d+ jobs in \d+ submissions for partition ", said.stdout)
    assert "About " in said.stdout
    path = project.folder / "profiles/slurm/config.yaml"
    for changes, sentence in (
        ({"slurm_partition": "lang"}, "there is no partition lang, name one of"),
        ({"mem_mb": 10**8}, "requests 100000000 MB, and no node of partition"),
    ):
        profile = PROFILE | {"default-resources": PROFILE["default-resources"] | changes}
        path.write_text(yaml.safe_dump(profile), encoding="utf-8")
        said = _preflight(project)
        assert said.returncode == 1
        assert sentence in said.stderr
        assert said.stderr.count("\n") == 1
    # What Snakemake would refuse.
    (project.folder / "mine.yaml").write_text("generation: {n_tune: 3}\n", encoding="utf-8")
    said = _preflight(project, "--configfile", "mine.yaml")
    assert said.returncode == 1
    assert "unknown config key generation.n_tune: allowed here are" in said.stderr
    # Not a folder that the node sees.
    path.write_text(yaml.safe_dump(PROFILE), encoding="utf-8")
    shutil.rmtree(project.folder / "results", ignore_errors=True)
    (project.folder / "results").symlink_to("/proc")
    said = _preflight(project)
    assert said.returncode == 1
    assert "cannot write to" in said.stderr


SINFO = """\
short*|2:00:00|64000|10/6/0/16
short*|2:00:00|128000+|0/32/0/32
long|7-00:00:00|256000|0/64/0/64
free|infinite|1000|0/4/0/4
"""


def test_partitions_are_read_with_their_limits():
    assert read_partitions(SINFO) == {
        "short": Partition("short", True, 120, 128000, 48),
        "long": Partition("long", False, 7 * 1440, 256000, 64),
        "free": Partition("free", False, float("inf"), 1000, 4),
    }


@pytest.mark.parametrize(
    ("text", "minutes"), [("30:00", 30), ("1:30:30", 90.5), ("1-00:00:00", 1440), ("infinite", float("inf"))]
)
def test_slurms_times_are_read(text, minutes):
    assert minutes_of(text) == minutes


def test_a_partition_is_the_profiles_or_the_clusters():
    partitions = read_partitions(SINFO)
    assert choose_partition(partitions, None).name == "short"
    assert choose_partition(partitions, "long").name == "long"
    with pytest.raises(Refusal, match=r"there is no partition lang, name one of short, long, free"):
        choose_partition(partitions, "lang")
    with pytest.raises(Refusal, match=r"the cluster has no default, name one of long, free"):
        choose_partition({name: partitions[name] for name in ("long", "free")}, None)


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ((), {"jobs": 100, "config": None, "configfile": []}),
        # `--config` is no abbreviation of `--configfile`.
        (("--config", "model=x", "generation={n_tunes: 500}"), {"config": ["model=x", "generation={n_tunes: 500}"]}),
        (("--configfile", "mine.yaml", "--jobs", "7"), {"configfile": [Path("mine.yaml")], "jobs": 7}),
        (("-j", "7", "results/demo/effects.csv"), {"jobs": 7, "targets": ["results/demo/effects.csv"]}),
        (("--keep-going", "--rerun-incomplete", "--until", "count_bars"), {"keep_going": True}),
    ],
)
def test_the_check_reads_arguments_as_snakemake_does(arguments, read):
    settings = vars(read_arguments(["--workflow-profile", str(ROOT / "profiles/slurm"), *arguments]))
    assert {name: settings[name] for name in read} == read


@pytest.mark.parametrize("argument", ["--nonsense", "--confi"])
def test_what_snakemake_would_not_understand_is_one_sentence(argument):
    with pytest.raises(Refusal, match="--confi|--nonsense") as refusal:
        read_arguments([argument, "model=x"])
    assert "\n" not in str(refusal.value)


SLURM = {"sinfo": "short*|2:00:00|128000|0/8/0/8\nlong|infinite|64000|0/4/0/4\n", "srun": ""}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--config", "model=x"), "for partition short, 8 at a time"),
        (("--jobs", "3"), "for partition short, 3 at a time"),
        (
            ("--default-resources", "slurm_partition=long", "slurm_account=us", "mem_mb=600", "runtime=5"),
            "for partition long, 4 at a time",
        ),
    ],
)
def test_what_is_meant_for_snakemake_reaches_it(tmp_path, monkeypatch, arguments, line):
    project = tiny_project(tmp_path)
    commands = []

    def run(command, **options):
        commands.append(command)
        if command[0] == sys.executable:
            return subprocess.run(command, **options, env=project.environment)
        if command[0] == "srun":
            Path(command[-1]).touch()
        return subprocess.CompletedProcess(command, 0, SLURM[command[0]], "")

    monkeypatch.chdir(project.folder)
    monkeypatch.setattr("shutil.which", lambda name: name)
    given = ["--workflow-profile", "profiles/slurm", *arguments]
    # The plan's own partition, model and account.
    assert line in preflight(given, run)[0]
    (planned,) = [command for command in commands if command[0] == sys.executable]
    assert planned[-len(given) :] == given
    assert ("--account=us" in commands[-1]) == ("slurm_account=us" in arguments)


def _alone(*jobs):
    return [Submission((job,)) for job in jobs]


def test_what_a_partition_would_not_give_is_refused():
    short = read_partitions(SINFO)["short"]
    check_submissions(_alone(Job("a", 128000, 120)), short)
    with pytest.raises(Refusal, match=r"rule b requests 128001 MB, and no node of partition short has more than 12"):
        check_submissions(_alone(Job("a", 5, 500), Job("b", 128001, 5)), short)
    with pytest.raises(Refusal, match=r"rule a requests 121 minutes, and partition short allows 120"):
        check_submissions(_alone(Job("a", 5, 121), Job("b", 5, 5)), short)


def test_a_plan_is_read_with_what_each_job_asks_for():
    text = (
        "rule count_bars:\n    input: a\n    output: b\n    jobid: 3\n"
        "    resources: tmpdir=/tmp, mem_mb=700, mem=700 MB, mem_mib=668, runtime=7\n\n"
        "localrule all:\n    input: b\n    resources: tmpdir=/tmp\n\n"
        "[a day] Group job figures (jobs in lexicogr. order):\n"
        "    rule plot_score:\n        input: a\n        resources: tmpdir=/tmp, mem_mb=600, runtime=5, slots=1\n"
    )
    assert submissions_of(text) == [
        Submission((Job("count_bars", 700, 7),)),
        Submission((Job("plot_score", 600, 5),), "figures"),
    ]


def test_a_group_is_one_submission_with_the_minutes_of_all_its_jobs():
    def job(rule, mem_mb, runtime, indent=""):
        return (
            f"{indent}[a day]\n{indent}rule {rule}:\n{indent}    output: a\n"
            f"{indent}    resources: mem_mb={mem_mb}, runtime={runtime}, slots=1\n"
        )

    text = (
        "Building DAG of jobs...\n[a day] Group job figures (jobs in lexicogr. order):\n\n"
        + job("plot_a", 600, 5, "    ")
        + job("plot_b", 900, 7, "    ")
        + "\n\n"
        + job("count_bars", 700, 8)
    )
    figures = (Job("plot_a", 600, 5), Job("plot_b", 900, 7))
    found = submissions_of(text)
    assert found == [Submission(figures, "figures"), Submission((Job("count_bars", 700, 8),))]
    with pytest.raises(Refusal, match=r"group figures of 2 jobs requests 12 minutes, .* smaller in the profile"):
        check_submissions(found, Partition("short", True, 10, 1000, 1))
    # One after the other, they need no more memory than one.
    with pytest.raises(Refusal, match=r"rule plot_b requests 900 MB, .*: lower generation.n_tunes or"):
        check_submissions(found, Partition("small", True, 100, 800, 1))
    check_submissions(found, Partition("enough", True, 12, 900, 1))


@pytest.mark.parametrize(
    ("rule", "remedy"),
    [("generate_tunes", "raise generation.n_shards"), ("generate_lesions", "lower lesion_study.n_conditions_per_job")],
)
def test_what_makes_a_job_smaller_is_said(rule, remedy):
    for job in (Job(rule, 2000, 1), Job(rule, 1, 2000)):
        with pytest.raises(Refusal, match=f": {remedy} or choose another partition"):
            check_submissions(_alone(job), Partition("tight", True, 10, 1000, 1))


def test_the_estimate_shares_work_out_but_not_the_longest_chain():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    plots = [Job("plot_score", 600, 5)] * 100
    alone, shared = (estimated_minutes(plots, config, n) for n in (1, 50))
    assert alone == pytest.approx(50 * shared)
    assert estimated_minutes(plots, config, 1, {"plot_score": "figures"}) < alone
    chain = [Job(rule, 600, 5) for rule in ("generate_tunes", "gather_tunes", "count_bars", "compare_conditions")]
    assert estimated_minutes(chain, config, 1) <= estimated_minutes(chain, config, 1000)


@pytest.mark.parametrize(
    ("does", "said", "sentence"),
    [
        ("writes", "", None),
        ("nothing", "", "the file did not appear"),
        ("nothing", "touch: cannot touch: No such file", "cannot touch"),
        ("nothing", "srun: error: Unable to allocate resources: Requested nodes are busy", None),
        ("nothing", "srun: error: Unable to allocate resources: Invalid account", "Invalid account"),
    ],
)
def test_a_folder_that_the_nodes_cannot_write_is_refused(tmp_path, does, said, sentence):
    def run(command, **options):
        assert "--account=us" in command
        if does == "writes":
            subprocess.run(command[-2:], check=True)
        return subprocess.CompletedProcess(command, 1, "", said)

    def check():
        check_folder(tmp_path / "results", read_partitions(SINFO)["long"], "us", run)

    if sentence is None:
        check()
    else:
        with pytest.raises(Refusal, match=f"the nodes of partition long cannot write to .*{sentence}"):
            check()
    assert list((tmp_path / "results").iterdir()) == []


def test_the_profile_keeps_the_defaults_and_what_slurm_needs():
    default = yaml.safe_load((ROOT / "profiles/default/config.yaml").read_text(encoding="utf-8"))
    assert default.items() <= PROFILE.items()
    assert PROFILE["slurm-status-command"] == "squeue"
    # It would take the place of each rule's threads.
    assert "cpus_per_task" not in PROFILE["default-resources"]
    assert {"mem_mb", "runtime"} <= PROFILE["default-resources"].keys()


def test_every_rule_that_the_profile_names_is_there():
    assert PROFILE["groups"].keys() <= {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}


def test_no_job_waits_for_the_output_of_the_first_of_an_array():
    """The plugin 2.8.0 lets all tasks do so; tried again, by hand, with every new version of it."""
    assert "slurm-array-jobs" not in PROFILE
    lock = (ROOT / "requirements-slurm.lock").read_text(encoding="utf-8")
    assert "snakemake-executor-plugin-slurm==2.8.0 " in lock
