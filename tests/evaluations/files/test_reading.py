"""The parent's side: the contract, the limits that hold whatever the file does, and answers that lie."""

from __future__ import annotations

import io
import json
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from evaluations.files import reading
from evaluations.files.reading import Limits, NoSuchPage, ReaderFailed, Unreadable
from kla_portal import clock
from tests.evaluations.evidence import corpus
from tests.evaluations.files import liar, papers


@pytest.fixture
def kept(tmp_path):
    """Bytes -> a path with them."""

    def keep(data, name="berkas"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return keep


def opened(data):
    return Image.open(io.BytesIO(data))


KINDS = {
    "pdf": (lambda: papers.letter("satu", "dua"), (2, ("satu", "dua"))),
    "jpg": (papers.photo, (1, ("",))),
    "png": (lambda: papers.photo(kind="PNG"), (1, ("",))),
    "webp": (lambda: papers.photo(kind="WEBP"), (1, ("",))),
    "docx": (lambda: papers.word(papers.paragraph("Laporan")), (1, ("Laporan",))),
    "xlsx": (lambda: papers.workbook(A=[["satu"]], B=[["dua"]]), (2, ("satu", "dua"))),
    "pptx": (lambda: papers.slides("satu", "dua", "tiga"), (3, ("satu", "dua", "tiga"))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_read(kept, kind):
    build, (pages, texts) = KINDS[kind]
    found = reading.read(kept(build()), kind)
    assert (found.pages, found.texts) == (pages, texts)
    shown = kind in {"pdf", "jpg", "png", "webp"}
    assert (found.thumbnail is not None) == shown
    if shown:
        assert max(opened(found.thumbnail).size) == reading.THUMBNAIL_SIDE
        assert opened(found.thumbnail).format == "WEBP"
    assert (found.width, found.height) == ((400, 300) if kind in {"jpg", "png", "webp"} else (None, None))


@pytest.mark.parametrize(
    ("name", "build", "kind", "reason"),
    [
        ("no pdf", lambda: corpus.EXE, "pdf", "Data format error"),
        ("cut", lambda: corpus.pdf(30)[:-400], "pdf", "Failed to load"),
        ("locked", corpus.pdf_encrypted, "pdf", "password"),
        ("cut photo", lambda: papers.photo()[:900], "jpg", "truncated"),
        ("png as jpg", lambda: papers.photo(kind="PNG"), "jpg", "cannot identify"),
        ("svg as png", lambda: corpus.SVG, "png", "cannot identify"),
        ("bomb", lambda: corpus.png_claiming(20_000, 20_000), "png", "DecompressionBomb"),
        ("no zip", lambda: corpus.EXE, "docx", "not a zip"),
        ("empty", lambda: b"", "pdf", "."),
    ],
)
def test_what_is_broken_is_unreadable(kept, name, build, kind, reason):
    with pytest.raises(Unreadable, match=reason) as refused:
        reading.read(kept(build()), kind)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) <= 300


# Pictures of pages


def test_pictures_of_pages_are_as_wide_as_asked(kept):
    path = kept(papers.letter("satu", "dua"))
    assert opened(reading.picture(path, "pdf", 2, 801)).size == (801, 1134)
    assert opened(reading.picture(path, "pdf", 1, 99_999)).width == reading.WIDEST
    one, two = (reading.picture(path, "pdf", page, 300) for page in (1, 2))
    assert one != two


def test_photos_are_never_blown_up(kept):
    path = kept(papers.photo())
    assert opened(reading.picture(path, "jpg", 1, 200)).size == (200, 150)
    assert opened(reading.picture(path, "jpg", 1, 2000)).size == (400, 300)


def test_pages_that_are_not_there(kept):
    path = kept(papers.letter("satu"))
    for page in (0, -1, 2, 10_000):
        with pytest.raises(NoSuchPage):
            reading.picture(path, "pdf", page, 300)
    with pytest.raises(NoSuchPage):
        reading.picture(kept(papers.photo(), "foto"), "jpg", 2, 300)
    with pytest.raises(NoSuchPage, match="docx"):
        reading.picture(kept(corpus.office()), "docx", 1, 300)


# The photo's date


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2025:06:30 23:10:00", date(2025, 6, 30)),
        ("2025:07:01 09:00:00", date(2025, 7, 1)),
        ("2025:07:03 09:00:00", date(2025, 7, 3)),
        ("2025:07:04 09:00:00", None),
        ("1990:01:01 00:00:00", date(1990, 1, 1)),
        ("1980:01:01 00:00:00", None),
        ("0000:00:00 00:00:00", None),
        ("kemarin sore", None),
        ("", None),
    ],
)
def test_the_day_of_a_photo(kept, said, day):
    # 20.00 UTC is the next day in Jakarta: tomorrow there is 3 July.
    with clock.at(datetime(2025, 7, 1, 20, tzinfo=UTC)):
        assert reading.read(kept(papers.photo(taken=said)), "jpg").taken_on == day


# Files without a place on this disk


def test_open_files_are_read_and_stand_at_their_beginning(kept):
    data = papers.letter("satu")
    for file in (io.BytesIO(data), SimpleUploadedFile("sk.pdf", data)):
        file.read(5)
        assert reading.read_file(file, "pdf").texts == ("satu",)
        assert file.read() == data
        assert opened(reading.picture_file(file, "pdf", 1, 100)).width == 100


