"""Whose rows: an officer's kecamatan, an agency's questions, the coordinator's district."""

from __future__ import annotations

import pytest

from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence.library import visible_to
from evaluations.domain.units.scope import (
    codes_to_fill,
    own_kecamatan,
    questions_seen,
    refusals,
)
from kla_portal.accounts.models import Membership, User
from kla_portal.accounts.roles import Role
from tests.cast import MURUNG_PUDAK, TABALONG, TANAH_BUMBU, UPAU
from tests.evaluations.papers import documents

HEALTH = {"25.7a", "25.7b", "25.7c", "25.7d", "26.8a", "26.8b", "26.8c", "26.8d", "26.12"}


def codes(questions) -> set[str]:
    return {q.code for q in questions}


def test_fifteen_questions_of_kecamatan_and_twenty_of_villages(spec):
    found = spec.counting_units
    assert [sum(q.level == level for q in found) for level in ("kecamatan", "desa")] == [15, 20]
    assert {q.code.split(".")[0] for q in found} == {"25", "26"}


def test_an_officer_fills_their_own_kecamatan_alone(cast, evaluation):
    officer = cast.officer_kecamatan
    assert own_kecamatan(officer, TABALONG) == {MURUNG_PUDAK}
    assert own_kecamatan(officer, TANAH_BUMBU) == frozenset()
    assert len(codes_to_fill(officer, evaluation, MURUNG_PUDAK)) == 35
    assert codes_to_fill(officer, evaluation, UPAU) == frozenset()
    assert len(questions_seen(officer, evaluation, MURUNG_PUDAK)) == 35
    assert questions_seen(officer, evaluation, UPAU) == []
    assert questions_seen(officer, evaluation) == []


def test_an_agency_fills_its_questions_everywhere(cast, evaluation):
    health = cast.contributor_health_tabalong
    for place in (MURUNG_PUDAK, UPAU):
        assert codes_to_fill(health, evaluation, place) == HEALTH
        assert codes(questions_seen(health, evaluation, place)) == HEALTH
    (reason,) = {
        reason
        for code, reason in refusals(
            health, evaluation, UPAU, questions_seen(cast.coordinator_tabalong, evaluation)
        ).items()
        if code not in HEALTH
    }
    assert reason == "Pertanyaan ini dibagikan kepada perangkat daerah lain."


def test_the_coordinator_fills_all_and_a_leader_reads(cast, evaluation):
    assert len(codes_to_fill(cast.coordinator_tabalong, evaluation, UPAU)) == 35
    leader = cast.leader_tabalong
    assert len(questions_seen(leader, evaluation)) == 35
    assert codes_to_fill(leader, evaluation, UPAU) == frozenset()
    assert len(refusals(leader, evaluation, UPAU, questions_seen(leader, evaluation))) == 35


def test_two_roles_are_the_sum_of_their_parts_and_no_more(cast, evaluation):
    """A contributor who also serves a kecamatan must not become one who sees the whole district."""
    user = cast.contributor_health_tabalong
    before = codes_open_to(user, evaluation)
    documents(evaluation.district, ["Milik dinas lain"], by=cast.coordinator_tabalong)
    Membership.objects.create(user=user, role=Role.KECAMATAN, district_id=TABALONG, kecamatan_id=MURUNG_PUDAK)
    user = User.objects.get(pk=user.pk)
    assert codes_open_to(user, evaluation) == before
    assert len(questions_seen(user, evaluation, MURUNG_PUDAK)) == 35
    assert codes(questions_seen(user, evaluation, UPAU)) == HEALTH
    assert codes_to_fill(user, evaluation, UPAU) == HEALTH
    assert list(visible_to(user, TABALONG)) == []
    assert visible_to(cast.coordinator_tabalong, TABALONG).count() == 1


@pytest.mark.parametrize("who", ["officer_kecamatan", "officer_kecamatan_other"])
def test_an_officer_is_told_whose_rows_they_fill(cast, evaluation, spec, who):
    user = getattr(cast, who)
    places = {MURUNG_PUDAK, UPAU} - own_kecamatan(user, TABALONG)
    assert set(refusals(user, evaluation, places.pop(), spec.counting_units).values()) == {
        "Anda hanya mengisi baris kecamatan Anda sendiri."
    }
