"""People who do not stop: each notes what the portal acknowledged, and after a lost reply does the same once more."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.cast import PASSWORD
from tests.endurance.hosts import Proxy, Reply
from tests.evaluations.evidence import corpus

TUS = {"Tus-Resumable": "1.0.0"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PIECE = 400
PATIENCE = 0.1
"""Seconds before the next try."""


class Hands:
    """Everything that happened. ``saved``: [evaluation, code, version, note]; ``files``: sha256 of what was settled;
    ``moved``: [evaluation, deed]; ``papers``: sha256; ``strange``: replies that nobody should get."""

    def __init__(self, proxy: Proxy, built: dict[str, Any]) -> None:
        self.proxy, self.sessions, self.evaluations = proxy, built["sessions"], built["evaluations"]
        self.saved: list[tuple[int, str, int, str]] = []
        self.files: list[str] = []
        self.moved: list[tuple[int, str]] = []
        self.papers: list[str] = []
        self.strange: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def begin(self) -> None:
        work: list[Callable[[], None]] = [
            lambda: self._saving("koor", "tabalong", ["1.1"]),
            lambda: self._saving("kes", "tabalong", ["12.1"]),
            lambda: self._saving("tetangga", "tanahbumbu", ["1.1"]),
            lambda: self._uploading("koor", "tabalong", "1.1:1"),
            lambda: self._stages("gunungmas"),
            self._papers,
        ]
        self.threads = [threading.Thread(target=self._guarded, args=[one], daemon=True) for one in work]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads)

    def counts(self) -> list[int]:
        return [len(self.saved), len(self.files), len(self.moved), len(self.papers)]

    def wait_for_more(self, *, seconds: float = 60, than: list[int] | None = None) -> None:
        """Until each kind of deed was acknowledged once more: everything goes on. ``than``: counted from there."""
        before, until = than or self.counts(), time.monotonic() + seconds
        while any(now <= then for now, then in zip(self.counts(), before, strict=True)):
            assert time.monotonic() < until, (
                f"stands still: {before} {self.counts()} {self.statuses} {self.strange}"
            )
            time.sleep(0.05)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # a thread that ends unseen would make the test pass
            self.strange.append(repr(fault))

    def _ask(
        self,
        who: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        expected: tuple[int, ...],
        **headers: str,
    ) -> Reply | None:
        """Asks until a reply comes; ``None`` when it is over. What is neither expected nor a fault to wait out is strange."""
        while not self.over.is_set():
            reply = self.proxy.ask(self.sessions[who], method, path, body, **headers)
            self.statuses[reply.status] += 1
            if reply.status in expected:
                return reply
            if reply.status not in {0, 500, 502, 503}:
                self.strange.append(f"{method} {path}: {reply.status} {reply.text[:300]}")
                return None
            if reply.status and "html" not in reply.text.lower() and "portal" not in reply.text.lower():
                self.strange.append(f"{reply.status} without a word of ours: {reply.text[:200]}")
            time.sleep(PATIENCE)
        return None

    def _saving(self, who: str, where: str, codes: list[str]) -> None:
        pk, versions, number = self.evaluations[where], dict.fromkeys(codes, 0), 0
        while not self.over.is_set():
            for code in codes:
                number += 1
                note = f"Catatan {who} {number}"
                fields = (
                    {"option": "0"} if code.startswith("1.") else {"numerator": "95", "denominator": "100"}
                )
                body = urlencode(fields | {"note": note, "version": str(versions[code])}).encode()
                path = f"/evaluasi/{pk}/pertanyaan/{code}/simpan/"
                reply = self._ask(who, "POST", path, body, expected=(200,), HX_Request="true", **FORM)
                if reply is None:
                    return
                versions[code] += 1
                self.saved.append((pk, code, versions[code], note))

    def _uploading(self, who: str, where: str, slot: str) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            data = corpus.pdf(mark=f"berkas {number} {time.time_ns()}")
            if self.upload(who, where, slot, data):
                self.files.append(hashlib.sha256(data).hexdigest())

    def upload(self, who: str, where: str, slot: str, data: bytes) -> bool:
        """The whole way of a file; goes on from where the portal says it is."""
        told = {"filename": "bukti.pdf", "slot": slot, "sha256": hashlib.sha256(data).hexdigest()}
        meta = ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in told.items())
        head = TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": meta}
        path = f"/evaluasi/{self.evaluations[where]}/unggah/"
        begun = self._ask(who, "POST", path, expected=(201,), **head)
        if begun is None:
            return False
        address, offset = begun.headers["Location"], int(begun.headers["Upload-Offset"])
        while offset < len(data):
            piece, head = data[offset : offset + PIECE], TUS | {"Upload-Offset": str(offset)}
            head["Content-Type"] = "application/offset+octet-stream"
            sent = self._ask(who, "PATCH", address, piece, expected=(204, 409), **head)
            if sent is None:
                return False
            # 409 after a lost reply: the piece had come. Never less than was acknowledged.
            if int(sent.headers["Upload-Offset"]) <= offset:
                self.strange.append(f"{address} fell back from {offset} to {sent.headers['Upload-Offset']}")
            offset = int(sent.headers["Upload-Offset"])
        settled = self._ask(who, "POST", f"{address}selesai/", expected=(200,), HX_Request="true", **TUS)
        if settled is not None and not ("tersimpan" in settled.text or "sudah ada" in settled.text):
            self.strange.append(f"not settled: {settled.text[:300]}")
        return settled is not None

    def _stages(self, where: str) -> None:
        """Handed in, closed, opened again, for ever. A deed that was done before its reply got lost is refused (403)."""
        pk, district, province = self.evaluations[where], "gunungmas", "adm.kalteng"
        secret = {"password": PASSWORD}
        while not self.over.is_set():
            body = urlencode(secret | {"incomplete": "on"}).encode()
            self._move(pk, "submit", district, f"/evaluasi/{pk}/ajukan/", body, FORM)
            self._move(pk, "close", province, f"/evaluasi/{pk}/tutup/va/", *_letter(secret))
            body = urlencode(secret | {"reason": "Untuk diulang."}).encode()
            for stage in ("va", "em"):
                self._move(
                    pk, f"reopen {stage}", province, f"/evaluasi/{pk}/buka-kembali/{stage}/", body, FORM
                )

    def _move(self, pk: int, deed: str, who: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        reply = self._ask(who, "POST", path, body, expected=(302, 403), **headers)
        if reply is not None and reply.status == 302:
            self.moved.append((pk, deed))

    def _papers(self) -> None:
        """A table of the results so far; each result makes it another one, also while it is made (202)."""
        path = f"/evaluasi/{self.evaluations['gunungmas']}/tahap/unduh/xlsx/"
        while not self.over.is_set():
            reply = self._ask("gunungmas", "GET", path, expected=(200, 202))
            if reply is None:
                return
            if reply.status == 200:
                self.papers.append(hashlib.sha256(reply.body).hexdigest())
            time.sleep(PATIENCE)


def _letter(fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """The governor's letter with its form, as multipart."""
    edge = "----tepi"
    fields = fields | {"letter_number": "100/1/2026", "letter_date": "2026-01-02"}
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        'Content-Disposition: form-data; name="letter"; filename="surat.pdf"\r\nContent-Type: application/pdf'
    )
    letter = corpus.pdf(mark=str(time.time_ns()))
    parts += [f"--{edge}\r\n{head}\r\n\r\n".encode(), letter, f"\r\n--{edge}--\r\n".encode()]
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={edge}"}
