"""Setting, changing and giving up a target."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.planning.targets import (
    aim_of,
    aimable,
    band_of,
    clear_target,
    next_target,
    set_target,
    target_of,
)
from evaluations.models import State, Target
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction


def test_a_predikat_is_the_total_at_which_it_begins(evaluation, by):
    set_target(evaluation=evaluation, predikat="nindya", by=by)
    target = target_of(evaluation)
    assert (target.predikat, target.total, target.set_by) == ("nindya", Decimal("700.01"), by)
    event = Event.objects.get(action=EventAction.TARGET_SET)
    assert event.data == {"predikat": "nindya", "total": "700.01"}
    assert event.subject == f"evaluasi:{evaluation.pk}"


def test_another_target_takes_its_place(evaluation, by):
    set_target(evaluation=evaluation, predikat="nindya", by=by)
    set_target(evaluation=evaluation, total=Decimal("712.5"), by=by)
    target = Target.objects.get()
    assert (target.predikat, target.total) == ("", Decimal("712.50"))


def test_giving_it_up(evaluation, by):
    assert clear_target(evaluation=evaluation, by=by) is False
    set_target(evaluation=evaluation, predikat="madya", by=by)
    assert clear_target(evaluation=evaluation, by=by) is True
    assert target_of(evaluation) is None
    assert Event.objects.filter(action=EventAction.TARGET_CLEARED).count() == 1


@pytest.mark.parametrize("total", ["0", "-5", "1000.01", "700.005"])
def test_a_total_that_cannot_be_reached_is_refused(evaluation, by, total):
    with pytest.raises(Refused, match=r"antara 0,01 dan 1\.000|dua angka di belakang koma"):
        set_target(evaluation=evaluation, total=Decimal(total), by=by)
    assert not Target.objects.exists()


@pytest.mark.parametrize("code", ["juara", "inisiasi"])
def test_an_unknown_predikat_is_refused(evaluation, by, code):
    with pytest.raises(Refused, match="tidak ada dalam instrumen"):
        set_target(evaluation=evaluation, predikat=code, by=by)


def test_one_of_the_two(evaluation, by):
    for both in ({}, {"predikat": "madya", "total": Decimal(700)}):
        with pytest.raises(ValueError, match="a predikat or a total"):
            set_target(evaluation=evaluation, by=by, **both)


@pytest.mark.parametrize("who", ["leader_tabalong", "contributor_health_tabalong", "verifier_kalsel"])
def test_only_the_coordinator(evaluation, cast, who):
    for verb in (lambda by: set_target(evaluation=evaluation, predikat="madya", by=by),
                 lambda by: clear_target(evaluation=evaluation, by=by)):  # fmt: skip
        with pytest.raises(Refused, match="menyusun target dan rencana aksi"):
            verb(getattr(cast, who))


def test_after_handing_in_too(half, by):
    """The next edition is planned while this one is verified."""
    half.state, half.submitted_at, half.submitted_by = State.SUBMITTED, half.last_activity_at, by
    half.save()
    assert set_target(evaluation=half, predikat="kla", by=by).total == Decimal("900.01")


def test_without_a_target_the_next_predikat(evaluation, half):
    assert next_target(half) == Decimal("600.01")
    half.claimed_total = Decimal("600.01")
    assert next_target(half) == Decimal("700.01")
    half.claimed_total = Decimal(950)
    assert next_target(half) == Decimal("900.01"), "there is nothing above the best"
    assert band_of(half, Decimal("700.01")).code == "nindya"
    assert [band.code for band in aimable(half)] == ["kla", "utama", "nindya", "madya", "pratama"]


def test_what_the_first_page_says(half, by):
    assert aim_of(half, half.claimed_total) is None
    set_target(evaluation=half, predikat="nindya", by=by)
    aim = aim_of(half, half.claimed_total)
    assert (aim.predikat, aim.missing) == ("Nindya", Decimal("115.01"))
    set_target(evaluation=half, total=Decimal("500.5"), by=by)
    aim = aim_of(half, half.claimed_total)
    assert (aim.predikat, aim.missing) == ("", 0)
    assert aim_of(half, Decimal("480.25")).missing == Decimal("20.25"), "beside a result that stands"
