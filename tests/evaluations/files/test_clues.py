"""What a document says of itself, and what it only says of others."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.files.clues import NUMBER_LIMIT, date_in, number_in, years_in
from kla_portal.indonesian import tanggal
from tests.evaluations.files import papers

DECREE = """PEMERINTAH KABUPATEN TABALONG
Jalan Pangeran Antasari No. 1 Tanjung 71571 Telp. (0526) 2021011
KEPUTUSAN BUPATI TABALONG
NOMOR 188.45/12/KUM/2025
TENTANG
PEMBENTUKAN GUGUS TUGAS KABUPATEN LAYAK ANAK TAHUN 2025
Menimbang : a. bahwa Keputusan Bupati Nomor 188.45/3/KUM/2019 tanggal 4 April 2019 perlu diganti;
Mengingat : 1. Undang-Undang
Nomor 35 Tahun 2014 tentang Perlindungan Anak;
2. Peraturan Presiden Nomor 25 Tahun 2021 tentang Kebijakan Kabupaten/Kota Layak Anak;
MEMUTUSKAN:
KESATU : biaya dibebankan pada anggaran tahun anggaran 2024/2025.
Ditetapkan di Tanjung
pada tanggal 12 Januari 2025
BUPATI TABALONG,"""

LETTER = """DINAS PEMBERDAYAAN PEREMPUAN DAN PERLINDUNGAN ANAK
Nomor : 463/123/DP3A Tanjung, 3 Maret 2024
Sifat : Penting
Hal : Undangan
Yth. Kepala Bappeda
Dengan hormat, menindaklanjuti surat Gubernur Nomor 463/9/DP3A/2024 kami mengundang Saudara pada:
Hari : Senin, 11 Maret 2024"""


def test_a_decree():
    assert number_in(DECREE) == "188.45/12/KUM/2025"
    assert date_in(DECREE) == date(2025, 1, 12)
    assert years_in(DECREE, {2014, 2019, 2021, 2024, 2025}) == (2024, 2025)


def test_a_letter():
    assert number_in(LETTER) == "463/123/DP3A"
    assert date_in(LETTER) == date(2024, 3, 3)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Nomor : 188.45/12/KUM/2025", "188.45/12/KUM/2025"),
        ("NOMOR: 188.45 / 12 / KUM / 2025", "188.45/12/KUM/2025"),
        ("Nomor  188.45/ 12 /KUM/2025.", "188.45/12/KUM/2025"),
        ("No. 463/12/DP3A", "463/12/DP3A"),
        ("No : B-123/Sekr/III/2025", "B-123/Sekr/III/2025"),
        ("PERATURAN BUPATI TABALONG\nNOMOR 25 TAHUN 2021\nTENTANG", "25 Tahun 2021"),
        ("PERATURAN DAERAH KABUPATEN BANJAR NOMOR 4 TAHUN 2022 TENTANG KLA", "4 Tahun 2022"),
        ("SALINAN KEPUTUSAN BUPATI NOMOR 100.3.3.2/45/2024", "100.3.3.2/45/2024"),
        ("Nomor\t: 045.2/7-Bapp", "045.2/7-Bapp"),
        ("Lampiran Keputusan Bupati\nNomor : 12/KUM/2025\nTanggal : 3 Mei 2025", "12/KUM/2025"),
    ],
)
def test_its_own_number(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nomor :",
        "NOMOR : TAHUN 2025",
        "Nomor : 188.45/      /KUM/2025",
        "Nomor : .../.../2025",
        "Nomor Telepon : 0526 2021011",
        "Jalan Pangeran Antasari No. 12 Tanjung",
        "No Nama Anak Umur\n1 Ani 12",
        "No. 1 Ani",
        "Menimbang : bahwa\nKeputusan Bupati Nomor 12/KUM/2019",
        "Laporan ini disusun menurut Peraturan Presiden Nomor 25 Tahun 2021.",
        "LAPORAN\nMengingat : Undang-Undang\nNomor 35 Tahun 2014",
        "x " * 2_500 + "\nNomor : 12/KUM/2025",
        "Halaman depan\fNomor : 12/KUM/2025",
    ],
)
def test_no_number_of_its_own(text):
    assert number_in(text) == ""


def test_a_number_is_cut_where_nobody_writes_one():
    assert len(number_in("Nomor : " + "12/" * 400 + "2025")) == NUMBER_LIMIT


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ditetapkan di Tanjung\npada tanggal 12 Januari 2025", date(2025, 1, 12)),
        ("Ditetapkan di Tanjung pada tanggal : 12-01-2025", date(2025, 1, 12)),
        ("Tanjung, 3 Maret 2024", date(2024, 3, 3)),
        ("Tanjung, tanggal 3 Maret 2024", date(2024, 3, 3)),
        ("Tanggal : 5 Agustus 2023", date(2023, 8, 5)),
        ("Tgl. 5/8/2023", date(2023, 8, 5)),
        ("12-01-2025", date(2025, 1, 12)),
        ("12.01.2025", date(2025, 1, 12)),
        ("Laporan per 31 Desember 2024", date(2024, 12, 31)),
        ("12 Jan 2025", date(2025, 1, 12)),
        ("7 Nopember 2024", date(2024, 11, 7)),
        ("28 Pebruari 2023", date(2023, 2, 28)),
        ("1 agt. 2023", date(2023, 8, 1)),
        ("Dari 12-01-2025 dan lagi 12 Januari 2025", date(2025, 1, 12)),
        (
            "Rapat tanggal 1 Mei 2024\nDitetapkan di Banjar\npada tanggal 2 Mei 2024\ndiubah tanggal 9 Mei 2024",
            date(2024, 5, 2),
        ),
        ("Rapat pada Senin, 4 Maret 2024 dan Selasa, 5 Maret 2024\nTanggal : 6 Maret 2024", date(2024, 3, 6)),
        ("Rapat pada Senin, 4 Maret 2024 dan Selasa, 5 Maret 2024", None),
        ("Tanjung, 4 Maret 2024 dan Rantau, 5 Maret 2024\nRantau, 6 Maret 2024", None),
        ("Ani lahir di Tanjung, 3 Maret 2010\nBudi lahir di Rantau, 4 Mei 2011", None),
        ("Ani lahir di Tanjung, 3 Maret 2010\nRantau, 5 Mei 2024", date(2024, 5, 5)),
        ("Anak yang lahir pada tanggal 3 Maret 2010 dan dilaporkan tanggal 5 Mei 2024", None),
        ("Januari 2025", None),
        ("pada tanggal        Januari 2025", None),
        ("31 Februari 2025", None),
        ("32-01-2025", None),
        ("12-13-2025", None),
        ("12 Januari 1844", None),
        ("1.12.01.2025", None),
        ("14 Rajab 1446", None),
        ("", None),
    ],
)
def test_the_day(text, day):
    assert date_in(text) == day


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from(["Tanjung, {}", "{}", "pada tanggal {}"])
)
def test_every_written_day_is_read(day, frame):
    assert date_in(frame.format(tanggal(day))) == day
    assert date_in(frame.format(f"{day:%d-%m-%Y}")) == day


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Laporan Tahun 2024", (2024,)),
        ("laporan tahun\n2024", (2024,)),
        ("Tahun Anggaran 2025", (2025,)),
        ("T.A. 2025", (2025,)),
        ("TA 2025", (2025,)),
        ("TA. 2025", (2025,)),
        ("tahun pelajaran 2024/2025", (2024, 2025)),
        ("semester ganjil 2024/2025", (2024, 2025)),
        ("tahun 2024 dan 2025", (2024, 2025)),
        ("tahun 2023, 2024, dan 2025", (2023, 2024, 2025)),
        ("RPJMD Tahun 2021-2026", (2023, 2024, 2025)),
        ("RAD tahun 2021 s.d. 2024", (2023, 2024)),
        ("tahun 2022", ()),
        ("Undang-Undang Nomor 35 Tahun 2024", ()),
        ("Peraturan Bupati Nomor : 12 / 3 Tahun 2024", ()),
        ("Nomor 188.45/12/KUM/2025", ()),
        ("kota 2024", ()),
        ("2024", ()),
        ("tahun 20245", ()),
        ("12/2024/2025", ()),
        ("dua tahun, 2024 anak", ()),
        ("", ()),
    ],
)
def test_years(text, years):
    assert years_in(text, {2023, 2024, 2025}) == years


def test_the_papers_of_the_other_tests():
    assert number_in(papers.DECREE) == "188.45/12/KUM/2025"
    assert date_in(papers.DECREE) is None


@given(st.text("Nomrtahundglpi 0123456789/.,-\n:", max_size=120))
def test_whatever_is_written_gives_something_or_nothing(text):
    assert len(number_in(text)) <= NUMBER_LIMIT
    assert date_in(text) is None or 1945 <= date_in(text).year <= 2099
    assert set(years_in(text, {2024, 2025})) <= {2024, 2025}
