"""What each change of the project makes again, and what it must: the whole matrix, to docs/invalidation.md.

Half an hour on two cores. The smoke study runs first, in a temporary copy, unless a copy in which it has is given.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from mutations import all_mutations, compare, data_files_read
from planning import Planner
from project import TARGETS, Project, copy_project

HEAD = """# Exact invalidation

Promise: editing one source file, one value of the configuration or one input makes again exactly what depends on it.
Below, {n_changes} of the {n_all} changes that the tests know of everything in the project ({drawn}) were made under a
finished smoke study of {n_jobs} jobs, one change a time, and what `snakemake -n` would run was compared with what must.
`benchmarks/invalidation.py` wrote this page; of the tests, `tests/workflow/test_invalidation.py` takes one change of
every kind each time, and all under `make test-full`.

What must run is worked out without Snakemake's reasons and without our own digests: the jobs whose script imports the
changed file (by the standard library's `modulefinder`) or was seen to open it (a style sheet), that read the changed
file, or whose script would be handed something else; whatever reads what they make; and what has to be made again for
them because it was temporary (shards of tunes).

- Modification times are ignored: a comment counts as a change of a source, and an edited source with its old time
  stamp counts as well as any other. A comment in the configuration or in a rule changes no job; one in the Snakefile
  changes the crate, which holds a copy of it.
- A result that was edited by hand makes again what reads it; it is not made again itself, and where its time stamp was
  restored nothing is: `python -m folkprobe audit` tells.
- Two values, inputs or outputs that change places are changes, though the set of them stays the same.

Of {n_changes} changes {n_exact} were answered exactly; {n_missing} jobs too few, {n_superfluous} too many.

| what | change | changes | jobs that must run | jobs that would | too few | too many |
|---|---|--:|--:|--:|--:|--:|
"""


def measure(project, mutations, readers, rows):
    """Compare each mutation in one copy of the project, and append (mutation, expected, found)."""
    planner = Planner(project)
    base = planner.plan()
    assert not [job.name for job in base.values() if job.would_run], "the study is not finished"
    for mutation in mutations:
        try:
            expected, found = compare(project, planner, base, mutation, readers)
        except Exception as error:
            raise RuntimeError(f"no plan under the change {mutation}") from error
        rows.append((mutation, expected, found))
        if expected != found:
            print(mutation, "| too few:", *expected - found, "| too many:", *found - expected, flush=True)
    planner.close()
    return len(base)


def write_page(rows, n_jobs, n_all, path):
    rows = sorted(rows, key=lambda row: str(row[0]))
    groups = {}
    for mutation, expected, found in rows:
        groups.setdefault((mutation.subject, mutation.change), []).append((expected, found))
    page = HEAD.format(
        n_jobs=n_jobs,
        n_all=f"{n_all:,}",
        drawn="all" if len(rows) == n_all else "drawn at random",
        n_changes=f"{len(rows):,}",
        n_exact=f"{sum(expected == found for _, expected, found in rows):,}",
        n_missing=sum(len(expected - found) for _, expected, found in rows),
        n_superfluous=sum(len(found - expected) for _, expected, found in rows),
    )
    for (subject, change), pairs in groups.items():
        sums = (
            len(pairs),
            sum(len(expected) for expected, _ in pairs),
            sum(len(found) for _, found in pairs),
            sum(len(expected - found) for expected, found in pairs),
            sum(len(found - expected) for expected, found in pairs),
        )
        page += f"| {subject} | {change} | " + " | ".join(f"{number:,}" for number in sums) + " |\n"
    path.write_text(page, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="a copy of the project in which the traced smoke study has run")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--n-changes", type=int, help="only so many, drawn at random")
    parser.add_argument("--page", type=Path, default=ROOT / "docs/invalidation.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.study:
            study = Project(arguments.study)
        else:
            Path(folder, "study").mkdir()
            study = copy_project(Path(folder, "study"))
            study.traces.mkdir()
            study.smoke(*TARGETS)
        mutations, n = all_mutations(), arguments.processes
        n_all = len(mutations)
        mutations = random.Random(9).sample(mutations, arguments.n_changes or n_all)
        copies, rows = [], []
        for number in range(n):
            # Modification times are copied too; the study itself is not changed.
            shutil.copytree(study.folder, Path(folder, f"copy {number}"))
            copies.append(Project(Path(folder, f"copy {number}")))
        traces = [json.loads(path.read_text(encoding="utf-8")) for path in study.traces.iterdir()]
        n_jobs = len({(trace["rule"], *trace["wildcards"].values()) for trace in traces})
        readers = data_files_read(study.folder, traces)
        with ThreadPoolExecutor(n) as pool:
            running = [
                pool.submit(measure, copy, mutations[number::n], readers, rows) for number, copy in enumerate(copies)
            ]
            # If interrupted, the page covers the changes so far, which are a random sample.
            while wait(running, timeout=20, return_when=FIRST_EXCEPTION).not_done:
                # A change that cannot be planned ends the measurement with its name.
                for part in running:
                    if part.done():
                        part.result()
                print(f"{len(rows)} of {len(mutations)}", flush=True)
                write_page(list(rows), n_jobs, n_all, arguments.page)
    (n_jobs,) = {part.result() for part in running}
    write_page(rows, n_jobs, n_all, arguments.page)


if __name__ == "__main__":
    main()
