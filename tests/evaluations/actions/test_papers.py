"""The plan and the meeting on paper: what stands there, the same bytes from the same data, and who gets them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from evaluations.domain import returns, submission
from evaluations.domain.actions import editing, papers
from evaluations.domain.actions.meeting import Meeting, meeting_report
from evaluations.domain.sealing.standing import State as Standing
from evaluations.domain.sealing.standing import standing
from evaluations.models import StoredReport
from evaluations.reports.pdf import meeting_pdf
from kla_portal import clock
from tests.cast import TABALONG, agency
from tests.evaluations.actions.conftest import add
from tests.evaluations.cycle import fresh
from tests.evaluations.reports import tags
from tests.evaluations.views.common import text_of, url

HEALTH = Meeting("K3", date(2027, 7, 1), "09.00 WITA", "Aula Bappeda", ("Paparan Dinas Kesehatan",))
TYPED = {
    "cluster": "K3",
    "held_on": "2027-07-01",
    "held_at": "09.00 WITA",
    "place": "Aula",
    "agenda": "Satu\n\nDua",
}


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def item(report, agency_name, code):
    (sheet,) = [sheet for sheet in report.sheets if sheet.name.startswith(agency_name)]
    return next(one for one in sheet.items if one.code == code)


def test_a_sheet_says_what_is_open_and_what_to_bring(claimed, coordinator):
    report = meeting_report(fresh(claimed), HEALTH)
    answered, unanswered = item(report, "Dinas Kesehatan", "12.1"), item(report, "Dinas Kesehatan", "12.2")
    assert answered.state == "1 dokumen wajib belum ada"
    assert unanswered.state == "belum terjawab lengkap; 1 dokumen wajib belum ada"
    assert unanswered.bring[0] == "Jawaban, dengan angka dan sumbernya"
    assert len(answered.bring) == 1
    assert report.agenda[-1].startswith("Kesepakatan")
    assert "Paparan Dinas Kesehatan" in report.agenda
    codes = [one.code for sheet in report.sheets for one in sheet.items]
    assert not [code for code in codes if code.startswith(("1.", "4."))]


def test_a_returned_question_carries_what_is_needed(claimed, cast):
    submission.submit(evaluation=claimed, by=cast.coordinator_tabalong, incomplete_accepted=True)
    returns.send_back(
        evaluation=fresh(claimed),
        stage="va",
        needed={"12.1": "Rekap bertanda tangan."},
        due_at=clock.now() + returns.USUAL_TIME,
        by=cast.verifier_kalsel,
    )
    found = item(meeting_report(fresh(claimed), HEALTH), "Dinas Kesehatan", "12.1")
    assert found.state.startswith("dikembalikan")
    assert found.bring[0] == "Rekap bertanda tangan."


def test_actions_stand_with_the_responsible_and_the_supporting_agency(evaluation, action):
    report = meeting_report(fresh(evaluation), HEALTH)
    own = [one for sheet in report.sheets if sheet.name.startswith("Dinas Kesehatan") for one in sheet.items]
    assert own[-1].title == action.title
    assert own[-1].state == "Direncanakan; lewat tenggat 30 Juni 2027"
    police = agency(TABALONG, "polres").name
    (helping,) = [one for sheet in report.sheets if sheet.name == police for one in sheet.items]
    assert helping.state.endswith("(pendukung)")
    assert police in report.invited
    assert meeting_report(evaluation, replace(HEALTH, cluster="K1")).sheets
    other = meeting_report(fresh(evaluation), replace(HEALTH, cluster="K1"))
    assert action.title not in str(other)


def test_the_meeting_on_paper(evaluation, action):
    report = meeting_report(fresh(evaluation), HEALTH)
    content = meeting_pdf(report)
    assert tags.faults(content) == []
    text = words(content)
    assert "PEMERINTAH KABUPATEN TABALONG" in text.upper()
    assert "Kamis, 1 Juli 2027, pukul 09.00 WITA" in text
    assert "Daftar hadir" in text
    assert str(len(report.invited) + 5) in text
    assert content == meeting_pdf(meeting_report(fresh(evaluation), HEALTH))


def test_the_plan_on_paper_is_kept_and_changes_with_the_plan(sign_in, evaluation, action, coordinator):
    client = sign_in(coordinator)
    path = url("actions_pdf", evaluation.pk)
    content = b"".join(client.get(path).streaming_content)
    assert tags.faults(content) == []
    text = words(content)
    assert "Rencana Aksi Daerah Kabupaten Tabalong" in text
    assert "Rp1.250.000.000" in text
    assert "0 tercapai dari 3 yang diharapkan" in text
    assert "30 Juni 2027" in text
    client.get(path)
    assert StoredReport.objects.filter(kind="actions").count() == 1
    add(evaluation, coordinator, title="Kedua", codes=())
    client.get(path)
    first, second = StoredReport.objects.filter(kind="actions").order_by("pk")
    assert first.series == second.series
    assert "Tanpa pertanyaan" in words(b"".join(client.get(path).streaming_content))


def test_a_plan_that_is_as_it_was_before_gets_a_paper_in_force(sign_in, evaluation, action, coordinator):
    """Without the second action the plan says what its first paper said: that one was replaced meanwhile."""
    client, path = sign_in(coordinator), url("actions_pdf", evaluation.pk)
    client.get(path)
    second = add(evaluation, coordinator, title="Kedua")
    client.get(path)
    editing.remove(action=second, by=coordinator)
    client.get(path)
    first, with_both, last = StoredReport.objects.filter(kind="actions").order_by("pk")
    assert first.about["digest"] == last.about["digest"]
    assert standing(last).state == Standing.IN_FORCE
    assert standing(with_both).newer == last
    assert standing(first).state == Standing.REPRINTED
    client.get(path)
    assert StoredReport.objects.filter(kind="actions").count() == 3


def test_an_empty_plan_is_a_paper_too(evaluation, coordinator):
    report = papers.plan_report(evaluation, by=coordinator)
    assert (report.count, report.parts, report.target) == (0, (), "")


def test_the_meetings_form_leads_to_its_sheet(sign_in, evaluation, coordinator):
    client = sign_in(coordinator)
    response = client.post(url("meeting", evaluation.pk), TYPED)
    sheet = client.get(response.headers["Location"])
    assert sheet.headers["Content-Type"] == "application/pdf"
    text = words(b"".join(sheet.streaming_content))
    assert "Satu" in text
    assert "Dua" in text
    assert StoredReport.objects.get(kind="meeting").number == ""


def test_a_sheet_belongs_to_the_evaluation_it_was_typed_for(
    sign_in, cast, evaluation, coordinator, neighbour_evaluation
):
    """Words of another district do not come out under this one's letterhead."""
    typed = sign_in(cast.coordinator_tanahbumbu).post(url("meeting", neighbour_evaluation.pk), TYPED)
    theirs = typed.headers["Location"]
    ours = theirs.replace(f"/{neighbour_evaluation.pk}/", f"/{evaluation.pk}/")
    assert ours != theirs
    assert sign_in(coordinator).get(ours).status_code == 404


