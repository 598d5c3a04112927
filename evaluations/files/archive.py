"""ZIP files that others made: what they hold, read without trusting what they say of themselves.

A table of contents may lie about sizes, name a stretch of the file twice, or be as long as the file. So its own size is
looked at first, then the declared sizes, then each member is unpacked piece by piece, kept nowhere, and given up at
the first byte that was not declared.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MAX_MEMBERS = 5_000
MAX_DIRECTORY = 2_000_000
"""Bytes of a table of contents; 5,000 members with long names take half of it, unread it costs no memory."""
MAX_EXPANDED = 300_000_000
"""Bytes that the file declares to hold when unpacked."""
MAX_RATIO = 200
"""Unpacked against packed, for files that unpack to more than ``RATIO_FROM`` bytes."""
RATIO_FROM = 20_000_000
PIECE = 1 << 16

FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    EOFError,
)
"""What ``zipfile`` raises for files that are broken in one way or another."""


class Swollen(Exception):
    """It holds more than may be unpacked, or more than it says."""


@dataclass(slots=True)
class Allowance:
    """Bytes that may still be unpacked for one file, archives within it included."""

    left: int = MAX_EXPANDED

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Swollen


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """The archive, its table of contents read. Raises ``Swollen`` for an endless one, else one of ``FAULTS``."""
    if _directory_size(file) > MAX_DIRECTORY:
        raise Swollen
    return zipfile.ZipFile(file)


def _directory_size(file: IO[bytes]) -> int:
    """Bytes of the table of contents, found where ``zipfile`` finds it."""
    size = file.seek(0, 2)
    file.seek(max(size - (1 << 16) - 22, 0))
    tail = file.read()
    end = len(tail) - 22 if tail[-22:-18] == b"PK\x05\x06" else tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise zipfile.BadZipFile
    wide = end - 20 - 56
    if wide >= 0 and tail[end - 20 : end - 16] == b"PK\x06\x07" and tail[wide : wide + 4] == b"PK\x06\x06":
        return int.from_bytes(tail[wide + 40 : wide + 48], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little")


def must_be_bounded(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Raise ``Swollen`` or ``zipfile.BadZipFile`` from the table of contents alone; nothing is unpacked."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Swollen
    names = [member.orig_filename.lower().replace("\\", "/") for member in members]
    if len(set(names)) != len(names) or any(_climbs(name) for name in names):
        raise zipfile.BadZipFile
    expanded = sum(member.file_size for member in members)
    size = file.seek(0, 2)
    if expanded > MAX_EXPANDED or (expanded > RATIO_FROM and expanded > MAX_RATIO * size):
        raise Swollen
    _must_lie_apart(members, archive.start_dir)


def _climbs(name: str) -> bool:
    return name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or "\x00" in name


def _must_lie_apart(members: list[zipfile.ZipInfo], end: int) -> None:
    """Each member in a stretch of its own, the first at the very beginning."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    if ordered and ordered[0].header_offset != 0:
        raise zipfile.BadZipFile
    starts = [member.header_offset for member in ordered[1:]] + [end]
    for member, following in zip(ordered, starts, strict=True):
        if member.header_offset + 30 + len(member.orig_filename) + member.compress_size > following:
            raise zipfile.BadZipFile


def unpacked(
    archive: zipfile.ZipFile, file: IO[bytes], member: zipfile.ZipInfo, allowance: Allowance
) -> Iterator[bytes]:
    """The member's bytes in pieces. Raises ``Swollen`` at the first undeclared byte, or one of ``FAULTS``."""
    # Opening compares both names and looks at flags; it reads nothing.
    archive.open(member).close()
    made, checksum = 0, 0
    for piece in _inflated(file, member):
        made += len(piece)
        if made > member.file_size:
            raise Swollen
        allowance.spend(len(piece))
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if made != member.file_size or checksum != member.CRC:
        raise zipfile.BadZipFile


def _inflated(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    place, left = _start_of(file, member), member.compress_size
    engine = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left:
        # Others may move in the file between two pieces.
        file.seek(place)
        packed = file.read(min(PIECE, left))
        if not packed:
            raise EOFError
        place, left = place + len(packed), left - len(packed)
        if engine is None:
            yield packed
            continue
        while packed:
            yield engine.decompress(packed, PIECE)
            packed = engine.unconsumed_tail
    # The last bytes of a run may still be inside when all input is in.
    while engine is not None and not engine.eof and (piece := engine.decompress(b"", PIECE)):
        yield piece
    if engine is not None and member.compress_size and (not engine.eof or engine.unused_data):
        raise zipfile.BadZipFile


def _start_of(file: IO[bytes], member: zipfile.ZipInfo) -> int:
    """Where its data begin. Its own header must say what the table of contents says."""
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotImplementedError
    file.seek(member.header_offset)
    flags, method, packed, size, name, extra = struct.unpack("<6xHH8xIIHH", file.read(30))
    # Sizes may follow the data, or be too large for this place.
    told = not flags & 0x08 and 0xFFFFFFFF not in {packed, size}
    if told and (packed, size) != (member.compress_size, member.file_size):
        raise zipfile.BadZipFile
    if method != member.compress_type:
        raise zipfile.BadZipFile
    return member.header_offset + 30 + int(name) + int(extra)
