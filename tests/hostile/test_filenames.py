"""Names of files as an attacker, an old Windows or a phone gives them: kept harmless on the disk, in headers, in a ZIP."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluations.domain.evidence.archive_paths import RESERVED, extension_of, file_name, safe_part
from evaluations.files.inspection import clean_name, suffix_of
from evaluations.files.naming import codes_in, title_of
from evaluations.models import EvidenceFile
from tests.evaluations.evidence import corpus

FUZZ = settings(max_examples=300, deadline=None)
NASTY = [
    "../../etc/passwd.pdf", "..\\..\\windows\\system32\\a.pdf", "/etc/passwd", "C:\\a.pdf", "\\\\server\\share\\a.pdf", "....//a.pdf",
    "a\x00.pdf", "a.pdf\x00.exe", "\u202egpj.exe.pdf", "laporan\u202efdp.exe", "a\r\nSet-Cookie: x=1.pdf", 'a"; filename="b.html.pdf',
    "con.pdf", "NUL", "aux.tar.pdf", "COM1.pdf", "lpt¹.pdf", ".", "..", ".pdf", ".htaccess.pdf", "a.pdf.", "a.pdf ", "a:b.pdf", "a.pdf:stream",
    "x" * 300 + ".pdf", "é" * 200 + ".pdf", "😀" * 100 + ".pdf", "e" + "\u0301" * 200 + ".pdf", "%2e%2e%2fa.pdf", "$(id).pdf", "`id`.pdf",
    "-rf.pdf", "~root.pdf", "<img src=x onerror=alert(1)>.pdf", "{{7*7}}.pdf", "=1+1.pdf", "\u200b.pdf", "\ufeffa.pdf", "a\u2028b.pdf", "１.２a.pdf", "ß" * 130,
]  # fmt: skip
NAMES = (
    st.sampled_from(NASTY)
    | st.text(max_size=40)
    | st.text(st.sampled_from("./\\: .con\u202e\u0301😀\x00\r\n\"'%12a"), max_size=30)
)


@FUZZ
@given(NAMES)
@example("laporan\u202efdp.exe")
def test_a_kept_name_is_one_plain_name(name):
    kept = clean_name(name)
    assert kept
    assert kept not in {".", ".."}
    assert len(kept) <= 200
    assert not set(kept) & set("/\\\x00\r\n")
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in kept), ascii(
        kept
    )
    assert suffix_of(kept) == suffix_of(kept.lower())


@FUZZ
@given(NAMES, st.integers(1, 99), st.sampled_from(["pdf", "", "docx"]))
def test_a_name_in_the_archive_unpacks_everywhere(name, number, extension):
    for part in (safe_part(name, 40), file_name(number, name, extension)):
        assert 0 < len(part) <= 55
        assert not set(part) & set('<>:"/\\|?*\x00\r\n')
        assert part.strip(" .") == part
        assert part.partition(".")[0].strip().casefold() not in RESERVED
        assert not any(unicodedata.category(letter)[0] == "C" for letter in part)
    assert extension_of(name).isascii()


@FUZZ
@given(NAMES)
def test_a_name_leads_to_known_questions_only(name):
    known = {"1.2a", "12.1", "1.2"}
    assert set(codes_in(name, known)) <= known
    assert "\x00" not in title_of(name)


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_uploaded_it_is_taken_with_a_harmless_name_or_refused(
    cast, evaluation, sign_in, name, settings, tmp_path
):
    settings.STORAGES = settings.STORAGES | {
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "isi", "base_url": None},
        }
    }
    client = sign_in(cast.coordinator_tabalong)
    path = reverse("evaluations:evidence_upload", args=[evaluation.pk, "12.1", 1])
    upload = SimpleUploadedFile("x.pdf", corpus.pdf(), content_type="application/pdf")
    upload._name = name  # the constructor would already clean it
    answer = client.post(path, {"files": upload})
    assert answer.status_code in {200, 302, 400, 422}
    assert {p.name for p in tmp_path.iterdir()} <= {"isi"}
    for file in EvidenceFile.objects.all():
        assert storages["evidence"].path(file.storage_name).startswith(str(tmp_path / "isi"))
        assert not set(file.storage_name) & set("\\\x00\u202e")
        sent = client.get(reverse("evaluations:evidence_download", args=[file.evidence_id]))
        assert sent.status_code == 200
        assert not set(sent["Content-Disposition"]) & set("\r\n\x00")
        assert sent["Content-Type"] == "application/pdf"
        assert sent["X-Content-Type-Options"] == "nosniff"
        b"".join(sent.streaming_content)
