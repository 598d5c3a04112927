"""Picture files without what cameras and programs write beside the picture. Bytes in, bytes out; nothing is decoded.

Position, owner, camera, comments, previews and whatever stands behind the picture's end go. What decides its pixels
and colours stays as it is, byte for byte.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PROFILE = 4_000_000
"""Bytes of a colour profile; printers' profiles have some 2 MB, a camera's 500 bytes to 4 kB."""

_EXIF = b"Exif\x00\x00"


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A picture file taken apart: what stays stands in ``before`` and ``after``, ``exif`` is what went (TIFF bytes)."""

    kind: str
    before: bytes
    after: bytes
    exif: bytes
    lossless: bool
    """Whether the format it is kept in loses nothing when written again."""

    def whole(self, orientation: int = 1) -> bytes:
        """The file again. An ``orientation`` other than 1 is kept as the only note in it."""
        note = _NOTES[self.kind](_orientation(orientation)) if orientation != 1 else b""
        data = self.before + note + self.after
        return _webp_header(data, noted=bool(note)) if self.kind == "webp" else data


def anatomy(kind: str, data: bytes) -> Anatomy | None:
    """``kind`` is ``jpg``, ``png`` or ``webp``; ``None`` where the file is built in a way not known here."""
    try:
        return {"jpg": _jpeg, "png": _png, "webp": _webp}[kind](data)
    except (struct.error, IndexError, zlib.error, _UnfamiliarError):
        return None


class _UnfamiliarError(Exception):
    pass


def sound_profile(profile: bytes, spaces: tuple[bytes, ...]) -> bytes:
    """The colour profile for one of the four-letter ``spaces``, without bytes behind it; nothing if it is none."""
    size = int.from_bytes(profile[:4], "big")
    if not 128 <= size <= min(len(profile), MAX_PROFILE):
        return b""
    return profile[:size] if profile[36:40] == b"acsp" and profile[16:20] in spaces else b""


def _orientation(value: int) -> bytes:
    """A TIFF header with the one tag 0x0112."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, value, 0, 0)


# JPEG: markers, each with its length; then coded data up to the next marker

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, _SOS}
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_ICC = b"ICC_PROFILE\x00"
_SPACES = {1: (b"GRAY",), 3: (b"RGB ",), 4: (b"CMYK",)}


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _jpeg(data: bytes) -> Anatomy:
    jfif, exif, components = b"", b"", 0
    profile: list[bytes] = []
    body: list[bytes] = []
    for marker, payload, coded in _segments(data):
        if marker == _APP0 and payload.startswith(b"JFIF\x00") and len(payload) >= 12:
            # Version, density; then a preview of 0 x 0.
            jfif = _segment(_APP0, payload[:12] + b"\x00\x00")
        elif marker == _APP1 and payload.startswith(_EXIF):
            exif = exif or payload[len(_EXIF) :]
        elif marker == _APP2 and payload.startswith(_ICC):
            profile.append(payload[len(_ICC) :])
        elif marker == _APP14 and payload.startswith(b"Adobe") and len(payload) >= 12:
            body.append(_segment(_APP14, payload[:12]))
        elif marker in _FRAMES | _TABLES:
            components = payload[5] if marker in _FRAMES else components
            body.append(_segment(marker, payload) + coded)
        elif not (0xE0 <= marker <= 0xEF or marker == _COM):
            raise _UnfamiliarError
    colours = _jpeg_profile(profile, components)
    return Anatomy("jpg", b"\xff\xd8" + jfif, colours + b"".join(body) + b"\xff\xd9", exif, lossless=False)


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, payload, and the coded data that follow a start of scan, up to the end of the first picture."""
    if data[:2] != b"\xff\xd8":
        raise _UnfamiliarError
    place = 2
    while True:
        found = _MARKER.match(data, place)
        if found is None:
            raise _UnfamiliarError
        marker = found[1][0]
        if marker == _EOI:
            return
        start = found.end() + 2
        size = int.from_bytes(data[found.end() : start], "big") - 2
        if size < 0 or start + size > len(data):
            raise _UnfamiliarError
        place = start + size
        coded = b""
        if marker == _SOS:
            following = _MARKER.search(data, place)
            if following is None:
                raise _UnfamiliarError
            coded, place = data[place : following.start()], following.start()
        yield marker, data[start : start + size], coded


