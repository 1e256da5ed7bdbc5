"""Fetching a checkpoint from a path and from a local HTTP server that misbehaves."""

import http.client
import logging
import re
import socket
import struct
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import SimpleNamespace

import pytest

from folkprobe.network.source import fetch_checkpoint, git_blob_id
from folkprobe.refusal import Refusal

CONTENT = bytes(range(256)) * 5000
BLOB_ID = git_blob_id(CONTENT)
# Only so that a hang ends.
PATIENCE_SECONDS = 120


class _Handler(BaseHTTPRequestHandler):
    """Behaves as the path says."""

    attempts: dict = {}
    # How often the client has taken in what there was, and whether the test is over.
    taken: threading.Semaphore
    over: threading.Event

    def do_GET(self):
        attempts = self.attempts
        if self.path.startswith("http://"):  # asked as a proxy
            self.path = "/proxied" + self.path.removeprefix("http://model.example")
        attempts[self.path] = attempts.get(self.path, 0) + 1
        if self.path == "/missing":
            return self.send_error(404, "Not Found")
        if self.path == "/busy-once" and attempts[self.path] == 1:
            return self.send_error(503, "Busy")
        if self.path in ("/moved", "/moved-in-circles"):
            self.send_response(302)
            self.send_header("Location", "/whole" if self.path == "/moved" else self.path)
            self.end_headers()
            return None
        body = {"/other": CONTENT[:-1] + b"!", "/page": b"\n<!DOCTYPE html><title>Sign in</title>"}.get(
            self.path, CONTENT
        )
        self.send_response(200)
        if self.path not in ("/no-length", "/dies-unannounced"):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path in ("/cut", "/dies-unannounced") or (self.path == "/cut-once" and attempts[self.path] == 1):
            self.wfile.write(body[: len(body) // 2])
        elif self.path == "/reset":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            # Close with a reset in place of an end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif self.path == "/slow":
            # More comes only when what there is has been taken in: who waits for all of it at once waits in vain.
            for start in range(0, len(body), 200_000):
                self.wfile.write(body[start : start + 200_000])
                self.wfile.flush()
                if not self.taken.acquire(timeout=PATIENCE_SECONDS):
                    break
        elif self.path == "/silent":
            self.wfile.write(body[:1000])
            self.wfile.flush()
            self.over.wait(PATIENCE_SECONDS)
        else:
            self.wfile.write(body)
        return None

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    def read1(response, n):
        data = read(response, n)
        _Handler.taken.release()
        return data

    read = http.client.HTTPResponse.read1
    monkeypatch.setattr(http.client.HTTPResponse, "read1", read1)
    _Handler.attempts, _Handler.taken, _Handler.over = {}, threading.Semaphore(0), threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        _Handler.over.set()
        serving.shutdown()


def _fetch(source, path, blob_id=BLOB_ID, timeout_seconds=PATIENCE_SECONDS):
    fetch_checkpoint(source, path, expected_git_blob_id=blob_id, timeout_seconds=timeout_seconds, pause_seconds=0.01)


@pytest.mark.parametrize("name", ["whole", "no-length", "moved", "busy-once", "cut-once", "slow"])
def test_a_download_is_accepted_by_its_blob_id(server, tmp_path, name):
    _fetch(f"{server}/{name}", tmp_path / "a.pkl")
    assert (tmp_path / "a.pkl").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("name", "sentence", "n_attempts"),
    [
        ("missing", "answers 404", 1),
        ("other", f"where {BLOB_ID} is expected", 1),
        ("moved-in-circles", "infinite loop", 5),
        ("page", "it is a web page: give the address of the file itself", 1),
        ("cut", "download failed, .*more expected", 3),
        ("reset", "download failed, .*(reset|more expected)", 3),
        ("dies-unannounced", f"where {BLOB_ID} is expected", 1),
        ("silent", "timed out", 3),
    ],
)
def test_a_failed_download_leaves_nothing(server, tmp_path, name, sentence, n_attempts):
    with pytest.raises(Refusal, match=sentence) as refusal:
        # Of silence there is no end, however short the patience; what is to come may be late.
        _fetch(f"{server}/{name}", tmp_path / "a.pkl", timeout_seconds=0.5 if name == "silent" else PATIENCE_SECONDS)
    assert list(tmp_path.iterdir()) == []
    # A server may hear late of a client that has already gone.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _Handler.attempts[f"/{name}"] < n_attempts and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _Handler.attempts[f"/{name}"] == n_attempts
    assert "\n" not in str(refusal.value)


def test_where_there_is_no_server_the_way_by_hand_is_reported(tmp_path):
    with pytest.raises(
        Refusal, match=f"get the file .`git hash-object` says {BLOB_ID} of it. by hand and set checkpoint.source"
    ):
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


def test_a_web_page_is_no_checkpoint_even_where_any_content_is_accepted(server, tmp_path):
    with pytest.raises(Refusal, match="/page: its git blob id is [0-9a-f]{40}, it is a web page"):
        _fetch(f"{server}/page", tmp_path / "a.pkl", blob_id=None)
    assert list(tmp_path.iterdir()) == []


def test_the_environments_proxy_is_used(server, tmp_path, monkeypatch):
    # There is no such host: only a proxy can answer for it.
    monkeypatch.setenv("http_proxy", server)
    monkeypatch.delenv("no_proxy", raising=False)
    _fetch("http://model.example/a.pkl", tmp_path / "a.pkl")
    assert (tmp_path / "a.pkl").read_bytes() == CONTENT
    assert _Handler.attempts == {"/proxied/a.pkl": 1}
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    _fetch(f"{server}/whole", tmp_path / "b.pkl")
    assert _Handler.attempts["/whole"] == 1


def test_long_downloads_tell_how_far_they_are(server, tmp_path, monkeypatch, caplog):
    # A clock that goes on by two seconds whenever it is looked at.
    clock = SimpleNamespace(monotonic=count(100, 2).__next__, sleep=time.sleep)
    monkeypatch.setattr("folkprobe.network.source.time", clock)
    with caplog.at_level(logging.INFO):
        _fetch(f"{server}/slow", tmp_path / "a.pkl")
    lines = [message for message in caplog.messages if "MB a second" in message]
    assert len(lines) >= 2
    assert re.search(r"/slow: 0\.\d of 1\.3 MB \(\d\d%\), \d\.\d\d MB a second, about \d+ s left$", lines[0])
    assert caplog.messages[-1].endswith(f"1280000 bytes, git blob id {BLOB_ID}")


def test_what_is_no_regular_file_is_not_read(tmp_path):
    for source in ("/dev/zero", str(tmp_path)):
        with pytest.raises(Refusal, match="not a regular file"):
            _fetch(source, tmp_path / "a.pkl")


def test_a_file_that_no_checkpoint_has_is_not_read(tmp_path, monkeypatch, server):
    monkeypatch.setattr("folkprobe.network.source.MAX_CHECKPOINT_BYTES", 1000)
    (tmp_path / "mine.pkl").write_bytes(CONTENT)
    for source in (str(tmp_path / "mine.pkl"), f"{server}/whole"):
        with pytest.raises(Refusal, match="larger than 1000 bytes"):
            _fetch(source, tmp_path / "a.pkl")
    assert not (tmp_path / "a.pkl").exists()
