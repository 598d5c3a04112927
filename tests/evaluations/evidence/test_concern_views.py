"""Answering a warning from the page, and what the page then says."""

from __future__ import annotations

from datetime import date

import pytest
from django.template.loader import render_to_string

from evaluations.domain.evidence import concerns
from evaluations.models import ConcernAnswer
from kla_portal.indonesian import NATIONAL_ZONE
from tests.evaluations.domain.claims import fresh, hand_in
from tests.evaluations.evidence.raising import put
from tests.evaluations.views.common import PROBE, signed_in, url


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def old(evaluation, by):
    return put(evaluation, "12.1", by=by, title=PROBE, valid_until=date(2024, 1, 1))


def concern_of(evaluation, rule="expired"):
    return next(c for c in concerns.of_evaluation(fresh(evaluation)) if c.rule == rule)


def form(evaluation, **more):
    concern = concern_of(evaluation)
    return {"rule": concern.rule, "basis": concern.basis, "code": "12.1", "reason": "Diperpanjang."} | more


def post(who, name, evaluation, document, data, **more):
    return signed_in(who).post(url(name, evaluation.pk, document.pk), data, **more)


def test_answered_and_taken_back(evaluation, by, old):
    response = post(by, "concern_answer", evaluation, old, form(evaluation))
    assert response.url == url("evidence_slots", evaluation.pk, "12.1")
    assert concern_of(evaluation).answered.reason == "Diperpanjang."
    post(by, "concern_take_back", evaluation, old, form(evaluation))
    assert concern_of(evaluation).blocks
    assert ConcernAnswer.objects.get().removed_by == by


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reason": " "}, "Jawabannya belum ditulis"),
        ({"rule": "undated"}, "sudah berubah atau tidak ada lagi"),
        ({"rule": ""}, "tidak dikenali"),
        ({"basis": "x" * 65}, "tidak dikenali"),
    ],
)
def test_a_refusal_says_why_and_stores_nothing(evaluation, by, old, more, said):
    page = post(by, "concern_answer", evaluation, old, form(evaluation, **more), follow=True).content.decode()
    assert said in page
    assert not ConcernAnswer.objects.exists()


@pytest.mark.parametrize("code", ["", "99.9", "4.1"])
def test_back_only_to_what_the_person_sees(evaluation, cast, old, code):
    data = form(evaluation, code=code)
    response = post(cast.contributor_health_tabalong, "concern_answer", evaluation, old, data)
    assert response.url == url("library", evaluation.pk)


@pytest.mark.parametrize("name", ["concern_answer", "concern_take_back"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
        ("contributor_registry_tabalong", 404),
        ("leader_tabalong", 403),
        ("verifier_kalsel", 403),
        ("auditor_kalsel", 403),
    ],
)
def test_not_for_others(evaluation, cast, old, name, who, status):
    assert post(getattr(cast, who), name, evaluation, old, form(evaluation)).status_code == status
    assert not ConcernAnswer.objects.exists()


def test_another_districts_document_is_not_there(evaluation, neighbour_evaluation, cast, by, old):
    theirs = put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu)
    assert post(by, "concern_answer", evaluation, theirs, form(evaluation)).status_code == 404


def test_after_submission_it_is_locked(evaluation, by, old):
    data = form(evaluation)
    hand_in(evaluation, by=by)
    assert post(by, "concern_answer", evaluation, old, data).status_code == 403


def test_a_get_does_nothing(evaluation, by, old):
    assert signed_in(by).get(url("concern_answer", evaluation.pk, old.pk)).status_code == 405


def shown(evaluation, concern, **more):
    context = {"concern": concern, "evaluation": evaluation, "may_attach": True, "zone": NATIONAL_ZONE}
    return render_to_string("evaluations/evidence/_concern.html", context | more)


def test_the_warning_with_its_form_or_its_answer(evaluation, by, old):
    page = shown(evaluation, concern_of(evaluation))
    assert "callout-warn" in page
    assert f'action="{url("concern_answer", evaluation.pk, old.pk)}"' in page
    assert 'name="code" value="12.1"' in page
    assert PROBE not in page
    assert "<form" not in shown(evaluation, concern_of(evaluation), may_attach=False)
    post(by, "concern_answer", evaluation, old, form(evaluation, reason=PROBE))
    page = shown(evaluation, concern_of(evaluation))
    assert "callout-ok" in page
    assert f'action="{url("concern_take_back", evaluation.pk, old.pk)}"' in page
    assert PROBE not in page
    assert "&lt;script&gt;" in page


def test_what_cannot_be_answered_has_no_form(evaluation, by):
    put(evaluation, "12.1", by=by, years=[])
    page = shown(evaluation, concern_of(evaluation, "undated"))
    assert "callout-warn" in page
    assert "<form" not in page


def test_the_verifier_reads_question_and_answer(evaluation, cast, by, old):
    post(by, "concern_answer", evaluation, old, form(evaluation, reason=PROBE))
    asked = concerns.for_verifier(fresh(evaluation), "12.1", by=cast.verifier_kalsel)
    context = {"desk": {"questions_to_ask": asked}, "zone": NATIONAL_ZONE}
    page = render_to_string("evaluations/verification/_to_ask.html", context)
    assert "Berlaku sampai 1 Januari 2024" in page
    assert "dijawab" in page
    assert PROBE not in page
    assert page.count("&lt;script&gt;") == 2
