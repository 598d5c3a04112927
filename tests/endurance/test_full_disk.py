"""No room on the disk: it is said, nothing stays half written, reading goes on; with room again all works.

A worker whose files may not grow (RLIMIT_FSIZE) meets the full disk wherever it writes, whoever runs the tests.
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.bench.evening import paper
from tests.endurance.hands import FORM, TUS
from tests.endurance.hosts import Proxy

pytestmark = pytest.mark.django_db

PDF = paper(60_000)
ROOM = 34_000
"""Bytes that a file may have. SQLite's index of its log needs 32 kB to be opened at all, also for reading."""


class Person:
    """The coordinator of Tabalong."""

    def __init__(self, proxy, built):
        self.proxy, self.session, self.pk = proxy, built["sessions"]["koor"], built["evaluations"]["tabalong"]

    def ask(self, method, path, body=b"", **headers):
        return self.proxy.ask(self.session, method, f"/evaluasi/{self.pk}/{path}", body, **headers)

    def save(self, version=0):
        fields = {"option": "0", "note": "Catatan " * 400, "version": str(version)}
        body = urlencode(fields).encode()
        return self.ask("POST", "pertanyaan/1.1/simpan/", body, HX_Request="true", **FORM)

    def begin(self):
        told = {"filename": "bukti.pdf", "slot": "1.1:1", "sha256": hashlib.sha256(PDF).hexdigest()}
        meta = ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in told.items())
        head = TUS | {"Upload-Length": str(len(PDF)), "Upload-Metadata": meta}
        return self.ask("POST", "unggah/", **head).headers["Location"]

    def send(self, address):
        head = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        return self.proxy.ask(self.session, "PATCH", address, PDF, **head)

    def settle(self, address):
        return self.proxy.ask(self.session, "POST", f"{address}selesai/", HX_Request="true", **TUS)

    def paper(self):
        return self.ask("GET", "laporan/konsep.pdf")


@pytest.fixture(scope="module")
def full(host, built):
    """What became of each deed while there was no room, and afterwards."""
    host.workers = 1
    host.start()
    person, seen = Person(Proxy(host), built), {}
    address = person.begin()
    assert person.ask("GET", "pengisian/").status == 200
    host.largest_file(ROOM)
    seen["piece"], seen["paper"] = person.send(address), person.paper()
    if connection.vendor == "sqlite":
        seen["save"] = person.save()
    seen["reading"] = person.ask("GET", "pengisian/")
    host.largest_file(-1)
    seen["faults"] = host.module("proving", {"saved": [], "files": [], "papers": [], "moved": []})
    seen["after"] = [person.send(address), person.settle(address), person.save(), person.paper()]
    return seen


def test_a_piece_of_an_upload_waits(full):
    assert full["piece"].status == 503
    assert "Penyimpanan portal" in full["piece"].text or "Basis data portal" in full["piece"].text
    assert full["piece"].headers["Retry-After"]


def test_a_paper_says_why_not(full):
    assert full["paper"].status in {500, 503}
    assert "Penyimpanan portal penuh" in full["paper"].text


def test_a_save_is_not_acknowledged_and_says_why(full):
    if "save" in full:
        assert full["save"].status == 503
        assert full["save"].text.startswith("Penyimpanan portal penuh atau terganggu; ini belum tersimpan.")


def test_reading_goes_on(full):
    assert full["reading"].status == 200


def test_nothing_is_half_written_and_with_room_again_all_works(full):
    assert full["faults"] == []
    piece, settled, saved, paper = full["after"]
    assert [piece.status, settled.status, saved.status, paper.status] == [204, 200, 200, 200]
    assert "tersimpan" in settled.text
    assert paper.body.startswith(b"%PDF")
