"""What a file says: its pages, text, size and date, and pictures of its pages.

Foreign bytes reach C code only in a process of its own (``reader``), which has a bounded share of memory, time and
output, no way to start another, an empty folder and none of our environment. Here its answer is checked.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from kla_portal import clock
from kla_portal.indonesian import NATIONAL_ZONE

TEXT_PAGES = 500
"""Pages of a PDF whose text is read."""

TEXT_LIMIT = 100_000
"""Characters of one page; a Word file is one page."""

TEXT_TOTAL = 4_000_000
"""Characters of all pages; with these full, the remaining pages are not in ``texts``."""

THUMBNAIL_SIDE = 240
WIDEST = 2_000
"""Pixels."""

EARLIEST = date(1990, 1, 1)
"""Before, nobody photographed with EXIF; cameras without a set clock say 1970 or 1980."""

_CHILD = "evaluations.files.reader"
_ROOT = Path(__file__).resolve().parents[2]


class Unreadable(Exception):
    """The child could not read the file; ``str`` is a short technical reason for the log."""


class NoSuchPage(Unreadable):
    """The file has fewer pages."""


class ReaderFailed(RuntimeError):
    """The child did not come to reading: the set-up is broken, not the file. Trying again later may help."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` on the clock, ``cpu`` seconds of computing, ``memory`` and ``answer`` in bytes."""

    seconds: float = 60
    cpu: int = 40
    memory: int = 1_000_000_000
    answer: int = 32_000_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reading:
    """``pages``: those of a PDF, sheets, slides; 1 for pictures and Word.

    ``texts``: one per page read, ``""`` where a page has no text (a scan); NFC, single blanks, lines.
    ``lowest_dpi``: of the pages that are mostly one picture, the coarsest; ``None`` when no page is such a scan.
    ``width``, ``height``: pixels of a picture as it is shown, upright. ``taken_on``: the photo's own date.
    ``thumbnail``: WebP of the first page, at most ``THUMBNAIL_SIDE`` pixels; ``None`` for Office files.
    """

    pages: int
    texts: tuple[str, ...]
    lowest_dpi: int | None
    width: int | None
    height: int | None
    taken_on: date | None
    thumbnail: bytes | None


def read(path: Path, kind: str, *, limits: Limits = LIMITS) -> Reading:
    """``kind`` as ``inspection.FileType.extension``. Raises ``Unreadable``; ``ReaderFailed`` or ``OSError`` when
    the machine is at fault."""
    answer = _ask(path, {"kind": kind, "page": 0}, limits)
    try:
        return _reading(answer)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Unreadable("the child's answer makes no sense") from fault


def picture(path: Path, kind: str, page: int, width: int, *, limits: Limits = LIMITS) -> bytes:
    """WebP of one page (from 1) of a PDF or a picture, ``width`` pixels wide and never more than ``WIDEST``.

    A photo is never larger than it is; a page four times as high as wide is narrower. Raises ``NoSuchPage``, else
    as ``read``.
    """
    if page < 1 or kind not in {"pdf", "jpg", "png", "webp"}:
        raise NoSuchPage(f"no picture of page {page} of a {kind} file")
    answer = _ask(path, {"kind": kind, "page": page, "width": max(1, min(width, WIDEST))}, limits)
    try:
        made = _webp(answer["picture"])
    except (KeyError, TypeError, ValueError) as fault:
        raise Unreadable("the child's answer makes no sense") from fault
    if made is None:
        raise NoSuchPage(f"there is no page {page}")
    return made


def read_file(file: IO[bytes], kind: str, *, limits: Limits = LIMITS) -> Reading:
    """``read`` for a file that is open and may have no place on this disk. It stands at its beginning afterwards."""
    with on_disk(file) as path:
        return read(path, kind, limits=limits)


def picture_file(file: IO[bytes], kind: str, page: int, width: int, *, limits: Limits = LIMITS) -> bytes:
    """``picture`` for an open file, as ``read_file``."""
    with on_disk(file) as path:
        return picture(path, kind, page, width, limits=limits)


@contextmanager
def on_disk(file: IO[bytes]) -> Iterator[Path]:
    """A path with the file's bytes: its own where it has one, else a copy that goes afterwards."""
    own = _path_of(file)
    if own is not None:
        file.flush()
        yield own
        return
    with tempfile.NamedTemporaryFile(prefix="baca-") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        file.seek(0)
        yield Path(copy.name)


