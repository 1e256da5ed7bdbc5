"""What a job asks of a cluster: memory and time, as functions of the number of tunes and the model's size.

Measured by `benchmarks/scale.py` and the `benchmark:` files of the rules; `tests/workflow/test_resources.py` holds the
two together.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from workflow.lesion_study import lesion_batches, lesion_conditions
from workflow.study import ROOT, given_files

# Room for another processor, another disk and other users.
_TIMES_MEMORY = 1.5
_TIMES_SECONDS = 6
_MINUTES_AT_LEAST = 5
_MB_AT_LEAST = 600
# folk-rnn v2, whose size is not known before it is downloaded.
_MODEL_MB_OF_A_URL = 22.5
# Of an average tune; one of max_steps steps takes longer in proportion.
_STEPS_PER_TUNE = 150
# A job steps until its longest tune ends, at last with hardly any beside it: that takes as long as so many tunes do.
_TUNES_IN_VAIN = 90


@dataclass(frozen=True)
class Cost:
    """CPU-seconds and MB of a job on one core.

    Attributes
    ----------
    seconds, mem_mb : float
        Of a job without tunes: start and imports.
    seconds_per_tune, mem_mb_per_tune : float
        More for each tune of the usual length.
    seconds_per_tune_and_mb : float
        More for each tune and MB of the model's file (4 bytes a parameter).
    mem_mb_per_mb : float
        More for each MB of the model's file.
    """

    seconds: float
    mem_mb: float
    seconds_per_tune: float = 0.0
    seconds_per_tune_and_mb: float = 0.0
    mem_mb_per_tune: float = 0.0
    mem_mb_per_mb: float = 0.0


COSTS = {
    "generate_tunes": Cost(0.6, 80, 0.0, 0.002, 0.005, 3.5),
    "generate_lesions": Cost(0.6, 120, 0.0, 0.0035, 0.03, 8.0),
    "gather_lesions": Cost(0.2, 60, 0.00001, 0.0, 0.001),
    "count_lesions": Cost(0.7, 110, 0.0006, 0.0, 0.005, 4.0),
    "count_bars": Cost(0.4, 90, 0.00025, 0.0, 0.01),
    "gather_tunes": Cost(0.15, 70, 0.00001, 0.0, 0.005),
    "write_abc": Cost(0.3, 70, 0.0011, 0.0, 0.005),
    "capture_trajectories": Cost(0.8, 400, 0.0, 0.0022, 0.005, 20.0),
    "estimate_spectra": Cost(0.5, 110, 0.0015, 0.0001, 0.001, 2.0),
    "project_hidden_state": Cost(0.2, 70, 0.0003, 0.0002, 0.4, 4.0),
    "estimate_lines": Cost(3.0, 180, 0.0, 0.0, 0.0, 2.0),
    "estimate_band_lines": Cost(0.9, 180, 0.003, 0.0003, 0.03, 1.0),
    "estimate_responses": Cost(0.5, 140, 0.0035, 0.0012, 0.2, 4.0),
    "estimate_auc": Cost(0.3, 100, 0.0055, 0.0, 0.2, 1.0),
    "compare_conditions": Cost(0.7, 150, 0.00005, 0.0, 0.003),
    "compare_interventions": Cost(0.3, 105, 0.001, 0.0, 0.16),
    "compare_replays": Cost(0.4, 110, 0.003, 0.001, 0.5, 1.0),
}
# A short job: start, imports, one figure or table.
OTHER = Cost(1.3, 220, 0.0005, 0.0, 0.02, 2.0)


def mem_mb(rule: str, config: dict) -> int:
    """Give the memory that a job of a rule asks for.

    Parameters
    ----------
    rule : str
    config : dict
        Checked.

    Returns
    -------
    int
        MB.
    """
    cost, n_tunes = COSTS.get(rule, OTHER), _n_tunes(rule, config)
    measured = cost.mem_mb + cost.mem_mb_per_tune * n_tunes + cost.mem_mb_per_mb * _model_mb(config)
    return max(_MB_AT_LEAST, 100 * math.ceil(_TIMES_MEMORY * measured / 100))


def runtime_minutes(rule: str, config: dict) -> int:
    """Give the time that a job of a rule asks for.

    Parameters
    ----------
    rule : str
    config : dict
        Checked.

    Returns
    -------
    int
        Minutes.
    """
    return max(_MINUTES_AT_LEAST, math.ceil(_TIMES_SECONDS * seconds_of(rule, config) / 60))


def seconds_of(rule: str, config: dict) -> float:
    """Give what a job of a rule takes, on average, on the processor on which it was measured.

    Parameters
    ----------
    rule : str
    config : dict
        Checked.

    Returns
    -------
    float
        CPU-seconds.
    """
    cost = COSTS.get(rule, OTHER)
    seconds_per_tune = cost.seconds_per_tune + cost.seconds_per_tune_and_mb * _model_mb(config)
    return cost.seconds + seconds_per_tune * _n_tunes(rule, config)


def _n_tunes(rule: str, config: dict) -> float:
    """Count the tunes that a job of a rule works on, in tunes of the usual length."""
    n_tunes, n_replayed = config["generation"]["n_tunes"], config["trajectories"]["n_tunes"]
    # What tunes that never end would take, in the worst case a tenth of them.
    longer = max(1.0, 0.1 * config["generation"]["max_steps"] / _STEPS_PER_TUNE)
    n_lesions = len(lesion_conditions(config))
    n_lesions_at_once = math.ceil(n_lesions / max(1, len(lesion_batches(config))))
    of_rule = {
        "generate_tunes": math.ceil(n_tunes / config["generation"]["n_shards"]) + _TUNES_IN_VAIN,
        "capture_trajectories": n_replayed + _TUNES_IN_VAIN,
        "generate_lesions": (n_tunes + _TUNES_IN_VAIN) * n_lesions_at_once,
        **dict.fromkeys(("gather_lesions", "count_lesions", "compare_conditions"), n_tunes * n_lesions),
        **dict.fromkeys(("gather_tunes", "write_abc", "count_bars", "compare_interventions"), n_tunes),
    }
    return longer * of_rule.get(rule, n_replayed)


def _model_mb(config: dict) -> float:
    paths = given_files(config)["checkpoint.source"]
    return sum((ROOT / Path(path)).stat().st_size for path in paths) / 1e6 or _MODEL_MB_OF_A_URL
