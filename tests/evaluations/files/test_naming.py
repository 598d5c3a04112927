"""File names to questions, and to titles."""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from evaluations.files.naming import codes_in, title_of


@cache
def known() -> frozenset[str]:
    """The codes of the published instrument's questions."""
    path = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"
    return frozenset(re.findall(r'- code: "(.+)"', path.read_text(encoding="utf-8")))


def test_every_code_of_the_instrument_is_matched_in_every_spelling():
    assert len(known()) == 274
    for code in known():
        underscored = code.replace(".", "_")
        for name in (
            f"{code} SK Bupati.pdf",
            f"{code.upper()}_SK.pdf",
            f"{underscored}-SK.pdf",
            f"({code}) rekap.jpg",
            f"[{code}]rekap.jpg",
            f"No. {code} - akta.pdf",
            f"K3/{code}/akta.pdf",
            f"{code}.pdf",
            code,
        ):
            assert codes_in(name, known()) == (code,), name


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("12.3,12.4 foto.jpg", ("12.3", "12.4")),
        ("17.3a,17.3b foto.jpg", ("17.3a", "17.3b")),
        ("12.4 & 12.3 rekap.pdf", ("12.4", "12.3")),
        ("12.3 dan 12.4 rekap.pdf", ("12.3", "12.4")),
        ("1.2a_1.2b SK.pdf", ("1.2a", "1.2b")),
        ("12.3,12.3 foto.jpg", ("12.3",)),
        ("12.3,99.9 foto.jpg", ("12.3",)),
        ("[1.1][1.4] SK.pdf", ("1.1", "1.4")),
        ("Rekap butir 12.3 dan 12.4.pdf", ("12.3", "12.4")),
        ("Data Dukung Indikator 12.3 Imunisasi.pdf", ("12.3",)),
        ("K1 3.2 akta.pdf", ("3.2",)),
        ("Klaster 5 - 21A.1 SK.docx", ("21A.1",)),
        ("SK Bupati 1.2a.pdf", ("1.2a",)),
        ("foto_21A.4a_final.png", ("21A.4a",)),
        ("12.3 2025 rekap.pdf", ("12.3",)),
        ("12.3_2025_rekap.pdf", ("12.3",)),
        ("12.3_1.jpg", ("12.3",)),
        ("12.3-2.jpg", ("12.3",)),
        ("12.3. Rekap.pdf", ("12.3",)),
        ("5.4 Tahun 2024 rekap.pdf", ("5.4",)),
        ("2.1 Desa ramah anak.pdf", ("2.1",)),
        ("C:\\data\\12.3\\IMG_2025.jpg", ("12.3",)),
        ("2024/1.1/K0/Lampiran.pdf", ("1.1",)),
        ("1.1/12.3 rekap.pdf", ("12.3",)),
        ("12.3/SK 12.4.2025.pdf", ("12.3",)),
    ],
)
def test_codes_where_a_person_puts_them(path, codes):
    assert codes_in(path, known()) == codes


@pytest.mark.parametrize(
    "path",
    [
        "SK 12.3.2025.pdf", "12.3.2025 rapat.pdf", "12_3_2025 foto.jpg", "12.3.25.jpg", "2.3 Maret rapat.jpg",
        "5.4_Des_2024.jpg", "v1.1.pdf", "versi 1.1.pdf", "rev (2.1) SK.pdf", "Perda 1.2.3.pdf", "1.1.1 SK.pdf",
        "2.5 MB.pdf", "2.5MB foto.jpg", "2.5 juta.pdf", "2.5% anak.pdf", "14.10 WIB.jpg", "Rp 1.2M.pdf",
        "No. 5.4 Tahun 2024.pdf", "Pasal 1.2a.pdf", "rekap 12.3.pdf", "anggaran 1.2m.pdf", "12,3 rekap.pdf",
        "1.2aSK.pdf", "112.3 rekap.pdf", "12.33 rekap.pdf", "012.3 rekap.pdf", "12.03 rekap.pdf", "K1.3.2 akta.pdf",
        "1.2.a SK.pdf", "2-3 Laporan.pdf", "K1/akta.pdf", "IMG_20250112.jpg", "", "...", "/", ".pdf",
    ],
)  # fmt: skip
def test_in_doubt_there_is_none(path):
    assert codes_in(path, known()) == ()


def test_the_longest_known_code_wins_and_is_never_cut_short():
    assert codes_in("12.3a SK.pdf", {"12.3", "12.3a"}) == ("12.3a",)
    assert codes_in("12.3a SK.pdf", {"12.3"}) == ()
    assert codes_in("12.3 a SK.pdf", {"12.3", "12.3a"}) == ("12.3",)
    assert codes_in("1.2za SK.pdf", {"1.2z", "1.2za"}) == ("1.2za",)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("1.2a_SK_Bupati.pdf", "SK Bupati"),
        ("1_2a-SK.pdf", "SK"),
        ("K1/3.1/Akta  kelahiran.PDF", "Akta kelahiran"),
        ("(12.3) rekap.pdf", "rekap"),
        ("Rekap [12.3].pdf", "Rekap"),
        ("12.3a,12.3b foto.jpg", "foto"),
        ("No. 5.4 - Laporan tahunan.docx", "Laporan tahunan"),
        ("No. 5.4 Tahun 2024.pdf", "No. 5.4 Tahun 2024"),
        ("SK Bupati 1.2a.pdf", "SK Bupati 1.2a"),
        ("12.3.2025 rapat.jpg", "12.3.2025 rapat"),
        ("2.5 MB foto.jpg", "2.5 MB foto"),
        ("12.3 Keputusan dr. Ani, S.H..pdf", "Keputusan dr. Ani, S.H."),
        ("12.3.pdf", "12.3"),
        ("12.3_1.jpg", "12.3 1"),
        ("laporan\u202efdp.exe", "laporan fdp"),
        (".pdf", "pdf"),
        ("", ""),
    ],
)
def test_titles(path, title):
    assert title_of(path) == title


names = st.text(alphabet="0123456789.._-,()[] /\\aAbBzkv&", max_size=40) | st.text(max_size=60)


@given(names, st.sets(st.sampled_from(sorted(known())) | st.text(max_size=6), max_size=30))
@example("1\u202e.1 SK.pdf", {"1.1"})
def test_only_known_codes_and_only_what_stands_in_the_path(path, codes):
    found = codes_in(path, codes)
    assert set(found) <= codes
    assert len(set(found)) == len(found)
    plain = re.sub(r"[_-]", ".", path).lower()
    assert all(re.sub(r"[_-]", ".", code).lower() in plain for code in found)


@given(names)
def test_a_title_is_one_line_without_the_extension(path):
    title = title_of(path)
    assert title == " ".join(title.split())
    assert not title.lower().endswith(".pdf") or ".pdf." in path.lower() or title.lower() == ".pdf"
    assert title or not re.sub(r"[\W_]", "", path.replace("\\", "/").rsplit("/", 1)[-1])


def test_a_path_made_to_be_slow_is_not():
    begun = time.perf_counter()
    for path in ("1.2a " * 50_000, "(" * 50_000, "butir " * 50_000, "1.2," * 50_000, "_" * 50_000):
        codes_in(path, known())
        title_of(path)
    assert time.perf_counter() - begun < 1
