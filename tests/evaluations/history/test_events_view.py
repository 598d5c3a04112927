"""Catatan kejadian: who reads which part, filters, pages and the export."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from evaluations.domain.eventlog import details
from evaluations.domain.verification import assign_verifier
from evaluations.models import Decision, Stage
from evaluations.views.events_page import PER_PAGE
from kla_portal import clock
from kla_portal.accounts.models import Membership, User
from kla_portal.accounts.roles import Role
from kla_portal.events.log import GENERAL, record
from kla_portal.events.models import Event, EventAction
from tests.cast import GUNUNG_MAS, TABALONG, TANAH_BUMBU, person
from tests.evaluations.cycle import decide, save
from tests.evaluations.history import scenes
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url

A = EventAction
JAKARTA = ZoneInfo("Asia/Jakarta")


def note(district=None, *, by=None, action=A.ANSWER_SAVED, at=None, **data):
    moment = at or clock.now()
    with clock.at(moment), transaction.atomic():
        return record(action, by=by, district=district, subject="uji", **data)


def listed(user, **query):
    response = signed_in(user).get(url("events"), query)
    assert response.status_code == 200
    return [event for event, _ in response.context["rows"]]


def lines(response):
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(StringIO(content[1:]), delimiter=";"))


@pytest.fixture
def everywhere(cast):
    return {
        code or GENERAL: note(code, by=cast.admin_national, code="12.1")
        for code in (TABALONG, TANAH_BUMBU, GUNUNG_MAS, None)
    }


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("coordinator_tabalong", {TABALONG}),
        ("auditor_kalsel", {TABALONG, TANAH_BUMBU}),
        ("admin_kalsel", {TABALONG, TANAH_BUMBU}),
        ("verifier_kalteng", {GUNUNG_MAS}),
        ("admin_national", {TABALONG, TANAH_BUMBU, GUNUNG_MAS, GENERAL}),
    ],
)
def test_each_reads_the_log_of_their_area(everywhere, cast, who, seen):
    user = getattr(cast, who)
    found = set(listed(user))
    assert {key for key, event in everywhere.items() if event in found} == seen
    exported = {(row[0], row[1]) for row in lines(signed_in(user).get(url("events_csv")))[1:]}
    assert {key for key, event in everywhere.items() if (key, str(event.number)) in exported} == seen


@pytest.mark.parametrize("name", ["events", "events_csv"])
@pytest.mark.parametrize("who", ["contributor_health_tabalong", "leader_tabalong", "stranger"])
def test_others_do_not(everywhere, cast, who, name):
    assert signed_in(getattr(cast, who)).get(url(name)).status_code == 403


@pytest.mark.parametrize("name", ["events", "events_csv"])
def test_without_signing_in_nothing(client, db, name):
    assert client.get(url(name)).status_code == 302


def test_a_neighbours_district_is_not_found_by_asking_for_it(everywhere, cast):
    assert listed(cast.coordinator_tabalong, daerah=TANAH_BUMBU) == []
    assert listed(cast.admin_kalsel, daerah="Gunung Mas") == []
    assert listed(cast.admin_national, daerah="gunung mas")[0] == everywhere[GUNUNG_MAS]


def test_filters(cast):
    mine = note(
        TABALONG,
        by=cast.coordinator_tabalong,
        action=A.EVIDENCE_OPENED,
        at=datetime(2026, 3, 1, 23, 30, tzinfo=JAKARTA),
    )
    other = note(TANAH_BUMBU, by=cast.coordinator_tanahbumbu, at=datetime(2026, 3, 2, 0, 30, tzinfo=JAKARTA))
    nation = cast.admin_national
    assert listed(nation, orang="koordinator tabalong", daerah=TABALONG, sampai="2026-03-01") == [mine]
    assert listed(nation, orang="koor.tanahbumbu", sampai="2026-03-02") == [other]
    assert listed(nation, daerah="tabalong", sampai="2026-03-02") == [mine]
    assert listed(nation, tindakan="evidence.opened") == [mine]
    # Days in the reader's own zone: the same two moments are one hour later in Kalimantan Selatan.
    assert listed(nation, dari="2026-03-01", sampai="2026-03-01") == [mine]
    assert listed(nation, dari="2026-03-02", sampai="2026-03-02") == [other]
    assert listed(cast.admin_kalsel, dari="2026-03-01", sampai="2026-03-01") == []
    assert listed(cast.admin_kalsel, dari="2026-03-02", sampai="2026-03-02") == [other, mine]


@pytest.mark.parametrize(
    "query",
    [
        {"dari": "kemarin"},
        {"sampai": "2026-02-30"},
        {"dari": "2026-03-02", "sampai": "2026-03-01"},
        {"dari": "0001-01-01"},
        {"sampai": "9999-12-31"},
        {"tindakan": "apa.saja"},
        {"orang": "x" * 81},
    ],
)
def test_a_filter_that_cannot_be_read_is_said(everywhere, cast, query):
    client = signed_in(cast.admin_national)
    response = client.get(url("events"), query)
    assert response.status_code == 422
    assert "Saringan tidak dipakai." in text_of(response)
    assert client.get(url("events_csv"), query).status_code == 400


def test_what_was_done_in_words(evaluation, cast):
    scenes.submitted(evaluation, cast)
    page = text_of(signed_in(cast.auditor_kalsel).get(url("events")))
    assert "Evaluasi mandiri diajukan" in page
    assert "tanda terima: EM/2026/63.09/01" in page
    assert "nilai: 20.00" in page
    assert "Koordinator Tabalong" in page
    assert "WITA" in page


def test_what_a_verdict_says_is_not_for_the_district_nor_for_other_verifiers(evaluation, cast):
    scenes.judged(scenes.submitted(evaluation, cast), cast)
    for who in ("coordinator_tabalong", "verifier_kalsel", "verifier_national"):
        client = signed_in(getattr(cast, who))
        page = main_of(client.get(url("events"), {"tindakan": "verdict.saved"}))
        assert "pertanyaan: 12.1" in page
        assert "tidak ditampilkan" in page
        assert "Tolak" not in page
        rows = lines(client.get(url("events_csv"), {"tindakan": "verdict.saved"}))
        assert len(rows) == 4
        assert not any("Tolak" in cell for row in rows for cell in row)
    for who in ("auditor_kalsel", "admin_kalsel", "admin_national"):
        assert "putusan: Tolak" in text_of(signed_in(getattr(cast, who)).get(url("events")))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER])
def test_who_is_also_one_of_the_districts_own_people_waits_too(evaluation, cast, role):
    scenes.judged(scenes.submitted(evaluation, cast), cast)
    both = person("rangkap", "Rangkap", role, district_id=TABALONG)
    Membership.objects.create(user=both, role=Role.AUDITOR, province_id="63")
    assert "Tolak" not in main_of(signed_in(both).get(url("events"), {"tindakan": "verdict.saved"}))


# Who reads a stage a second time


@pytest.fixture
def judged(evaluation, cast, settings):
    settings.CALIBRATION_SHARE = 100
    return scenes.judged(scenes.submitted(evaluation, cast), cast)


def name_second(evaluation, cast, cluster="", verifier=None):
    assign_verifier(
        evaluation=evaluation, stage=Stage.VA, cluster=cluster, verifier=verifier or cast.admin_kalsel, reading=2,
        by=cast.admin_kalsel,
    )  # fmt: skip


def marks(user) -> dict[str, str]:
    """Question -> what page and export say of its first mark; both must say the same."""
    query = {"tindakan": "verdict.saved"}
    client = signed_in(user)
    shown = client.get(url("events"), query).context["rows"]
    page = {event.data["code"]: dict(said)["putusan"] for event, said in shown if event.data["reading"] == 1}
    exported = [set(row[8].split("; ")) for row in lines(client.get(url("events_csv"), query))[1:]]
    for code, words in page.items():
        said = next(row for row in exported if row >= {f"pertanyaan {code}", "pembacaan 1"})
        assert f"putusan {words}" in said, code
    return page


ALL_SAID = {"1.1": "Terima", "12.1": "Tolak", "2.3": "Ubah"}


def test_an_administrator_who_reads_second_waits_for_their_own_marks(judged, cast):
    assert marks(cast.admin_kalsel) == ALL_SAID
    name_second(judged, cast)
    assert marks(cast.admin_kalsel) == dict.fromkeys(ALL_SAID, "tidak ditampilkan")
    assert marks(cast.admin_national) == ALL_SAID, "who is not named sees them"
    decide(judged, Stage.VA, "12.1", Decision.ACCEPT, cast.admin_kalsel, reading=2)
    assert marks(cast.admin_kalsel) == dict.fromkeys(ALL_SAID, "tidak ditampilkan") | {"12.1": "Tolak"}


def test_only_of_the_cluster_they_read_and_of_no_other_district(judged, cast, neighbour_evaluation):
    name_second(judged, cast, "K3")
    assert marks(cast.admin_kalsel) == ALL_SAID | {"12.1": "tidak ditampilkan"}
    name_second(neighbour_evaluation, cast)
    assert marks(cast.admin_kalsel) == ALL_SAID | {"12.1": "tidak ditampilkan"}


def test_a_cluster_that_somebody_else_reads_is_not_theirs(judged, cast):
    name_second(judged, cast)
    name_second(
        judged, cast, "K3", verifier=person("kedua", "Kedua", Role.PROVINCIAL_ADMIN, province_id="63")
    )
    assert marks(cast.admin_kalsel) == dict.fromkeys(ALL_SAID, "tidak ditampilkan") | {"12.1": "Tolak"}


def test_a_question_that_is_not_drawn_is_read_once(judged, cast, settings):
    name_second(judged, cast)
    settings.CALIBRATION_SHARE = 0
    assert marks(cast.admin_kalsel) == ALL_SAID


def test_once_the_stage_is_closed_they_read_it_like_everybody(judged, cast):
    name_second(judged, cast)
    scenes.va_closed(judged, cast)
    assert marks(cast.admin_kalsel) == ALL_SAID


def test_one_look_for_however_many_districts_they_read(judged, cast, neighbour_evaluation):
    name_second(judged, cast)
    client = signed_in(cast.admin_kalsel)
    one = queries(client, url("events"))
    name_second(neighbour_evaluation, cast)
    assert queries(client, url("events")) == one


def test_pages_keep_their_filters(cast):
    for number in range(PER_PAGE + 3):
        note(TABALONG, by=cast.coordinator_tabalong, version=number, action=A.QUESTION_ASSIGNED)
    client = signed_in(cast.auditor_kalsel)
    first = client.get(url("events"), {"tindakan": "question.assigned"})
    assert len(first.context["rows"]) == PER_PAGE
    assert "page=2" in main_of(first)
    assert "tindakan=question.assigned" in main_of(first)
    second = client.get(url("events"), {"tindakan": "question.assigned", "page": "2"})
    assert [details for _, details in second.context["rows"]] == [[("versi", str(n))] for n in (2, 1, 0)]
    assert client.get(url("events"), {"page": "abc"}).status_code == 200
    assert len(lines(client.get(url("events_csv"), {"tindakan": "question.assigned"}))) == PER_PAGE + 4


def test_nothing_in_the_export_reads_as_a_formula(cast):
    evil = person("=cmd", '=HYPERLINK("http://127.0.0.1")')
    note(TABALONG, by=evil, code="+1+1")
    note(TABALONG, by=evil, **{"@x": "-2"})
    rows = lines(signed_in(cast.auditor_kalsel).get(url("events_csv")))
    assert len(rows[0]) == len(rows[1])
    assert rows[0][-1] == "waktu_wita"
    cells = [cell for row in rows[1:] for cell in row]
    assert '\'=HYPERLINK("http://127.0.0.1")' in cells
    assert "'=cmd" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]


def test_names_are_text(cast):
    note(TABALONG, by=person("skrip", PROBE), code=PROBE)
    assert "<script>alert" not in signed_in(cast.auditor_kalsel).get(url("events")).content.decode()


def test_as_many_queries_for_one_row_as_for_many(cast, evaluation):
    save(evaluation, "1.1", {"option": 0}, cast.coordinator_tabalong)
    clients = [
        signed_in(getattr(cast, who)) for who in ("auditor_kalsel", "coordinator_tabalong", "admin_national")
    ]
    before = [queries(client, url("events")) for client in clients]
    for number in range(3):
        note(TABALONG, by=person(f"orang{number}", f"Orang {number}"))
        note(TANAH_BUMBU, by=cast.admin_kalsel)
        note(None, by=cast.admin_national)
    assert [queries(client, url("events")) for client in clients] == before
    assert max(before) <= 14


def test_the_menu_leads_auditors_and_administrators_there(cast, evaluation):
    for who in ("auditor_kalsel", "admin_kalsel", "admin_national"):
        assert f'href="{url("events")}"' in signed_in(getattr(cast, who)).get(url("events")).content.decode()
    page = main_of(signed_in(cast.coordinator_tabalong).get(url("reports", evaluation.pk)))
    assert f'href="{url("events")}?daerah={TABALONG}"' in page
    assert "Catatan kejadian" not in main_of(
        signed_in(cast.leader_tabalong).get(url("reports", evaluation.pk))
    )


def test_nothing_can_be_posted(cast):
    for name in ("events", "events_csv"):
        assert signed_in(cast.auditor_kalsel).post(url(name)).status_code == 405


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("kind", "card", "Rapor"),
        ("form", "link", "tautan"),
        ("form", "pdf", "pdf"),
        ("size", 1_234_567, "1,2 MB"),
    ],
)
def test_values_of_ours_are_told_in_words(key, value, words):
    event = Event(action=EventAction.REPORT_STORED, data={key: value})
    assert [text for _, text in details(event, User())] == [words]
