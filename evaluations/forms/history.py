"""Moments and days typed by a person: the past of an evaluation, the event log, the time of publication."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from django import forms

from evaluations.domain.eventlog import LogFilter
from evaluations.forms.days import day_field, in_our_years, time_field
from kla_portal import clock
from kla_portal.events.models import EventAction
from kla_portal.indonesian import NATIONAL_ZONE, tanggal_jam, zone_name

END_OF_DAY = time(23, 59, 59, 999_999)


class AsOfForm(forms.Form):
    """A day and a time in the district's zone, or an exact moment (``saat``) from a link."""

    tanggal = day_field(label="Tanggal", required=False)
    jam = time_field(label="Jam", required=False)
    saat = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["jam"].label = f"Jam ({zone_name(zone)})"

    def clean_saat(self) -> datetime | None:
        text = self.cleaned_data["saat"]
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError("Waktu pada tautan ini tidak terbaca. Pilih tanggal dan jam.")
        in_our_years(moment)
        return moment

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.errors:
            return data
        moment = data["saat"] or self._typed()
        if moment is None:
            raise forms.ValidationError("Isi tanggal yang ingin Anda lihat.")
        if moment > clock.now():
            if data["saat"] or data["jam"] or moment.date() > clock.now().astimezone(self.zone).date():
                raise forms.ValidationError(
                    f"{tanggal_jam(moment, self.zone)} belum terjadi. Pilih waktu yang sudah lewat."
                )
            moment = clock.now()
        data["moment"] = moment
        return data

    def _typed(self) -> datetime | None:
        day = self.cleaned_data["tanggal"]
        if day is None:
            return None
        return datetime.combine(day, self.cleaned_data["jam"] or END_OF_DAY, tzinfo=self.zone)

    @property
    def moment(self) -> datetime:
        found: datetime = self.cleaned_data["moment"]
        return found.astimezone(UTC)


class LogForm(forms.Form):
    """The event log's filters; all may stay empty."""

    orang = forms.CharField(label="Orang", required=False, max_length=80)
    daerah = forms.CharField(label="Kabupaten/Kota", required=False, max_length=80)
    tindakan = forms.ChoiceField(label="Tindakan", required=False)
    dari = day_field(label="Dari tanggal", required=False)
    sampai = day_field(label="Sampai tanggal", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tindakan"].choices = [("", "Semua tindakan"), *EventAction.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("dari"), self.cleaned_data.get("sampai")
        if since and until and until < since:
            self.add_error("sampai", "Tanggal akhir tidak boleh sebelum tanggal awal.")
        return self.cleaned_data

    @property
    def wanted(self) -> LogFilter:
        data = self.cleaned_data
        return LogFilter(
            person=data["orang"],
            district=data["daerah"],
            action=data["tindakan"],
            since=data["dari"],
            until=data["sampai"],
        )


class PublishForm(forms.Form):
    """When the final results become public: wall-clock time in Jakarta (WIB)."""

    publish_on = day_field("Tulis tanggal pengumumannya.", label="Umumkan hasil pada tanggal")
    publish_time = time_field("Tulis jam pengumumannya.", label="Pukul (WIB)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def moment(self) -> datetime:
        data = self.cleaned_data
        return datetime.combine(data["publish_on"], data["publish_time"], tzinfo=NATIONAL_ZONE)
