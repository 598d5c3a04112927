"""Part of a file over HTTP: one range of bytes, so that a broken download goes on where it stopped (RFC 9110, 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*$", re.ASCII | re.IGNORECASE)
"""No file has a longer place than that, and Python refuses to read numbers of thousands of digits."""
CHUNK = 64 * 1024


class Span(NamedTuple):
    """Bytes ``start`` to ``stop``, the last one not included."""

    start: int
    stop: int


class Unsatisfiable(ValueError):
    """The range begins behind the end."""


def span_of(request: HttpRequest, size: int, etag: str) -> Span | None:
    """The part that is asked for; ``None`` for the whole: without a range, with several, or when the file changed.

    ``etag`` is the strong one, with its quotes. Raises ``Unsatisfiable``.
    """
    asked = ONE_RANGE.match(request.headers.get("Range", ""))
    if request.method != "GET" or asked is None or not any(asked.groups()):
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size or stop <= start:
        raise Unsatisfiable
    return Span(start, stop)


def is_continued(request: HttpRequest) -> bool:
    """Whether a later part of a file is asked for: it was opened before."""
    asked = ONE_RANGE.match(request.headers.get("Range", ""))
    return bool(asked and asked[1] and int(asked[1]))


def whole_or_part(
    request: HttpRequest, size: int, etag: str, content_type: str
) -> tuple[HttpResponseBase, Span | None]:
    """The answer without its content, and the bytes that belong into it (``None``: none, for HEAD or 416).

    A streaming answer waits for ``streaming_content``. ``size`` in bytes.
    """
    try:
        span = span_of(request, size, etag)
    except Unsatisfiable:
        response: HttpResponseBase = HttpResponse(status=416, content_type=content_type)
        response["Content-Range"] = f"bytes */{size}"
        return response, None
    whole = span or Span(0, size)
    status = 206 if span else 200
    if request.method == "HEAD":
        response = HttpResponse(status=status, content_type=content_type)
    else:
        response = StreamingHttpResponse(status=status, content_type=content_type)
    response["Content-Length"] = str(whole.stop - whole.start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if span:
        response["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return response, None if request.method == "HEAD" else whole


def read_span(content: IO[bytes], span: Span) -> Iterator[bytes]:
    """The bytes of ``span``, piece by piece; the file is closed afterwards."""
    with content:
        content.seek(span.start)
        left = span.stop - span.start
        while left and (piece := content.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def part_of(pieces: Iterator[bytes], span: Span) -> Iterator[bytes]:
    """The bytes of ``span`` out of what is made from its beginning; the rest is thrown away."""
    position = 0
    for piece in pieces:
        end = position + len(piece)
        if end > span.start:
            yield piece[max(0, span.start - position) : max(0, span.stop - position)]
        position = end
        if position >= span.stop:
            return
