"""What the tests of the pages share."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Answer, Evaluation, EvidenceLink
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from tests.cast import enter
from tests.evaluations.papers import documents

HTMX = {"HX-Request": "true"}
PROBE = '<script>alert("x")</script>'
"""Text that must never come out of a page as it went in."""


def url(name: str, *args: object) -> str:
    return reverse(f"evaluations:{name}", args=args)


def text_of(response: HttpResponse) -> str:
    """The page as a reader sees it: without tags, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def main_of(response: HttpResponse) -> str:
    """The page's own part: without top bar, menu and footer."""
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main>")]


def signed_in(user: User) -> Client:
    client = Client()
    enter(client, user)
    return client


def queries(client: Client, path: str) -> int:
    """How many queries a page takes once the instrument is in memory."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(path)
    assert response.status_code == 200, response.status_code
    return len(seen)


def same_queries(client: Client, path: str, more: Callable[[], object]) -> int:
    """Asserts that ``more`` rows take no more queries; returns the number."""
    before = queries(client, path)
    more()
    assert queries(client, path) == before
    return before


def put_evidence(evaluation: Evaluation, codes: list[str], *, by: User, title: str = "Rekap") -> None:
    """A document in every slot of these questions."""
    now, slot_ids = clock.now(), loaded(evaluation.edition.instrument).slot_ids
    slots = [pk for (code, _), pk in slot_ids.items() if code in codes]
    placed = documents(evaluation.district, [f"{title} {number}" for number in range(len(slots))], by=by)
    EvidenceLink.objects.bulk_create(
        EvidenceLink(
            evaluation=evaluation, slot_id=slot, evidence=document, pages="4-6", added_at=now, added_by=by
        )
        for slot, document in zip(slots, placed, strict=True)
    )


def unchanged(evaluation: Evaluation) -> None:
    """Nothing was saved."""
    assert not Answer.objects.filter(evaluation=evaluation).exists()
    evaluation.refresh_from_db()
    assert (evaluation.claimed_total, evaluation.last_activity_at) == (0, None)
