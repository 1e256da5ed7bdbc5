"""The script compute_claims_part3."""

import numpy as np
import pandas as pd
from project import ROOT

from folkprobe.network.softmax import decompose_softmax


def test_values_stand_beside_what_is_printed_and_a_sign_must_fit_all(
    script, checkpoint, checkpoint_path, projections_path, tmp_path
):
    auc = {
        "decomposition": ["as_trained"],
        "direction": [1],
        "next_token": ["|:"],
        "auc": [0.1],
        "lower": [0],
        "upper": [0.2],
    }
    pd.DataFrame(auc).to_csv(tmp_path / "auc.csv", index=False)
    printed = pd.read_csv(ROOT / "resources/claims_part3.csv", keep_default_na=False)
    u = decompose_softmax(checkpoint).u
    mean = u[[4, 5, 6, 9, 10, 11], 1].mean()
    # One claim of u_2 that only the opposite sign fits, one of u_3 that both fit.
    is_u2, is_u3 = (printed["sign_of_direction"].astype(str) == k for k in "23")
    printed.loc[is_u2 | is_u3, ["lowest", "highest"]] = ""
    name = "mean entry of pitch tokens in u_2"
    printed.loc[printed["quantity"] == name, "lowest" if mean < 0 else "highest"] = "0"
    printed.loc[printed["quantity"] == "largest probability of softmax(v + s_3 u_3)", "highest"] = "1"
    printed.to_csv(tmp_path / "printed.csv", index=False)
    script("compute_claims_part3").main(
        checkpoint_path=checkpoint_path,
        projections_path=projections_path,
        auc_path=tmp_path / "auc.csv",
        printed_path=tmp_path / "printed.csv",
        claims_path=tmp_path / "claims.csv",
    )
    claims = pd.read_csv(tmp_path / "claims.csv", keep_default_na=False).set_index("quantity")
    np.testing.assert_allclose(float(claims.loc[name, "computed"]), mean)
    np.testing.assert_allclose(float(claims.loc[name, "computed_opposite_sign"]), -mean)
    assert claims.loc[name, "sign_that_fits"] == "opposite"
    assert claims.loc["largest |entry| of u_2", "sign_that_fits"] == ""
    assert claims.loc["largest probability of softmax(v + s_3 u_3)", "sign_that_fits"] == "ours and opposite"
    assert float(claims.loc["auc of h . w_1 before |:", "computed"]) == 0.1
    assert claims.loc["transcriptions in ten volumes", "computed"] == ""
