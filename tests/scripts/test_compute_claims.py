"""The script compute_claims."""

import pandas as pd
import pytest
from project import ROOT

from folkprobe.evidence.part7 import Computed


def test_numbers_are_written_by_claim_with_those_of_the_spectra(script, spectra, spectra_path, tmp_path, monkeypatch):
    module = script("compute_claims")
    given = {}

    def compute_claims(tables):
        given.update(tables)
        return [Computed("p7.num.z", "z", "1", 2.0), Computed("p7.num.a", "a", "", "none")]

    # Its own numbers are tested on the finished study.
    monkeypatch.setattr(module, "compute_claims", compute_claims)
    pd.DataFrame({"name": ["nan", "NA"], "value": [1.0, None]}).to_csv(tmp_path / "recurrences.csv", index=False)
    module.main(
        table_paths={"recurrences": tmp_path / "recurrences.csv"},
        spectra_path=spectra_path,
        printed_tunes_path=ROOT / "resources/printed_tunes.txt",
        claims_path=tmp_path / "claims.csv",
    )
    assert given["recurrences"]["name"].tolist() == ["nan", "NA"]
    assert given["recurrences"]["value"].isna().tolist() == [False, True]
    table = pd.read_csv(tmp_path / "claims.csv", keep_default_na=False)
    assert table["claim"].tolist() == [
        "p7.num.a",
        *["p7.num.ablated_tune"] * 2,
        *["p7.num.one_bad"] * 2,
        *["p7.num.spec1"] * 4,
        "p7.num.z",
    ]
    power = spectra["shown_tune"].layers[0].spectrum.power
    # Of 18 bins, 0, 1 and 2 have periods of 8 steps or more.
    value = table.set_index("quantity")["value"]
    counted = float(value["mean share of power above 8 steps, layer 1, DC counted"])
    assert counted == pytest.approx((power[:3].sum(axis=0) / power.sum(axis=0)).mean())
    dropped = float(value["mean share of power above 8 steps, layer 1, DC dropped"])
    assert dropped == pytest.approx((power[1:3].sum(axis=0) / power[1:].sum(axis=0)).mean())
    # As the list of claims says of the printed tune.
    assert [float(value[f"{what} of the printed tune"]) for what in ("tokens", "bars")] == [266, 28]
    assert float(value["bars of the printed tune that are not correctly counted"]) == 1
    assert value["which (the first bar is 0)"] == "13 (9 eighths)"
