"""What a job requests of a cluster: memory and time, as functions of the number of tunes and the model's size.

Measured by `benchmarks/jobs.py` (whole studies, docs/jobs.json) and `benchmarks/scale.py` (stages, docs/scale.json);
`tests/workflow/test_resources.py` keeps the three consistent. A rule that is not among COSTS requests the profile's
default, which is the smallest request of any rule.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from study.conditions import conditions, given_files, replay_block
from study.counting import n_interchange_steps, n_phase_steps
from study.lesions import lesion_batches, lesion_conditions

# A margin for another processor, another disk and other users.
_TIMES_MEMORY = 1.5
_TIMES_SECONDS = 6
_MINUTES_AT_LEAST = 5
_MB_AT_LEAST = 600
# Of folk-rnn v2: the size of a URL's file is not known before the download.
_MODEL_MB_OF_A_URL = 22.5
# Of an average tune; a tune of max_steps steps takes proportionally longer.
_STEPS_PER_TUNE = 150
_STRAGGLER_TUNES_PER_STEP = 0.09


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU-seconds and MB of a job on one core.

    Attributes
    ----------
    seconds, mem_mb : float
        Of a job without tunes: start and imports.
    seconds_per_tune, mem_mb_per_tune : float
        Added for each tune of average length.
    seconds_per_tune_and_mb, mem_mb_per_tune_and_mb : float
        Added for each tune and MB of the model's file (4 bytes a parameter).
    mem_mb_per_mb : float
        Added for each MB of the model's file.
    n_tunes_held : float
        The number of tunes from which memory no longer grows.
    """

    seconds: float
    mem_mb: float
    seconds_per_tune: float = 0.0
    seconds_per_tune_and_mb: float = 0.0
    mem_mb_per_tune: float = 0.0
    mem_mb_per_mb: float = 0.0
    mem_mb_per_tune_and_mb: float = 0.0
    n_tunes_held: float = math.inf


