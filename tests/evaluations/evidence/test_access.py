"""The gate to a document: whose questions use it, whose basket it lies in, in a fixed number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from evaluations import access
from evaluations.domain import assignments
from evaluations.models import Evaluation, Evidence, EvidenceLink
from kla_portal import clock
from kla_portal.accounts.models import User
from tests.cast import TABALONG, agency
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.stock import Stock

REGISTRY = "1.1"


@pytest.fixture
def stock(evaluation, cast):
    return Stock(evaluation, cast.coordinator_tabalong)


def opens(user, document) -> bool:
    try:
        return access.get_evidence_for(User.objects.get(pk=user.pk), document.pk) == document
    except Http404:
        return False


def test_a_contributor_sees_what_their_agencies_questions_use_or_used(stock, cast):
    document = stock.document()
    health, registry = cast.contributor_health_tabalong, cast.contributor_registry_tabalong
    assert not opens(health, document)
    link = stock.link(document, HEALTH)
    assert (opens(health, document), opens(registry, document)) == (True, False)
    EvidenceLink.objects.filter(pk=link.pk).update(removed_at=clock.now(), removed_by=stock.by)
    assert opens(health, document)
    Evidence.objects.filter(pk=document.pk).update(added_by=registry)
    assert opens(registry, document)


def test_the_districts_own_division_of_questions_counts(stock, evaluation, cast):
    document = stock.put(HEALTH).evidence
    health, registry = cast.contributor_health_tabalong, cast.contributor_registry_tabalong
    assignments.assign(
        evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "dukcapil"), by=stock.by
    )
    assert (opens(health, document), opens(registry, document)) == (False, True)


def test_another_editions_division_is_another(stock, evaluation, cast):
    """The question is the registry's in 2026; in 2024 it was the health agency's."""
    assignments.assign(
        evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "dukcapil"), by=stock.by
    )
    document = stock.put(HEALTH).evidence
    assert not opens(cast.contributor_health_tabalong, document)
    before = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    Stock(before, stock.by).link(document, HEALTH)
    assert opens(cast.contributor_health_tabalong, document)


def test_the_number_of_queries_is_fixed(stock, cast):
    """For the one who asks the most: another agency's contributor, who is told no after all was looked at."""
    before = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    document = stock.put(HEALTH).evidence
    opens(cast.contributor_registry_tabalong, document)

    def queries(user):
        person = User.objects.get(pk=user.pk)
        access.area_of(person, access.Permission.READ)
        with CaptureQueriesContext(connection) as captured:
            access.evidence_open_to(person, document)
        return len(captured)

    assert queries(cast.contributor_registry_tabalong) == 3
    for code in ("12.2", "12.3", "13.1"):
        stock.link(document, code)
        Stock(before, stock.by).link(document, code)
    assert queries(cast.contributor_registry_tabalong) == 3
    assert queries(cast.coordinator_tabalong) == 0
    assert queries(cast.verifier_kalsel) == 0


def test_the_basket_is_open_to_those_who_may_take_out_of_it(stock, cast):
    document = stock.put(HEALTH).evidence
    readers = [
        cast.leader_tabalong,
        cast.verifier_kalsel,
        cast.auditor_kalsel,
        cast.contributor_health_tabalong,
    ]
    assert all(opens(reader, document) for reader in readers)
    Evidence.objects.filter(pk=document.pk).update(discarded_at=clock.now(), discarded_by=stock.by)
    assert not any(opens(reader, document) for reader in readers)
    assert opens(cast.coordinator_tabalong, document)
    assert not opens(cast.coordinator_tanahbumbu, document)
    Evidence.objects.filter(pk=document.pk).update(added_by=cast.contributor_health_tabalong)
    assert opens(cast.contributor_health_tabalong, document)
