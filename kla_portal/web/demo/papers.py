"""Which document proves which answers: one document serves several slots, as in a real library."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicators.spec import InstrumentSpec, QuestionSpec, Slot

FAMILY = {
    "regulation": "legal",
    "sop": "legal",
    "budget": "budget",
    "data": "data",
    "matrix": "data",
    "report": "report",
    "minutes": "report",
    "photo": "photo",
    "certificate": "certificate",
    "document": "document",
}
"""Evidence kind -> the kind of paper an office has of it."""

FORMAT = {"data": "xlsx", "photo": "jpg", "certificate": "png"}
"""Everything else is a PDF."""

# Titles of papers that hold what a whole family of slots asks for: "{}" is the subject.
TITLE = {
    "legal": "Himpunan keputusan dan SOP {}",
    "budget": "Rincian anggaran {}",
    "data": "Rekapitulasi data {}",
    "report": "Laporan dan notulen {}",
    "photo": "Foto kegiatan {}",
    "certificate": "Sertifikat pelatihan {}",
    "document": "Dokumen {}",
}
BY_CLUSTER = frozenset({"legal", "report", "photo", "certificate"})
"""Families kept per cluster, the others per subject."""

CLUSTER = {
    "K0": "kelembagaan KLA",
    "K1": "hak sipil dan kebebasan",
    "K2": "keluarga dan pengasuhan",
    "K3": "kesehatan dan kesejahteraan anak",
    "K4": "pendidikan dan kegiatan budaya",
    "K5": "perlindungan khusus anak",
    "K6": "kecamatan dan desa/kelurahan",
}
SUBJECT = {
    "1": "kebijakan dan anggaran anak",
    "2": "Gugus Tugas KLA",
    "3": "kemitraan KLA",
    "4": "akta kelahiran dan KIA",
    "5": "layanan informasi layak anak",
    "6": "Forum Anak",
    "7": "pencegahan perkawinan anak",
    "8": "lembaga konsultasi keluarga",
    "9": "PAUD holistik integratif",
    "10": "lembaga pengasuhan anak",
    "11": "ruang bermain dan rute aman sekolah",
    "12": "kesehatan ibu dan bayi",
    "13": "gizi balita dan ASI",
    "14": "gizi balita dan ASI",
    "15": "puskesmas ramah anak",
    "16": "air minum dan sanitasi",
    "17": "Kawasan Tanpa Rokok",
    "18": "satuan pendidikan ramah anak",
    "19": "satuan pendidikan ramah anak",
    "20": "pusat kreativitas dan rumah ibadah ramah anak",
    "21A": "pencegahan dan layanan perlindungan anak",
    "25": "kecamatan layak anak",
    "26": "desa/kelurahan layak anak",
}
"""Indicator -> subject; the small indicators of special protection share one."""
OTHER_SUBJECT = "layanan anak korban dan ABH (tanpa identitas)"

# Slots whose paper has a name of its own.
OWN_TITLE = {
    ("1.1", 1): "Peraturan Daerah tentang Kabupaten Layak Anak",
    ("1.2f", 1): "Peraturan Bupati tentang Pencegahan Perkawinan Anak",
    ("1.2m", 1): "Peraturan Bupati tentang Percepatan Penurunan Stunting",
    ("1.2q", 1): "Peraturan Daerah tentang Kawasan Tanpa Rokok",
    ("17.1", 2): "Peraturan Daerah tentang Kawasan Tanpa Rokok",
    ("17.2", 1): "Peraturan Daerah tentang Kawasan Tanpa Rokok",
    ("2.1", 1): "SK Gugus Tugas KLA",
    ("2.1", 2): "SK Gugus Tugas KLA",
    ("2.4", 1): "Rencana Aksi Daerah KLA",
    ("2.6", 1): "Profil KLA",
    ("6.1", 1): "SK Forum Anak",
    ("12.1", 1): "Rekapitulasi persalinan per puskesmas",
    ("12.3", 1): "Rekapitulasi cakupan imunisasi",
    ("13.3", 1): "Rekapitulasi stunting per puskesmas",
}
OFFICE_IN_CITY = (("Kabupaten Layak", "Kota Layak"), ("Peraturan Bupati", "Peraturan Wali Kota"))


@dataclass(frozen=True)
class Paper:
    """``title`` with its year is the document's name in the library; ``extension`` without a dot."""

    title: str
    extension: str

    @property
    def filename(self) -> str:
        return f"{re.sub(r'[^a-z0-9]+', '-', self.title.lower()).strip('-')}.{self.extension}"


def paper_for(spec: InstrumentSpec, question: QuestionSpec, slot: Slot, *, year: int, city: bool) -> Paper:
    """The document that stands in this slot, of the evidence of ``year``."""
    family = FAMILY.get(slot.kind, "document")
    own = OWN_TITLE.get((question.code, slot.number))
    if own is None:
        indicator = spec.indicator_of[question.code]
        if family in BY_CLUSTER:
            cluster = spec.cluster_of[indicator.number]
            subject = CLUSTER.get(cluster.code, cluster.name)
        else:
            subject = SUBJECT.get(indicator.number, OTHER_SUBJECT)
        own = TITLE[family].format(subject)
    if city:
        for county, town in OFFICE_IN_CITY:
            own = own.replace(county, town)
    return Paper(f"{own} {year}", FORMAT.get(family, "pdf"))
