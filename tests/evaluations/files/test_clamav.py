"""The scanner: only a clear answer counts. Against answers made here, and against the real clamd."""

from __future__ import annotations

import io
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from evaluations.files.clamav import CHUNK, ScannerDown, ping, scan
from tests.leftout import needs_program

Answer = Callable[[socket.socket], None]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: that of a socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="kla-") as made:
        yield Path(made)


class Scanner:
    """Speaks clamd's protocol on a socket, once a connection, as each test says."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.said = b""
        self.lengths: list[int] = []
        self.received = b""

    def serve(self, answer: Answer) -> None:
        threading.Thread(target=self._serve, args=(answer,), daemon=True).start()

    def _serve(self, answer: Answer) -> None:
        line, _ = self.listening.accept()
        with line, suppress(OSError):
            answer(line)

    def take(self, line: socket.socket) -> None:
        """A whole INSTREAM, as the manual describes it."""
        with line.makefile("rb") as stream:
            self.said = stream.read(len(b"zINSTREAM\0"))
            while (length := struct.unpack(">I", stream.read(4))[0]) > 0:
                self.lengths.append(length)
                self.received += stream.read(length)

    def replying(self, *pieces: bytes) -> Answer:
        def answer(line: socket.socket) -> None:
            self.take(line)
            for piece in pieces:
                line.sendall(piece)
                time.sleep(0.01)

        return answer


@pytest.fixture
def scanner(folder) -> Iterator[tuple[Scanner, str]]:
    address = str(folder / "clamd.ctl")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        yield Scanner(listening), address


def test_the_file_is_sent_whole_in_pieces_and_stands_at_its_beginning_afterwards(scanner):
    server, address = scanner
    server.serve(server.replying(b"stream: OK\0"))
    data = os.urandom(CHUNK * 2 + 7)
    file = io.BytesIO(data)
    file.seek(100)
    assert scan(file, address) == ""
    assert server.said == b"zINSTREAM\0"
    assert server.received == data
    assert server.lengths == [CHUNK, CHUNK, 7]
    assert file.tell() == 0


def test_an_empty_file_is_only_the_end_mark(scanner):
    server, address = scanner
    server.serve(server.replying(b"stream: OK\0"))
    assert scan(io.BytesIO(), address) == ""
    assert server.lengths == []


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([b"stream: OK\0"], ""),
        ([b"str", b"eam: O", b"K", b"\0"], ""),
        ([b"stream: Win.Test.EICAR_HDB-1 FOUND\0"], "Win.Test.EICAR_HDB-1"),
        ([b"stream: Heuristics.Encrypted.PDF", b" FOUND\0"], "Heuristics.Encrypted.PDF"),
        ([b"stream: FOUND FOUND\0"], "FOUND"),
    ],
)
def test_clear_answers(scanner, pieces, found):
    server, address = scanner
    server.serve(server.replying(*pieces))
    assert scan(io.BytesIO(b"isi"), address) == found


@pytest.mark.parametrize(
    "pieces",
    [
        [], [b""], [b"stream: OK"], [b"stream: O"], [b"\0"], [b"OK\0"], [b"stream: ok\0"], [b"stream: OK \0"],
        [b"stream: OK\nstream: X FOUND\0"], [b"stream: X FOUND\nstream: OK\0"], [b"stream:  FOUND\0"],
        [b"stream: Can't allocate memory ERROR\0"], [b"INSTREAM size limit exceeded. ERROR\0"],
        [b"UNKNOWN COMMAND\0"], [b"HTTP/1.1 200 OK\r\n\r\n\0"], [b"\xff\xfe\xfd\0"], [b"x" * 20_000],
    ],
)  # fmt: skip
def test_anything_else_is_no_answer(scanner, pieces):
    server, address = scanner
    server.serve(server.replying(*pieces))
    with pytest.raises(ScannerDown):
        scan(io.BytesIO(b"isi"), address)


def test_it_hangs_up_in_the_middle_and_says_why(scanner):
    """As clamd does with a file over StreamMaxLength."""
    server, address = scanner

    def answer(line: socket.socket) -> None:
        line.recv(1000)
        line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        line.shutdown(socket.SHUT_RDWR)

    server.serve(answer)
    with pytest.raises(ScannerDown):
        scan(io.BytesIO(bytes(20_000_000)), address)


@pytest.mark.parametrize("reads", [False, True])
def test_it_hangs(scanner, reads):
    """Without reading, the socket fills up; having read all, the answer stays away."""
    server, address = scanner
    done = threading.Event()

    def answer(line: socket.socket) -> None:
        if reads:
            server.take(line)
        done.wait(10)

    server.serve(answer)
    begun = time.perf_counter()
    with pytest.raises(ScannerDown, match="timed out"):
        scan(io.BytesIO(bytes(5_000_000)), address, timeout=0.3)
    done.set()
    assert time.perf_counter() - begun < 3


def test_the_time_holds_for_all_of_it_not_for_each_piece(scanner):
    server, address = scanner
    server.serve(server.replying(*[b"s"] * 200))
    begun = time.perf_counter()
    with pytest.raises(ScannerDown):
        scan(io.BytesIO(b"isi"), address, timeout=0.3)
    assert time.perf_counter() - begun < 1.5


def test_nobody_is_there(folder):
    for address in (str(folder / "tidak-ada"), "/" + "x" * 200, "tcp://127.0.0.1:1"):
        with pytest.raises(ScannerDown, match="not reached"):
            scan(io.BytesIO(b"isi"), address)
        with pytest.raises(ScannerDown, match="not reached"):
            ping(address)


@pytest.mark.parametrize(
    "address", ["", "clamd.ctl", "http://127.0.0.1", "tcp://", "tcp://127.0.0.1:x", "tcp://h:99999"]
)
def test_an_address_that_is_none(address):
    with pytest.raises(ScannerDown, match="not reached"):
        ping(address)


def test_over_the_network():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Scanner(listening)
        server.serve(server.replying(b"stream: OK\0"))
        assert scan(io.BytesIO(b"isi"), f"tcp://127.0.0.1:{listening.getsockname()[1]}") == ""
        assert server.received == b"isi"


def test_ping_wants_a_scanner(scanner):
    server, address = scanner

    def stranger(line: socket.socket) -> None:
        line.recv(100)
        line.sendall(b"+PONG\r\n\0")

    server.serve(stranger)
    with pytest.raises(ScannerDown, match="PONG"):
        ping(address)


# The real one, with two signatures of ours and no network

CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"
MARK = b"KLA-UJI-TANDA-BERBAHAYA"
LIMIT = 2_000_000


def _up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        try:
            ping(address, timeout=1)
        except ScannerDown:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="kla-") as made:
        folder = Path(made)
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "uji.ndb").write_text(f"Uji.Tanda.KLA:0:*:{MARK.hex()}\n")
        address = str(folder / "clamd.ctl")
        (folder / "clamd.conf").write_text(
            f"DatabaseDirectory {signatures}\nLocalSocket {address}\nForeground yes\nTemporaryDirectory {folder}\n"
            f"StreamMaxLength {LIMIT}\nMaxFileSize {LIMIT // 2}\nAlertExceedsMax yes\n"
        )
        log = folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen([CLAMD, "-c", folder / "clamd.conf"], stdout=out, stderr=out)
        try:
            _up(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(10)


@needs_program(CLAMD, "clamav-daemon")
def test_the_real_one_finds_what_it_knows_and_nothing_else(clamd):
    assert ping(clamd).startswith("ClamAV ")
    assert scan(io.BytesIO(b"surat biasa"), clamd) == ""
    assert scan(io.BytesIO(b"surat " + MARK + b" biasa"), clamd) == "Uji.Tanda.KLA.UNOFFICIAL"
    astride = bytes(CHUNK - 5) + MARK
    assert scan(io.BytesIO(astride), clamd) == "Uji.Tanda.KLA.UNOFFICIAL"
    assert scan(io.BytesIO(), clamd) == ""


@needs_program(CLAMD, "clamav-daemon")
def test_the_real_one_looks_into_documents(clamd):
    from tests.evaluations.evidence import corpus

    data = corpus.office(members={"word/catatan.txt": MARK * 50})
    assert MARK not in data
    assert scan(io.BytesIO(data), clamd) == "Uji.Tanda.KLA.UNOFFICIAL"
    assert scan(io.BytesIO(corpus.office()), clamd) == ""


@needs_program(CLAMD, "clamav-daemon")
def test_the_real_one_refuses_what_it_cannot_read_to_the_end(clamd):
    with pytest.raises(ScannerDown):
        scan(io.BytesIO(bytes(LIMIT * 5)), clamd)
    assert "Limits.Exceeded" in scan(io.BytesIO(bytes(LIMIT * 3 // 4)), clamd)


@needs_program(CLAMD, "clamav-daemon")
def test_the_real_one_serves_many_at_once(clamd):
    found: list[str] = []
    files = [b"biasa", MARK] * 5
    threads = [
        threading.Thread(target=lambda d=data: found.append(scan(io.BytesIO(d), clamd))) for data in files
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [""] * 5 + ["Uji.Tanda.KLA.UNOFFICIAL"] * 5
