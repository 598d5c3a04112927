"""Tabalong's library in the open edition, in every state a document can be in. All words and numbers are invented."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain.evidence import concerns, describing, library, raised, revisions, slots, uploads
from evaluations.models import Evaluation, Evidence, EvidenceLink
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.web.demo.files import CONTENT_TYPES, pdf, picture, scan
from kla_portal.web.demo.writing import decree

STEP = timedelta(seconds=25)
PIECE = 512_000
PHOTO = "Foto kegiatan bersama mitra"
TASK_FORCE = decree(
    head="KEPUTUSAN BUPATI TABALONG",
    number="188.45/77/2025",
    subject="Gugus Tugas Kabupaten Layak Anak",
    place="Tanjung",
    signed=date(2025, 2, 3),
)
FORUM = decree(
    head="KEPUTUSAN KEPALA DINAS",
    number="400.2/12/2025",
    subject="Gugus Tugas Kabupaten Layak Anak",
    place="Tanjung",
    signed=date(2025, 3, 17),
)
ATTENDANCE = [
    "Daftar peserta rapat partisipasi anak",
    "No  Nama anak  NIK  Tempat dan tanggal lahir  Alamat",
    # A kecamatan that does not exist and a serial number that is not issued: nobody's.
    "1  Anak A  6309994101100000  Tanjung, 1 Januari 2010  Desa contoh",
    "2  Anak B  (contoh)  Tanjung, 2 Januari 2010  Desa contoh",
]
MINUTES = [
    "Notulen rapat Gugus Tugas KLA",
    "Rapat membahas rencana aksi dan pembagian tugas perangkat daerah.",
]


@dataclass(frozen=True)
class Item:
    """One document in a slot; ``parts`` as ``describing.describe`` takes them."""

    code: str
    slot: int
    title: str
    content: bytes
    extension: str = "pdf"
    pages: str = ""
    quote: str = ""
    parts: Mapping[str, Any] = field(default_factory=dict)


ITEMS = (
    Item(
        "2.1",
        1,
        "SK Gugus Tugas KLA 2025 lengkap",
        pdf(*TASK_FORCE),
        pages="2",
        quote="melibatkan Forum Anak dalam perencanaan",
        parts={"kind": "regulation", "number": "188.45/77/2025", "issuer": "Bupati Tabalong",
               "document_date": date(2025, 2, 3), "years": [2025]},
    ),
    Item(
        "6.1",
        1,
        "SK pembinaan Forum Anak",
        pdf(*FORUM),
        pages="1",
        quote="susunan pengurus Forum Anak",
        parts={"kind": "regulation", "number": "400.2/12/2025", "document_date": date(2025, 3, 17)},
    ),
    Item("2.3", 2, "Notulen rapat koordinasi (pindaian)", scan(MINUTES, dpi=72), parts={"years": [2025]}),
    Item("2.3", 1, "Laporan kegiatan triwulan (pindaian)", scan(["Laporan kegiatan", *MINUTES], dpi=150),
         parts={"kind": "report", "years": [2024, 2025]}),
    Item("6.2", 2, "Daftar hadir Musrenbang anak", pdf(ATTENDANCE), parts={"years": [2025]}),
    Item(
        "3.1a",
        2,
        "Perjanjian kerja sama dengan lembaga masyarakat",
        pdf(["Perjanjian kerja sama", "Berlaku sampai dengan 31 Desember 2024."]),
        parts={"kind": "document", "valid_from": date(2022, 1, 1), "valid_until": date(2024, 12, 31)},
    ),
    Item("2.6", 1, "Profil anak 2021", pdf(["Profil anak", "Data tahun 2021."]), parts={"years": [2021]}),
    Item("20.1", 1, "SK penetapan pusat kreativitas anak", pdf(["Keputusan penetapan PKA", "Nomor : 421/9/2025",
         "Ditetapkan di Tanjung pada tanggal 5 Mei 2025"])),
    Item("3.1a", 3, PHOTO, picture(["Kegiatan bersama mitra", "Tanjung, 2025"], "JPEG"), "jpg",
         parts={"years": [2025]}),
)  # fmt: skip
UNUSED = Item("2.5", 3, "Surat undangan rapat evaluasi", pdf(["Surat undangan", "Rapat evaluasi RAD."]))
THROWN_AWAY = Item("2.5", 3, "Konsep laporan (salah unggah)", pdf(["Konsep laporan", "Belum selesai."]))


def fill(evaluation: Evaluation, *, by: User, since: datetime) -> None:
    """Everything one after the other, from ``since`` on, in steps of ``STEP``."""
    moments = _moments(since)
    placed = {item.title: _put(evaluation, item, moments, by=by) for item in ITEMS}
    with clock.at(next(moments)):
        minutes = placed["Notulen rapat koordinasi (pindaian)"].evidence
        revisions.add_file_to(
            evidence=minutes, content=io.BytesIO(pdf(["Lampiran notulen", "Daftar hadir."])),
            name="lampiran-notulen.pdf", declared=CONTENT_TYPES["pdf"], by=by,
        )  # fmt: skip
    with clock.at(next(moments)):
        report = placed["Laporan kegiatan triwulan (pindaian)"].evidence
        revisions.revise(
            file=report.current_files[0], content=io.BytesIO(scan(["Laporan kegiatan, revisi", *MINUTES], dpi=150)),
            name="laporan-kegiatan-revisi.pdf", declared=CONTENT_TYPES["pdf"], by=by,
        )  # fmt: skip
    _on_several_questions(evaluation, placed[PHOTO].evidence, moments, by=by)
    for item in (UNUSED, THROWN_AWAY):
        link = _put(evaluation, item, moments, by=by)
        with clock.at(next(moments)):
            slots.detach(link=link, by=by)
    with clock.at(next(moments)):
        library.discard(
            evidence=Evidence.objects.get(title=THROWN_AWAY.title, district=evaluation.district_id), by=by
        )
    with clock.at(next(moments)):
        _withdraw_an_old_one(evaluation, by=by)
    _half_way(evaluation, moments, by=by)


def copy_for_a_neighbour(evaluation: Evaluation, *, by: User, at: datetime) -> None:
    """Another district hands in Tabalong's decision: what a verifier should ask about."""
    with clock.at(at):
        _add(evaluation, ITEMS[0], by=by)


