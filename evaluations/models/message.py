"""What the portal tells a person, and how they want to hear of it by e-mail."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.evaluation import Evaluation
from kla_portal.accounts.access import memberships_of
from kla_portal.accounts.queries import zone_of


class MessageKind(models.TextChoices):
    SUBMITTED = "submitted", "Evaluasi diajukan"
    RETURNED = "returned", "Pertanyaan dikembalikan"
    RESUBMITTED = "resubmitted", "Kekurangan diajukan kembali"
    RETURN_ENDED = "return_ended", "Pengembalian diakhiri"
    EXTENDED = "extended", "Batas waktu diperpanjang"
    SCHEDULE = "schedule", "Jadwal diubah"
    STAGE_CLOSED = "stage_closed", "Hasil verifikasi"
    REOPENED = "reopened", "Tahap dibuka kembali"
    OBJECTION_FILED = "filed", "Sanggah diajukan"
    OBJECTION_DECIDED = "decided", "Sanggah diputuskan"
    EVIDENCE = "evidence", "Data dukung"
    PLAN = "plan", "Rencana aksi"
    PUBLICATION = "publication", "Pengumuman hasil"
    REMINDER = "reminder", "Pengingat batas waktu"


class MailMode(models.TextChoices):
    DIGEST = "digest", "Ringkasan sekali sehari"
    AT_ONCE = "at_once", "Setiap pesan seketika"
    NONE = "none", "Tanpa surel"


class Message(models.Model):
    """Plain text for one person. ``url`` is a path of the portal; ``emailed_at`` is set when it went out.

    ``once_key`` names what is said only once to a person: a reminder's deadline and its number of days.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    kind = models.CharField("jenis", max_length=12, choices=MessageKind)
    subject = models.CharField("perihal", max_length=200)
    body = models.TextField("isi")
    url = models.CharField("alamat", max_length=300)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, null=True, blank=True, related_name="messages")
    once_key = models.CharField("sekali saja", max_length=120, blank=True)
    created_at = models.DateTimeField("dibuat")
    read_at = models.DateTimeField("dibaca", null=True, blank=True)
    emailed_at = models.DateTimeField("dikirim lewat surel", null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="message_by_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "once_key"], condition=~Q(once_key=""), name="message_once_per_key"
            ),
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="message_kind_known"),
            models.CheckConstraint(condition=~Q(subject=""), name="message_has_a_subject"),
            models.CheckConstraint(condition=Q(url__startswith="/"), name="message_url_is_a_path"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def zone(self) -> ZoneInfo:
        """In which its time is shown: that of the district it is about, else the reader's own."""
        if self.evaluation:
            return self.evaluation.district.province.zone
        return zone_of(memberships_of(self.user))


class MessagePreference(models.Model):
    """Whoever has none gets the daily digest."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="message_preference"
    )
    mail = models.CharField("surel", max_length=8, choices=MailMode, default=MailMode.DIGEST)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mail__in=MailMode.values), name="preference_mail_known")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.get_mail_display()}"
