"""One row of a sheet, saved as soon as it is tapped (static/js/rows.js)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.units.rows import WORDS, Change, Conflict, Key, save_rows
from evaluations.forms.units import READ, SEEN
from evaluations.models import Evaluation
from kla_portal import clock

TEMPLATE = "evaluations/units/_row.html"


def changed_words(conflict: Conflict, key: Key) -> str:
    """What stands in a row that was changed since the page was opened, and by whom."""
    now = WORDS[conflict.cells[key]]
    if key in conflict.own:
        return f"Sudah Anda ubah di jendela lain menjadi {now}."
    return f"Sudah diubah orang lain menjadi {now}."


def save_row(request: HttpRequest, evaluation: Evaluation, place: str) -> HttpResponse:
    """``?baris=26.4@63.09.06.1001`` with its ``value`` and, as ``version``, the word that the page showed.

    A fragment: 200 saved, 409 it was changed meanwhile, 422 it cannot be read. ``Refused`` as ``save_rows`` says.
    """
    code, _, cell = request.GET["baris"].partition("@")
    value, seen = request.POST.get("value", "-"), request.POST.get("version", "-")
    if value not in READ or seen not in SEEN:
        return _fragment({"fault": "Pilih ya, tidak, atau belum."}, status=422)
    change = Change(code, cell, seen=SEEN[seen], holds=READ[value])
    by = access.signed_in(request.user)
    try:
        save_rows(evaluation=evaluation, kecamatan=place, changes=[change], by=by)
    except Conflict as conflict:
        context = {
            "conflict": changed_words(conflict, change.key),
            "now": WORDS[conflict.cells[change.key]],
            "own": bool(conflict.own),
        }
        return _fragment(context, status=409)
    return _fragment({"word": WORDS[change.holds], "at": clock.now(), "zone": workflow.zone_of(evaluation)})


def _fragment(context: dict[str, object], *, status: int = 200) -> HttpResponse:
    return HttpResponse(render_to_string(TEMPLATE, context), status=status)
