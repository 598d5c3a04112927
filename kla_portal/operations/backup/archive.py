"""The folder of a backup: what it holds, and the proof that nothing in it is missing, changed or added.

``files.tsv`` has one line per file (sha256, size in bytes, path), so that no list of all files is ever in memory;
``manifest.json`` seals it. The manifest is written last: a folder without it is no backup.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from evaluations.scoring.score import digest
from kla_portal.operations.backup import folders
from kla_portal.operations.backup.faults import BackupRefused

FORMAT = 1
MANIFEST, LIST = "manifest.json", "files.tsv"
DATABASE_FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
LINE = re.compile(r"([0-9a-f]{64})\t([0-9]+)\t([^\t\n]+)\n")
SHOWN = 10
"""Faults that a refusal names one by one."""

Manifest = dict[str, Any]
"""JSON: format, product, begun_at, ended_at (UTC), database {kind, version, tool}, facts (content.Facts),
files {count, bytes, sha256 of files.tsv}, absent [{path, why}], digest of all the rest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive; ``size`` in bytes."""

    path: str
    sha256: str
    size: int

    @property
    def line(self) -> str:
        return f"{self.sha256}\t{self.size}\t{self.path}\n"


def sealed(content: Manifest) -> bytes:
    """The manifest as it is written, with the digest over itself."""
    whole = content | {"digest": digest(content)}
    return (json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read(folder: Path) -> Manifest:
    """The manifest, its own digest checked. Raises ``BackupRefused``."""
    file = folder / MANIFEST
    if not file.is_file():
        raise BackupRefused(
            f"{folder} bukan cadangan yang selesai: {MANIFEST} tidak ada. Pilih folder cadangan yang lain."
        )
    try:
        content = json.loads(file.read_bytes())
        told, kind = content.pop("format"), content["database"]["kind"]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _damaged(folder, [f"{MANIFEST} tidak terbaca"]) from None
    if told != FORMAT:
        raise BackupRefused(
            f"Cadangan ini berformat {told}; portal ini membaca format {FORMAT}. Pasang versi portal yang membuatnya "
            f"({content.get('product', 'tidak tercatat')})."
        )
    seal = content.pop("digest", "")
    content = {"format": told, **content}
    if seal != digest(content) or kind not in DATABASE_FILES:
        raise _damaged(folder, [f"{MANIFEST} tidak cocok dengan sidiknya sendiri"])
    return content | {"digest": seal}


def entries(folder: Path) -> Iterator[Entry]:
    """The lines of ``files.tsv``. Raises ``BackupRefused`` at one that cannot be read or leads elsewhere."""
    with (folder / LIST).open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            found = LINE.fullmatch(line)
            parts = PurePosixPath(found[3]).parts if found else ("/",)
            if not found or parts[0] == "/" or ".." in parts:
                raise _damaged(folder, [f"{LIST} baris {number} tidak terbaca"])
            yield Entry(found[3], found[1], int(found[2]))


def check(folder: Path) -> Manifest:
    """Read every byte of the archive. Raises ``BackupRefused`` that names what is missing, changed or surplus."""
    manifest = read(folder)
    told = manifest["files"]
    if not (folder / LIST).is_file() or folders.digest_of(folder / LIST)[0] != told["sha256"]:
        raise _damaged(folder, [f"{LIST} hilang atau berubah"])
    faults: list[str] = []
    count = size = 0
    for entry in entries(folder):
        count, size = count + 1, size + entry.size
        fault = _fault(folder, entry)
        if fault and len(faults) <= SHOWN:
            faults.append(fault)
    if (count, size) != (told["count"], told["bytes"]):
        faults.append(f"{LIST} tidak sesuai dengan {MANIFEST}")
    faults += _surplus(folder, count)
    if faults:
        raise _damaged(folder, faults)
    return manifest


def _fault(folder: Path, entry: Entry) -> str:
    file = folder / entry.path
    if file.is_symlink() or not file.is_file():
        return f"hilang: {entry.path}"
    return "" if folders.digest_of(file) == (entry.sha256, entry.size) else f"berubah: {entry.path}"


def _surplus(folder: Path, listed: int) -> list[str]:
    """Names that the list does not have. The list is only held in memory when the numbers differ."""
    if sum(1 for _ in _present(folder)) == listed + 2:
        return []
    known = {MANIFEST, LIST} | {entry.path for entry in entries(folder)}
    return [f"tidak terdaftar: {path}" for path in _present(folder) if path not in known][:SHOWN]


def _present(folder: Path) -> Iterator[str]:
    for top, _, names in os.walk(folder):
        for name in names:
            yield (Path(top) / name).relative_to(folder).as_posix()


def _damaged(folder: Path, faults: list[str]) -> BackupRefused:
    shown = "; ".join(faults[:SHOWN]) + (" ..." if len(faults) > SHOWN else "")
    return BackupRefused(
        f"Cadangan {folder} rusak: {shown}. Tidak ada yang diubah. Pakai cadangan yang lain."
    )