def _path_of(file: IO[bytes]) -> Path | None:
    """A name is trusted only where it leads to the very file that is open: one in a bucket has a name too."""
    try:
        path = Path(os.fsdecode(file.name))
        same = os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    return path.resolve() if same else None


def _ask(path: Path, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The child's answer to one job. Its output goes to a file, which its limit bounds; a pipe has none."""
    bounds = asdict(limits) | {"text_pages": TEXT_PAGES, "text_limit": TEXT_LIMIT, "text_total": TEXT_TOTAL}
    argument = json.dumps(bounds | {"thumbnail_side": THUMBNAIL_SIDE} | job)
    with (
        path.open("rb") as file,
        tempfile.TemporaryDirectory(prefix="baca-") as folder,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaint,
    ):
        ending = _run(argument, limits.seconds, stdin=file, stdout=answer, stderr=complaint, cwd=folder)
        answer.seek(0)
        begun, _, said = answer.read().partition(b"\n")
    if begun != argument.encode():
        raise ReaderFailed(ending)
    if ending:
        raise Unreadable(ending)
    return _sense(said)


def _run(argument: str, seconds: float, *, stderr: IO[bytes], **surroundings: Any) -> str:
    """How the child ended, in words; nothing when it ended well."""
    command = [sys.executable, "-P", "-m", _CHILD, argument]
    late = threading.Event()
    with subprocess.Popen(command, stderr=stderr, env=environment(), **surroundings) as process:  # noqa: S603

        def stop() -> None:
            late.set()
            process.kill()

        # Waiting with a timeout looks every 50 ms; this wakes at once.
        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            code = process.wait()
        finally:
            timer.cancel()
            process.kill()
    if code < 0 and late.is_set():
        return f"the child was ended after {seconds} s"
    if code < 0:
        return f"the child was ended by signal {-code} ({signal.strsignal(-code)})"
    stderr.seek(0)
    lines = stderr.read().decode(errors="replace").strip().splitlines() or ["without a word"]
    return f"the child ended with {code}: {_printable(lines[-1])}" if code else ""


def environment() -> dict[str, str]:
    """What Python needs to start, and nothing of ours: no keys, no database."""
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PYTHONHOME") if name in os.environ}
    return needed | {"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}


def _printable(text: str) -> str:
    """Foreign bytes may have a hand in the words: no line breaks or colours in the log."""
    return "".join(c for c in text[:300] if c.isprintable())


def _sense(said: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except ValueError:
        raise Unreadable("the child's answer is cut off") from None
    if not isinstance(answer, dict):
        raise Unreadable("the child's answer makes no sense")
    if "fault" in answer:
        raise Unreadable(_printable(str(answer["fault"])))
    return answer


def _reading(answer: dict[str, Any]) -> Reading:
    return Reading(
        pages=_number(answer["pages"]),
        texts=tuple(_text(text) for text in answer["texts"]),
        lowest_dpi=_optional(answer["lowest_dpi"]),
        width=_optional(answer["width"]),
        height=_optional(answer["height"]),
        taken_on=_day(answer["taken_on"]),
        thumbnail=_webp(answer["thumbnail"]),
    )


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def _optional(value: object) -> int | None:
    return None if value is None else _number(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LIMIT or "\0" in value:
        raise ValueError(type(value))
    return value


def _day(value: str | None) -> date | None:
    """``None`` for a camera whose clock was not set. Tomorrow passes: clocks differ."""
    if value is None:
        return None
    day = date.fromisoformat(value)
    latest = clock.now().astimezone(NATIONAL_ZONE).date() + timedelta(days=1)
    return day if EARLIEST <= day <= latest else None


def _webp(value: str | None) -> bytes | None:
    """It is served to browsers as what it says it is."""
    if value is None:
        return None
    data = base64.b64decode(value, validate=True)
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP")
    return data


__all__ = [
    "LIMITS", "Limits", "NoSuchPage", "ReaderFailed", "Reading", "Unreadable",
    "on_disk", "picture", "picture_file", "read", "read_file",
]  # fmt: skip
