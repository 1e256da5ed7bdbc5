"""The script estimate_bar_ends."""

import numpy as np
import pandas as pd

from folkprobe.music.tunes import read_tunes


def test_a_network_that_counts_from_the_last_bar_token_knows_the_end_of_the_first_one_only(
    script, shown_tunes_path, write_states, tmp_path
):
    paths = {name: tmp_path / f"{name}.h5" for name in ("deleted", "jittered")}
    manipulation = {f"{name}_path": path for name, path in paths.items()}
    script("manipulate_tunes").main(tunes_path=shown_tunes_path, shift_steps_max=0, rng_seed=1, **manipulation)
    # P(|) rises with the notes since the last bar token, up to the third note.
    trajectories = []
    for path in (shown_tunes_path, paths["deleted"]):
        tunes, posteriors, states = read_tunes(path), [], []
        for k in range(3):
            posteriors.append(np.full((len(tunes.tokens(k)) - 1, 12), 0.01))
            since = 0
            for step, token in enumerate(tunes.tokens(k)[:-1]):
                since = 0 if token == "|" else since + (token in "CDEFGA")
                posteriors[-1][step, tunes.column("|")] = 0.1 * min(since, 3)
            states.append([np.zeros((len(posteriors[-1]), n)) for n in (3, 4, 6)])
        trajectories.append(write_states(states, posteriors, name=f"states_{len(trajectories)}.h5"))
    script("estimate_bar_ends").main(
        trajectories_paths=trajectories,
        tunes_paths=[shown_tunes_path, paths["deleted"]],
        bar_ends_path=tmp_path / "bar_ends.csv",
        replays=["intact", "bars_deleted"],
        confidence_level=0.9,
        n_resamples=200,
        rng_seed=1,
    )
    table = pd.read_csv(tmp_path / "bar_ends.csv").set_index(["replay", "first_bar"])
    assert table.index.get_level_values("replay").unique().tolist() == ["intact", "bars_deleted"]
    assert table["last_bar"].tolist() == [0, 1, 2, 4, 9, np.inf] * 2
    # Pickups of 2 notes; the notes that were drawn last and not read do not count.
    first, second = table.loc[("bars_deleted", 0)], table.loc[("bars_deleted", 1)]
    assert (first["n_bar_ends"], first["n_note_ends"], first["n_tunes"]) == (3, 6, 3)
    assert (first["auc"], second["auc"]) == (1, 0.5)
    intact = table.loc[("intact", 1)]
    assert intact["n_note_ends"] == 19
    assert np.isnan(table.loc[("intact", 2), "auc"])
    assert intact["lower"] <= intact["auc"] <= intact["upper"]
    assert intact["level"] == 0.9
