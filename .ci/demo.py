"""The demo's data behind `make run` and `make demo`: build once, keep, or throw away and build anew.

A build that was broken off leaves a mark, so that the next one starts clean instead of serving half a demo.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kla_portal import env  # noqa: E402  the project folder must be on the path first

DATA = Path(env.text("KLA_DATA_DIR") or ROOT / "var")
MARK = DATA / ".demo-unfinished"


def stop(*lines: str) -> NoReturn:
    sys.exit("\n".join(lines))


def need_demo_mode() -> None:
    if env.mode() != "demo":
        stop(
            f"KLA_MODE is {env.mode()}: `make run` and `make demo` serve the demo only.",
            "Write KLA_MODE=demo into .env, or see docs/operations.md for a portal in production.",
        )


def manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def wipe() -> None:
    """Remove the SQLite database and the files beside it. A database elsewhere is its owner's to empty."""
    if env.text("DATABASE_URL"):
        stop(
            "DATABASE_URL names a database of yours, which is not emptied here.",
            "Drop and create it yourself, then: make run",
        )
    for path in DATA.glob("kla.sqlite3*"):
        path.unlink()
    for folder in ("evidence", "reports"):
        shutil.rmtree(DATA / folder, ignore_errors=True)
    MARK.unlink(missing_ok=True)


def build() -> None:
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    if MARK.exists():
        sys.stdout.write("The last build of the demo was broken off: starting anew.\n")
        sys.stdout.flush()
        wipe()
    # Only a first build is marked: data that people have worked on are never wiped for a failed migration.
    if not env.text("DATABASE_URL") and not (DATA / "kla.sqlite3").exists():
        MARK.touch()
    manage("migrate", "--verbosity", "0")
    manage("seed_demo")
    MARK.unlink(missing_ok=True)


def main(arguments: list[str]) -> None:
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    need_demo_mode()
    if arguments == ["rebuild"]:
        wipe()
    elif arguments != ["build"]:
        stop("usage: demo.py build | rebuild")
    build()


if __name__ == "__main__":
    main(sys.argv[1:])