def explain(evaluation: Evaluation, *, by: User, at: datetime) -> None:
    """The coordinator's answer to one warning."""
    with clock.at(at):
        for found in raised.of_evaluation(evaluation):
            if found.rule == "shared_photo" and found.title == PHOTO:
                concerns.answer(
                    evaluation=evaluation,
                    evidence=Evidence.objects.get(pk=found.evidence_id),
                    rule=found.rule,
                    basis=found.basis,
                    reason="Satu kegiatan memang dihadiri kedua mitra; foto diambil pada sesi bersama.",
                    by=by,
                )
                return


def _moments(since: datetime) -> Iterator[datetime]:
    moment = since
    while True:
        moment += STEP
        yield moment


def _put(evaluation: Evaluation, item: Item, moments: Iterator[datetime], *, by: User) -> EvidenceLink:
    with clock.at(next(moments)):
        link = _add(evaluation, item, by=by)
    if item.pages:
        with clock.at(next(moments)):
            link = slots.annotate(link=link, pages=item.pages, quote=item.quote, by=by)
    if item.parts:
        with clock.at(next(moments)):
            describing.describe(evidence=link.evidence, by=by, **item.parts)
    return link


def _add(evaluation: Evaluation, item: Item, *, by: User) -> EvidenceLink:
    name = f"{item.code} {item.title}.{item.extension}"
    upload = SimpleUploadedFile(name, item.content, CONTENT_TYPES[item.extension])
    return slots.add_file(
        evaluation=evaluation, code=item.code, slot_number=item.slot, upload=upload, title=item.title, by=by
    )


def _on_several_questions(
    evaluation: Evaluation, photo: Evidence, moments: Iterator[datetime], *, by: User
) -> None:
    """One photo for two questions: the commonest objection of verifiers."""
    with clock.at(next(moments)):
        slots.attach(evaluation=evaluation, code="2.3", slot_number=3, evidence=photo, by=by)


def _withdraw_an_old_one(evaluation: Evaluation, *, by: User) -> None:
    """A document of the last edition that was handed in, and has been replaced since."""
    old = Evidence.objects.filter(
        district=evaluation.district_id, title__startswith="Profil KLA", added_at__year=2024
    ).first()
    if old is not None:
        library.withdraw(evidence=old, reason="Diganti terbitan Profil KLA yang terbaru.", by=by)


def _half_way(evaluation: Evaluation, moments: Iterator[datetime], *, by: User) -> None:
    """A large file of which two thirds have come, and two that wait in the bulk upload for their question."""
    body = pdf(["Laporan tahunan", "x" * 60]) + b"\n%" + b" " * PIECE
    with clock.at(next(moments)):
        upload = uploads.begin(
            evaluation=evaluation, path="Laporan tahunan KLA 2025.pdf", size=PIECE * 3 // 2, by=by
        )
    with clock.at(next(moments)):
        uploads.append(upload=upload, offset=0, data=body[:PIECE], by=by)
    for name in ("1.2f Perbup pencegahan perkawinan anak.pdf", "Foto lapangan/12.1 kelas ibu hamil.jpg"):
        content = picture(["Kelas ibu hamil"], "JPEG") if name.endswith("jpg") else pdf(["Peraturan bupati"])
        with clock.at(next(moments)):
            uploads.stage(
                evaluation=evaluation,
                content=SimpleUploadedFile(name.rpartition("/")[2], content, CONTENT_TYPES[name[-3:]]),
                path=name,
                by=by,
            )