def test_a_waiting_page_while_it_is_made(sign_in, evaluation, coordinator, queue):
    client = sign_in(coordinator)
    response = client.post(url("meeting", evaluation.pk), TYPED, follow=True)
    assert response.status_code == 202
    assert len(queue) == 1
    assert client.get(url("actions_pdf", evaluation.pk)).status_code == 202


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"held_on": ""}, "Isi tanggal rapatnya dahulu."),
        ({"held_on": "besok"}, "Tulis tanggalnya lengkap"),
        ({"place": ""}, "Isi tempat rapatnya dahulu."),
        ({"cluster": "K9"}, "K9"),
    ],
)
def test_what_is_missing_stays_on_the_page(sign_in, evaluation, coordinator, more, message):
    response = sign_in(coordinator).post(url("meeting", evaluation.pk), TYPED | more)
    assert response.status_code == 422
    assert message in text_of(response)


@pytest.mark.parametrize("name", ["actions_pdf", "meeting"])
def test_papers_are_for_those_who_read_it_all(sign_in, cast, evaluation, name):
    assert sign_in(cast.contributor_health_tabalong).get(url(name, evaluation.pk)).status_code == 403
    assert sign_in(cast.leader_tabalong).get(url(name, evaluation.pk)).status_code == 200


def test_an_address_that_the_form_did_not_make_is_not_found(sign_in, evaluation, coordinator):
    assert sign_in(coordinator).get(url("meeting_pdf", evaluation.pk, "e30:1:palsu")).status_code == 404
