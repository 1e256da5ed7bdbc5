"""Every claim of part 3 of the articles: what this model gives, beside what is printed."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.evidence.job import run_job
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import read_projections
from folkprobe.network.softmax_claims import compute_claims

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.compute_claims_part3")


def main(
    *, checkpoint_path: Path, projections_path: Path, auc_path: Path, printed_path: Path, claims_path: Path
) -> None:
    """Write one row a quantity; what depends on a sign that the article leaves open stands under both."""
    values = compute_claims(read_checkpoint(checkpoint_path), read_projections(projections_path))
    auc = pd.read_csv(auc_path).query("decomposition == 'as_trained' and direction == 1")
    for row in auc.itertuples():
        for name in ("auc", "lower", "upper"):
            values["p3.q.exploit", f"{name} of h . w_1 before {row.next_token}"] = (getattr(row, name),)
    claims = pd.read_csv(printed_path, keep_default_na=False, na_values={"lowest": "", "highest": ""})
    pairs = [values.get(key, ()) for key in zip(claims["claim"], claims["quantity"], strict=True)]
    claims["computed"] = [pair[0] if pair else np.nan for pair in pairs]
    claims["computed_opposite_sign"] = [pair[1] if len(pair) > 1 else np.nan for pair in pairs]
    claims["sign_that_fits"] = ""
    for direction, of_pair in claims[claims["sign_of_direction"] != ""].groupby("sign_of_direction"):
        # The sign is one for u_i and w_i together: it must fit all that is claimed of the pair.
        judged = of_pair.dropna(subset=["lowest", "highest"], how="all")
        fits = {
            name: judged[column].between(judged["lowest"].fillna(-np.inf), judged["highest"].fillna(np.inf)).all()
            for name, column in (("ours", "computed"), ("opposite", "computed_opposite_sign"))
        }
        verdict = " and ".join(name for name, is_fit in fits.items() if is_fit) or "neither"
        claims.loc[of_pair.index, "sign_that_fits"] = verdict
        log.info("direction %s: the sign that fits all %d claims is %s", direction, len(judged), verdict)
    write_table(claims, claims_path)
    log.info("%d quantities of %d claims", len(claims), claims["claim"].nunique())


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            projections_path=Path(snakemake.input.projections),
            auc_path=Path(snakemake.input.auc),
            printed_path=Path(snakemake.input.printed),
            claims_path=Path(snakemake.output.claims),
            **snakemake.params.job["config"],
        )
