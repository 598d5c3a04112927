"""The table of expectations, read from ``expected.txt``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.http import HttpResponseBase

TABLE = Path(__file__).with_name("expected.txt")
METHODS = ("GET", "POST")

PEOPLE = {
    "con": "contributor_health_tabalong",
    "kec": "officer_kecamatan",
    "koo": "coordinator_tabalong",
    "pim": "leader_tabalong",
    "vpr": "verifier_kalsel",
    "apr": "admin_kalsel",
    "aud": "auditor_kalsel",
    "vna": "verifier_national",
    "ana": "admin_national",
    "koX": "coordinator_tanahbumbu",
    "vpX": "verifier_kalteng",
    "apX": "admin_kalteng",
    "non": "stranger",
    "ano": None,
}
"""Column -> who of the named cast. Everything belongs to Tabalong: the columns with an X stand elsewhere."""

SYMBOLS = {403: "x", 404: ".", 405: "-"}
"""Refused with a reason, does not exist, no such method. Past the gate: ``+``; to the sign-in: ``>``."""

Expected = dict[tuple[str, str], dict[str, str]]


def rows(text: str | None = None) -> Iterator[tuple[str, str, list[str]]]:
    """Name of the address, method, one symbol per column."""
    for line in (TABLE.read_text(encoding="utf-8") if text is None else text).splitlines():
        if line.strip() and not line.startswith("#"):
            name, method, *cells = line.split()
            yield name, method, cells


def expected() -> Expected:
    """(name, method) -> column -> symbol."""
    return {(name, method): dict(zip(PEOPLE, cells, strict=True)) for name, method, cells in rows()}


def symbol(answer: HttpResponseBase) -> str:
    """What the answer says about the gate. A fault of the server is no symbol: its status comes back."""
    status = answer.status_code
    to_sign_in = status == 302 and answer["Location"].startswith("/akun/masuk/?next=")
    if status == 401 or to_sign_in:
        return ">"
    return SYMBOLS.get(status, "+" if status < 500 else str(status))
