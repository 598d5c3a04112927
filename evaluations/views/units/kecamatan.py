"""One kecamatan: its own questions, or one question for all its villages; a POST saves the sheet, a tap its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.units.places import Places, places_of
from evaluations.domain.units.rows import WORDS, Conflict, Key, cell_places, cells_of, save_rows
from evaluations.domain.units.scope import questions_seen, refusals
from evaluations.domain.workflow import Action
from evaluations.forms.units import UnitForm, field_name
from evaluations.models import Evaluation
from evaluations.views.frame import page
from evaluations.views.units.row import changed_words, save_row
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.regions.models import Kecamatan


@dataclass(frozen=True)
class Cell:
    """One row of the sheet. ``now`` is what stands, ``value`` what the radios show: a word of ``WORDS``."""

    name: str
    label: str
    note: str
    now: str
    value: str
    locked: str
    error: str


@dataclass
class Sheet:
    """What one page asks: the kecamatan's own questions, or one question of its villages."""

    evaluation: Evaluation
    kecamatan: Kecamatan
    user: User
    chosen: str
    """The code of a question of desa level; empty for the kecamatan's own."""
    places: Places = field(init=False)
    questions: list[QuestionSpec] = field(init=False)
    cells: dict[Key, bool] = field(init=False)
    locked: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        code = self.kecamatan.code
        self.places = places_of(self.evaluation.district_id, [code])
        self.questions = questions_seen(self.user, self.evaluation, code)
        if not self.questions or (self.chosen and self.question is None):
            raise Http404
        self.cells = cells_of(self.evaluation, [code])
        self.locked = refusals(self.user, self.evaluation, code, self.questions)

    @property
    def question(self) -> QuestionSpec | None:
        return next((q for q in self.of_villages if q.code == self.chosen), None)

    @property
    def of_villages(self) -> list[QuestionSpec]:
        return [q for q in self.questions if q.level == "desa"]

    @property
    def asked(self) -> list[QuestionSpec]:
        return [self.question] if self.question else [q for q in self.questions if q.level == "kecamatan"]

    def keys(self, questions: list[QuestionSpec]) -> list[Key]:
        code = self.kecamatan.code
        return [(q.code, place) for q in questions for place in cell_places(q, self.places, code)]

    @property
    def open_keys(self) -> list[Key]:
        return [key for key in self.keys(self.asked) if key[0] not in self.locked]

    def rows(self, chosen: Mapping[Key, bool | None], errors: Mapping[Key, str]) -> list[Cell]:
        titles = {q.code: q for q in self.asked}
        found = []
        for key in self.keys(self.asked):
            code, place = key
            now = self.cells.get(key)
            label = self.places.names[place] if self.question else f"{code} {titles[code].title}"
            note = "" if self.question else titles[code].rule.numerator  # type: ignore[union-attr]
            value, locked = WORDS[chosen.get(key, now)], self.locked.get(code, "")
            found.append(Cell(field_name(key), label, note, WORDS[now], value, locked, errors.get(key, "")))
        return found

    @property
    def steps(self) -> list[tuple[QuestionSpec, int, int]]:
        """(question, villages that said something, villages) for each question of the villages."""
        villages = self.places.villages[self.kecamatan.code]
        return [
            (q, sum((q.code, v.code) in self.cells for v in villages), len(villages))
            for q in self.of_villages
        ]

    @property
    def told(self) -> int:
        """Rows of this kecamatan, over all its questions, that say something."""
        return sum(key in self.cells for key in self.keys(self.questions))

    @property
    def rows_asked(self) -> int:
        """All rows of this kecamatan that the person sees."""
        return len(self.keys(self.questions))

    @property
    def following(self) -> str:
        """The code of the next question of the villages; empty after the last."""
        codes = [q.code for q in self.of_villages]
        place = codes.index(self.chosen) + 1 if self.chosen else 0
        return codes[place] if place < len(codes) else ""


@require_http_methods(["GET", "POST"])
def kecamatan(request: HttpRequest, pk: int, place: str) -> HttpResponse:
    """Show the sheet; save it. 409 someone was faster, 422 something cannot be read; nothing is lost."""
    evaluation, found = access.get_kecamatan_for(request.user, pk, place, _action(request))
    if request.method == "POST" and "baris" in request.GET:
        return save_row(request, evaluation, place)
    sheet = Sheet(evaluation, found, access.signed_in(request.user), request.GET.get("butir", ""))
    if request.method == "GET":
        return _shown(request, sheet, {}, {})
    form = UnitForm(sheet.open_keys, request.POST.dict())
    if not form.is_valid():
        return _shown(request, sheet, form.chosen(), form.errors, status=422)
    try:
        count = save_rows(evaluation=evaluation, kecamatan=place, changes=form.changes, by=sheet.user)
    except Conflict as conflict:
        errors = {key: changed_words(conflict, key) for key in conflict.cells}
        return _shown(request, sheet, form.chosen(), errors, status=409)
    going_on = "next" in request.POST
    if count or not going_on:
        messages.success(request, f"{count} isian tersimpan." if count else "Tidak ada isian yang berubah.")
    following = sheet.following if going_on else sheet.chosen
    return redirect(_url(sheet, following))


def _action(request: HttpRequest) -> Action | None:
    return Action.ENTER_UNITS if request.method == "POST" else None


def _url(sheet: Sheet, code: str) -> str:
    path = reverse("evaluations:units_kecamatan", args=[sheet.evaluation.pk, sheet.kecamatan.code])
    return f"{path}?butir={code}" if code else path


def _shown(
    request: HttpRequest,
    sheet: Sheet,
    chosen: Mapping[Key, bool | None],
    errors: Mapping[Key, str],
    *,
    status: int = 200,
) -> HttpResponse:
    rows = sheet.rows(chosen, errors)
    context = {
        "sheet": sheet,
        "rows": rows,
        "open": any(not row.locked for row in rows),
        "errors": len(errors),
        "conflict": status == 409,
        "unloaded": sheet.places.unloaded,
        "locked": workflow.refusal(sheet.evaluation, Action.ENTER_UNITS, by=sheet.user),
        "reader": access.area_of(sheet.user, Permission.READ).covers(sheet.evaluation.district),
    }
    return page(request, "evaluations/units/kecamatan.html", sheet.evaluation, context, status=status)
