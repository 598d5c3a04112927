"""The files that make up the product, without what is built, installed or stored beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("kla_portal", "indicators", "evaluations")
FOLDERS = (*PACKAGES, "templates", "static", "fixtures", "tests", "docs", "deploy", ".ci")
BUILT = {"__pycache__", "node_modules"}
BINARY = {".png", ".jpg", ".webp", ".gz", ".pdf", ".docx", ".xlsx", ".pptx", ".ico", ".woff2"}


def files(*folders: str, suffix: str = "") -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            if path.is_file() and not BUILT & set(path.parts):
                yield path


def texts() -> Iterator[tuple[Path, str]]:
    """(Path, content) of every text file, those at the top included."""
    top = (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != ".env")
    for path in [*top, *files(*FOLDERS)]:
        if path.suffix not in BINARY:
            yield path, path.read_text(encoding="utf-8")


def modules(*folders: str) -> Iterator[Path]:
    """Python files, migrations left out: Django writes those."""
    return (path for path in files(*folders, suffix=".py") if "migrations" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
