"""Documents at questions on children, all the way: who opens them, what is written down, where their title never goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from evaluations.domain import eventlog, notices
from evaluations.domain.evidence import readings, slots
from evaluations.models import EvidenceFile, Message
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.models import Event, EventAction
from tests.cast import enter
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.files import papers

TITLE = "Akta Siti Kecil"


@pytest.fixture
def code(spec) -> str:
    return next(q.code for q in spec.questions() if q.sensitive and q.slots)


@pytest.fixture
def put(evaluation, cast, upload):
    """``put(code)`` -> the read file of a document whose title names a child."""

    def make(code) -> EvidenceFile:
        content = upload("akta.pdf", papers.letter("Menimbang", code, "Ditetapkan"))
        link = slots.add_file(
            evaluation=evaluation, code=code, slot_number=1, upload=content, title=TITLE,
            by=cast.coordinator_tabalong,
        )  # fmt: skip
        readings.take(str(link.evidence.files.get().pk))
        return EvidenceFile.objects.select_related("evidence", "reading").get(evidence=link.evidence)

    return make


def small(file) -> str:
    return reverse("evaluations:evidence_thumbnail", args=[file.evidence_id, file.pk])


def addresses(file) -> list[str]:
    """Every address that shows something of the file."""
    pages = ("evidence_page", "evidence_picture")
    return [
        reverse("evaluations:evidence_download", args=[file.evidence_id]),
        reverse("evaluations:evidence_file", args=[file.evidence_id, file.pk]),
        *(reverse(f"evaluations:{name}", args=[file.evidence_id, file.pk, 1]) for name in pages),
        small(file),
    ]


def openings(by=None) -> int:
    found = Event.objects.filter(action=EventAction.EVIDENCE_OPENED)
    return found.filter(by=by).count() if by else found.count()


def test_a_small_picture_is_written_down_once_per_person_document_and_day(put, code, cast, evaluation):
    file, reader = put(code), cast.verifier_kalsel
    client = enter(Client(), reader)
    for _ in range(3):
        assert client.get(small(file)).status_code == 200
    event = Event.objects.get(action=EventAction.EVIDENCE_OPENED)
    assert (event.by, event.subject, event.data) == (
        reader, f"data-dukung:{file.evidence_id}", {"codes": [code]}
    )  # fmt: skip
    enter(Client(), cast.auditor_kalsel).get(small(file))
    assert openings(cast.auditor_kalsel) == 1
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        client.get(small(file))
    assert openings(reader) == 2


def test_whoever_opened_the_document_today_has_said_so(put, code, cast):
    file = put(code)
    client = enter(Client(), cast.verifier_kalsel)
    client.get(addresses(file)[2])
    client.get(small(file))
    assert openings() == 1


def test_a_small_picture_of_another_document_is_written_down_by_itself(put, code, cast, spec):
    one, other = put(code), put([q.code for q in spec.questions() if q.sensitive and q.slots][1])
    client = enter(Client(), cast.verifier_kalsel)
    for file in (one, other, put(HEALTH)):
        assert client.get(small(file)).status_code == 200
    assert {e.subject for e in Event.objects.filter(action=EventAction.EVIDENCE_OPENED)} == {
        f"data-dukung:{one.evidence_id}",
        f"data-dukung:{other.evidence_id}",
    }


@pytest.mark.parametrize(
    "who", ["coordinator_tanahbumbu", "verifier_kalteng", "admin_kalteng", "officer_kecamatan", "stranger"]
)
def test_others_open_nothing_and_leave_no_trace(put, code, cast, who):
    file = put(code)
    client = enter(Client(), getattr(cast, who))
    assert {client.get(path).status_code for path in addresses(file)} == {404}
    assert openings() == 0
    assert enter(Client(), cast.coordinator_tabalong).get(small(file)).status_code == 200


def test_a_contributor_opens_only_what_their_agency_answers(put, cast, evaluation, spec):
    from evaluations.domain.assignments import agencies_by_question

    answers = agencies_by_question(evaluation)
    health = cast.contributor_health_tabalong
    mine = health.memberships.get().agency_id
    foreign = next(q.code for q in spec.questions() if q.sensitive and q.slots and answers[q.code].pk != mine)
    client, file = enter(Client(), health), put(foreign)
    assert {client.get(path).status_code for path in addresses(file)} == {404}
    library = client.get(reverse("evaluations:library", args=[evaluation.pk])).content.decode()
    assert TITLE not in library
    seen = enter(Client(), cast.coordinator_tabalong).get(
        reverse("evaluations:library", args=[evaluation.pk])
    )
    assert TITLE in seen.content.decode()


def test_the_title_is_in_no_search_result_event_export_or_mail(put, code, cast, evaluation):
    User.objects.update(email="")
    people = (cast.coordinator_tabalong, cast.verifier_kalsel, cast.admin_kalsel, cast.auditor_kalsel)
    for person in people:
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@contoh.example")
    file = put(code)
    file.added_by.refresh_from_db()
    notices.file_refused(file)
    call_command("send_digest", verbosity=0)
    assert mail.outbox, "a letter about the file went out"
    letters = "".join(letter.subject + str(letter.body) for letter in mail.outbox)
    said = "".join(Message.objects.values_list("subject", flat=True)) + str(
        list(Message.objects.values_list("body"))
    )
    log = str(list(Event.objects.values_list("subject", "data")))
    assert f"data-dukung:{file.evidence_id}" in log
    auditor = cast.auditor_kalsel
    table = "".join(
        eventlog.events_csv(
            Event.objects.select_related("by", "district__province"),
            auditor,
            evaluation.district.province.zone,
        )
    )
    client = enter(Client(), cast.auditor_kalsel)
    found = client.get(reverse("evaluations:filling", args=[evaluation.pk]), {"q": TITLE}).content.decode()
    results = found.replace(f'value="{TITLE}"', "").replace(f"“{TITLE}”", "")
    assert [text for text in (letters, said, log, table) if "Siti" in text] == []
    assert file.evidence_id.hex not in results
    assert str(file.evidence_id) not in results


def test_before_choosing_the_page_says_what_to_blank_out_and_only_there(cast, evaluation, code):
    client = enter(Client(), cast.coordinator_tabalong)

    def warned(question) -> bool:
        page = client.get(reverse("evaluations:evidence_slots", args=[evaluation.pk, question]))
        return "Hitamkan" in page.content.decode()

    assert warned(code)
    assert not warned(HEALTH)
