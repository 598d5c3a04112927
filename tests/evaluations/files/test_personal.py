"""Identity numbers and lists of children, and much that only looks like them. All numbers here are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.files.personal import children_list, identity_numbers

NIK = "6309014101900001"
"""A woman's: 41 is the first, plus 40."""


@pytest.mark.parametrize(
    "text",
    [
        NIK,
        f"NIK: {NIK}, Tanjung",
        f"NIK{NIK}.",
        "NIK 630901 410190 0001",
        "NIK 6309.0141.0190.0001",
        "NIK 63-09-01-410190-0001",
        "63 09 01 41 01 90 0001",
        "630901 - 410190 - 0001",
        "6309014101 900001",
        f"1 {NIK} 12 Ani",
        f"1. {NIK} Ani",
        f"12. {NIK}",
        "1 6309 0141 0190 0001 12 tahun",
        "6 3 0 9 0 1 4 1 0 1 9 0 0 0 0 1",
        f"({NIK})",
        f"Ani\n{NIK}\n12",
        f"{NIK} {NIK}",
        f"{NIK} ditulis juga 6309 0141 0190 0001",
        "1171012902000003",
        "9702023112990012",
    ],
)
def test_an_identity_number(text):
    assert identity_numbers(text) == 1


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("an official's number", "NIP 198001012005011001"),
        ("the same in groups", "NIP. 19800101 200501 1 001"),
        ("the same with dots", "NIP. 19800101.200501.1.001"),
        ("the same in two groups", "19800101 2005011001"),
        ("fifteen digits", "630901410190000"),
        ("seventeen digits", "63090141019000011"),
        ("a run of twenty", "00006309014101900001"),
        ("no such province", "0109014101900001"),
        ("no such province", "9909014101900001"),
        ("no such month", "6309014113900001"),
        ("no month", "6309014100900001"),
        ("day 72", "6309017201900001"),
        ("day 32", "6309013201900001"),
        ("day 40", "6309014001900001"),
        ("no day", "6309010001900001"),
        ("31 June", "6309013106900001"),
        ("30 February, a woman", "6309017002900001"),
        ("a card's number", "5412 7512 3456 7890"),
        ("an account", "No. rek. 0031-01-000123-30-7"),
        ("a telephone", "0812 3456 7890 1234"),
        ("a share worked out", "0.6309014101900001"),
        ("a percentage worked out", "91.6309014101900001"),
        ("money", "Rp 630.901.410.190.000"),
        ("lines of a table", "630901\n410190\n0001"),
        ("column numbers", "1 2 3 4 5 6 7 8 9 10 11 12"),
        ("boxes of an official's number", "1 9 8 0 0 1 0 1 2 0 0 5 0 1 1 0 0 1"),
        ("nothing", ""),
    ],
)
def test_no_identity_number(why, text):
    assert identity_numbers(text) == 0, why


def test_different_numbers_are_counted_once_each():
    rows = "\n".join(f"{n} 63090101019000{n:02} Anak {n} 6309010101100001" for n in range(1, 8))
    assert identity_numbers(rows) == 8, "seven persons and their family card"


@given(
    st.sampled_from([11, 21, 32, 63, 74, 97]), st.integers(0, 9999), st.dates(), st.booleans(), st.integers(0, 9999),
    st.sampled_from(["", " ", ".", "-"]),
)  # fmt: skip
def test_every_well_made_number_is_seen(province, place, born, woman, serial, mark):
    day = born.day + 40 * woman
    parts = [f"{province}{place:04}", f"{day:02}{born.month:02}{born.year % 100:02}", f"{serial:04}"]
    assert identity_numbers(f"Nama: Ani, NIK: {mark.join(parts)}") == 1


@given(st.text("0123456789 .-\n", max_size=200))
def test_whatever_stands_there_is_counted(text):
    assert 0 <= identity_numbers(text) <= len(text) // 16


# Lists of children


@pytest.mark.parametrize(
    "text",
    [
        "No Nama Anak NIK Umur",
        "NO. | NAMA ANAK | TEMPAT/TANGGAL LAHIR | ALAMAT",
        "No\nNama Anak\nNIK\nTempat, Tanggal Lahir",
        "DAFTAR ANAK PENERIMA AKTA\nNo Nama\nAnak Tanggal Lahir Nama Orang Tua\n1 Ani 2 Mei 2015 Budi",
        "No Urut Nama Siswa Kelas",
        "No. Nama Peserta Didik NISN L/P",
        "NIK Nama Lengkap Balita Nama Ibu Berat Badan",
        "No Inisial Nama Korban Usia Jenis Kelamin",
        "No Desa Nama Santri Alamat Ket",
        "Kecamatan Nama Bayi Tgl. Lahir Nama Ayah",
        "No Nama Murid\n1 Ani\n2 Budi\n3 Citra",
        "No. Nama Anak\n1. Ani\n2. Budi",
        "No. Nama Anak Kec. Alamat",
        "Umur Nama Anak Sekolah",
    ],
)
def test_a_list_of_children(text):
    assert children_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nama anak harus ditulis sesuai dengan akta kelahiran dan alamat orang tua.",
        "Setiap laporan memuat nama anak, NIK, umur, dan alamat.",
        "Petugas tidak boleh menyebut nama anak atau alamat korban di media.",
        "Kutipan akta mencantumkan nama anak. Nomor kartu keluarga ditulis oleh petugas.",
        "Nama anak disamarkan; umur dan alamat tidak dicantumkan.",
        "No Nama Sekolah Alamat Jumlah Siswa",
        "No Nama Puskesmas Jumlah Balita Umur 0-5",
        "No Nama Kegiatan Keterangan",
        "No Nama NIP Jabatan",
        "Nama Anak",
        "Pedoman penulisan nama anak\n1. Ejaan\n2. Susunan",
        "Sekolah wajib lapor. Nama anak disamarkan. Alamat dihapus.",
        "Alamat kantor, nama anak perempuan, usia pensiun",
        "Rekapitulasi menurut umur dan jenis kelamin",
        "Kecamatan Jumlah Anak Umur 0-17",
        "Forum Anak menyusun daftar nama anak yang hadir pada pertemuan.",
        "No Nama Anak dalam laporan ini disamarkan.\nSemua data dihapus.",
    ],
)
def test_no_list_of_children(text):
    assert not children_list(text)


def test_a_long_text_is_looked_through_quickly():
    prose = "Setiap laporan memuat nama anak, NIK, umur, dan alamat. " * 5_000
    assert not children_list(prose)
    assert children_list(prose + "\nNo Nama Anak NIK")
    assert identity_numbers("12 34 56 78 " * 20_000) == 0
