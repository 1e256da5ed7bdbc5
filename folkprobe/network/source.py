"""Where a checkpoint file comes from: a local path or a URL, pinned by content."""

import hashlib
import http.client
import logging
import time
import urllib.error
import urllib.request
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.network.formats.inert_pickle import MAX_PICKLE_BYTES
from folkprobe.refusal import Refusal

_ATTEMPTS = 3
_CHUNK_BYTES = 2**20
_log = logging.getLogger(__name__)


def git_blob_id(data: bytes) -> str:
    r"""Give the name that git has for a file's content (`git hash-object`), by which published files are pinned.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    str
        40 hexadecimal digits.

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
    """Copy or download a checkpoint file; it gets its final name only when its content is the expected one.

    Parameters
    ----------
    source : str
        A path, or a URL of the schemes that `urllib` knows; proxies are taken from the environment.
    path : Path or str
        The final name.
    expected_git_blob_id : str, optional
        40 hexadecimal digits; None accepts any content.
    timeout_seconds : float
        For the connection and for each silence of the server.
    pause_seconds : float
        Before the second attempt; doubled before the third, which is the last.

    Raises
    ------
    Refusal
        Where the file cannot be had, is larger than any checkpoint, or is another one than expected; nothing is left
        under the final name.
    """
    if "://" in source:
        data = _download(source, timeout_seconds, pause_seconds, expected_git_blob_id)
    else:
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise Refusal(f"{source}: the checkpoint cannot be read ({error.strerror}); check the path") from error
    blob_id = git_blob_id(data)
    if expected_git_blob_id not in (None, blob_id):
        raise Refusal(
            f"{source}: its git blob id is {blob_id} where {expected_git_blob_id} is expected: this is another file, "
            "or it was damaged on its way"
        )
    with whole_file(path) as temporary:
        temporary.write_bytes(data)
    _log.info("%s: %d bytes, git blob id %s", source, len(data), blob_id)


def _download(url: str, timeout_seconds: float, pause_seconds: float, expected_git_blob_id: str | None) -> bytes:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _body(url, timeout_seconds)
        except urllib.error.HTTPError as error:
            reason, is_final = f"the server answers {error.code} {error.reason}", error.code < 500
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(getattr(error, "reason", None) or error) or type(error).__name__
            is_final = isinstance(error, ValueError)
        if is_final or attempt == _ATTEMPTS:
            break
        _log.info("%s: %s; attempt %d of %d follows", url, reason, attempt + 1, _ATTEMPTS)
        time.sleep(pause_seconds * 2 ** (attempt - 1))
    pinned = f" (git blob id {expected_git_blob_id})" if expected_git_blob_id else ""
    raise Refusal(
        f"{url}: the download failed, {reason}; where there is no network, get the file{pinned} by hand and set "
        "checkpoint.source to its path"
    )


def _body(url: str, timeout_seconds: float) -> bytes:
    with urllib.request.urlopen(url, timeout=timeout_seconds) as response:  # noqa: S310
        announced = response.headers.get("Content-Length")
        n_announced = int(announced) if announced and announced.isdigit() else None
        data = bytearray()
        while chunk := response.read(_CHUNK_BYTES):
            data += chunk
            if len(data) > MAX_PICKLE_BYTES:
                raise ValueError(f"the file is larger than {MAX_PICKLE_BYTES} bytes, which no checkpoint is")
            if n_announced:
                _log.info("%s: %d of %d bytes", url, len(data), n_announced)
    if n_announced is not None and len(data) != n_announced:
        raise http.client.IncompleteRead(bytes(data), n_announced - len(data))
    return bytes(data)
