"""The identity that a figure carries: the fingerprint of the job that draws it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Identity(NamedTuple):
    """The job behind a figure.

    Attributes
    ----------
    rule : str
    fingerprint : str
        SHA-256 over the code, the parameters, the inputs and the environment of the job, hexadecimal.
    """

    rule: str
    fingerprint: str

    def __str__(self) -> str:
        return f"folkprobe:{self.rule}:sha256:{self.fingerprint}"


_PATTERN = re.compile(r"folkprobe:(\w+):sha256:([0-9a-f]{64})")
_current: ContextVar[Identity | None] = ContextVar("identity", default=None)


@contextmanager
def working_as(identity: Identity) -> Iterator[None]:
    """Put an identity into every figure that is written in the block."""
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)


def current_identity() -> Identity | None:
    """Return the identity of the job that runs, None outside of a job."""
    return _current.get()


def find_identities(text: str) -> list[str]:
    """Return the identities in the metadata of a figure, each once, in order."""
    return list(dict.fromkeys(match[0] for match in _PATTERN.finditer(text)))


def read_identity(text: str) -> Identity:
    """Return the identity that its text says."""
    return Identity(*_PATTERN.fullmatch(text).groups())