def test_a_file_on_this_disk_is_not_copied(kept):
    path = kept(papers.letter("satu"))
    with path.open("rb") as file, reading.on_disk(file) as place:
        assert place == path


def test_a_name_alone_is_not_trusted(kept, monkeypatch):
    """The name of a file in a bucket may be that of another one here."""
    path = kept(papers.letter("yang lain"), "sk.pdf")
    monkeypatch.chdir(path.parent)
    file = io.BytesIO(papers.letter("yang benar"))
    file.name = "sk.pdf"
    assert reading.read_file(file, "pdf").texts == ("yang benar",)
    with reading.on_disk(file) as place:
        copy = place
    assert not copy.exists()


# Limits, each with the control that the limit is what ends the child


@pytest.fixture(scope="module")
def slow():
    """Seconds of drawing in a few kilobytes."""
    return papers.forms_in_forms(5, pages=8)


def test_a_child_that_takes_too_long_is_ended(kept, slow):
    path = kept(slow)
    with pytest.raises(Unreadable, match=r"ended after 1\.2 s"):
        reading.read(path, "pdf", limits=Limits(seconds=1.2))
    with pytest.raises(Unreadable, match=f"signal {int(signal.SIGXCPU)} "):
        reading.read(path, "pdf", limits=Limits(cpu=1))
    assert reading.read(path, "pdf").pages == 8, "with the usual limits the same file is read"
    assert children() == [], "none of them lives on"


def children():
    """Readers that this process started and that still run."""
    started = [
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [
        child
        for child in started
        if b"evaluations.files.reader" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_child_that_takes_too_much_memory_is_ended(kept):
    out = io.BytesIO()
    Image.new("RGBA", (4000, 4000)).save(out, "PNG")
    path = kept(out.getvalue())
    assert path.stat().st_size < 100_000
    with pytest.raises(Unreadable, match="MemoryError"):
        reading.read(path, "png", limits=Limits(memory=100_000_000))
    assert reading.read(path, "png").width == 4000


def test_a_pdf_that_swells_ends_the_child_and_nothing_else(kept):
    path = kept(papers.swollen_text(20))
    assert path.stat().st_size < 50_000
    with pytest.raises(Unreadable, match=f"signal {int(signal.SIGABRT)} "):
        reading.read(path, "pdf", limits=Limits(memory=150_000_000))
    assert reading.read(kept(papers.swollen_text(1)), "pdf").pages == 1


def test_an_answer_that_is_too_long_is_cut(kept):
    path = kept(papers.letter("\n".join(["kalimat yang panjang"] * 50)))
    with pytest.raises(Unreadable, match="File too large"):
        reading.read(path, "pdf", limits=Limits(answer=900))
    assert reading.read(path, "pdf").pages == 1


def test_pages_beyond_the_limit_are_counted_but_not_read(kept, monkeypatch):
    monkeypatch.setattr(reading, "TEXT_PAGES", 2)
    found = reading.read(kept(papers.letter("satu", "dua", "tiga")), "pdf")
    assert (found.pages, found.texts) == (3, ("satu", "dua"))


def test_text_beyond_the_limits_is_left_out(kept, monkeypatch):
    path = kept(papers.letter("abcdef", "ghijkl", "mnopqr"))
    monkeypatch.setattr(reading, "TEXT_LIMIT", 4)
    assert reading.read(path, "pdf").texts == ("abcd", "ghij", "mnop")
    monkeypatch.setattr(reading, "TEXT_TOTAL", 8)
    assert reading.read(path, "pdf").texts == ("abcd", "ghij")


# A child that lies, and one that never comes to reading


@pytest.fixture
def lying(monkeypatch):
    monkeypatch.setattr(reading, "_CHILD", liar.__name__)


LIES = [kind for kind in liar.ANSWERS if kind not in {"good", "surroundings", "lines for the log"}]


@pytest.mark.parametrize("kind", LIES)
def test_lies_are_not_believed(kept, lying, kind):
    with pytest.raises(Unreadable, match=r"makes no sense|cut off"):
        reading.read(kept(b"x"), kind)


def test_the_liar_is_believed_when_it_does_not_lie(kept, lying):
    assert reading.read(kept(b"x"), "good").texts == ("a",)


def test_foreign_words_write_no_lines_into_the_log(kept, lying):
    with pytest.raises(Unreadable) as refused:
        reading.read(kept(b"x"), "lines for the log")
    assert str(refused.value) == "rusak2025-01-01 admin masuk [31m"


def test_the_child_sees_nothing_of_ours(kept, lying, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "rahasia")
    monkeypatch.setenv("DATABASE_URL", "postgres://kla:rahasia@db/kla")
    with Path(__file__).open() as _, pytest.raises(Unreadable) as refused:
        reading.read(kept(b"x"), "surroundings")
    seen = json.loads(str(refused.value))
    assert set(seen["environment"]) <= {"PYTHONPATH", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME"}
    assert seen["open"] == 3
    assert seen["folder"] == []
    assert not Path(seen["here"]).exists()


def test_a_broken_set_up_is_not_the_files_fault(kept, monkeypatch):
    path = kept(papers.letter())
    monkeypatch.setattr(reading, "_CHILD", "evaluations.files.nowhere")
    with pytest.raises(ReaderFailed, match="No module named"):
        reading.read(path, "pdf")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ReaderFailed, match="ended with 1: without a word"):
        reading.read(path, "pdf")
