"""A day as a person can mean it here: in this century, for far outside it a zone's shift leaves the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

FIRST_YEAR, LAST_YEAR = 2000, 2100


def in_our_years(day: date) -> None:
    """Raises ``ValidationError`` with what to do; a moment may be given too."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(
            f"Tahun {day.year} di luar jangkauan portal. Pilih tahun {FIRST_YEAR} sampai {LAST_YEAR}."
        )


def day_field(missing: str = "", **more: Any) -> forms.DateField:
    """``missing``: what is said when it is left empty."""
    messages = {"required": missing} if missing else {}
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=[in_our_years], error_messages=messages, **more)


def time_field(missing: str = "", **more: Any) -> forms.TimeField:
    """``missing``: what is said when it is left empty."""
    messages = {"required": missing} if missing else {}
    return forms.TimeField(
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"), error_messages=messages, **more
    )
