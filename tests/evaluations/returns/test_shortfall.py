"""The list of what is needed, lateness with extensions, and the time that is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from evaluations.domain import returns
from evaluations.domain.deadlines import limit_of_return
from evaluations.domain.shortfall import (
    candidates,
    countdown,
    lacks,
    returns_of,
    take_back_refusal,
)
from evaluations.models import Decision, Stage, State
from evaluations.reports.shortfall import ShortfallItem
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import TABALONG
from tests.evaluations.cycle import decide, fresh, save

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=1, hours=3, minutes=59), "1 hari 3 jam lagi"),
        (timedelta(days=2), "2 hari lagi"),
        (timedelta(days=2, minutes=59), "2 hari lagi"),
        (timedelta(hours=3, minutes=20), "3 jam 20 menit lagi"),
        (timedelta(hours=3), "3 jam lagi"),
        (timedelta(minutes=20, seconds=59), "20 menit lagi"),
        (timedelta(seconds=59), "kurang dari satu menit lagi"),
        (timedelta(0), "sudah lewat"),
        (timedelta(days=-1), "sudah lewat"),
    ],
)
def test_countdown(left, words):
    assert countdown(NOON + left, NOON) == words


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        ("Peraturan Daerah", "Peraturan Daerah: 1 dari 1 poin", "Peraturan Daerah (1 dari 1 poin)"),
        ("", "Belum dijawab: 0 dari 4 poin", "belum dijawab (0 dari 4 poin)"),
        ("1 akta dari 3 (anak) = 33%", "33% ≥ 30%: 1 dari 2 poin", "1 akta dari 3 (anak) = 33% (33% ≥ 30%: 1 dari 2 poin)"),
        ("Ada", "Adanya kesepakatan: 1 dari 4 poin", "Ada (Adanya kesepakatan: 1 dari 4 poin)"),
    ],
)  # fmt: skip
def test_on_paper_an_answer_is_said_once(answer, reason, words):
    assert ShortfallItem("1.1", "Perda", "Bappeda", answer, reason, "Lengkapi.").told == words


def test_candidates_are_the_claimed_questions_with_what_speaks_against_them(submitted, cast):
    by = cast.verifier_kalsel
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, by)
    decide(submitted, Stage.VA, "12.1", Decision.REJECT, by, reason="Tanpa tanda tangan.")
    rows = {row.question.code: row for _, rows in candidates(submitted, Stage.VA) for row in rows}
    assert set(rows) == {"1.1", "12.1", "4.1"}
    assert [code for code, row in rows.items() if row.proposed] == ["12.1"]
    assert rows["12.1"].reason == "Tanpa tanda tangan."
    assert rows["1.1"].reason == ""


def test_a_contributor_has_their_own_only(returned, cast):
    row = returned.returns.get()
    codes = [lack.question.code for lack in lacks(returned, row, by=cast.contributor_health_tabalong)]
    assert codes == ["12.1"]
    codes = [lack.question.code for lack in lacks(returned, row, by=cast.coordinator_tabalong)]
    assert codes == ["4.1", "12.1"]


def test_in_time_late_extended_and_taken_back(submitted, send, cast):
    by, evaluation = cast.coordinator_tabalong, send(submitted, locks=10)
    start = clock.now()
    with clock.at(start + timedelta(hours=50)):
        returns.resubmit(evaluation=evaluation, by=by)
        assert [(one.late, one.taken_back) for one in returns_of(evaluation)] == [(True, False)]
        evaluation = send(fresh(evaluation), locks=10)
        assert returns_of(evaluation)[0].open
    with clock.at(start + timedelta(hours=99)):
        later = clock.now() + timedelta(hours=10)
        returns.extend(
            evaluation=evaluation,
            due_at=later,
            locks_at=later,
            reason="Jaringan putus.",
            by=cast.admin_kalsel,
        )
        returns.resubmit(evaluation=fresh(evaluation), by=by)
        # Past the return's own time, but within the extension.
        newest = returns_of(evaluation)[0]
        assert (newest.late, newest.limit.extended) == (False, True)
        assert newest.limit.due_at == later
        evaluation = send(fresh(evaluation), hours=1)
    with clock.at(start + timedelta(hours=101)):
        returns.take_back(evaluation=evaluation, by=cast.verifier_kalsel)
        assert [(o.late, o.taken_back) for o in returns_of(evaluation)] == [
            (False, True),
            (False, False),
            (True, False),
        ]
    assert fresh(evaluation).state == State.SUBMITTED


def test_the_newest_extension_counts(returned, cast):
    row, first = returned.returns.get(), clock.now() + timedelta(days=5)
    for days in (0, 2):
        with clock.at(clock.now() + timedelta(minutes=days)):
            returns.extend(
                evaluation=fresh(returned), due_at=first + timedelta(days=days),
                locks_at=first + timedelta(days=days), reason="Banjir.", by=cast.admin_kalsel,
            )  # fmt: skip
    assert limit_of_return(row).due_at == first + timedelta(days=2)


def test_who_may_take_back_and_when(returned, cast):
    sent, verifier = returns_of(returned)[0], cast.verifier_kalsel
    lock = sent.limit.locks_at

    def refusal(user, now):
        return take_back_refusal(returned, sent, by=user, now=now)

    assert refusal(verifier, lock) is None
    assert "masih punya waktu" in refusal(verifier, lock - timedelta(seconds=1))
    for who in ("coordinator_tabalong", "auditor_kalsel", "verifier_national", "verifier_kalteng"):
        assert "Hanya verifikator" in refusal(getattr(cast, who), lock), who
    Membership.objects.create(user=verifier, role=Role.LEADER, district_id=TABALONG)
    del verifier._memberships
    assert "anggota" in refusal(verifier, lock)


def test_a_return_that_ended_is_not_taken_back(returned, cast):
    returns.resubmit(evaluation=returned, by=cast.coordinator_tabalong)
    sent = returns_of(returned)[0]
    assert "sudah selesai" in take_back_refusal(
        fresh(returned), sent, by=cast.verifier_kalsel, now=sent.limit.locks_at
    )
    with pytest.raises(Refused):
        returns.take_back(evaluation=fresh(returned), by=cast.verifier_kalsel)


def test_the_list_says_what_was_done(returned, cast):
    row = returned.returns.get()
    save(
        returned,
        "12.1",
        {"numerator": "96", "denominator": "100"},
        cast.contributor_health_tabalong,
        version=1,
    )
    found = {
        lack.question.code: lack.difference.changed
        for lack in lacks(returned, row, by=cast.coordinator_tabalong)
    }
    assert found == {"12.1": True, "4.1": False}
