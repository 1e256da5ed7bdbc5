"""The script estimate_population, on tunes that were counted by hand."""

import pandas as pd
import pytest

from folkprobe.refusal import Refusal

GOOD, BAD, JIG = "M:4/4 C 8 | D 8 |", "M:4/4 C 8 | D 9 |", "M:6/8 C 6 | D 7 |"
SETTINGS = {"human_label": "people", "confidence_level": 0.95, "n_resamples": 100, "rng_seed": 1}


@pytest.fixture
def write_table(script, write_tune_texts, tmp_path):
    def write(name, *texts):
        path = tmp_path / f"{name}.csv"
        outputs = {"bars_path": tmp_path / "bars.csv", "output_tunes_path": path}
        script("count_bars").main(tunes_path=write_tune_texts(*texts), **outputs)
        return path

    return write


@pytest.mark.parametrize(
    ("prompt", "label", "n_human", "ok"),
    [("M:4/4 K:Cmaj", "people, M:4/4", 2, 1.0), ("", "people", 5, 0.4), ("K:Cmaj", "people", 5, 0.4)],
)
def test_people_are_compared_in_the_prompts_metre(script, write_table, tmp_path, prompt, label, n_human, ok):
    script("estimate_population").main(
        tunes_paths=[write_table("intact", GOOD, BAD), write_table("excised", BAD, BAD, BAD)],
        human_tunes_path=write_table("human", GOOD, GOOD, JIG, JIG, JIG),
        population_path=tmp_path / "population.csv",
        conditions=["intact", "excised"],
        prompt=prompt,
        **SETTINGS,
    )
    population = pd.read_csv(tmp_path / "population.csv")
    rows = population[population["outcome"] == "share_of_tunes_ok"]
    assert rows[["population", "n_tunes", "value"]].to_numpy().tolist() == [
        ["intact", 2, 0.5],
        ["excised", 3, 0.0],
        [label, n_human, ok],
    ]


def test_a_metre_that_no_human_tune_has_is_refused(script, write_table, tmp_path):
    with pytest.raises(Refusal, match=r"human\.csv: no tune is in M:3/2, the prompt's metre"):
        script("estimate_population").main(
            tunes_paths=[write_table("intact", GOOD)],
            human_tunes_path=write_table("human", GOOD, JIG),
            population_path=tmp_path / "population.csv",
            conditions=["intact"],
            prompt="M:3/2",
            **SETTINGS,
        )
