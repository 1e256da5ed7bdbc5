"""The script compute_claims."""

import pandas as pd
import pytest
from project import ROOT


def test_numbers_are_written_by_claim_with_those_of_the_spectra_the_tune_and_the_printed_tunes(
    script, spectra, spectra_path, trajectories_path, shown_tunes_path, tmp_path, monkeypatch
):
    module = script("compute_claims")
    given = {}

    def compute_part7_claims(tables):
        given.update(tables)
        return {("p7.num.z", "z"): (2.0,), ("p7.num.a", "a"): ("none",)}

    # Its own numbers are tested on the finished study.
    monkeypatch.setattr(module, "compute_part7_claims", compute_part7_claims)
    pd.DataFrame({"name": ["nan", "NA"], "value": [1.0, None]}).to_csv(tmp_path / "recurrences.csv", index=False)
    module.main(
        tables_paths=[tmp_path / "recurrences.csv"],
        spectra_path=spectra_path,
        trajectories_path=trajectories_path,
        tunes_path=shown_tunes_path,
        printed_path=ROOT / "resources/printed_tunes.txt",
        vocabulary_path=ROOT / "resources/vocabulary_v2.json",
        claims_path=tmp_path / "claims.csv",
        tune_index=1,
    )
    assert given["recurrences"]["name"].tolist() == ["nan", "NA"]
    assert given["recurrences"]["value"].isna().tolist() == [False, True]
    table = pd.read_csv(tmp_path / "claims.csv", keep_default_na=False)
    assert table["claim"].is_monotonic_increasing
    value = table.set_index(["claim", "quantity"])["value"].to_dict()
    assert (value["p7.num.a", "a"], value["p7.num.z", "z"]) == ("none", "2.0")
    power = spectra["shown_tune"].layers[0].spectrum.power
    # Of 18 bins, 0, 1 and 2 have periods of 8 steps or more.
    counted = float(value["p7.num.spec1", "mean share of power above 8 steps, layer 1, DC counted"])
    assert counted == pytest.approx((power[:3].sum(axis=0) / power.sum(axis=0)).mean())
    dropped = float(value["p7.num.spec1", "mean share of power above 8 steps, layer 1, DC dropped"])
    assert dropped == pytest.approx((power[1:3].sum(axis=0) / power[1:].sum(axis=0)).mean())
    power = spectra["shown_tune"].layers[1].spectrum.power
    ratio = counted / (power[:3].sum(axis=0) / power.sum(axis=0)).mean()
    assert float(value["p7.num.spec1", "that share over layer 3's"]) == pytest.approx(ratio)
    # Tune 1 is 12 steps long; `</s>` is not read.
    assert float(value["p7.num.len147", "steps"]) == 12
    assert value["x.p6.start", "first 11 tokens after <s>"] == "M:4/4 K:Cmaj C 2 D | E F G A A"
    assert float(value["p7.fig.h1", "units of layer 1"]) == 3
    assert float(value["p7.num.one_bad", "wrong bars"]) == 1
