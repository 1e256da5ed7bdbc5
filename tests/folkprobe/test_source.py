"""Fetching a checkpoint from a path and from a local HTTP server that misbehaves."""

import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from folkprobe.network.source import fetch_checkpoint, git_blob_id
from folkprobe.refusal import Refusal

CONTENT = bytes(range(256)) * 5000
BLOB_ID = git_blob_id(CONTENT)


class _Handler(BaseHTTPRequestHandler):
    """Behaves as the path says."""

    attempts: dict = {}

    def do_GET(self):
        attempts = self.attempts
        attempts[self.path] = attempts.get(self.path, 0) + 1
        if self.path == "/missing":
            return self.send_error(404, "Not Found")
        if self.path == "/busy-once" and attempts[self.path] == 1:
            return self.send_error(503, "Busy")
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
            return None
        body = CONTENT[:-1] + b"!" if self.path == "/other" else CONTENT
        self.send_response(200)
        if self.path != "/no-length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path == "/cut":
            self.wfile.write(body[: len(body) // 2])
        elif self.path == "/silent":
            self.wfile.write(body[:1000])
            self.wfile.flush()
            time.sleep(1.5)
        else:
            self.wfile.write(body)
        return None

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    _Handler.attempts = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def _fetch(source, path, blob_id=BLOB_ID):
    fetch_checkpoint(source, path, expected_git_blob_id=blob_id, timeout_seconds=0.5, pause_seconds=0.01)


@pytest.mark.parametrize("name", ["whole", "no-length", "moved", "busy-once"])
def test_a_download_is_accepted_by_its_blob_id(server, tmp_path, name):
    _fetch(f"{server}/{name}", tmp_path / "a.pkl")
    assert (tmp_path / "a.pkl").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("name", "sentence", "n_attempts"),
    [
        ("missing", "answers 404", 1),
        ("other", f"where {BLOB_ID} is expected", 1),
        ("cut", "download failed", 3),
        ("silent", "timed out", 3),
    ],
)
def test_a_failed_download_leaves_nothing(server, tmp_path, name, sentence, n_attempts):
    with pytest.raises(Refusal, match=sentence) as refusal:
        _fetch(f"{server}/{name}", tmp_path / "a.pkl")
    assert list(tmp_path.iterdir()) == []
    assert _Handler.attempts[f"/{name}"] == n_attempts
    assert "\n" not in str(refusal.value)


def test_where_there_is_no_server_the_way_by_hand_is_told(tmp_path):
    with pytest.raises(Refusal, match=f"get the file .git blob id {BLOB_ID}. by hand and set checkpoint.source"):
        _fetch("http://127.0.0.1:9/a.pkl", tmp_path / "a.pkl")


def test_a_local_file_is_held_to_the_same_id(tmp_path):
    mine = tmp_path / "mine.pkl"
    mine.write_bytes(CONTENT)
    _fetch(str(mine), tmp_path / "a.pkl")
    assert (tmp_path / "a.pkl").read_bytes() == CONTENT
    mine.write_bytes(CONTENT[1:])
    with pytest.raises(Refusal, match="mine.pkl: its git blob id is"):
        _fetch(str(mine), tmp_path / "b.pkl")
    assert not (tmp_path / "b.pkl").exists()
    with pytest.raises(Refusal, match="none.pkl: the checkpoint cannot be read"):
        _fetch(str(tmp_path / "none.pkl"), tmp_path / "b.pkl")


def test_blob_id_is_gits(tmp_path):
    # `printf 'what is up, doc?' | git hash-object --stdin`, the example of Pro Git's chapter on objects.
    assert git_blob_id(b"what is up, doc?") == "bd9dbf5aae1a3862dd1526723246b20206e5fc37"
    (tmp_path / "a").write_bytes(CONTENT)
    try:
        told = subprocess.run(["git", "hash-object", str(tmp_path / "a")], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        pytest.skip("SKIPPED: git is not installed")
    assert told.stdout.strip() == BLOB_ID
