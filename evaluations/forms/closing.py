"""Closing a stage, taking one up again, and giving a district more time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms

from evaluations.domain import deadlines, workflow
from evaluations.files.inspection import ACCEPTED_WORDS
from evaluations.forms.days import day_field, time_field
from evaluations.forms.submission import SubmitForm
from evaluations.models import Evaluation, Stage, VisitMode
from indicators.spec import ClusterSpec
from kla_portal import clock
from kla_portal.indonesian import zone_name

PARTICIPANT_ROWS = 6
USUAL_ROLES = ("Kepala daerah atau yang mewakili", "Gugus Tugas KLA", "Perangkat daerah", "Forum Anak")


class CloseForm(SubmitForm):
    """VF as it stands: nothing but the password. VA and VL add what they must record.

    ``zone``: the district's own, in which days have come or not.
    """

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        password = self.fields["password"]
        password.help_text = (
            "Diminta sekali lagi, karena hasil tahap ini disimpan dan dibuka bagi kabupaten/kota."
        )
        password.error_messages["required"] = "Tulis kata sandi Anda untuk menutup tahap ini."

    def not_ahead(self, day: date) -> date:
        if day > clock.now().astimezone(self.zone).date():
            raise forms.ValidationError("Tanggalnya belum tiba. Periksa tahunnya.")
        return day


class CloseVAForm(CloseForm):
    letter_number = forms.CharField(
        label="Nomor surat gubernur",
        max_length=80,
        error_messages={"required": "Tulis nomor surat gubernur."},
    )
    letter_date = day_field("Pilih tanggal surat gubernur.", label="Tanggal surat")
    letter = forms.FileField(
        label="Surat gubernur (berkas)",
        help_text=f"Yang diterima: {ACCEPTED_WORDS}.",
        error_messages={"required": "Pilih berkas surat gubernur."},
    )
    field_order = ["letter_number", "letter_date", "letter", "password"]

    def clean_letter_date(self) -> date:
        return self.not_ahead(self.cleaned_data["letter_date"])


class CloseVLForm(CloseForm):
    mode = forms.ChoiceField(
        label="Cara",
        choices=VisitMode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih cara verifikasi lapangan dilaksanakan."},
    )
    held_on = day_field("Pilih tanggal pelaksanaan.", label="Tanggal pelaksanaan")

    def __init__(self, *args: Any, clusters: Iterable[ClusterSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clusters = [cluster.code for cluster in clusters]
        rows = []
        for place in range(PARTICIPANT_ROWS):
            usual = USUAL_ROLES[place] if place < len(USUAL_ROLES) else ""
            self.fields[f"role_{place}"] = forms.CharField(
                label=f"Peserta {place + 1}", max_length=80, required=False, initial=usual
            )
            self.fields[f"count_{place}"] = forms.IntegerField(
                label="Jumlah orang", min_value=1, max_value=9999, required=False
            )
            rows.append(Div(f"role_{place}", f"count_{place}", css_class="form-pair"))
        for cluster in clusters:
            self.fields[f"note_{cluster.code}"] = forms.CharField(
                label=f"Catatan {cluster.code} {cluster.name}",
                max_length=4000,
                required=False,
                widget=forms.Textarea({"rows": 2}),
            )
        hint = "<p>Tulis peran dan jumlahnya, <b>tanpa nama</b>; terutama tanpa nama anak. Baris kosong diabaikan.</p>"
        notes = [f"note_{code}" for code in self.clusters]
        self.helper.layout = Layout("mode", "held_on", HTML(hint), *rows, *notes, "password")

    def clean_held_on(self) -> date:
        return self.not_ahead(self.cleaned_data["held_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(PARTICIPANT_ROWS):
            if data.get(f"count_{place}") and not data.get(f"role_{place}"):
                self.add_error(f"role_{place}", "Tulis perannya, misalnya Forum Anak.")
        if not self.participants and not self.errors:
            self.add_error("count_0", "Isi jumlah orang sekurang-kurangnya pada satu baris peserta.")
        return data

    @property
    def participants(self) -> list[dict[str, object]]:
        """Roles with a number; a role that nobody came for says nothing."""
        rows = [
            {"role": self.cleaned_data.get(f"role_{n}"), "count": self.cleaned_data.get(f"count_{n}")}
            for n in range(PARTICIPANT_ROWS)
        ]
        return [row for row in rows if row["role"] and row["count"]]

    @property
    def notes(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"note_{code}", "") for code in self.clusters}


class ReopenForm(SubmitForm):
    reason = forms.CharField(
        label="Alasan membuka kembali",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Tetap ada dalam riwayat dan dibaca kabupaten/kota.",
        error_messages={"required": "Tulis alasan membuka kembali; kabupaten/kota membacanya."},
    )
    field_order = ["reason", "password"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.help_text = "Diminta sekali lagi, karena hasil tahap ini tidak berlaku lagi."
        password.error_messages["required"] = "Tulis kata sandi Anda untuk membuka tahap ini kembali."


class ExtendForm(forms.Form):
    """Two plainly named moments, in the district's own time.

    Where both were the same moment and only the first is moved, the second goes along with it.
    """

    due_on = day_field("Pilih tanggal batas tepat waktu.", label="Tepat waktu sampai tanggal")
    due_time = time_field("Tulis jamnya, misalnya 23.59.", label="pukul")
    locks_on = day_field("Pilih tanggal penguncian.", label="Dikunci mulai tanggal")
    locks_time = time_field("Tulis jamnya, misalnya 23.59.", label="pukul")
    reason = forms.CharField(
        label="Alasan perpanjangan",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Tetap ada dalam riwayat.",
        error_messages={"required": "Tulis alasan perpanjangannya."},
    )

    def __init__(self, *args: Any, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evaluation = evaluation
        self.zone = zone = workflow.zone_of(evaluation)
        self.limit = limit = deadlines.limit_of(evaluation, Stage.EM)
        if limit:
            due, locks = limit.due_at.astimezone(zone), limit.locks_at.astimezone(zone)
            self.initial = {
                "due_on": due.date(),
                "due_time": due.time(),
                "locks_on": locks.date(),
                "locks_time": locks.time(),
            }
        self.fields[
            "due_time"
        ].help_text = f"{zone_name(zone)}. Sampai waktu itu pengajuan terhitung tepat waktu."
        self.fields["locks_time"].help_text = (
            f"{zone_name(zone)}. Sesudah batas tepat waktu pengajuan masih diterima, tercatat terlambat; "
            "mulai waktu itu tidak lagi."
        )
        if limit and limit.locks_at == limit.due_at:
            self.fields[
                "locks_time"
            ].help_text += " Biarkan seperti adanya bila penguncian ikut mundur bersama batas tepat waktu."
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div("due_on", "due_time", css_class="form-pair"),
            Div("locks_on", "locks_time", css_class="form-pair"),
            "reason",
        )

    def clean(self) -> None:
        data = self.cleaned_data
        if not {"due_on", "due_time", "locks_on", "locks_time"} <= data.keys():
            return
        self._move_lock_along()
        due_at, locks_at = self.due_at, self.locks_at  # a refused field leaves the cleaned data
        if due_at <= clock.now():
            self.add_error("due_on", "Waktu ini sudah lewat. Pilih waktu yang masih di depan.")
        elif no_more := deadlines.no_extension(self.evaluation, due_at):
            self.add_error("due_on", no_more)
        if locks_at < due_at:
            self.add_error("locks_on", "Penguncian tidak boleh sebelum batas tepat waktu.")

    def _move_lock_along(self) -> None:
        """A lock that stood at the deadline and was left as it was means the deadline, also the new one."""
        data, limit = self.cleaned_data, self.limit
        if (
            limit
            and limit.locks_at == limit.due_at
            and not {"locks_on", "locks_time"} & set(self.changed_data)
        ):
            data["locks_on"], data["locks_time"] = data["due_on"], data["due_time"]

    @property
    def due_at(self) -> datetime:
        return datetime.combine(self.cleaned_data["due_on"], self.cleaned_data["due_time"], tzinfo=self.zone)

    @property
    def locks_at(self) -> datetime:
        return datetime.combine(
            self.cleaned_data["locks_on"], self.cleaned_data["locks_time"], tzinfo=self.zone
        )
