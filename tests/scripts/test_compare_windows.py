"""The script compare_windows."""

import numpy as np
import pandas as pd
import pytest

# With the half width of 0.0040986: 8.680 to 9.345, 16.763 to 19.434, 4.419 to 4.585, 31.371 to 42.231.
PRINTED = """quantity,window,period_steps,lower,upper
main_lobe_support,rect,9,8.7,9.3
main_lobe_support,rect,18,16.8,19.4
main_lobe_support,rect,4.5,4.4,4.5
main_lobe_support,rect,36,31.0,42.0
main_lobe_support_in_text,rect,9,8.6,9.4
"""


def test_the_tables_and_the_verdicts_on_printed_cells(script, tmp_path):
    (tmp_path / "printed.csv").write_text(PRINTED)
    paths = {name: tmp_path / f"{name}.csv" for name in ("tables", "printed_tables")}
    script("compare_windows").main(
        printed_path=tmp_path / "printed.csv",
        tables_path=paths["tables"],
        printed_tables_path=paths["printed_tables"],
        n_steps=147,
    )
    table = pd.read_csv(paths["tables"])
    assert set(table["n_steps"]) == {147}
    row = table[(table["window"] == "rect") & (table["quantity"] == "first_null_cycles_per_step")]
    assert row["value"].item() == pytest.approx(1 / 147)
    printed = pd.read_csv(paths["printed_tables"])
    half_width = 0.004098571694312231
    assert np.allclose(printed["exact_lower_steps"], 1 / (1 / printed["period_steps"] + half_width))
    assert np.allclose(printed["exact_upper_steps"], 1 / (1 / printed["period_steps"] - half_width))
    assert printed["verdict"].tolist() == [
        "its table's rule",
        "its table's rule",
        "no rounding, only digits cut off",
        "no rounding",
        "another rounding than its table's",
    ]
    assert set(printed["rule_of_table"]) == {"nearest, exact"}
