"""How hard a question is to raise: a default by theme and kind, and the share of it that one step takes.

Effort 1 is a letter or a file, 2 weeks within one agency, 3 a season's work, 4 most of a year or other people's
consent, 5 more than a year. The numbers are this portal's own; a district puts its own in their place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.spec import QuestionSpec

REGULATION = "regulation"
IMPOSSIBLE = "impossible"

DOCUMENTS = 1
"""The effort of completing the documents of one question: they exist, someone has to find and attach them."""


@dataclass(frozen=True, slots=True)
class Ease:
    """``effort`` 1 to 5 for the whole way from nothing to full points; ``need``: a ``Need``, impossible among them."""

    effort: int
    need: str
    reason: str = ""


BY_THEME: dict[str, Ease] = {
    "kebijakan": Ease(4, REGULATION, "Produk hukum disusun, diharmonisasi, lalu ditetapkan: berbulan-bulan."),
    "anggaran": Ease(3, "budget", "Anggaran diusulkan pada jadwal APBD atau perubahannya."),
    "kelembagaan": Ease(2, "activity", "Keputusan, rapat, dan rencana kerja gugus tugas sendiri."),
    "kemitraan": Ease(3, "partners", "Mitra di luar pemerintah harus bersedia dan ikut bekerja."),
    "inovasi": Ease(3, "activity", "Inovasi dirancang, dijalankan, dan didokumentasikan."),
    "pelatihan_kha": Ease(2, "activity", "Pelatihan dijadwalkan dan diikuti; pesertanya terdaftar."),
    "standardisasi": Ease(4, "activity", "Penilaian standar dari luar menunggu perbaikan layanan."),
    "partisipasi": Ease(2, "activity", "Kegiatan Forum Anak dan musyawarah dalam tahun berjalan."),
    "layanan": Ease(3, "activity", "Layanan dibuka atau diperluas oleh perangkat daerahnya."),
    "data": Ease(2, "data", "Data dikumpulkan, dicocokkan, dan disahkan."),
}

BY_THEME_AND_KIND: dict[tuple[str, str], Ease] = {
    ("kebijakan", "percentage"): Ease(3, REGULATION, "Aturan yang sama diberlakukan di lebih banyak tempat."),
    ("anggaran", "percentage"): Ease(
        5, "budget", "Porsi anggaran digeser antarurusan oleh pemerintah dan DPRD."
    ),
    ("data", "change"): Ease(5, "activity", "Angka kejadian berubah karena layanan, tidak karena pendataan."),
    ("data", "percentage"): Ease(3, "data", "Cakupan naik orang demi orang; datanya menyusul."),
    ("layanan", "percentage"): Ease(
        4, "activity", "Cakupan layanan naik orang demi orang di seluruh wilayah."
    ),
    ("layanan", "matrix"): Ease(
        4, "activity", "Beberapa layanan sekaligus, masing-masing dilengkapi sendiri."
    ),
    ("kelembagaan", "matrix"): Ease(
        3, "activity", "Beberapa bagian kelembagaan, masing-masing dengan dokumennya."
    ),
    ("kemitraan", "matrix"): Ease(4, "partners", "Beberapa mitra, masing-masing dengan kegiatannya sendiri."),
    ("kemitraan", "choice"): Ease(2, "partners", "Kesepakatan dengan satu mitra dan kegiatannya."),
    ("pelatihan_kha", "percentage"): Ease(
        3, "activity", "Sebagian besar petugas dilatih, gelombang demi gelombang."
    ),
    ("partisipasi", "matrix"): Ease(
        4, "activity", "Beberapa bidang, masing-masing dengan kegiatan anak sendiri."
    ),
    ("partisipasi", "percentage"): Ease(
        3, "activity", "Kegiatan yang sama di lebih banyak kecamatan atau desa."
    ),
}

OTHERWISE = Ease(3, "activity", "Tema ini belum punya ukuran sendiri; dipakai ukuran tengah.")


def default_ease(question: QuestionSpec) -> Ease:
    """By theme and kind, else by theme, else the middle."""
    by_kind = BY_THEME_AND_KIND.get((question.theme, question.rule.kind))
    return by_kind or BY_THEME.get(question.theme, OTHERWISE)


def rung(levels: Sequence[Decimal], points: Decimal) -> int:
    """On which rung of the ladder ``levels`` (ascending, different) these points stand; 0 is the foot."""
    return max(0, bisect_right(levels, points) - 1)


def step_effort(effort: int, climbed: int, rungs: int) -> int:
    """The part of ``effort`` for ``climbed`` of ``rungs`` rungs, rounded up: a decree costs less than a regulation.

    The whole way costs all of it, any step at least 1.
    """
    return max(1, -(-effort * climbed // rungs))
