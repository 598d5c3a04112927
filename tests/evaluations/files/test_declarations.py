"""The browser's word for a type: it can speak against a file, never for it."""

from __future__ import annotations

import io

import pytest

from evaluations.files.inspection import TYPES, FileRefused, inspect
from tests.evaluations.evidence import corpus

FILES = {
    "pdf": corpus.pdf(),
    "jpg": corpus.picture("JPEG"),
    "png": corpus.picture(),
    "webp": corpus.picture("WEBP"),
    "docx": corpus.office(),
    "xlsx": corpus.workbook(),
    "pptx": corpus.office("pptx"),
}
ANYTHING = [
    "", "application/octet-stream", "APPLICATION/OCTET-STREAM; charset=binary", "binary/octet-stream", "*/*",
    "application/*", "application/x-download", "application/vnd.ms-office", "application/kswps", "pdf", "tidak tahu",
]  # fmt: skip


@pytest.mark.parametrize("declared", ANYTHING)
@pytest.mark.parametrize("kind", FILES)
def test_what_says_nothing_passes(kind, declared):
    assert inspect(f"berkas.{kind}", io.BytesIO(FILES[kind]), declared) == TYPES[kind]


@pytest.mark.parametrize("kind", FILES)
def test_its_own_type_passes_and_every_other_does_not(kind):
    for other, type_ in TYPES.items():
        file = io.BytesIO(FILES[kind])
        if other == kind:
            assert inspect(f"berkas.{kind}", file, type_.content_type) == type_
        else:
            with pytest.raises(FileRefused, match="dikirim sebagai"):
                inspect(f"berkas.{kind}", file, type_.content_type)


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("jpg", "image/jpg"), ("jpg", "image/pjpeg"), ("png", "image/x-png"), ("webp", "image/*"),
        ("docx", "application/msword"), ("docx", "application/x-zip-compressed"), ("pptx", "application/zip"),
        ("xlsx", "application/vnd.ms-excel"), ("xlsx", "application/wps-office.xlsx"), ("pdf", "application/x-pdf"),
        ("pdf", "application/pdf;name=sk.pdf"),
    ],
)  # fmt: skip
def test_other_words_for_the_same_pass(kind, declared):
    assert inspect(f"berkas.{kind}", io.BytesIO(FILES[kind]), declared) == TYPES[kind]


@pytest.mark.parametrize(
    "declared",
    [
        "text/html", "TEXT/HTML; charset=utf-8", "text/plain", "text/javascript", "application/javascript",
        "application/x-msdownload", "application/x-msdos-program", "application/x-executable", "application/x-sh",
        "application/xhtml+xml", "application/xml", "image/svg+xml", "image/gif", "application/java-archive",
        "application/vnd.android.package-archive", "application/x-rar-compressed", "application/zip",
        "application/vnd.ms-excel.sheet.macroEnabled.12", "audio/mpeg", "video/mp4", "multipart/form-data",
        "application/msword", "image/*",
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_and_named(declared):
    with pytest.raises(FileRefused) as refused:
        inspect("sk.pdf", io.BytesIO(FILES["pdf"]), declared)
    said = declared.partition(";")[0].lower()
    assert f"dikirim sebagai {said}, tetapi isinya dokumen PDF" in str(refused.value)


def test_the_content_is_judged_first():
    with pytest.raises(FileRefused, match="isinya program"):
        inspect("sk.pdf", io.BytesIO(corpus.EXE), "application/pdf")


def test_a_declared_type_does_not_carry_markup_into_the_page():
    with pytest.raises(FileRefused, match="isinya program"):
        inspect("sk.pdf", io.BytesIO(corpus.EXE), "text/<script>")
    assert inspect("sk.pdf", io.BytesIO(FILES["pdf"]), "text/<script>") == TYPES["pdf"]
