"""In a return nothing but the returned questions changes, whatever is posted."""

from __future__ import annotations

import pytest

from evaluations.domain import returns
from evaluations.domain.evidence import slots
from evaluations.models import Answer, AnswerRevision, Evidence, EvidenceLink
from tests.evaluations.cycle import fresh
from tests.evaluations.returns.test_differences import attach, upload
from tests.evaluations.views.common import HTMX, signed_in, url

LOCKED, OPEN = "12.1", "4.1"


@pytest.fixture
def evaluation_with_document(submitted, send, cast):
    """A document stands at the locked question; another one only in the library; 4.1 is returned."""
    by = cast.coordinator_tabalong
    first = send(submitted)
    attach(first, LOCKED, by, "terpasang")
    loose = attach(first, LOCKED, by, "lepas")
    slots.detach(link=loose, by=by)
    returns.resubmit(evaluation=first, by=by)
    return send(fresh(first), {OPEN: "Jelaskan."})


def everything(evaluation):
    """All that the district has said, row by row."""
    return (
        list(Answer.objects.filter(evaluation=evaluation).order_by("pk").values()),
        list(AnswerRevision.objects.filter(answer__evaluation=evaluation).order_by("pk").values()),
        list(EvidenceLink.objects.filter(evaluation=evaluation).order_by("pk").values()),
        list(Evidence.objects.order_by("pk").values()),
    )


def posts(evaluation):
    link = EvidenceLink.objects.get(evaluation=evaluation, evidence__title="terpasang")
    loose = Evidence.objects.get(title="lepas")
    slot = [evaluation.pk, LOCKED, 1]
    save = url("answer_save", evaluation.pk, LOCKED)
    return {
        "answer": (save, {"numerator": "99", "denominator": "100", "version": "1", "note": ""}),
        "note": (save, {"numerator": "95", "denominator": "100", "version": "1", "note": "Lain."}),
        "clear": (save, {"clear": "1", "version": "1"}),
        "reuse": (save, {"numerator": "99", "denominator": "100", "version": "1", "source": "reuse"}),
        "stale": (save, {"numerator": "99", "denominator": "100", "version": "0"}),
        "upload": (url("evidence_upload", *slot), {"files": [upload("baru.pdf", "baru")]}),
        "link": (url("evidence_link", *slot), {"url": "https://contoh.go.id/rekap"}),
        "pick": (url("evidence_pick", *slot), {"evidence": str(loose.pk), "pages": "2"}),
        "detach": (url("evidence_detach", evaluation.pk, link.pk), {}),
    }


WAYS = ["answer", "note", "clear", "reuse", "stale", "upload", "link", "pick", "detach"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("who", ["coordinator_tabalong", "contributor_health_tabalong"])
@pytest.mark.parametrize("way", WAYS)
def test_a_question_that_was_not_returned_stays(evaluation_with_document, cast, way, who, headers):
    evaluation = evaluation_with_document
    path, data = posts(evaluation)[way]
    before = everything(evaluation)
    response = signed_in(getattr(cast, who)).post(path, data, headers=headers)
    assert response.status_code in {403, 422}, response.status_code
    assert "tetap terkunci" in response.content.decode()
    assert everything(evaluation) == before


@pytest.mark.parametrize("way", ["answer", "note", "clear", "upload", "link", "pick"])
def test_the_same_posts_do_change_the_returned_one(evaluation_with_document, cast, way):
    """Else the refusals above would prove nothing."""
    evaluation = evaluation_with_document
    path, data = posts(evaluation)[way]
    before = everything(evaluation)
    response = signed_in(cast.coordinator_tabalong).post(path.replace(LOCKED, OPEN), data, headers=HTMX)
    assert response.status_code == 200
    assert everything(evaluation) != before


def test_every_way_is_tried(evaluation_with_document):
    assert set(posts(evaluation_with_document)) == set(WAYS)


def test_after_resubmission_everything_is_locked(evaluation_with_document, cast):
    evaluation = evaluation_with_document
    returns.resubmit(evaluation=evaluation, by=cast.coordinator_tabalong)
    before = everything(evaluation)
    client = signed_in(cast.coordinator_tabalong)
    for code in (LOCKED, OPEN):
        for path, data in posts(evaluation).values():
            assert client.post(path.replace(LOCKED, code), data).status_code == 403
    assert everything(evaluation) == before
