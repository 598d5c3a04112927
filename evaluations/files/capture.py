"""The day a photo was taken, from the camera's own note; read before the notes are taken off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import IO

from PIL import ExifTags, Image

from evaluations.files.images import FORMATS
from evaluations.files.reading import EARLIEST
from kla_portal import clock
from kla_portal.indonesian import NATIONAL_ZONE


def taken_on(kind: str, file: IO[bytes]) -> date | None:
    """The day on the camera's clock of a checked picture; ``None`` without one, or where that clock was not set.

    Tomorrow passes: clocks differ. Nothing is decoded. The file stands at its beginning afterwards.
    """
    if kind not in FORMATS:
        return None
    file.seek(0)
    try:
        with Image.open(file, formats=[FORMATS[kind]]) as picture:
            said = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        day = datetime.strptime(str(said)[:10], "%Y:%m:%d").date()  # noqa: DTZ007  a day, no moment
    except Exception:  # a broken note beside a sound picture; its readers raise what they like
        return None
    finally:
        file.seek(0)
    latest = clock.now().astimezone(NATIONAL_ZONE).date() + timedelta(days=1)
    return day if EARLIEST <= day <= latest else None
