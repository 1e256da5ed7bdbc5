"""The script compare_windows."""

import numpy as np
import pandas as pd
import pytest
from project import ROOT

# With the half width of 0.0040986: 8.680 to 9.345, 16.763 to 19.434, 4.419 to 4.585, 31.371 to 42.231.
CELLS = {
    "p7.a": (9, "8.7", "9.3"),
    "p7.b": (18, "16.8", "19.4"),
    "p7.c": (4.5, "4.4", "4.5"),
    "p7.d": (36, "31.0", "42.0"),
    "p7.e": (9, "8.6", "9.4"),
}
HEAD = f"""model: {{name: v2, git_blob_id: {"a" * 40}}}
window_n_steps: 147
rounding_rules: [{{table: main_lobe_support, window: rect, computed_from: exact, rounding: nearest}}]
claims:
"""
CLAIM = """  - id: {}
    printed_in: part 7
    kind: table
    statement: A cell.
    needs: nothing
    target: window_tables_printed.csv
    cell: {{table: main_lobe_support, window: rect, period_steps: {}, lower: "{}", upper: "{}"}}
    quantities: [{{quantity: rounding, printed: its cell, one_of: ["its table's rule"]}}]
"""


@pytest.mark.parametrize("n_steps", [147, 49])
def test_the_tables_and_the_verdicts_on_printed_cells(script, tmp_path, n_steps):
    (tmp_path / "claims.yaml").write_text(HEAD + "".join(CLAIM.format(name, *cell) for name, cell in CELLS.items()))
    paths = {name: tmp_path / f"{name}.csv" for name in ("tables", "printed_tables")}
    script("compare_windows").main(
        claims_path=tmp_path / "claims.yaml",
        schema_path=ROOT / "workflow/schemas/claims.schema.yaml",
        tables_path=paths["tables"],
        printed_tables_path=paths["printed_tables"],
        n_steps=n_steps,
    )
    table = pd.read_csv(paths["tables"])
    row = table[(table["window"] == "rect") & (table["quantity"] == "first_null_cycles_per_step")]
    # The study's length, and the article's, each once.
    assert dict(zip(row["n_steps"], row["value"], strict=True)) == pytest.approx({n_steps: 1 / n_steps, 147: 1 / 147})
    printed = pd.read_csv(paths["printed_tables"])
    assert printed["claim"].tolist() == list(CELLS)
    assert set(printed["n_steps"]) == {147}
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