COSTS = {
    "generate_tunes": Cost(
        seconds=4.0, mem_mb=80, seconds_per_tune_and_mb=0.004, mem_mb_per_tune=0.005, mem_mb_per_mb=3.5
    ),
    "generate_lesions": Cost(
        seconds=4.0, mem_mb=120, seconds_per_tune_and_mb=0.005, mem_mb_per_tune=0.03, mem_mb_per_mb=8.0
    ),
    "interchange_counts": Cost(
        seconds=1.5, mem_mb=230, seconds_per_tune_and_mb=0.006, mem_mb_per_tune=0.02, mem_mb_per_mb=12.0
    ),
    "perturb_phase": Cost(
        seconds=1.5, mem_mb=230, seconds_per_tune_and_mb=0.006, mem_mb_per_tune=0.02, mem_mb_per_mb=12.0
    ),
    "estimate_clocks": Cost(
        seconds=1.3,
        mem_mb=160,
        seconds_per_tune=0.06,
        seconds_per_tune_and_mb=0.04,
        mem_mb_per_tune=2.1,
        mem_mb_per_tune_and_mb=0.45,
    ),
    "estimate_probe": Cost(
        seconds=2.5,
        mem_mb=215,
        seconds_per_tune=0.05,
        seconds_per_tune_and_mb=0.01,
        mem_mb_per_tune=0.8,
        mem_mb_per_tune_and_mb=0.17,
    ),
    "gather_lesions": Cost(seconds=0.2, mem_mb=60, seconds_per_tune=0.00001, mem_mb_per_tune=0.001),
    "count_lesions": Cost(
        seconds=1.2,
        mem_mb=110,
        seconds_per_tune=0.002,
        seconds_per_tune_and_mb=0.0003,
        mem_mb_per_tune=0.005,
        mem_mb_per_mb=4.0,
    ),
    "count_bars": Cost(seconds=0.4, mem_mb=90, seconds_per_tune=0.00025, mem_mb_per_tune=0.01),
    "gather_tunes": Cost(seconds=0.15, mem_mb=70, seconds_per_tune=0.00001, mem_mb_per_tune=0.005),
    "write_abc": Cost(seconds=0.5, mem_mb=70, seconds_per_tune=0.003, mem_mb_per_tune=0.005),
    # Trajectories are buffered: twice the 96 lanes of a tile, of tunes that may be long.
    "capture_trajectories": Cost(
        seconds=4.0,
        mem_mb=150,
        seconds_per_tune_and_mb=0.006,
        mem_mb_per_tune=1.5,
        mem_mb_per_tune_and_mb=0.5,
        n_tunes_held=192,
    ),
    "estimate_spectra": Cost(
        seconds=0.8,
        mem_mb=110,
        seconds_per_tune=0.0015,
        seconds_per_tune_and_mb=0.0002,
        mem_mb_per_tune=0.001,
        mem_mb_per_mb=2.0,
    ),
    "select_units": Cost(
        seconds=0.5, mem_mb=110, seconds_per_tune=0.0025, seconds_per_tune_and_mb=0.0007, mem_mb_per_mb=2.0
    ),
    "project_hidden_state": Cost(
        seconds=0.2,
        mem_mb=70,
        seconds_per_tune=0.0003,
        seconds_per_tune_and_mb=0.0002,
        mem_mb_per_tune=0.4,
        mem_mb_per_mb=4.0,
    ),
    # Of a surrogate, which is a tune.
    "select_peaks": Cost(seconds=1.0, mem_mb=190, seconds_per_tune=0.2, mem_mb_per_mb=2.0),
    "estimate_lines": Cost(seconds=1.0, mem_mb=180, mem_mb_per_mb=2.0),
    "estimate_coherence": Cost(
        seconds=1.0,
        mem_mb=180,
        seconds_per_tune=0.01,
        seconds_per_tune_and_mb=0.002,
        mem_mb_per_tune=0.05,
        mem_mb_per_mb=10.0,
    ),
    "estimate_band_lines": Cost(
        seconds=0.9,
        mem_mb=180,
        seconds_per_tune=0.003,
        seconds_per_tune_and_mb=0.0003,
        mem_mb_per_tune=0.03,
        mem_mb_per_mb=1.0,
    ),
    "estimate_responses": Cost(
        seconds=0.5,
        mem_mb=140,
        seconds_per_tune=0.0035,
        seconds_per_tune_and_mb=0.0012,
        mem_mb_per_tune=0.2,
        mem_mb_per_mb=4.0,
    ),
    "estimate_auc": Cost(seconds=0.3, mem_mb=100, seconds_per_tune=0.0055, mem_mb_per_tune=0.2, mem_mb_per_mb=1.0),
    "estimate_bar_ends": Cost(seconds=0.6, mem_mb=130, seconds_per_tune=0.02, mem_mb_per_tune=0.2, mem_mb_per_mb=1.0),
    "estimate_population": Cost(seconds=0.7, mem_mb=150, seconds_per_tune=0.0018, mem_mb_per_tune=0.003),
    "compare_conditions": Cost(seconds=0.7, mem_mb=150, seconds_per_tune=0.00005, mem_mb_per_tune=0.003),
    "compare_interventions": Cost(seconds=0.3, mem_mb=105, seconds_per_tune=0.001, mem_mb_per_tune=0.16),
    "compare_replays": Cost(
        seconds=0.4,
        mem_mb=110,
        seconds_per_tune=0.003,
        seconds_per_tune_and_mb=0.001,
        mem_mb_per_tune=0.5,
        mem_mb_per_mb=1.0,
    ),
}
# A short job: start, imports, one figure or table.
OTHER = Cost(seconds=2.5, mem_mb=240)
# What `study.cluster.calibration` measures on the idle processor of COSTS, an AMD Zen 3.
CALIBRATION_SECONDS = {"start": 0.4, "tunes": 0.35}


