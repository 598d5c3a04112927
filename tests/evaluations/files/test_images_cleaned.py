"""Pictures without what the camera noted beside them. Each test first shows that the note is there."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops

from evaluations.files import images
from evaluations.files.faults import FileRefused
from evaluations.files.images import cleaned
from evaluations.files.metadata import anatomy
from tests.evaluations.evidence import corpus
from tests.evaluations.files import cameras
from tests.evaluations.files.cameras import OWNER

KINDS = ("jpg", "png", "webp")
TURNS = {
    1: lambda p: p, 2: lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda p: p.rotate(180), 4: lambda p: p.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda p: p.rotate(-90, expand=True).transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    6: lambda p: p.rotate(-90, expand=True),
    7: lambda p: p.rotate(90, expand=True).transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    8: lambda p: p.rotate(90, expand=True),
}  # fmt: skip
"""The eight orientations as the EXIF standard words them, by other means than the code's."""


def clean(kind: str, data: bytes, longest_side: int | None = None) -> bytes:
    result = cleaned(kind, io.BytesIO(data), longest_side)
    assert result is not None
    return result


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def far_apart(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any pixel."""
    assert one.size == other.size
    pairs = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    return max(high for _, high in pairs)


@pytest.mark.parametrize("kind", KINDS)
def test_owner_and_position_go_and_every_pixel_stays(kind):
    data = cameras.photo(kind)
    assert data.count(OWNER) >= 2
    assert cameras.position_in(data) == cameras.POSITION

    result = clean(kind, data)
    assert OWNER not in result
    assert b"xmp" not in result.lower()
    assert cameras.position_in(result) is None
    assert dict(opened(result).getexif()) == {}
    assert opened(result).tobytes() == opened(data).tobytes()
    assert clean(kind, result) == result, "nothing is left to clean"


@pytest.mark.parametrize("kind", KINDS)
def test_a_colour_profile_stays_and_an_odd_one_goes(kind):
    profile = cameras.profile()
    result = clean(kind, cameras.photo(kind))
    assert opened(result).info["icc_profile"] == profile

    for odd in (
        OWNER * 20,
        profile[:100],
        profile[:36] + b"xxxx" + profile[40:],
        profile[:16] + b"CMYK" + profile[20:],
        struct.pack(">I", len(profile) + 1) + profile[4:],
    ):
        data = cameras.photo(kind, icc_profile=odd)
        assert opened(data).info["icc_profile"] == odd
        result = clean(kind, data)
        assert "icc_profile" not in opened(result).info
        assert opened(result).tobytes() == opened(data).tobytes()


def test_a_long_profile_in_several_pieces_stays_whole():
    long = bytearray(cameras.profile() + bytes(150_000))
    long[:4] = struct.pack(">I", len(long))
    data = cameras.photo(icc_profile=bytes(long))
    assert data.count(b"ICC_PROFILE\x00") == 3
    assert opened(clean("jpg", data)).info["icc_profile"] == bytes(long)


def test_bytes_behind_a_profile_go():
    data = cameras.photo(icc_profile=cameras.profile() + OWNER)
    assert OWNER in opened(data).info["icc_profile"]
    assert opened(clean("jpg", data)).info["icc_profile"] == cameras.profile()


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_stands_as_the_camera_meant_it(kind, orientation):
    data = cameras.photo(kind, orientation)
    assert opened(data).getexif().get(cameras.ORIENTATION) == orientation
    result = clean(kind, data)
    wanted = TURNS[orientation](opened(data))
    limit = 0 if kind == "png" or orientation == 1 else 24
    assert far_apart(opened(result), wanted) <= limit
    if orientation != 1:
        assert far_apart(opened(result), wanted.rotate(180)) > 60, "the drawing shows which way up it is"
    assert cameras.ORIENTATION not in opened(result).getexif()
    assert OWNER not in result
    assert opened(result).info["icc_profile"] == cameras.profile()


def test_an_orientation_that_is_none_changes_nothing():
    for value in (0, 9, 65_535):
        data = cameras.photo(orientation=value)
        assert opened(clean("jpg", data)).tobytes() == opened(data).tobytes()
    broken = cameras.with_segment(
        cameras.saved(cameras.drawing(), "jpg"), 0xE1, b"Exif\x00\x00II*\x00" + OWNER
    )
    assert OWNER not in clean("jpg", broken)


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_one_is_made_smaller_and_never_larger(kind):
    data = cameras.photo(kind, 6)
    assert opened(data).size == (64, 48)
    assert opened(clean(kind, data, 32)).size == (24, 32)
    assert opened(clean(kind, data, 64)).size == (48, 64)
    assert opened(clean(kind, data, 1000)).size == (48, 64)
    plain = cameras.photo(kind)
    assert clean(kind, plain, 1000) == clean(kind, plain, 64) == clean(kind, plain)
    small = clean(kind, plain, 32)
    assert opened(small).size == (32, 24)
    assert far_apart(opened(small), opened(plain).resize((32, 24), Image.Resampling.LANCZOS)) < 60
    assert OWNER not in small


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_png_can_be_turned_and_scaled(mode):
    picture = cameras.drawing("L" if mode in {"1", "L", "LA"} else "RGB").convert(mode)
    if mode == "P":
        picture.info["transparency"] = 0
    data = cameras.saved(picture, "png", exif=cameras.notes(6))
    turned = opened(clean("png", data))
    assert turned.mode == opened(data).mode
    assert turned.convert("RGBA").tobytes() == opened(data).convert("RGBA").rotate(-90, expand=True).tobytes()
    scaled = opened(clean("png", data, 32))
    assert scaled.size == (24, 32)
    assert scaled.has_transparency_data == opened(data).has_transparency_data


def test_a_lossless_webp_stays_so():
    data = cameras.saved(cameras.drawing(), "webp", lossless=True, exif=cameras.notes(6))
    assert far_apart(opened(clean("webp", data)), cameras.drawing().rotate(-90, expand=True)) == 0


def test_a_preview_in_the_header_goes():
    data = cameras.preview()
    assert OWNER in data
    result = clean("jpg", data)
    assert OWNER not in result
    assert opened(result).info["dpi"] == opened(data).info["dpi"]
    assert opened(result).tobytes() == opened(data).tobytes()


def test_a_second_picture_behind_the_first_goes():
    data = cameras.two_in_one()
    assert Image.open(io.BytesIO(data)).n_frames == 2
    result = clean("jpg", data)
    assert getattr(opened(result), "n_frames", 1) == 1
    assert result.count(b"\xff\xd8\xff") == 1
    assert opened(result).tobytes() == opened(data).tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_behind_the_end_goes(kind):
    hidden = corpus.zip_of(rahasia=OWNER)
    data = cameras.saved(cameras.drawing(), kind) + hidden
    assert opened(data).size == (64, 48), "it opens all the same"
    assert hidden in data
    result = clean(kind, data)
    assert OWNER not in result
    assert opened(result).tobytes() == opened(data).tobytes()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_way_to_write_a_jpeg_keeps_its_pixels(mode, subsampling, progressive):
    data = cameras.photo(
        mode=mode, subsampling=subsampling, progressive=progressive, restart_marker_blocks=2, icc_profile=b""
    )
    assert data.count(b"\xff\xda") > (3 if progressive else 0)
    assert opened(clean("jpg", data)).tobytes() == opened(data).tobytes()


@pytest.mark.parametrize(
    ("kind", "build"),
    [
        ("png", lambda turn: cameras.moving("png", turn)),
        ("webp", lambda turn: cameras.moving("webp", turn)),
        ("png", cameras.deep_png),
        ("jpg", cameras.printers),
    ],
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_what_cannot_be_written_anew_loses_its_notes_and_keeps_the_way_up(kind, build, orientation):
    data = build(orientation)
    assert OWNER in data
    assert cameras.position_in(data) == cameras.POSITION
    for longest_side in (None, 4):
        result = clean(kind, data, longest_side)
        before, after = opened(data), opened(result)
        assert OWNER not in result
        assert cameras.position_in(result) is None
        assert dict(after.getexif()) == ({cameras.ORIENTATION: 6} if orientation == 6 else {})
        assert (after.mode, after.size) == (before.mode, before.size)
        frames = getattr(before, "n_frames", 1)
        assert getattr(after, "n_frames", 1) == frames
        for number in range(frames):
            before.seek(number)
            after.seek(number)
            assert after.tobytes() == before.tobytes()


def test_deep_colours_stay_deep():
    data = cameras.deep_colours()
    assert OWNER in data
    result = clean("png", data, 1)
    assert OWNER not in result
    assert result[24] == 16
    assert struct.pack(">HHH", 40_001, 50_002, 60_003) in _unpacked(result)


def _unpacked(png: bytes) -> bytes:
    start = png.index(b"IDAT")
    return zlib.decompress(png[start + 4 : start + 4 + int.from_bytes(png[start - 4 : start], "big")])


def test_a_huge_one_keeps_the_note_instead_of_being_held_twice(monkeypatch):
    data = cameras.photo(orientation=6)
    monkeypatch.setattr(images, "MAX_TURNED", 64 * 48 - 1)
    result = clean("jpg", data)
    assert OWNER not in result
    assert dict(opened(result).getexif()) == {cameras.ORIENTATION: 6}
    assert opened(result).tobytes() == opened(data).tobytes()
    assert opened(clean("jpg", data, 32)).size == (24, 32), "made smaller, it is turned too"
    monkeypatch.setattr(images, "MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(FileRefused, match="megapiksel"):
        clean("jpg", data)


def test_a_file_built_in_an_unknown_way_is_written_anew_or_left():
    """A stray byte between two parts: programs read on, a copy part by part would not."""

    def odd(data: bytes) -> bytes:
        made = data[:20] + b"\x00\x00" + data[20:]
        assert anatomy("jpg", made) is None
        assert opened(made).size == (64, 48)
        return made

    photo = odd(cameras.photo())
    result = clean("jpg", photo)
    assert OWNER not in result
    assert far_apart(opened(result), opened(photo)) < 24
    assert cleaned("jpg", io.BytesIO(odd(cameras.printers()))) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_refused_or_left_and_never_breaks(kind):
    data = cameras.photo(kind)
    for length in range(0, len(data) - 20, max(len(data) // 60, 1)):
        assert anatomy(kind, data[:length]) is None
        try:
            result = cleaned(kind, io.BytesIO(data[:length]))
        except FileRefused:
            continue
        assert result is None or OWNER not in result


def test_a_checksum_that_does_not_fit_is_not_copied():
    data = bytearray(cameras.photo("png"))
    data[data.index(b"IDAT") + 8] ^= 1
    assert anatomy("png", bytes(data)) is None


def test_notes_within_the_frames_of_an_animation_go():
    data = cameras.moving("webp")
    place = data.index(b"ANMF")
    size = struct.unpack_from("<I", data, place + 4)[0]
    note = b"NOTE" + struct.pack("<I", len(OWNER)) + OWNER
    made = bytearray(data[: place + 8 + size] + note + data[place + 8 + size :])
    struct.pack_into("<I", made, place + 4, size + len(note))
    struct.pack_into("<I", made, 4, len(made) - 8)
    assert bytes(made).count(OWNER) > data.count(OWNER)
    result = clean("webp", bytes(made))
    assert OWNER not in result
    assert opened(result).n_frames == 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_result_is_a_picture_that_is_accepted(kind):
    for orientation in (1, 6):
        for longest_side in (None, 20):
            images.check(kind, io.BytesIO(clean(kind, cameras.photo(kind, orientation), longest_side)))
    assert anatomy(kind, clean(kind, cameras.photo(kind))).exif == b""
