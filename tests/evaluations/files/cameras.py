"""Pictures as cameras, telephones and programs write them. Each builder returns the bytes."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageCms, PngImagePlugin

OWNER = b"Kamera Ibu Ani"
"""Stands in the notes of every picture made here."""
POSITION = (3.0, 19.0, 33.5)
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>' + OWNER + b"</dc:creator></x:xmpmeta>"


def drawing(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Unlike itself when turned or mirrored: bright to the right, brighter still at the bottom."""
    grey = Image.new("L", size)
    grey.putdata([(x * 2 + y) % 256 for y in range(size[1]) for x in range(size[0])])
    if mode == "L":
        return grey
    colours = Image.merge("RGB", (grey, grey.transpose(Image.Transpose.ROTATE_180), Image.new("L", size, 90)))
    return colours.convert(mode)


def notes(orientation: int = 1) -> Image.Exif:
    """EXIF with owner, position and orientation."""
    made = Image.Exif()
    made[MAKE] = OWNER.decode()
    made[ORIENTATION] = orientation
    position = made.get_ifd(GPS)
    position[1], position[2] = "S", POSITION
    return made


def position_in(data: bytes) -> object:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.getexif().get_ifd(GPS).get(2)


@cache
def profile() -> bytes:
    """Made once: it carries the second in which it was made."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, {"jpg": "JPEG"}.get(kind, kind.upper()), **more)
    return out.getvalue()


def photo(kind: str = "jpg", orientation: int = 1, mode: str = "RGB", **more: object) -> bytes:
    """With EXIF, position, XMP, colour profile, and a comment where the format has one."""
    more = {"exif": notes(orientation), "icc_profile": profile(), **more}
    if kind == "jpg":
        more = {"comment": OWNER, "xmp": XMP, "quality": 92, **more}
    elif kind == "webp":
        more = {"xmp": XMP, "quality": 92, **more}
    else:
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", OWNER.decode())
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        texts.add(b"tIME", struct.pack(">HBBBBB", 2025, 1, 12, 8, 30, 0))
        more = {"pnginfo": texts, **more}
    return saved(drawing(mode), kind, **more)


def with_segment(data: bytes, marker: int, payload: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + data[2:]


def preview() -> bytes:
    """A JPEG whose JFIF header carries an uncompressed preview of 4 x 4, with a mark in it."""
    pixels = (OWNER * 4)[:48]
    header = b"JFIF\x00\x01\x01\x01\x00\x48\x00\x48" + bytes((4, 4)) + pixels
    plain = saved(drawing(), "jpg")
    return with_segment(b"\xff\xd8" + plain[20:], 0xE0, header)


def two_in_one() -> bytes:
    """A telephone's pair: the picture, and a second one behind it (MPO), with notes of its own."""
    out = io.BytesIO()
    second = drawing().transpose(Image.Transpose.ROTATE_180)
    drawing().save(out, "MPO", save_all=True, append_images=[second], exif=notes())
    return out.getvalue()


def moving(kind: str, orientation: int = 1) -> bytes:
    second = drawing("RGB").transpose(Image.Transpose.ROTATE_180)
    return saved(
        drawing("RGB"), kind, save_all=True, append_images=[second], duration=100, exif=notes(orientation)
    )


def deep_png(orientation: int = 1) -> bytes:
    """16 bits a colour. Pillow writes grey ones only."""
    return saved(Image.new("I;16", (8, 6), 12_345), "png", exif=notes(orientation))


def deep_colours() -> bytes:
    """16 bits a colour, in colours, with a text; made by hand."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\x00" + struct.pack(">HHHHHH", 1, 2, 3, 40_001, 50_002, 60_003) for _ in range(2))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0))
        + chunk(b"tEXt", b"Author\x00" + OWNER)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def printers(orientation: int = 1) -> bytes:
    """JPEG in cyan, magenta, yellow and black."""
    return saved(drawing("CMYK"), "jpg", exif=notes(orientation), comment=OWNER)
