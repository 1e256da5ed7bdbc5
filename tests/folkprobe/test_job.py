"""What a job tells its log and the terminal."""

import logging

import pytest

from folkprobe.evidence.job import job_log
from folkprobe.refusal import Refusal

LOG = logging.getLogger("folkprobe.test")


def test_lines_go_to_the_log_and_to_standard_error(tmp_path, capfd):
    with job_log(tmp_path / "a.log"):
        LOG.info("%d tunes", 3)
    LOG.info("afterwards")
    assert (tmp_path / "a.log").read_text() == "3 tunes\n"
    assert capfd.readouterr().err == "3 tunes\n"


def test_a_refusal_is_one_sentence_and_a_failed_job(tmp_path, capfd):
    with pytest.raises(SystemExit) as ending, job_log(tmp_path / "a.log"):
        raise Refusal("a.pkl: no")
    assert ending.value.code == 1
    assert (tmp_path / "a.log").read_text() == capfd.readouterr().err == "a.pkl: no\n"


def test_a_defect_keeps_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), job_log(tmp_path / "a.log"):
        raise ZeroDivisionError
    log = (tmp_path / "a.log").read_text()
    assert "defect of folkprobe" in log
    assert "Traceback" in log
