"""A PostgreSQL of its own, so that it can be killed: on a socket in its folder, ended by its own process ids."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from django.db import connection

SETTINGS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"
"""Commits are waited for; only the disk under a running system is trusted, as nobody here pulls its plug."""
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Cluster:
    """A server with one database: a copy of the suite's own, which must be PostgreSQL."""

    def __init__(self) -> None:
        # Not below pytest's folder: the server's own user may not enter that.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="kla-kill."))
        self.data = folder / "data"
        self.before = _owner(folder)
        self._run(
            "initdb", "-D", self.data, "-U", "kla", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"
        )
        self.start()
        self._run("createdb", "-h", folder, "-U", "kla", "kla")
        self._fill()

    @property
    def url(self) -> str:
        return f"postgres://kla@{quote(str(self.folder), safe='')}/kla"

    def start(self) -> None:
        # With a log of its own: a server that inherits our pipe would keep it open.
        log = self.folder / "server.log"
        told = f"{SETTINGS} -c unix_socket_directories='{self.folder}'"
        self._run("pg_ctl", "-D", self.data, "-l", log, "-w", "-o", told, "start")

    def stop_at_once(self) -> None:
        """What an administrator in a hurry does: no checkpoint, recovery at the next start."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """kill -9 of the server and of all its children, as a machine without memory does."""
        pid = self._pid()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            _kill(one)
        until = time.monotonic() + 30
        while any(_is_alive(int(one)) for one in (pid, *children)) and time.monotonic() < until:
            time.sleep(0.02)
        # Whose process is gone; where nobody collects the dead, their ids look alive to the next server.
        for lock in (self.data / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop_at_once()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def _run(self, name: str, *arguments: str | Path) -> None:
        command = [*self.before, PROGRAMS[-1] / name, *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == 0, f"{name}: {done.stderr.decode()[-2000:]}"

    def _fill(self) -> None:
        told = connection.get_connection_params()
        place = {"PGHOST": told.get("host", ""), "PGPORT": str(told.get("port", "") or "")}
        place |= {"PGUSER": told.get("user", "") or "", "PGPASSWORD": told.get("password", "") or ""}
        env = {**os.environ, **{name: value for name, value in place.items() if value}}
        dump = subprocess.Popen(
            [PROGRAMS[-1] / "pg_dump", "--no-owner", told["dbname"]], env=env, stdout=subprocess.PIPE
        )
        psql = [
            PROGRAMS[-1] / "psql",
            "-h",
            str(self.folder),
            "-U",
            "kla",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "kla",
        ]
        subprocess.run(psql, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        assert dump.wait() == 0


def _owner(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its programs."""
    if os.getuid():
        return []
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
