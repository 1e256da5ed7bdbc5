"""Fetching a checkpoint file from a local path or a URL, pinned by content."""

import hashlib
import http.client
import logging
import time
import urllib.error
import urllib.request
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.redaction import refuse_user_information, without_query
from folkprobe.refusal import Refusal

# ASSUME: no checkpoint is larger; a larger file is not read into memory.
MAX_CHECKPOINT_BYTES = 2**30
_ATTEMPTS = 3
_CHUNK_BYTES = 2**20
_SECONDS_BETWEEN_LINES = 5.0
_PASSING_ANSWERS = (408, 429)  # and those from 500 on
_log = logging.getLogger(__name__)


def read_source(path: Path | str) -> bytes:
    """Read a checkpoint file; a Refusal if it is missing, irregular or larger than `MAX_CHECKPOINT_BYTES`."""
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise Refusal(f"{path}: not a regular file; give the path of a checkpoint file")
        if path.stat().st_size > MAX_CHECKPOINT_BYTES:
            raise Refusal(f"{path}: larger than {MAX_CHECKPOINT_BYTES} bytes, which no folk-rnn checkpoint is")
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path}: the checkpoint cannot be read ({error.strerror}); check the path") from error


def git_blob_id(data: bytes) -> str:
    r"""Return the git blob id of a file's content (`git hash-object`), 40 hexadecimal digits; it pins published files.

    References
    ----------
    *Pro Git*, "Git Internals - Git Objects": SHA-1 of ``blob <size>\0`` and the content.
    """
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def fetch_checkpoint(
    source: str,
    path: Path | str,
    *,
    expected_git_blob_id: str | None = None,
    timeout_seconds: float = 30.0,
    pause_seconds: float = 2.0,
) -> None:
    """Copy or download a checkpoint file; it is renamed to its final name only if its content is as expected.

    Parameters
    ----------
    source : str
        A path, or a URL of the schemes that `urllib` knows; proxies are taken from the environment.
    path : Path or str
        The final name.
    expected_git_blob_id : str, optional
        40 hexadecimal digits; None accepts any content.
    timeout_seconds : float
        For connecting, and between two chunks from the server.
    pause_seconds : float
        Before the second attempt; doubled before the third, which is the last.

    Raises
    ------
    Refusal
        If the file cannot be fetched, is larger than any checkpoint, or is not the expected one; nothing is left
        under the final name.
    """
    if "://" in source:
        refuse_user_information(source, "checkpoint.source")
        data = _download(source, timeout_seconds, pause_seconds, expected_git_blob_id)
    else:
        data = read_source(source)
    source = without_query(source)
    blob_id = git_blob_id(data)
    what = what_stands_for_a_file(data)
    if expected_git_blob_id not in (None, blob_id) or what:
        expected = f" where {expected_git_blob_id} is expected" if expected_git_blob_id else ""
        what = what or "this is another file, or it was damaged on its way"
        raise Refusal(f"{source}: its git blob id is {blob_id}{expected}, {what}")
    with whole_file(path) as temporary:
        temporary.write_bytes(data)
    _log.info("%s: %d bytes, git blob id %s", source, len(data), blob_id)


def what_stands_for_a_file(data: bytes) -> str | None:
    """Return what a server or git gave in place of a file, and what to do, in words about "it"; else None."""
    if data[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "it is a web page: give the address of the file itself, not of a page about it"
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        return (
            "it is a git-LFS pointer, not the file: run `git lfs pull` where it comes from, or download the file itself"
        )
    return None


def _download(url: str, timeout_seconds: float, pause_seconds: float, expected_git_blob_id: str | None) -> bytes:
    address, url = url, without_query(url)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _body(address, timeout_seconds)
        except urllib.error.HTTPError as error:
            reason = f"the server answers {error.code} {error.reason}"
            is_final = error.code < 500 and error.code not in _PASSING_ANSWERS
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(getattr(error, "reason", None) or error) or type(error).__name__
            is_final = isinstance(error, ValueError)
        if is_final or attempt == _ATTEMPTS:
            break
        _log.info("%s: %s; attempt %d of %d follows", url, without_query(reason), attempt + 1, _ATTEMPTS)
        time.sleep(pause_seconds * 2 ** (attempt - 1))
    pinned = f" (`git hash-object` says {expected_git_blob_id} of it)" if expected_git_blob_id else ""
    reason = without_query(" ".join(reason.split()))
    raise Refusal(
        f"{url}: the download failed, {reason}; without a network, get the file{pinned} by "
        "hand and set checkpoint.source to its path"
    )


def _body(url: str, timeout_seconds: float) -> bytes:
    # An opener of its own, because urllib's shared one remembers the proxies of its first use.
    with urllib.request.build_opener().open(url, timeout=timeout_seconds) as response:
        announced = response.headers.get("Content-Length")
        n_announced = int(announced) if announced and announced.isdigit() else None
        data = bytearray()
        start = last = time.monotonic()
        # read1 returns what has arrived: a slow server must not look dead.
        while chunk := response.read1(_CHUNK_BYTES):
            data += chunk
            if len(data) > MAX_CHECKPOINT_BYTES:
                raise ValueError(f"the file is larger than {MAX_CHECKPOINT_BYTES} bytes, which no checkpoint is")
            if time.monotonic() - last > _SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                _log.info("%s: %s", without_query(url), _progress(len(data), n_announced, last - start))
    if n_announced is not None and len(data) != n_announced:
        raise http.client.IncompleteRead(bytes(data), n_announced - len(data))
    return bytes(data)


def _progress(n_bytes: int, n_announced: int | None, elapsed_seconds: float) -> str:
    rate = n_bytes / elapsed_seconds
    if not n_announced:
        return f"{n_bytes / 1e6:.1f} MB, {rate / 1e6:.2f} MB a second"
    left = (n_announced - n_bytes) / rate
    share = f"{n_bytes / 1e6:.1f} of {n_announced / 1e6:.1f} MB ({n_bytes / n_announced:.0%})"
    return f"{share}, {rate / 1e6:.2f} MB a second, about {left:.0f} s left"
