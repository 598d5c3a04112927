"""Photos: upright whatever the camera notes, on white, without what the camera notes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from evaluations.files import reader_pictures
from tests.evaluations.files import papers

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)

CORNERS = {
    1: (WHITE, RED, BLUE, BLUE),
    2: (RED, WHITE, BLUE, BLUE),
    3: (BLUE, BLUE, RED, WHITE),
    4: (BLUE, BLUE, WHITE, RED),
    5: (WHITE, BLUE, RED, BLUE),
    6: (BLUE, WHITE, BLUE, RED),
    7: (BLUE, RED, BLUE, WHITE),
    8: (RED, BLUE, WHITE, BLUE),
}
"""EXIF orientation -> colours at top left, top right, bottom left, bottom right, as TIFF 6.0 defines it."""


def read(data, kind="jpg", side=240):
    return reader_pictures.read(data, {"kind": kind, "thumbnail_side": side})


def picture(data, kind="jpg", width=200, page=1):
    made = reader_pictures.picture(data, {"kind": kind, "page": page, "width": width})
    return Image.open(io.BytesIO(made))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def corners(image):
    wide, high = image.width - 4, image.height - 4
    return [image.convert("RGB").getpixel(at) for at in ((3, 3), (wide, 3), (3, high), (wide, high))]


def near(found, wanted):
    return all(abs(a - b) < 25 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("orientation", CORNERS)
def test_pictures_stand_upright(orientation):
    data = papers.photo(orientation=orientation)
    upright = (300, 400) if orientation >= 5 else (400, 300)
    found = read(data)
    assert (found["width"], found["height"]) == upright
    thumbnail = Image.open(io.BytesIO(found["thumbnail"]))
    assert max(thumbnail.size) == 240
    shown = picture(data)
    assert shown.width == 200
    for drawn in (thumbnail, shown):
        seen = corners(drawn)
        assert all(map(near, seen, CORNERS[orientation])), (orientation, seen)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(orientation):
    found = read(papers.photo(orientation=orientation))
    assert (found["width"], found["height"]) == (400, 300)


@pytest.mark.parametrize(("kind", "name"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_the_cameras_notes_stay_behind(kind, name):
    data = papers.photo(kind=name, taken="2025:03:02 10:11:12")
    assert b"2025:03:02" in data
    found = read(data, kind)
    assert found["taken_on"] == "2025-03-02"
    for made in (found["thumbnail"], saved(picture(data, kind), "WEBP")):
        assert b"2025:03:02" not in made
        assert not Image.open(io.BytesIO(made)).getexif()
    assert "exif" not in picture(data, kind).info


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize(
    "notes", [b"", b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0" + bytes(60)]
)
def test_broken_notes_do_not_spoil_the_picture(notes):
    found = read(saved(Image.new("RGB", (80, 60), RED), "JPEG", exif=notes))
    assert (found["width"], found["height"], found["taken_on"]) == (80, 60, None)
    assert near(Image.open(io.BytesIO(found["thumbnail"])).getpixel((9, 9)), RED)


MODES = {
    "transparent": (Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG", WHITE),
    "half transparent": (Image.new("RGBA", (40, 40), (0, 0, 0, 128)), "PNG", (127, 127, 127)),
    "grey and transparent": (Image.new("LA", (40, 40), (0, 0)), "PNG", WHITE),
    "grey": (Image.new("L", (40, 40), 90), "PNG", (90, 90, 90)),
    "black and white": (Image.new("1", (40, 40), 1), "PNG", WHITE),
    "palette": (Image.new("RGB", (40, 40), RED).quantize(4), "PNG", RED),
    "sixteen bits": (Image.new("I;16", (40, 40), 128 * 256), "PNG", (128, 128, 128)),
    "print colours": (Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
}


@pytest.mark.parametrize("name", MODES)
def test_every_kind_of_pixel_is_shown(name):
    image, kind, colour = MODES[name]
    found = read(saved(image, kind), {"PNG": "png", "JPEG": "jpg"}[kind])
    assert near(Image.open(io.BytesIO(found["thumbnail"])).convert("RGB").getpixel((20, 20)), colour)


def test_of_a_moving_picture_the_first_frame_is_shown():
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
    found = read(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]), "webp")
    assert found["pages"] == 1
    assert near(Image.open(io.BytesIO(found["thumbnail"])).getpixel((20, 20)), RED)


def test_a_photo_has_one_page():
    assert reader_pictures.picture(papers.photo(), {"kind": "jpg", "page": 2, "width": 200}) is None


def test_a_picture_as_high_as_a_tower_stays_within_bounds():
    tower = saved(Image.new("RGB", (60, 6000)), "PNG")
    assert picture(tower, "png", width=50).size == (2, 200)
    assert read(tower, "png")["height"] == 6000
