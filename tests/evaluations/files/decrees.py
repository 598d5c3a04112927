"""Decrees on the task force, as legal bureaus draft them: shared laws and phrases, clauses of their own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

PLACES = ["Tabalong", "Tanah Bumbu", "Hulu Sungai Selatan", "Banjar", "Barito Kuala", "Gunung Mas", "Tapin"]
TOWNS = ["Tanjung", "Batulicin", "Kandangan", "Martapura", "Marabahan", "Kuala Kurun", "Rantau"]
AGENCIES = [
    "SEKRETARIAT DAERAH",
    "DINAS PEMBERDAYAAN PEREMPUAN DAN PERLINDUNGAN ANAK",
    "BADAN PERENCANAAN PEMBANGUNAN DAERAH",
]
NAMES = ["Anang Syakhfiani", "Hj. Zairullah Azhar", "Achmad Fikry", "Saidi Mansyur", "Rahmadian Noor"]
LAWS = [
    "Undang-Undang Nomor 23 Tahun 2002 tentang Perlindungan Anak sebagaimana telah diubah beberapa kali, terakhir "
    "dengan Undang-Undang Nomor 17 Tahun 2016",
    "Undang-Undang Nomor 11 Tahun 2012 tentang Sistem Peradilan Pidana Anak",
    "Undang-Undang Nomor 23 Tahun 2014 tentang Pemerintahan Daerah",
    "Peraturan Presiden Nomor 25 Tahun 2021 tentang Kebijakan Kabupaten/Kota Layak Anak",
    "Peraturan Menteri Pemberdayaan Perempuan dan Perlindungan Anak Nomor 12 Tahun 2022 tentang Penyelenggaraan "
    "Kabupaten/Kota Layak Anak",
]
GROUNDS = [
    "bahwa anak merupakan amanah dan karunia yang dalam dirinya melekat harkat dan martabat sebagai manusia seutuhnya",
    "bahwa untuk menjamin pemenuhan hak anak diperlukan upaya bersama pemerintah, masyarakat, media dan dunia usaha",
    "bahwa pembangunan daerah perlu mengarusutamakan hak anak ke dalam kebijakan, program dan kegiatan tahunan",
    "bahwa penyelenggaraan kabupaten layak anak memerlukan koordinasi lintas perangkat daerah yang berkesinambungan",
    "bahwa hasil evaluasi tahun sebelumnya menunjukkan perlunya penguatan kelembagaan di tingkat kecamatan dan desa",
    "bahwa kekerasan, perkawinan usia anak dan pekerja anak masih terjadi sehingga memerlukan penanganan terpadu",
    "bahwa susunan keanggotaan yang lama tidak sesuai lagi dengan perkembangan organisasi perangkat daerah saat ini",
    "bahwa forum anak telah menyampaikan suara anak dalam musyawarah perencanaan pembangunan yang perlu ditindaklanjuti",
]
DUTIES = [
    "mengoordinasikan penyusunan rencana aksi daerah serta memantau pelaksanaannya setiap triwulan",
    "menyelenggarakan pelatihan konvensi hak anak bagi guru, tenaga kesehatan, petugas lapas dan kader posyandu",
    "mengumpulkan data terpilah menurut umur, jenis kelamin dan wilayah dari seluruh kecamatan",
    "menyediakan ruang bermain ramah anak yang aman, nyaman dan dapat dijangkau oleh anak berkebutuhan khusus",
    "memastikan setiap kelahiran tercatat dan kutipan akta diserahkan paling lambat tiga puluh hari kerja",
    "mendorong sekolah, madrasah dan pesantren menerapkan satuan pendidikan yang ramah dan bebas perundungan",
    "membentuk pusat pembelajaran keluarga beserta layanan konseling bagi orang tua dan calon pengantin",
    "menyiapkan layanan aduan yang buka sepanjang hari dan menjamin kerahasiaan identitas pelapor",
    "mengawasi iklan rokok di jalan utama dan menetapkan kawasan tanpa rokok di sarana umum",
    "memfasilitasi forum anak agar hadir pada setiap tahap musyawarah perencanaan pembangunan",
    "menggerakkan dunia usaha melalui asosiasi perusahaan sahabat anak untuk mendukung pembiayaan kegiatan",
    "menyusun profil anak daerah dan menerbitkannya pada laman resmi sebelum akhir tahun anggaran",
    "melaksanakan pendampingan hukum bagi anak yang berhadapan dengan hukum bersama balai pemasyarakatan",
    "menurunkan prevalensi tengkes melalui pemberian makanan tambahan dan pemantauan tumbuh kembang balita",
    "menyediakan rumah aman sementara dan tenaga psikolog bagi korban kekerasan dan eksploitasi",
    "melakukan sosialisasi pencegahan perkawinan usia anak di sekolah menengah dan majelis taklim",
    "menjamin ketersediaan air minum dan jamban yang layak di sekolah dasar dan puskesmas pembantu",
    "mengadakan pertemuan evaluasi sekurang-kurangnya dua kali setahun dengan seluruh kecamatan",
    "melaporkan pelaksanaan tugas kepada kepala daerah dan gubernur selaku wakil pemerintah pusat",
    "menata rute aman selamat ke sekolah bersama dinas perhubungan dan kepolisian resor",
]
CLOSING = [
    "Segala biaya yang timbul sebagai akibat ditetapkannya keputusan ini dibebankan pada anggaran pendapatan dan "
    "belanja daerah serta sumber lain yang sah dan tidak mengikat.",
    "Keputusan ini mulai berlaku pada tanggal ditetapkan.",
]
MONTHS = ["Januari", "Maret", "Mei", "Agustus", "November"]


@dataclass(frozen=True)
class Clauses:
    """What one legal bureau wrote."""

    grounds: tuple[str, ...]
    laws: tuple[str, ...]
    duties: tuple[str, ...]


def drafted(dice: Random) -> Clauses:
    """A decree of its own: the laws are nearly the same everywhere, the rest is chosen and ordered freely."""
    return Clauses(
        tuple(dice.sample(GROUNDS, 3)),
        tuple(dice.sample(LAWS, 4)),
        tuple(dice.sample(DUTIES, dice.randint(6, 10))),
    )


def issued(clauses: Clauses, dice: Random) -> str:
    """The clauses on paper: letterhead, number, date, place and names of whoever issues them."""
    at = dice.randrange(len(PLACES))
    place, town, year = PLACES[at], TOWNS[at], dice.randint(2019, 2026)
    day = f"{dice.randint(1, 28)} {dice.choice(MONTHS)} {year}"
    grounds = "\n".join(f"{chr(97 + n)}. {text};" for n, text in enumerate(clauses.grounds))
    laws = "\n".join(f"{n}. {text};" for n, text in enumerate(clauses.laws, 1))
    duties = "\n".join(f"{chr(97 + n)}. {text};" for n, text in enumerate(clauses.duties))
    return f"""PEMERINTAH KABUPATEN {place.upper()}
{dice.choice(AGENCIES)}
Jalan Pangeran Antasari No. {dice.randint(1, 90)} {town}, Telp. (05{dice.randint(10, 99)}) {dice.randint(20000, 99999)}
laman: www.{place.lower().replace(" ", "")}kab.go.id Kode Pos {dice.randint(71000, 73999)}
KEPUTUSAN BUPATI {place.upper()}
NOMOR 188.45/{dice.randint(1, 400)}/KUM/{year}
TENTANG
PEMBENTUKAN GUGUS TUGAS KABUPATEN LAYAK ANAK
DENGAN RAHMAT TUHAN YANG MAHA ESA
BUPATI {place.upper()},
Menimbang :
{grounds}
Mengingat :
{laws}
MEMUTUSKAN:
Menetapkan :
KESATU : Membentuk Gugus Tugas Kabupaten Layak Anak dengan susunan keanggotaan sebagaimana tercantum dalam Lampiran.
KEDUA : Gugus Tugas sebagaimana dimaksud pada Diktum KESATU mempunyai tugas:
{duties}
KETIGA : {CLOSING[0]}
KEEMPAT : {CLOSING[1]}
Ditetapkan di {town}
pada tanggal {day}
BUPATI {place.upper()},
ttd.
{dice.choice(NAMES).upper()}"""
