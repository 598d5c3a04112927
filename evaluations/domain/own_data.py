"""What the evaluations keep about one person, for the person's own export (accounts/domain/personal_data.py).

Codes, numbers and times: what an answer or a document says belongs to the district and can be about others.
"""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.domain.messages import mail_mode
from evaluations.models import (
    ActionNote,
    AnswerRevision,
    Evidence,
    Message,
    ReasonPhrase,
    UnitAnswer,
    VerdictRevision,
    VerifierAssignment,
)
from kla_portal.accounts.domain.personal_data import Cell, Section
from kla_portal.accounts.models import User

AT = ("periode", "kode_daerah")
ANSWERED = ("answer__evaluation__edition__code", "answer__evaluation__district", "answer__question__code")
JUDGED = ("verdict__evaluation__edition__code", "verdict__evaluation__district", "verdict__question__code")
PLACED = ("evaluation__edition__code", "evaluation__district")


def own_sections(user: User) -> list[Section]:
    """Messages and how they are sent, phrases, and a line for every answer, verdict, document, note and row."""
    phrases = ReasonPhrase.objects.filter(owner=user).order_by("pk").values_list("text")
    columns = ("waktu", "perihal", "isi", "dibaca", "dikirim_lewat_surel")
    return [
        Section("pesan", "Pesan", columns, _messages(user)),
        Section("pilihan-surel", "Pilihan surel", ("pilihan",), [(str(mail_mode(user).label),)]),
        Section("kalimat-alasan", "Kalimat alasan tersimpan", ("kalimat",), phrases),
        *_filling(user),
        *_verifying(user),
    ]


def _filling(user: User) -> list[Section]:
    answers = AnswerRevision.objects.filter(by=user).order_by("at", "pk")
    documents = Evidence.objects.filter(added_by=user).order_by("added_at", "pk")
    found = documents.values_list("district", "pk", "added_at")
    notes = ActionNote.objects.filter(by=user).order_by("at", "pk").values_list("at", "action")
    units = UnitAnswer.objects.filter(updated_by=user).order_by("updated_at", "pk")
    places = (*PLACED, "question__code", "kecamatan", "village", "updated_at")
    return [
        Section(
            "jawaban",
            "Jawaban yang Anda simpan",
            (*AT, "pertanyaan", "versi", "waktu"),
            answers.values_list(*ANSWERED, "version", "at").iterator(),
        ),
        Section(
            "data-dukung",
            "Dokumen yang Anda tambahkan (tanpa judul)",
            ("kode_daerah", "nomor_dokumen", "waktu"),
            ((district, str(pk), at) for district, pk, at in found.iterator()),
        ),
        Section("catatan-aksi", "Kemajuan aksi yang Anda catat", ("waktu", "nomor_aksi"), notes),
        Section(
            "baris",
            "Baris kecamatan dan desa/kelurahan yang terakhir Anda ubah",
            (*AT, "pertanyaan", "kecamatan", "desa_kelurahan", "waktu"),
            units.values_list(*places).iterator(),
        ),
    ]


def _verifying(user: User) -> list[Section]:
    verdicts = VerdictRevision.objects.filter(by=user).order_by("at", "pk")
    duties = VerifierAssignment.objects.filter(verifier=user).order_by("assigned_at", "pk")
    return [
        Section(
            "putusan",
            "Putusan verifikasi yang Anda simpan",
            (*AT, "pertanyaan", "tahap", "versi", "waktu"),
            verdicts.values_list(*JUDGED, "verdict__stage", "version", "at").iterator(),
        ),
        Section(
            "tugas-verifikasi",
            "Klaster yang ditugaskan kepada Anda",
            (*AT, "tahap", "klaster", "waktu"),
            duties.values_list(*PLACED, "stage", "cluster", "assigned_at"),
        ),
    ]


def _messages(user: User) -> Iterator[tuple[Cell, ...]]:
    rows = Message.objects.filter(user=user).order_by("created_at", "pk")
    yield from rows.values_list("created_at", "subject", "body", "read_at", "emailed_at").iterator()
