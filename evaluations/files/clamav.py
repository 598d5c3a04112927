"""A file shown to a virus scanner: clamd, by its own protocol over a socket.

Only a clear answer counts. A scanner that is away, slow, cut off or unsure is ``ScannerDown``, never "clean".
clamd must be set up for that too: ``StreamMaxLength``, ``MaxFileSize`` and ``MaxScanSize`` above the largest accepted
file, else it refuses the file or, past the other two, calls it clean without having read it to the end
(``AlertExceedsMax yes`` makes it say so).
"""

from __future__ import annotations

import re
import socket
import struct
import time
from typing import IO
from urllib.parse import urlsplit

CHUNK = 1 << 18
PORT = 3310
MAX_REPLY = 4096
_FOUND = re.compile(r"stream: (.+) FOUND")


class ScannerDown(Exception):
    """The scanner gave no clear answer. ``str`` of it is a short technical reason for the log."""


def scan(file: IO[bytes], address: str, timeout: float = 30) -> str:
    """What the scanner found in a seekable file, by its name; ``""`` when the file is clean.

    ``address`` is ``/run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``; ``timeout`` seconds hold for all of it. The
    file stands at its beginning afterwards. Raises ``ScannerDown``.
    """
    with _Talk(address, timeout) as talk:
        reply = talk.ask_about(file)
    if reply == "stream: OK":
        return ""
    found = _FOUND.fullmatch(reply)
    if found is None:
        raise ScannerDown(f"answered {reply[:200]!r}")
    return found[1][:200]


def ping(address: str, timeout: float = 5) -> str:
    """The scanner's version, such as ``ClamAV 1.4.6/27450/...``. Raises ``ScannerDown``."""
    with _Talk(address, timeout) as talk:
        reply = talk.ask("VERSION")
    if not reply.startswith("ClamAV "):
        raise ScannerDown(f"answered {reply[:200]!r}")
    return reply


class _Talk:
    """One question and its answer. Everything that goes wrong is ``ScannerDown``."""

    def __init__(self, address: str, timeout: float) -> None:
        self._ends = time.monotonic() + timeout
        try:
            self._socket = self._connected(address)
        except (OSError, ValueError) as fault:
            raise ScannerDown(f"not reached at {address}: {fault}") from fault

    def __enter__(self) -> _Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _connected(self, address: str) -> socket.socket:
        if address.startswith("/"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                line.settimeout(self._left())
                line.connect(address)
            except BaseException:
                line.close()
                raise
            return line
        parts = urlsplit(address)
        if parts.scheme != "tcp" or not parts.hostname:
            raise ValueError("neither a path nor tcp://host:port")
        return socket.create_connection((parts.hostname, parts.port or PORT), self._left())

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def ask(self, command: str) -> str:
        """The answer to a command of one word."""
        try:
            self._send(f"z{command}\0".encode())
            return self._reply()
        except OSError as fault:
            raise ScannerDown(str(fault)) from fault

    def ask_about(self, file: IO[bytes]) -> str:
        """The answer to a whole file, sent in pieces."""
        try:
            self._send(b"zINSTREAM\0")
            file.seek(0)
            while piece := file.read(CHUNK):
                self._send(struct.pack(">I", len(piece)) + piece)
            self._send(struct.pack(">I", 0))
            return self._reply()
        except (BrokenPipeError, ConnectionResetError) as fault:
            # It hangs up on a file that is too large for it, and says so before it does.
            raise ScannerDown(f"hung up: {self._last_words()!r}") from fault
        except OSError as fault:
            raise ScannerDown(str(fault)) from fault
        finally:
            file.seek(0)

    def _send(self, data: bytes) -> None:
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def _reply(self) -> str:
        """Up to the closing NUL; an answer without it is cut off."""
        reply = b""
        while not reply.endswith(b"\0"):
            self._socket.settimeout(self._left())
            piece = self._socket.recv(MAX_REPLY)
            if not piece or len(reply) > MAX_REPLY:
                raise ScannerDown(f"answer cut off: {reply[:200]!r}")
            reply += piece
        return reply[:-1].decode("ascii", "replace")

    def _last_words(self) -> str:
        try:
            return self._reply()
        except (OSError, ScannerDown):
            return ""
