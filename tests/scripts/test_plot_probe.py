"""The script plot_probe."""

import pandas as pd

PROBE = [(1, "M:4/4", "elapsed", 0.9), (1, "M:4/4", "control", -0.1), (1, "M:6/8", "elapsed", -3.0)]
# The whole layer holds 0.4; the rest is shown elsewhere.
INTERCHANGE = [("1", "all", "holds", "other_count", 0.4), ("1", "all", "tells", "other_count", 0.5)]
INTERCHANGE += [("1", "all", "holds", "same_count", 0.0), ("1", "random", "holds", "other_count", 0.1)]
INTERCHANGE += [("1+2", "all", "holds", "other_count", 1.0)]


def _draw(script, figure_paths, tmp_path, probe, interchange):
    ends = {"lower": -0.2, "upper": 1.0, "n_tunes": 3}
    probe = pd.DataFrame(probe, columns=["layer", "meter", "target", "r2"]).assign(**ends)
    interchange = pd.DataFrame(interchange, columns=["layers", "set", "mode", "donor", "shift"]).assign(**ends)
    probe.to_csv(tmp_path / "probe.csv", index=False)
    interchange.to_csv(tmp_path / "interchange.csv", index=False)
    script("plot_probe").main(
        probe_path=tmp_path / "probe.csv",
        interchange_path=tmp_path / "interchange.csv",
        figure_paths=figure_paths,
        table_path=tmp_path / "table.csv",
    )
    return pd.read_csv(tmp_path / "table.csv")


def test_what_is_decoded_stands_beside_what_is_held(script, figure_paths, saved_figures, tmp_path):
    table = _draw(script, figure_paths, tmp_path, PROBE, INTERCHANGE)
    own, others = saved_figures[0].axes
    drawn = {line.get_label(): line.get_ydata().tolist() for line in own.lines if line.get_label()[0] != "_"}
    assert drawn == {"decoded (R²)": [0.9], "control (R²)": [-0.1], "holds (shift)": [0.4]}
    # Far below the panel.
    assert others.lines[0].get_label() == "elapsed, M:6/8"
    assert others.lines[0].get_ydata()[0] == others.get_ylim()[0] > -3
    assert sorted(table["estimate"]) == [-3.0, -0.1, 0.4, 0.9]


def test_empty_tables_draw_empty_panels(script, figure_paths, tmp_path):
    assert len(_draw(script, figure_paths, tmp_path, [], [])) == 0
