"""The script gather_interchanges."""

import pandas as pd
import pytest


def test_only_whole_single_layers_that_hold_are_tested(script, tmp_path):
    row = {"set": "all", "mode": "holds", "donor": "other_count", "rank": None, "shift": 0.5, "lower": 0.4}
    row |= {"upper": 0.6, "p_value": 0.01}
    tables = {
        "1": [row, row | {"mode": "tells"}, row | {"set": "targeted"}, row | {"donor": "same_count"}],
        "2": [row | {"p_value": 0.04}],
        # Undefined.
        "3": [],
        "1+2": [row],
    }
    for name, rows in tables.items():
        pd.DataFrame(rows, columns=row).assign(layers=name).to_csv(tmp_path / f"{name}.csv", index=False)
    script("gather_interchanges").main(
        batches_paths=[tmp_path / f"{name}.csv" for name in tables], interchange_path=tmp_path / "interchange.csv"
    )
    table = pd.read_csv(tmp_path / "interchange.csv")
    assert table["layers"].tolist() == ["1", "1", "1", "1", "2", "1+2"]
    assert (table["role"] == "primary").tolist() == [True, False, False, False, True, False]
    assert table["p_value_adjusted"].dropna().tolist() == pytest.approx([0.02, 0.04])
    assert table["p_value"].notna().sum() == 2
