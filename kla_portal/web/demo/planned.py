"""What districts aim for and do about it: targets, Tanah Bumbu's action plan, rows of kecamatan, shared practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from evaluations.domain import practices
from evaluations.domain.actions.content import content_of
from evaluations.domain.actions.editing import change
from evaluations.domain.actions.filling import from_plan
from evaluations.domain.actions.tracking import note
from evaluations.domain.planning.plans import plan_for
from evaluations.domain.planning.targets import set_target
from evaluations.domain.units.places import places_of
from evaluations.domain.units.rows import Change, cell_places, save_rows
from evaluations.models import ActionStatus, Edition, Evaluation, PlannedAction
from evaluations.scoring.planner import Plan
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.models import Event
from kla_portal.web.demo.places import TABALONG, TANAH_BUMBU

BANJAR = "63.03"
AIMS = {TANAH_BUMBU: "nindya", BANJAR: "utama"}
"""As both announced: Tanah Bumbu for 2024, Banjar from Nindya to Utama in 2025."""

ACTIONS = 24
"""How many steps of the cheapest way stand in Tanah Bumbu's plan, spread over all clusters."""

MILLION = 1_000_000
BUDGETS = (25 * MILLION, 60 * MILLION, None, 150 * MILLION, None, None)
SOURCES = ("APBD", "APBD perubahan", "", "APBD dan mitra usaha", "", "")
BEGUN, DUE_EVERY = timedelta(days=18), timedelta(days=6)


@dataclass(frozen=True)
class Note:
    """``place``: which action, in the order of the list."""

    place: int
    status: ActionStatus
    text: str


NOTES = (
    Note(0, ActionStatus.RUNNING, "Rancangan sudah dibahas dengan Bagian Hukum; menunggu paraf."),
    Note(1, ActionStatus.RUNNING, "Data dari puskesmas masuk 9 dari 14."),
    Note(2, ActionStatus.DONE, "Selesai dan sudah diunggah ke pustaka data dukung."),
    Note(4, ActionStatus.RUNNING, "Rapat pertama dengan mitra sudah dijadwalkan."),
    Note(7, ActionStatus.DROPPED, "Digabung dengan kegiatan dinas lain."),
)

SAID = ("25.2", "25.9", "25.12")
"""Questions for which most kecamatan of Tanah Bumbu have said what they have."""

STORIES = (
    (
        "Kami menetapkan satu petugas data di tiap perangkat daerah dan menagihnya tiap bulan, "
        "bukan menjelang penutupan. Dokumen langsung diberi tahun dan nomor saat diunggah."
    ),
    (
        "Peraturan disusun bersama Forum Anak sejak rancangan, sehingga pembahasannya hanya dua kali rapat. "
        "Salinannya kami sebar ke semua kecamatan pada hari yang sama."
    ),
)


def plan_all(past: Edition, present: Edition, users: Mapping[str, User]) -> None:
    """Through the verbs, each district's deeds after all that happened there before."""
    for district, predikat in AIMS.items():
        with clock.at(_after(district)):
            set_target(evaluation=_of(present, district), predikat=predikat, by=_coordinator(district, users))
    coordinator = _coordinator(TANAH_BUMBU, users)
    _plan(_of(present, TANAH_BUMBU), coordinator)
    with clock.at(_after(TANAH_BUMBU)):
        _rows(_of(present, TANAH_BUMBU), coordinator)
    with clock.at(_after(TABALONG)):
        _share(_of(past, TABALONG), _coordinator(TABALONG, users))


def _after(district: str) -> datetime:
    """A tenth of the time between the district's last event and now."""
    last = Event.objects.filter(chain=district).order_by("-number").values_list("at", flat=True)[0]
    return last + (clock.now() - last) / 10


def _plan(evaluation: Evaluation, by: User) -> None:
    """Some steps of the cheapest way, with who pays, until when, and what has happened since."""
    with clock.at(_after(TANAH_BUMBU)):
        outcome = plan_for(evaluation)
        if not isinstance(outcome, Plan):
            raise TypeError(f"the demo's target is out of reach: {outcome}")
        apart = max(1, len(outcome.steps) // ACTIONS)
        actions = from_plan(evaluation=evaluation, steps=outcome.steps[::apart][:ACTIONS], by=by)
    codes = loaded(evaluation.edition.instrument).question_codes
    began = (clock.now() - BEGUN).date()
    with clock.at(_after(TANAH_BUMBU)):
        for number, action in enumerate(actions):
            _detail(action, number, began, codes, by)
    for entry in NOTES:
        with clock.at(_after(TANAH_BUMBU)):
            note(action=_again(actions, entry.place), text=entry.text, status=entry.status, by=by)


def _detail(action: PlannedAction, number: int, began: date, codes: Mapping[int, str], by: User) -> None:
    content = replace(
        content_of(action, codes),
        budget=BUDGETS[number % len(BUDGETS)],
        budget_source=SOURCES[number % len(SOURCES)],
        starts_on=began,
        due_on=began + DUE_EVERY * (1 + number % 9),
    )
    change(action=action, content=content, version=action.version, by=by)


def _again(actions: Sequence[PlannedAction], place: int) -> PlannedAction:
    return PlannedAction.objects.select_related("evaluation").get(pk=actions[place].pk)


def _rows(evaluation: Evaluation, by: User) -> None:
    """Most kecamatan said it for themselves; the last two have not."""
    places = places_of(evaluation.district_id)
    spec = loaded(evaluation.edition.instrument).spec
    draw = Random(6310)  # noqa: S311  a demo's yes and no
    for kecamatan in places.kecamatan[:-2]:
        changes = [
            Change(code, place, None, draw.random() < 0.7)
            for code in SAID
            for place in cell_places(spec.by_code[code], places, kecamatan.code)
        ]
        save_rows(evaluation=evaluation, kecamatan=kecamatan.code, changes=changes, by=by)


def _share(evaluation: Evaluation, by: User) -> None:
    """The first questions with full points whose documents name no child."""
    questions = [q for q in practices.proven(evaluation).questions if not q.sensitive]
    for question, story in zip(questions, STORIES, strict=False):
        practices.share(evaluation=evaluation, code=question.code, story=story, with_evidence=True, by=by)


def _of(edition: Edition, district: str) -> Evaluation:
    return (
        Evaluation.objects.with_place()
        .prefetch_related("edition__windows")
        .get(edition=edition, district=district)
    )


def _coordinator(district: str, users: Mapping[str, User]) -> User:
    slug = {TABALONG: "tabalong", TANAH_BUMBU: "tanahbumbu", BANJAR: "banjar"}[district]
    return users[f"koordinator.{slug}"]
