"""The published claims: `resources/claims.yaml`, the one list of them, and the quantities that judge each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from folkprobe.refusal import Refusal

# What is required to judge a claim.
NOTHING, WEIGHTS, TUNE, DATA = "nothing", "v2_weights", "unprinted_tune", "training_data"
HISTORY, QUESTION = "history", "open_question"


@dataclass(frozen=True)
class Quantity:
    """One number, or word, that judges a claim.

    Attributes
    ----------
    quantity : str
        The name under which it is computed.
    printed : str
        As the article prints it.
    lowest, highest : float or None
        The tolerance, ends included; None where that side is open.
    one_of : tuple of str
        The accepted values of a quantity that is a word.
    explained_by : tuple of str
        Further values of such a quantity, which explain the print by another rounding than its table's and do not fit.
    sign_of_direction : int or None
        The number of the singular direction whose sign it depends on, which the article leaves open.
    """

    quantity: str
    printed: str = ""
    lowest: float | None = None
    highest: float | None = None
    one_of: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    sign_of_direction: int | None = None

    @property
    def tolerance(self) -> str:
        """The tolerance in words."""
        if self.one_of:
            return " or ".join(self.one_of)
        if self.lowest == self.highest:
            return f"{self.lowest:.10g}"
        if self.highest is None:
            return f"at least {self.lowest:.10g}"
        if self.lowest is None:
            return f"at most {self.highest:.10g}"
        return f"{self.lowest:.10g} to {self.highest:.10g}"

    def fits(self, value: str) -> bool:
        """Report whether a computed value, a number as text or a word, is within the tolerance.

        It is not for nan and for an empty cell, which stands for nan in a table.
        """
        if self.one_of:
            return value in self.one_of
        number = float(value or "nan")
        above = self.lowest is None or number >= self.lowest
        return above and (self.highest is None or number <= self.highest)


@dataclass(frozen=True)
class Claim:
    """One published claim.

    Attributes
    ----------
    id : str
    printed_in : str
        The article of the series.
    kind : {"number", "figure", "table", "experiment", "question"}
    statement : str
        The claim, in our words.
    needs : {"nothing", "v2_weights", "unprinted_tune", "training_data", "history", "open_question"}
        What is required to judge it; "history" where no study of a checkpoint could.
    target : str
        The result that computes it or comes nearest, below results/{model}/.
    quantities : tuple of Quantity
        All must fit; empty where it is not judged.
    cell : dict or None
        The printed cell of a table of windows: `table`, `window`, `period_steps`, `lower`, `upper`.
    identifies_tune : bool
        Whether it is one of the facts that identify the unprinted tune.
    by_construction : str
        Why its verdict cannot come out otherwise, for any network or tune that it is judged for; "" where it can.
    slip : str
        What is wrong or imprecise in the article itself.
    note : str
        How it is interpreted, and what else is known.
    answer : str
        What would answer it, where a study cannot.
    """

    id: str
    printed_in: str
    kind: str
    statement: str
    needs: str
    target: str
    quantities: tuple[Quantity, ...] = ()
    cell: dict | None = None
    identifies_tune: bool = False
    by_construction: str = ""
    slip: str = ""
    note: str = ""
    answer: str = ""


@dataclass(frozen=True)
class ClaimList:
    """All published claims.

    Attributes
    ----------
    git_blob_id : str
        Of the checkpoint file that the claims are about.
    window_n_steps : int
        Length of the windows that part 7 tabulates.
    rounding_rules : dict of (str, str) to (str, str)
        By table and window: what the table was computed from and how it was rounded, as `explaining_roundings` names
        them.
    claims : tuple of Claim
    """

    git_blob_id: str
    window_n_steps: int
    rounding_rules: dict[tuple[str, str], tuple[str, str]]
    claims: tuple[Claim, ...]

    def printed_cells(self) -> Iterator[dict]:
        """Yield `claim` and the keys of `Claim.cell` for each printed cell; a limit that is not printed is None."""
        for claim in self.claims:
            if claim.cell is not None:
                yield {"claim": claim.id, "upper": None} | claim.cell


def read_claims(path: Path | str, schema_path: Path | str) -> ClaimList:
    """Read the list of claims.

    Parameters
    ----------
    path : Path or str
        YAML.
    schema_path : Path or str
        The JSON schema that it must satisfy, as YAML.

    Raises
    ------
    Refusal
        If it does not satisfy the schema, an id is duplicated, or a printed cell's table has no rounding rule.
    """
    loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    schema = yaml.safe_load(Path(schema_path).read_text(encoding="utf-8"))
    error = best_match(Draft202012Validator(schema).iter_errors(loaded))
    if error is not None:
        place = ".".join(map(str, error.absolute_path)) or "the whole file"
        raise Refusal(f"{path}: {place}: {' '.join(error.message.split())}; {Path(schema_path).name} defines the form")
    claims = tuple(_claim(each) for each in loaded["claims"])
    ids = [claim.id for claim in claims]
    for name in ids:
        if ids.count(name) > 1:
            raise Refusal(f"{path}: duplicate claim {name}, keep one")
    rules = {
        (rule["table"], rule["window"]): (rule["computed_from"], rule["rounding"]) for rule in loaded["rounding_rules"]
    }
    listed = ClaimList(loaded["model"]["git_blob_id"], loaded["window_n_steps"], rules, claims)
    for cell in listed.printed_cells():
        if (cell["table"], cell["window"]) not in rules:
            raise Refusal(f"{path}: {cell['claim']}: name the rounding rule of {cell['table']}, {cell['window']}")
    return listed


def _claim(block: dict) -> Claim:
    words = ("one_of", "explained_by")
    quantities = tuple(
        Quantity(**each | {name: tuple(each.get(name, ())) for name in words}) for each in block.get("quantities", ())
    )
    return Claim(**{**block, "quantities": quantities})
