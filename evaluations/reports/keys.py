"""The key under which a rendered file is kept: what was rendered, and with which templates and code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from evaluations.scoring.score import digest

CODE = Path(__file__).resolve().parent
LIBRARIES = ("weasyprint", "openpyxl")


def report_key(kind: str, payload: object) -> str:
    """sha256 in hexadecimal. ``kind`` names the form too (``ranking.xlsx``); ``payload`` is JSON-ready."""
    return digest({"kind": kind, "payload": payload, "templates": template_version()})


@cache
def template_version() -> str:
    """sha256 of all that shapes a file beside its data: templates, styles, this code, library versions."""
    content = hashlib.sha256()
    for path in sources():
        content.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for library in LIBRARIES:
        content.update(f"{library} {version(library)}".encode())
    return content.hexdigest()


def sources() -> Iterator[Path]:
    """Every file that shapes a report, in a fixed order."""
    folders = (
        (template_folder(), "*.html"),
        (template_folder(), "*.svg"),
        (template_folder(), "*.css"),
        (CODE, "*.py"),
    )
    for folder, pattern in folders:
        yield from sorted(folder.glob(pattern))


def template_folder() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "evaluations" / "report"
