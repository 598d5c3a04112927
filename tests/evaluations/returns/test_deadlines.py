"""The last second before a deadline, the moment itself and the second after it, in all three zones."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from evaluations.domain import closing, deadlines, objections, returns, submission, workflow
from evaluations.domain.shortfall import returns_of
from evaluations.models import Decision, Evaluation, Stage, State
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.roles import Role
from kla_portal.regions.models import District
from tests.cast import GUNUNG_MAS, TABALONG, person
from tests.evaluations.cycle import close_va, decide, fresh, save

SECOND = timedelta(seconds=1)


def papua() -> str:
    return District.objects.filter(province__timezone="Asia/Jayapura").order_by("code").first().code


PLACES = {"WIB": lambda: GUNUNG_MAS, "WITA": lambda: TABALONG, "WIT": papua}


class Place:
    """A district with its coordinator and its province's verifier and administrator."""

    def __init__(self, code: str) -> None:
        district = District.objects.select_related("province").get(code=code)
        self.zone = district.province.zone
        province = district.province_id
        self.coordinator = person("koor", "Koordinator", Role.COORDINATOR, district_id=code)
        self.verifier = person("verif", "Verifikator", Role.PROVINCIAL_VERIFIER, province_id=province)
        self.admin = person("adm", "Admin", Role.PROVINCIAL_ADMIN, province_id=province)
        self.pk = Evaluation.objects.get(edition__code="2026", district=code).pk
        save(self.evaluation, "12.1", {"numerator": "95", "denominator": "100"}, self.coordinator)
        submission.submit(evaluation=self.evaluation, by=self.coordinator, incomplete_accepted=True)

    @property
    def evaluation(self) -> Evaluation:
        return fresh(Evaluation(pk=self.pk))

    def wall(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A wall-clock time of the district, some days from now."""
        local = (clock.now() + timedelta(days=days)).astimezone(self.zone)
        return local.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def send_back(self, due: datetime, locks: datetime | None = None) -> None:
        returns.send_back(
            evaluation=self.evaluation, stage=Stage.VA, needed={"12.1": "Lengkapi."}, due_at=due,
            locks_at=locks, by=self.verifier,
        )  # fmt: skip

    def extend(self, until: datetime) -> None:
        returns.extend(
            evaluation=self.evaluation, due_at=until, locks_at=until, reason="Banjir.", by=self.admin
        )

    def answer(self, version: int = 1, numerator: str = "96"):
        value = {"numerator": numerator, "denominator": "100"}
        return save(self.evaluation, "12.1", value, self.coordinator, version=version)


@pytest.fixture(params=list(PLACES))
def place(request, db) -> Place:
    found = Place(PLACES[request.param]())
    found.name = request.param
    return found


def test_a_return_locks_at_its_moment(place):
    lock = place.wall(2, 16)
    place.send_back(lock)
    assert deadlines.words(place.evaluation, lock).endswith(f"16.00 {place.name}")
    with clock.at(lock - SECOND):
        assert place.answer().changed
    for moment in (lock, lock + SECOND):
        with clock.at(moment):
            with pytest.raises(Refused, match=f"berakhir .* 16.00 {place.name}"):
                place.answer(version=2, numerator="97")
            with pytest.raises(Refused, match="berakhir"):
                returns.resubmit(evaluation=place.evaluation, by=place.coordinator)
    assert place.evaluation.answers.get().version == 2
    assert place.evaluation.state == State.RETURNED


def test_the_same_wall_clock_is_another_moment_in_each_zone(place):
    offset = {"WIB": 7, "WITA": 8, "WIT": 9}[place.name]
    assert place.wall(2, 16).utcoffset() == timedelta(hours=offset)
    place.send_back(place.wall(2, 16))
    assert place.evaluation.returns.get().due_at.hour == 16 - offset


@pytest.mark.parametrize(("shift", "late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_late_is_after_the_moment_and_flagged(place, shift, late):
    due = place.wall(2, 16)
    place.send_back(due, locks=due + timedelta(hours=4))
    with clock.at(due + shift):
        assert place.answer().changed
        returns.resubmit(evaluation=place.evaluation, by=place.coordinator)
    assert [one.late for one in returns_of(place.evaluation)] == [late]
    assert place.evaluation.state == State.SUBMITTED


def test_only_after_the_lock_the_verifier_goes_on_alone(place):
    due = place.wall(2, 16)
    lock = due + timedelta(hours=4)
    place.send_back(due, locks=lock)
    with clock.at(lock - SECOND), pytest.raises(Refused, match=f"sampai .* 20.00 {place.name}"):
        returns.take_back(evaluation=place.evaluation, by=place.verifier)
    with clock.at(lock):
        returns.take_back(evaluation=place.evaluation, by=place.verifier)
    assert place.evaluation.state == State.SUBMITTED
    assert place.evaluation.state_changes.last().reason == "Batas waktu lewat tanpa pengajuan kembali."


@pytest.mark.parametrize("asked", [-SECOND, timedelta(0), SECOND])
def test_an_extension_before_and_after_the_deadline(place, asked):
    lock, later = place.wall(2, 16), place.wall(3, 9, 30)
    place.send_back(lock)
    with clock.at(lock + asked):
        returns.extend(
            evaluation=place.evaluation, due_at=later, locks_at=later, reason="Listrik padam.", by=place.admin
        )
    with clock.at(later - SECOND):
        assert place.answer().changed
    with clock.at(later), pytest.raises(Refused, match=f"berakhir .* 09.30 {place.name}"):
        place.answer(version=2, numerator="97")


def test_a_return_does_not_touch_the_self_assessments_own_deadline(place):
    closes = workflow.closes_at(place.evaluation)
    place.send_back(place.wall(2, 16))
    assert workflow.closes_at(place.evaluation) == place.wall(2, 16)
    returns.resubmit(evaluation=place.evaluation, by=place.coordinator)
    assert workflow.closes_at(place.evaluation) == closes
    assert closes.astimezone(place.zone).strftime("%H.%M") == "23.59"


def test_an_extension_of_the_self_assessment(place):
    """One district may still fill in when all others are locked."""
    closing.reopen(evaluation=place.evaluation, stage=Stage.EM, reason="Salah ajukan.", by=place.admin)
    closes = workflow.closes_at(place.evaluation)
    later = closes + timedelta(days=2)
    with clock.at(closes), pytest.raises(Refused, match="sudah ditutup"):
        place.answer()
    with clock.at(closes + SECOND):
        returns.extend(
            evaluation=place.evaluation, due_at=later, locks_at=later, reason="Banjir.", by=place.admin
        )
    with clock.at(later - SECOND):
        assert place.answer().changed
    with clock.at(later), pytest.raises(Refused, match=f"23.59 {place.name}"):
        place.answer(version=2, numerator="97")


@pytest.mark.parametrize("bad", ["past", "order", "reason", "who"])
def test_an_extension_that_makes_no_sense(place, bad):
    place.send_back(place.wall(2, 16))
    due = locks = place.wall(3, 16)
    arguments = {"due_at": due, "locks_at": locks, "reason": "Banjir.", "by": place.admin}
    arguments |= {
        "past": {"due_at": clock.now() - SECOND, "locks_at": clock.now()},
        "order": {"locks_at": due - SECOND},
        "reason": {"reason": "  "},
        "who": {"by": place.verifier},
    }[bad]
    with pytest.raises(Refused):
        returns.extend(evaluation=place.evaluation, **arguments)
    assert not place.evaluation.extensions.exists()


@pytest.mark.parametrize("shift", [-SECOND, timedelta(0)])
def test_an_extension_gives_more_time_than_every_district_has(place, shift):
    due = place.wall(2, 16)
    place.send_back(due)
    with pytest.raises(Refused, match=f"Tanpa perpanjangan pun waktunya sampai .* 16.00 {place.name}"):
        place.extend(due + shift)
    assert not place.evaluation.extensions.exists()


def test_an_extension_granted_by_mistake_is_corrected_by_a_shorter_one(place):
    due = place.wall(2, 16)
    place.send_back(due)
    place.extend(due + timedelta(days=300))
    place.extend(due + SECOND)
    with clock.at(due):
        assert place.answer().changed
    with clock.at(due + SECOND), pytest.raises(Refused, match="berakhir"):
        place.answer(version=2, numerator="97")


def test_a_window_that_is_moved_beyond_an_extension_counts(place):
    closing.reopen(evaluation=place.evaluation, stage=Stage.EM, reason="Salah ajukan.", by=place.admin)
    closes = workflow.closes_at(place.evaluation)
    place.extend(closes + timedelta(days=2))
    assert deadlines.limit_of(place.evaluation, Stage.EM).extended
    window = deadlines.window_of(place.evaluation, Stage.EM)
    window.closes_on += timedelta(days=5)
    window.save()
    moved = closes + timedelta(days=5)
    assert deadlines.limit_of(place.evaluation, Stage.EM) == deadlines.Limit(moved, moved)
    with clock.at(closes + timedelta(days=2)):
        assert place.answer().changed
    with clock.at(moved), pytest.raises(Refused, match="sudah ditutup"):
        place.answer(version=2, numerator="97")


@pytest.mark.parametrize(("shift", "open_"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)])
def test_the_window_of_objections(place, shift, open_):
    decide(place.evaluation, Stage.VA, "12.1", Decision.REJECT, place.verifier, reason="Tanpa bukti.")
    result = close_va(place.evaluation, place.verifier)
    ends = objections.window_ends(place.evaluation, Stage.VA)
    assert ends == result.taken_at + timedelta(days=settings.OBJECTION_DAYS)

    def contest():
        return objections.object_to(
            evaluation=place.evaluation,
            stage=Stage.VA,
            code="12.1",
            reason="Ada bukti.",
            by=place.coordinator,
        )

    with clock.at(ends + shift):
        if open_:
            assert contest().granted is None
        else:
            with pytest.raises(Refused, match=f"sudah berakhir .* {place.name}"):
                contest()
