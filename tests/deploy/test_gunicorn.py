"""gunicorn as production runs it: one line before all workers, counted; no connection is kept."""

from __future__ import annotations

import contextlib
import os
import runpy
import socket
import subprocess
import sys
import time

import pytest

from tests.architecture.tree import ROOT
from tests.browser.portal import free_port
from tests.deploy.files import DEPLOY

CONF = DEPLOY / "gunicorn.conf.py"
SECONDS = 30
APP = """
import os, time
from kla_portal.operations import busy

def app(environ, start_response):
    open("busy", "w").close()
    while not os.path.exists("go"):
        time.sleep(0.02)
    length = str(busy._line()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(length)))])
    return [length]
"""
"""Answers, once it may, with the length of the line."""


@pytest.fixture
def in_line():
    return runpy.run_path(str(CONF))["in_line"]


def test_who_was_not_let_in_yet_counts(in_line):
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as people:
        assert in_line(listener) == 0
        for _ in range(3):
            people.enter_context(socket.create_connection(listener.getsockname(), 5))
        assert in_line(listener) == 3
        listener.accept()[0].close()
        assert in_line(listener) == 2


def test_a_socket_that_tells_nothing_counts_nobody(in_line, tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "kla.sock"))
        listener.listen()
        assert in_line(listener) == 0


@pytest.fixture
def port(tmp_path):
    """A gunicorn with one process and one thread."""
    (tmp_path / "answers.py").write_text(APP, encoding="utf-8")
    chosen = free_port()
    told = {
        "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{tmp_path}",
        "WEB_BIND": f"127.0.0.1:{chosen}", "WEB_WORKERS": "1", "WEB_THREADS": "1",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", CONF, "answers:app"], cwd=tmp_path, env=told
    )
    yield chosen
    process.terminate()
    process.wait(SECONDS)


def ask(port):
    """A connection on which the request was sent."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), 5)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < until, "gunicorn did not start"
            time.sleep(0.05)
    line.settimeout(SECONDS)
    line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return line


def answer(line):
    """Head and body; the other end closes, or this waits until it fails."""
    read = b""
    while part := line.recv(4096):
        read += part
    line.close()
    return read.partition(b"\r\n\r\n")[::2]


def test_the_portal_hears_how_long_the_line_is(port, tmp_path):
    first = ask(port)
    until = time.monotonic() + SECONDS
    while not (tmp_path / "busy").exists():
        assert time.monotonic() < until, "the first was not let in"
        time.sleep(0.02)
    others = [ask(port) for _ in range(3)]
    (tmp_path / "go").touch()
    head, body = answer(first)
    assert body == b"3"
    assert b"Connection: close" in head
    assert [answer(line)[1] for line in others] == [b"2", b"1", b"0"]
