"""Daftar kekurangan sebelum diajukan: who gets which part of it, until when, and where it is found."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from evaluations.models import StoredReport
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, REGISTRY, hand_in, save
from tests.evaluations.views.common import main_of, queries, signed_in, text_of, url

VALUE = ONE_OF_EACH["percentage"][1]


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def told(monkeypatch):
    """What the press was given to print."""
    reports = []

    def prints(report, seal=None) -> bytes:
        assert seal is None, "a working list has no number"
        reports.append(report)
        return b"%PDF-1.7"

    monkeypatch.setattr("evaluations.reports.pdf.gaps_pdf", prints)
    return reports


def codes_in(report):
    return {code for part in report.agencies for item in part.items for code in item.codes}


def test_the_whole_list_as_a_pdf(evaluation, by, sign_in):
    response = sign_in(by).get(url("gaps_pdf", evaluation.pk))
    assert response["Content-Type"] == "application/pdf"
    assert "Daftar kekurangan KLA 2026" in response["Content-Disposition"]
    reader = PdfReader(io.BytesIO(b"".join(response.streaming_content)))
    assert len(reader.pages) > 20
    assert "PEMERINTAH KABUPATEN TABALONG" in reader.pages[0].extract_text().upper()
    assert "PEMERINTAH PROVINSI" not in reader.pages[0].extract_text().upper()
    kept = StoredReport.objects.get()
    assert (kept.kind, kept.number, kept.series) == ("return", "", "")


def test_it_follows_the_answers(evaluation, by, sign_in, told):
    client = sign_in(by)
    client.get(url("gaps_pdf", evaluation.pk))
    client.get(url("gaps_pdf", evaluation.pk))
    assert len(told) == 1
    save(evaluation, HEALTH, VALUE, by=by)
    client.get(url("gaps_pdf", evaluation.pk))
    before, after = told
    kinds = {item.kind for part in after.agencies for item in part.items if HEALTH in item.codes}
    assert HEALTH in codes_in(before)
    assert kinds == {"evidence"}
    assert (before.claim, after.claim, after.partial) == (0, 2, False)


def test_a_contributor_gets_their_agencys_part_and_no_total(evaluation, cast, told):
    signed_in(cast.contributor_health_tabalong).get(url("gaps_pdf", evaluation.pk))
    (report,) = told
    assert [part.name for part in report.agencies] == ["Dinas Kesehatan"]
    assert HEALTH in codes_in(report)
    assert REGISTRY not in codes_in(report)
    assert (report.partial, report.claim) == (True, None)


def test_for_whom(evaluation, cast, told):
    for who, status in (
        ("coordinator_tabalong", 200),
        ("leader_tabalong", 200),
        ("verifier_kalsel", 200),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
    ):
        assert signed_in(getattr(cast, who)).get(url("gaps_pdf", evaluation.pk)).status_code == status, who


def test_once_submitted_it_says_where_to_look(evaluation, by, sign_in):
    client = sign_in(by)
    save(evaluation, HEALTH, VALUE, by=by)
    hand_in(evaluation, by=by)
    response = client.get(url("gaps_pdf", evaluation.pk))
    assert response.status_code == 403
    assert "sudah diajukan" in text_of(response)
    for name in ("check", "reports"):
        assert url("gaps_pdf", evaluation.pk) not in main_of(client.get(url(name, evaluation.pk)))


@pytest.mark.parametrize("name", ["check", "reports"])
def test_pages_lead_to_it_while_it_is_filled(evaluation, by, sign_in, name):
    main = main_of(sign_in(by).get(url(name, evaluation.pk)))
    assert f'href="{url("gaps_pdf", evaluation.pk)}"' in main


def test_while_a_worker_is_busy_a_page_waits(evaluation, by, sign_in, queue):
    assert sign_in(by).get(url("gaps_pdf", evaluation.pk)).status_code == 202
    assert queue[0].args == [evaluation.pk, by.pk]


def test_queries_do_not_grow_with_the_list(evaluation, by, sign_in, told):
    client, path = sign_in(by), url("gaps_pdf", evaluation.pk)
    before = queries(client, path)
    save(evaluation, HEALTH, VALUE, by=by)
    save(evaluation, REGISTRY, VALUE, by=by)
    assert queries(client, path) == before <= 32
