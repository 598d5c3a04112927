"""The host's clock was wrong, and is set right: nothing is locked for long, sent twice, or out of order."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from evaluations.domain import answers
from evaluations.domain.evidence import uploads
from evaluations.domain.reminders import send_reminders
from evaluations.models import AnswerRevision, Evaluation, EvidenceLink, Message, State
from kla_portal import clock
from kla_portal.accounts.domain import AccountRefused, second_factor
from kla_portal.accounts.models import SignedInSession
from kla_portal.events.log import record, verify
from kla_portal.events.models import Event, EventAction
from kla_portal.operations import maintenance
from tests.cast import PASSWORD, TABALONG
from tests.evaluations.cycle import save
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.sending import begun
from tests.kla_portal.accounts.telephone import Telephone

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ahead():
    """``with ahead(DAY):`` the clock is wrong by so much; afterwards it is right again."""
    return lambda by: time_machine.travel(clock.now() + by, tick=True)


def test_events_and_revisions_keep_their_order(ahead, evaluation, cast):
    by = cast.coordinator_tabalong
    with ahead(HOUR):
        save(evaluation, "1.1", {"option": 0}, by, note="satu")
    save(evaluation, "1.1", {"option": 0}, by, version=1, note="dua")
    rows = list(AnswerRevision.objects.order_by("version"))
    assert [row.note for row in rows] == ["satu", "dua"]
    assert rows[0].at > rows[1].at, "the times tell what the clock said"
    events = list(Event.objects.filter(chain=TABALONG, action=EventAction.ANSWER_SAVED).order_by("number"))
    assert [event.data["version"] for event in events] == [1, 2]
    assert list(verify()) == []


def test_a_window_is_asked_at_the_time_that_is_now(ahead, evaluation, cast):
    with ahead(timedelta(days=61)), pytest.raises(answers.Refused, match=r"batas|ditutup|lewat"):
        save(evaluation, "1.1", {"option": 0}, cast.coordinator_tabalong)
    assert save(evaluation, "1.1", {"option": 0}, cast.coordinator_tabalong).changed


def sign_in(client: Client):
    page = reverse("accounts:login")
    return client.post(page, {"username": "koor.tabalong", "password": PASSWORD})


def home(client: Client) -> int:
    """Of a page that is for people signed in."""
    return client.get(reverse("accounts:profile")).status_code


def test_a_session_of_tomorrow_goes_on_and_can_be_ended(ahead, cast):
    assert cast.coordinator_tabalong
    client = Client()
    with ahead(DAY):
        assert sign_in(client).status_code == 302
        home(client)
    assert home(client) == 200
    # The same browser, known since "tomorrow", signs in again.
    client.post(reverse("accounts:logout"))
    assert home(client) == 302
    assert SignedInSession.objects.get().ended_at
    assert sign_in(client).status_code == 302
    assert home(client) == 200


def test_a_day_ahead_ends_sessions_and_says_why(ahead, cast):
    assert cast.coordinator_tabalong
    client = Client()
    sign_in(client)
    with ahead(DAY):
        assert home(client) == 302
        assert "Sesi Anda berakhir" in client.get(reverse("accounts:login")).content.decode()
    assert sign_in(client).status_code == 302
    assert home(client) == 200


def test_wrong_codes_of_tomorrow_lock_for_seconds(ahead, cast):
    """Else django-otp counts the wait from tomorrow on."""
    telephone = Telephone(cast.admin_kalsel)
    with ahead(DAY), pytest.raises(AccountRefused):
        second_factor.prove(code=telephone.wrong(), by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match=r"dalam 1 detik"):
        second_factor.prove(code=telephone.code(), by=cast.admin_kalsel)
    with ahead(timedelta(seconds=2)):
        assert second_factor.prove(code=telephone.code(), by=cast.admin_kalsel)


def test_a_recovery_code_made_tomorrow_opens_today(ahead, cast):
    with ahead(DAY):
        telephone = Telephone(cast.admin_kalsel)
    code = telephone.recovery[0]
    assert second_factor.prove(code=code, by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match="sudah pernah dipakai"):
        second_factor.prove(code=code, by=cast.admin_kalsel)


def test_a_code_spent_tomorrow_stays_spent_and_a_recovery_code_is_the_way_in(ahead, cast):
    """The device remembers its last step, so that nobody uses a code twice: here until the clock has caught up."""
    telephone = Telephone(cast.admin_kalsel)
    with ahead(DAY):
        assert second_factor.prove(code=telephone.code(), by=cast.admin_kalsel)
    with pytest.raises(AccountRefused):
        second_factor.prove(code=telephone.code(2), by=cast.admin_kalsel)
    with ahead(timedelta(seconds=3)):
        assert second_factor.prove(code=telephone.recovery[0], by=cast.admin_kalsel)


def test_no_reminder_goes_out_twice(evaluation, cast):
    handed_in = {
        "state": State.SUBMITTED,
        "submitted_at": clock.now(),
        "submitted_by": cast.coordinator_tabalong,
    }
    Evaluation.objects.exclude(pk=evaluation.pk).update(**handed_in)  # one district is enough
    closes = evaluation.edition.windows.get(stage="em").closes_on
    seven = closes - timedelta(days=7)
    moment = clock.now().replace(year=seven.year, month=seven.month, day=seven.day, hour=3)
    with time_machine.travel(moment):
        assert send_reminders() > 0
    before = Message.objects.count()
    for wrong in (-HOUR, HOUR, timedelta()):
        with time_machine.travel(moment + wrong):
            assert send_reminders() == 0
    assert Message.objects.count() == before


def test_an_upload_begun_tomorrow_can_be_finished_today(ahead, evaluation, cast):
    by, data = cast.coordinator_tabalong, corpus.pdf(mark="jam salah")
    with ahead(DAY):
        upload = begun(evaluation, by, data)
        upload = uploads.append(upload=upload, offset=0, data=data[:100], by=by)
    upload = uploads.append(upload=upload, offset=100, data=data[100:], by=by)
    assert uploads.settle(upload=upload, by=by).evidence
    assert EvidenceLink.objects.count() == 1


def test_an_hour_back_lets_an_upload_go_on_longer_never_shorter(ahead, evaluation, cast, settings):
    by, data = cast.coordinator_tabalong, corpus.pdf(mark="mundur")
    upload = begun(evaluation, by, data)
    with ahead(timedelta(days=settings.UPLOAD_DAYS) - HOUR):
        assert not uploads.is_expired(upload)
    with ahead(-HOUR):
        assert not uploads.is_expired(upload)
        assert list(uploads.mine(evaluation, by=by)) == [upload]


def test_maintenance_begun_tomorrow_can_be_ended_today(ahead):
    with ahead(DAY):
        row = maintenance.begin(reason="Jam server salah.", by=None)
    ended = maintenance.end(by=None)
    assert ended.ended_at >= row.begun_at
    with transaction.atomic():
        record(EventAction.EDITION_CHANGED, by=None, subject="uji")
    assert list(verify()) == []
