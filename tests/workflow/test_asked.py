"""Configurations of a study that somebody mailed."""

import pytest
from project import ROOT

from folkprobe.refusal import Refusal
from workflow.asked import merged_config


def test_overlays_go_one_over_the_other_and_leave_out_nulls():
    config = merged_config(["config/config.yaml", "config/smoke.yaml"], {"generation": {"n_tunes": 7}}, ROOT)
    assert (config["model"], config["generation"]["n_tunes"], config["generation"]["temperature"]) == ("smoke", 7, 1.0)
    assert list(config["lesion_study"]["families"]) == ["third"]


@pytest.mark.parametrize("file", ["/dev/null", "config", "config/none.yaml", "README.md"])
def test_what_is_no_configuration_is_not_read(file):
    with pytest.raises(Refusal, match="is no longer there or cannot be read"):
        merged_config([file], {}, ROOT)
