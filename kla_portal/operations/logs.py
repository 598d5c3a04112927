"""One line per event, for machines (``json``) or for people (``line``), each with the request it belongs to.

What a line may hold: names of views, whole-number ids of their addresses, the signed-in person's number. What it never
holds: query strings, form data, names, tokens. An address of the network only where signing in or a refusal is told.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kla_portal import measures

PLAUSIBLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""What the proxy in front may send as the request's id."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
ROW_DETAIL = re.compile(r"^(?:DETAIL|CONTEXT|LINE \d+|PARAMETERS?):.*(?:\n[ \t]*\^.*)?$", re.MULTILINE)
"""Where PostgreSQL quotes the values of the row it refused."""


@dataclass
class Doing:
    """What this thread works on: a request, or a task of the queue."""

    id: str
    method: str = ""
    view: str = ""
    user: int | None = None


_doing: ContextVar[Doing | None] = ContextVar("doing", default=None)


def doing() -> Doing | None:
    return _doing.get()


@contextmanager
def work(now: Doing) -> Iterator[Doing]:
    """Let every line logged inside name ``now``."""
    token = _doing.set(now)
    try:
        yield now
    finally:
        _doing.reset(token)


def begin(now: Doing | None) -> None:
    """The same for work whose end is told elsewhere; it lasts until the next ``begin``. None: nothing is being done."""
    _doing.set(now)


def request_id(offered: str = "") -> str:
    """The id that the proxy gave, when it looks like one; else a new one of 16 characters."""
    return offered if PLAUSIBLE.fullmatch(offered) else secrets.token_hex(8)


def escaped(text: str) -> str:
    """On one line: control characters and those that turn the writing direction, as ``\\x0a`` or ``\\u2028``."""

    def code(match: re.Match[str]) -> str:
        number = ord(match[0])
        return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"

    return CONTROL.sub(code, text)


def message_of(record: logging.LogRecord) -> str:
    """The message; where Django would write the path of a request (links hold tokens) stands the view's name."""
    message = record.getMessage()
    path = getattr(getattr(record, "request", None), "path", None)
    if path is None:
        return message
    now = doing()
    return message.removesuffix(path) + (now.view if now and now.view else "-")


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """What the line says beside its message, by name; absent things are left out."""
    now = doing()
    facts: dict[str, Any] = {}
    if now:
        facts = {"request": now.id, "method": now.method, "view": now.view, "user": now.user}
    facts |= getattr(record, "facts", {})
    return {name: value for name, value in facts.items() if value is not None and value != ""}


def traceback_of(record: logging.LogRecord) -> str:
    if not record.exc_info:
        return ""
    return ROW_DETAIL.sub("", logging.Formatter().formatException(record.exc_info))


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (UTC), level, logger, message, facts, error and traceback. ASCII only."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            **facts_of(record),
        }
        if record.exc_info and record.exc_info[0]:
            entry |= {"error": record.exc_info[0].__qualname__, "traceback": traceback_of(record)}
        return json.dumps(entry, default=str)


class LineFormatter(logging.Formatter):
    """The same for people; a traceback follows, each of its lines behind a bar that no message can begin with."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in facts_of(record).items())
        first = escaped(
            f"{_time(record)} {record.levelname} {record.name} {message_of(record)} {facts}".rstrip()
        )
        below = [f"  | {escaped(line)}" for line in traceback_of(record).splitlines()]
        return "\n".join([first, *below])


class Sieve(logging.Filter):
    """Counts what the database ended, wherever it was; and leaves out what the access line says already.

    Django writes a line of its own for every answer of 500 and above; only that of an exception tells more.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            measures.count_database_error(record.exc_info[1])
        return bool(record.exc_info) or record.name != "django.request"


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