def mem_mb(rule: str, config: dict) -> int:
    """Return the memory that a job of a rule requests, in MB, under a checked configuration."""
    cost = COSTS.get(rule, OTHER)
    n_tunes, model_mb = min(_n_tunes(rule, config), cost.n_tunes_held), _model_mb(config)
    mem_mb_per_tune = cost.mem_mb_per_tune + cost.mem_mb_per_tune_and_mb * model_mb
    measured = cost.mem_mb + mem_mb_per_tune * n_tunes + cost.mem_mb_per_mb * model_mb
    return max(_MB_AT_LEAST, 100 * math.ceil(_TIMES_MEMORY * measured / 100))


def runtime_minutes(rule: str, config: dict) -> int:
    """Return the time that a job of a rule requests, in minutes, under a checked configuration."""
    return max(_MINUTES_AT_LEAST, math.ceil(_TIMES_SECONDS * seconds_of(rule, config) / 60))


def seconds_of(rule: str, config: dict, calibration: Mapping[str, float] = CALIBRATION_SECONDS) -> float:
    """Return the CPU-seconds that a job of a rule takes, on average, on a machine of this calibration."""
    cost = COSTS.get(rule, OTHER)
    slower = {name: calibration[name] / seconds for name, seconds in CALIBRATION_SECONDS.items()}
    seconds_per_tune = cost.seconds_per_tune + cost.seconds_per_tune_and_mb * _model_mb(config)
    n_tunes = _n_tunes(rule, config) + _n_straggler_tunes(rule, config)
    return slower["start"] * cost.seconds + slower["tunes"] * seconds_per_tune * n_tunes


def _n_tunes(rule: str, config: dict) -> float:
    """Return the number of tunes that a job of a rule works on, in units of the average length."""
    n_tunes, n_replayed = config["generation"]["n_tunes"], replay_block(config)["n_tunes"]
    # The worst case: a tenth of the tunes never end.
    longer = max(1.0, 0.1 * config["generation"]["max_steps"] / _STEPS_PER_TUNE)
    n_lesions = len(lesion_conditions(config))
    count_study, probe = config["count_study"], config["count_study"]["probe"]
    of_rule = {
        "generate_tunes": math.ceil(n_tunes / config["generation"]["n_shards"]),
        "generate_lesions": n_tunes * _n_lesions_at_once(config),
        "interchange_counts": n_tunes + n_interchange_steps(config) / _STEPS_PER_TUNE,
        "perturb_phase": 3 * n_tunes + n_phase_steps(config) / _STEPS_PER_TUNE,
        "estimate_clocks": min(n_tunes, count_study["clocks"]["n_tunes"]),
        "estimate_probe": min(n_tunes, probe["n_tunes"]) + probe["n_transfer_tunes"] * len(probe["transfer_prompts"]),
        "select_peaks": config["peaks"]["n_surrogates"],
        "compare_conditions": n_tunes * (n_lesions + len(conditions(config))),
        **dict.fromkeys(("gather_lesions", "count_lesions"), n_tunes * n_lesions),
        **dict.fromkeys(
            ("gather_tunes", "write_abc", "count_bars", "compare_interventions", "estimate_population"), n_tunes
        ),
    }
    return longer * of_rule.get(rule, n_replayed)


def _n_straggler_tunes(rule: str, config: dict) -> float:
    """Return the number of average tunes that take as long as the slowest tunes of a job, which run nearly alone.

    Those have `max_steps` steps.
    """
    draws = rule in ("generate_tunes", "capture_trajectories", "generate_lesions")
    return _STRAGGLER_TUNES_PER_STEP * config["generation"]["max_steps"] * draws


def _n_lesions_at_once(config: dict) -> int:
    return math.ceil(len(lesion_conditions(config)) / max(1, len(lesion_batches(config))))


def _model_mb(config: dict) -> float:
    paths = given_files(config)["checkpoint.source"]
    return sum(Path(path).stat().st_size for path in paths) / 1e6 or _MODEL_MB_OF_A_URL
