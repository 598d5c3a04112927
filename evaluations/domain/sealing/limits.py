"""How often one address may ask the public check. Counted in the shared data folder, for every worker and host.

One byte is appended to a file per try: the system does that whole, whoever else writes. The database is left alone,
since visitors without an account must not queue for SQLite's one writer. A file's name is a keyed hash; no address is
kept, and the files of a time span go when the next one begins.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from kla_portal import clock
from kla_portal.accounts.client_address import network_of

FOLDER = "limits"


class TooMany(Exception):
    """``wait``: whole seconds until the next try counts from nought."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"Terlalu banyak pemeriksaan. Coba lagi {wait} detik lagi.")
        self.wait = wait


def count_try(address: str) -> None:
    """Raises ``TooMany`` when the address has had its ``CHECK_LIMIT`` tries in this span of ``CHECK_SECONDS``."""
    now = int(clock.now().timestamp())
    span, spent = divmod(now, settings.CHECK_SECONDS)
    folder = Path(settings.DATA_DIR) / FOLDER / str(span)
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_before(folder)
    name = salted_hmac("evaluations.sealing.limits", network_of(address)).hexdigest()
    if add_byte(folder / name) > settings.CHECK_LIMIT:
        raise TooMany(settings.CHECK_SECONDS - spent)


def add_byte(path: Path) -> int:
    """How many the file holds then. Its folder is made again when the next span's first try took it away."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        line = os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = os.open(path, flags, 0o600)
    try:
        os.write(line, b".")
        # Where our own byte ended, whoever has written since.
        return os.lseek(line, 0, os.SEEK_CUR)
    finally:
        os.close(line)


def _forget_before(folder: Path) -> None:
    for other in folder.parent.iterdir():
        if other.name.isdigit() and int(other.name) < int(folder.name):
            shutil.rmtree(other, ignore_errors=True)
