"""What was done, by whom and when: append-only, each row sealing the one before it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class EventAction(models.TextChoices):
    """The closed list. The verb that does the thing writes the event, in the same transaction."""

    ACCOUNT_OPENED = "account.opened", "Akun dibuka"
    ACCOUNT_CHANGED = "account.changed", "Akun diubah"
    ACCOUNT_CLOSED = "account.closed", "Akun ditutup"
    ACCOUNT_REOPENED = "account.reopened", "Akun dibuka kembali"
    PASSWORD_CHANGED = "password.changed", "Kata sandi diganti"
    PASSWORD_RESET = "password.reset", "Kata sandi disetel ulang"
    PASSWORD_LINK_SENT = "password.link_sent", "Tautan kata sandi baru dikirim"
    SIGN_IN_LOCKED = "sign_in.locked", "Masuk dikunci sementara"
    DEVICE_NEW = "device.new", "Masuk dari perangkat baru"
    SESSION_ENDED = "session.ended", "Sesi diakhiri"
    FACTOR_ADDED = "factor.added", "Verifikasi dua langkah dipasang"
    FACTOR_REMOVED = "factor.removed", "Verifikasi dua langkah dilepas"
    RECOVERY_MADE = "recovery.made", "Kode pemulihan dibuat"
    RECOVERY_USED = "recovery.used", "Kode pemulihan dipakai"
    ACCOUNT_EXPORTED = "account.exported", "Data akun diunduh"
    ACCOUNT_REMOVED = "account.removed", "Data akun dihapus"
    AGENCY_ADDED = "agency.added", "Perangkat daerah ditambah"
    AGENCY_RENAMED = "agency.renamed", "Perangkat daerah diganti nama"
    INSTRUMENT_LOADED = "instrument.loaded", "Instrumen dimuat"
    INSTRUMENT_PUBLISHED = "instrument.published", "Instrumen diterbitkan"
    INSTRUMENT_RETIRED = "instrument.retired", "Instrumen ditarik"
    EDITION_CREATED = "edition.created", "Periode dibuat"
    EDITION_CHANGED = "edition.changed", "Periode diubah"
    EDITION_OPENED = "edition.opened", "Periode dibuka untuk semua kabupaten/kota"
    ANSWER_SAVED = "answer.saved", "Jawaban disimpan"
    QUESTION_ASSIGNED = "question.assigned", "Pertanyaan dibagikan"
    EVIDENCE_ADDED = "evidence.added", "Data dukung ditambahkan"
    EVIDENCE_LINKED = "evidence.linked", "Data dukung dipasang"
    EVIDENCE_UNLINKED = "evidence.unlinked", "Data dukung dilepas"
    EVIDENCE_DELETED = "evidence.deleted", "Data dukung dihapus"
    EVIDENCE_OPENED = "evidence.opened", "Data dukung sensitif dibuka"
    EVIDENCE_EXPORTED = "evidence.exported", "Data dukung diunduh sekaligus"
    EVIDENCE_DESCRIBED = "evidence.described", "Keterangan data dukung diisi"
    EVIDENCE_ANNOTATED = "evidence.annotated", "Halaman atau kutipan data dukung diganti"
    EVIDENCE_FILE_ADDED = "evidence.file_added", "Berkas data dukung ditambahkan"
    EVIDENCE_REVISED = "evidence.revised", "Berkas data dukung diganti versi baru"
    EVIDENCE_FILE_RETIRED = "evidence.file_retired", "Berkas data dukung dilepas"
    EVIDENCE_DISCARDED = "evidence.discarded", "Data dukung masuk keranjang"
    EVIDENCE_RESTORED = "evidence.restored", "Data dukung dipulihkan"
    EVIDENCE_WITHDRAWN = "evidence.withdrawn", "Data dukung ditarik"
    EVIDENCE_REFUSED = "evidence.refused", "Data dukung ditolak pemindai"
    CONCERN_ANSWERED = "concern.answered", "Peringatan dokumen dijawab"
    CONCERN_TAKEN_BACK = "concern.taken_back", "Jawaban peringatan ditarik"
    EVALUATION_SUBMITTED = "evaluation.submitted", "Evaluasi mandiri diajukan"
    VERIFIER_ASSIGNED = "verifier.assigned", "Verifikator ditugaskan"
    VERDICT_SAVED = "verdict.saved", "Putusan verifikasi disimpan"
    EVALUATION_RETURNED = "evaluation.returned", "Pertanyaan dikembalikan"
    EVALUATION_RESUBMITTED = "evaluation.resubmitted", "Kekurangan diajukan kembali"
    DEADLINE_EXTENDED = "deadline.extended", "Batas waktu diperpanjang"
    STAGE_CLOSED = "stage.closed", "Tahap ditutup"
    STAGE_REOPENED = "stage.reopened", "Tahap dibuka kembali"
    OBJECTION_FILED = "objection.filed", "Sanggah diajukan"
    OBJECTION_DECIDED = "objection.decided", "Sanggah diputuskan"
    RESULTS_PUBLISHED = "results.published", "Hasil diumumkan"
    REPORT_STORED = "report.stored", "Laporan dibuat"
    TARGET_SET = "target.set", "Target ditetapkan"
    TARGET_CLEARED = "target.cleared", "Target dilepas"
    EFFORT_SET = "effort.set", "Ukuran usaha diubah"
    ACTION_SAVED = "action.saved", "Aksi disimpan"
    ACTION_NOTED = "action.noted", "Kemajuan aksi dicatat"
    ACTION_PROVED = "action.proved", "Bukti aksi diubah"
    ACTION_REMOVED = "action.removed", "Aksi dihapus"
    ACTIONS_CARRIED = "actions.carried", "Aksi dibawa dari periode sebelumnya"
    WORKBOOK_EXPORTED = "workbook.exported", "Buku kerja Excel dibuat"
    WORKBOOK_APPLIED = "workbook.applied", "Buku kerja Excel dibaca"
    UNITS_SAVED = "units.saved", "Baris kecamatan atau desa disimpan"
    PRACTICE_SHARED = "practice.shared", "Praktik baik dibagikan"
    PRACTICE_WITHDRAWN = "practice.withdrawn", "Praktik baik ditarik"
    CALCULATION_EXPORTED = "calculation.exported", "Perhitungan nilai diunduh"
    MAINTENANCE_BEGUN = "maintenance.begun", "Pemeliharaan dimulai"
    MAINTENANCE_ENDED = "maintenance.ended", "Pemeliharaan diakhiri"


class EventChain(models.Model):
    """The end of one chain. Locked while a row is added, so that two writers queue."""

    key = models.CharField(max_length=40, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.key} ({self.length})"


class Event(models.Model):
    """``hash`` is the sha256 of this row's canonical JSON, the previous row's hash included."""

    chain = models.ForeignKey(EventChain, models.PROTECT, related_name="events")
    number = models.PositiveBigIntegerField("nomor")
    action = models.CharField("tindakan", max_length=40, choices=EventAction)
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events")
    """Null when the system itself acted (set-up commands)."""
    district = models.ForeignKey("regions.District", models.PROTECT, null=True, related_name="events")
    subject = models.CharField("perihal", max_length=80, blank=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["district", "-at"], name="event_by_district"),
            models.Index(fields=["subject", "-at"], name="event_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="event_number_once_per_chain"),
            models.UniqueConstraint(fields=["hash"], name="event_hash_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="event_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(action__in=EventAction.values), name="event_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id}#{self.number} {self.action}"
