"""The environment, read once: real variables first, then ``.env`` in the project folder.

``KLA_MODE`` is ``production`` unless something says otherwise, so that a forgotten variable is the safe one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
MODES = ("production", "demo", "test")


def _load_dotenv(path: Path) -> None:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.strip().partition("=")
        if separator and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def refuse(reason: str) -> NoReturn:
    """End the process with one line: a portal that is set up wrongly must not start."""
    sys.exit(f"Portal KLA tidak dijalankan: {reason}")


def text(name: str, default: str = "") -> str:
    """An empty variable counts as none."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on", "ya"}:
        return True
    if value in {"0", "false", "no", "off", "tidak"}:
        return False
    refuse(f"{name}={value} bukan ya atau tidak.")


def number(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        refuse(f"{name}={value} bukan bilangan bulat.")


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def database(name: str, default: str, *, max_age: int) -> dict[str, Any]:
    """What the variable's address names, else the address ``default``; a connection is kept ``max_age`` seconds.

    One that cannot be read is not repeated, not even by the parser's own words: they would show half its password.
    """
    try:
        found: dict[str, Any] = {
            **dj_database_url.parse(text(name) or default, conn_max_age=max_age, conn_health_checks=True)
        }
    except ValueError:
        found = {}
    # A bare slash in the password ends the host's name: what follows would be taken for the database's.
    if not found or ("@" in str(found["NAME"]) and "sqlite" not in found["ENGINE"]):
        refuse(
            f"{name} tidak terbaca. Bentuknya postgres://nama:sandi@tuan-rumah:5432/basisdata; "
            "tulis / # ? % dalam sandi sebagai %2F %23 %3F %25."
        )
    return found


def mode() -> str:
    value = text("KLA_MODE", "production")
    if value not in MODES:
        refuse(f"KLA_MODE={value} tidak dikenal; pilih {', '.join(MODES)}.")
    return value


_load_dotenv(BASE_DIR / ".env")
