"""HTTP/1.1 with as little work as can be: the client shares the machine with the portal."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TOKEN = "b" * 32
"""Secret of the CSRF cookie; Django takes it as its own token."""
BOUNDARY = "----bench"
MARK = b"%%TAG-0123456789-0123456789%%"
"""Where a paper carries its number, so that no two uploads are the same file."""


@dataclass(slots=True)
class Reply:
    status: int
    seconds: float
    size: int
    retry_after: bool
    """A refusal that says when to come again."""


async def send(port: int, request: bytes, *, timeout: float = 120) -> Reply:
    """The reply to one request; status 0 when there was none. On a connection of its own, as nginx asks the portal."""
    began = time.perf_counter()
    try:
        status, size, head = await asyncio.wait_for(_ask(port, request), timeout)
    except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError):
        return Reply(0, time.perf_counter() - began, 0, False)
    return Reply(status, time.perf_counter() - began, size, b"retry-after:" in head)


async def _ask(port: int, request: bytes) -> tuple[int, int, bytes]:
    """Status, bytes of the body, head in small letters."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        low = head.lower()
        if b"transfer-encoding: chunked" in low:
            size = await _chunks(reader)
        else:
            place = low.find(b"content-length:")
            size = int(low[place + 15 : low.index(b"\r\n", place)]) if place >= 0 else 0
            await reader.readexactly(size)
        return int(head[9:12]), size, low
    finally:
        writer.close()


async def _chunks(reader: asyncio.StreamReader) -> int:
    total = 0
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        await reader.readexactly(size + 2)
        total += size
        if not size:
            return total


def request_of(deed: dict[str, Any], *, paper: bytes = b"", number: int = 0) -> bytes:
    """The bytes of one deed: kinds ``get``, ``post`` (fields), ``save`` (an answer), ``upload`` (a paper)."""
    head = [f"Host: 127.0.0.1\r\nCookie: sessionid={deed['session']}; csrftoken={TOKEN}"]
    if deed["how"] == "get":
        return f"GET {deed['path']} HTTP/1.1\r\n{head[0]}\r\n\r\n".encode()
    head.append(f"X-CSRFToken: {TOKEN}")
    if deed["how"] == "upload":
        head += ["HX-Request: true", f"Content-Type: multipart/form-data; boundary={BOUNDARY}"]
        body = _paper(paper, number)
    else:
        fields = dict(deed["fields"])
        if deed["how"] == "save":
            head.append("HX-Request: true")
            fields |= {"note": note_of(number), "version": str(deed["version"])}
        head.append("Content-Type: application/x-www-form-urlencoded")
        body = urlencode(fields).encode()
    head.append(f"Content-Length: {len(body)}")
    return f"POST {deed['path']} HTTP/1.1\r\n".encode() + "\r\n".join(head).encode() + b"\r\n\r\n" + body


def note_of(number: int) -> str:
    """What makes each save another one: the check looks for it in the database afterwards."""
    return f"Catatan malam terakhir {number}"


def _paper(paper: bytes, number: int) -> bytes:
    content = paper.replace(MARK, f"%%TAG-{number:021d}%%".encode(), 1)
    return (
        (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="bukti-{number}.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
