"""A study of many tunes is no larger a plan than one of few."""

import re


def _n_jobs(project, overlay):
    (project.folder / "overlay.yaml").write_text(overlay)
    ended = project.snakemake("--dry-run", "--configfile", "overlay.yaml")
    return int(re.search(r"^total +(\d+)$", ended.stdout + ended.stderr, re.MULTILINE).group(1))


def test_ten_thousand_tunes_are_as_many_jobs_as_a_hundred_and_a_few_hundred_in_shards(project):
    hundred = _n_jobs(project, "generation: {n_tunes: 100}")
    assert _n_jobs(project, "generation: {n_tunes: 10000}") == hundred < 250
    assert _n_jobs(project, "generation: {n_tunes: 10000, n_shards: 16}") < 500