def _jpeg_profile(pieces: list[bytes], components: int) -> bytes:
    """The profile's segments again. Each piece begins with its number and how many there are."""
    joined = b"".join(piece[2:] for piece in sorted(pieces, key=lambda piece: piece[:1]))
    sound = sound_profile(joined, _SPACES.get(components, ()))
    step = 65_000
    parts = [sound[at : at + step] for at in range(0, len(sound), step)]
    return b"".join(
        _segment(_APP2, _ICC + bytes((number, len(parts))) + part) for number, part in enumerate(parts, 1)
    )


# PNG: chunks of length, name, data, checksum

_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURE_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
_COLOUR_CHUNKS = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI"}


def _chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def _png(data: bytes) -> Anatomy:
    kept: list[bytes] = []
    exif = b""
    for name, payload in _png_chunks(data):
        if name == b"eXIf":
            exif = exif or payload
        elif name in _PICTURE_CHUNKS | _COLOUR_CHUNKS:
            kept.append(_chunk(name, payload))
        elif name == b"iCCP":
            kept.append(_chunk(name, payload) if _png_profile(payload) else b"")
        elif not name[0] & 0x20:
            # An upper-case first letter: the picture cannot be read without it.
            raise _UnfamiliarError
    return Anatomy("png", _PNG + kept[0], b"".join(kept[1:]), exif, lossless=True)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, name = len(_PNG), b""
    if not data.startswith(_PNG) or data[12:16] != b"IHDR":
        raise _UnfamiliarError
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", data, place)
        payload = data[place + 8 : place + 8 + size]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + size)
        if checksum != zlib.crc32(name + payload):
            raise _UnfamiliarError
        yield name, payload
        place += size + 12


def _png_profile(payload: bytes) -> bool:
    _, _, packed = payload.partition(b"\x00")
    profile = zlib.decompressobj().decompress(packed[1:], MAX_PROFILE + 1)
    return bool(sound_profile(profile, (b"RGB ", b"GRAY")))


# WebP: chunks of name, length, data, each on an even place

_WEBP_CHUNKS = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
_HAS_PROFILE, _HAS_EXIF, _HAS_XMP = 0x20, 0x08, 0x04


def _riff(name: bytes, payload: bytes) -> bytes:
    return name + struct.pack("<I", len(payload)) + payload + b"\x00" * (len(payload) % 2)


def _webp(data: bytes) -> Anatomy:
    size = struct.unpack_from("<4xI", data)[0] + 8
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or size > len(data):
        raise _UnfamiliarError
    kept: list[bytes] = []
    names: list[bytes] = []
    exif = b""
    for name, payload in _riff_chunks(data[12:size]):
        if name == b"EXIF":
            exif = exif or payload.removeprefix(_EXIF)
        elif name == b"ICCP" and sound_profile(payload, (b"RGB ", b"GRAY")):
            kept.append(_riff(name, payload))
        elif name in _WEBP_CHUNKS:
            kept.append(_riff(name, _frame(payload) if name == b"ANMF" else payload))
        names.append(name)
    if not {b"VP8 ", b"VP8L", b"ANMF"} & set(names):
        raise _UnfamiliarError
    return Anatomy("webp", data[:12] + b"".join(kept), b"", exif, lossless=b"VP8L" in names)


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place < len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        if place + 8 + size > len(data):
            raise _UnfamiliarError
        yield name, data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _frame(payload: bytes) -> bytes:
    """One frame of an animation: 16 bytes of place and time, then chunks of its own."""
    inner = (_riff(n, p) for n, p in _riff_chunks(payload[16:]) if n in {b"ALPH", b"VP8 ", b"VP8L"})
    return payload[:16] + b"".join(inner)


def _webp_header(data: bytes, *, noted: bool) -> bytes:
    """Size and flags as they are now."""
    whole = bytearray(data)
    struct.pack_into("<I", whole, 4, len(whole) - 8)
    if whole[12:16] == b"VP8X":
        names = {name for name, _ in _riff_chunks(bytes(whole[12:]))}
        flags = whole[20] & ~(_HAS_EXIF | _HAS_XMP | _HAS_PROFILE)
        whole[20] = flags | _HAS_EXIF * noted | _HAS_PROFILE * (b"ICCP" in names)
    return bytes(whole)


_NOTES = {
    "jpg": lambda tiff: _segment(_APP1, _EXIF + tiff),
    "png": lambda tiff: _chunk(b"eXIf", tiff),
    "webp": lambda tiff: _riff(b"EXIF", tiff),
}
