"""Filling cells in one line."""

from __future__ import annotations

from evaluations.domain.units.rows import Change, save_rows
from evaluations.models import Evaluation, State
from kla_portal import clock
from tests.cast import MURUNG_PUDAK


def cell(code, place=MURUNG_PUDAK, holds=True, seen=None) -> Change:
    return Change(code, place, seen=seen, holds=holds)


def put(evaluation, by, *changes, kecamatan=MURUNG_PUDAK) -> int:
    return save_rows(evaluation=evaluation, kecamatan=kecamatan, changes=changes, by=by)


def submitted(evaluation, by) -> None:
    """As if handed in: locked."""
    rows = Evaluation.objects.filter(pk=evaluation.pk)
    rows.update(state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=by)
