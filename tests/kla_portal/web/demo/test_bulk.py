"""A year written at once is the year the verbs would have written, deed by deed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from evaluations.domain.evidence import describing
from evaluations.domain.workflow import zone_of
from evaluations.models import Answer, AnswerRevision, Evaluation, Evidence, EvidenceFile, EvidenceLink
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.log import verify
from kla_portal.events.models import Event
from kla_portal.web.demo.answers import Region, answers_for
from kla_portal.web.demo.bulk import Given, Put, write
from kla_portal.web.demo.deeds import Filling, Span, Team, dated, perform
from kla_portal.web.demo.places import BY_CODE, TABALONG

CODES = ("2.1", "2.2", "3.1a", "4.1", "4.2", "12.1", "12.4", "17.2", "20.1", "26.17")


@pytest.fixture
def team(cast):
    return Team(cast.coordinator_tabalong, {"kesehatan": cast.contributor_health_tabalong})


@pytest.fixture
def deeds(evaluation, team):
    """Ten questions of several indicators and kinds with their papers, in the last three weeks."""
    spec = loaded(evaluation.edition.instrument).spec
    everything = answers_for(spec, BY_CODE[TABALONG], Region(12, 131, 15), Decimal(930), year=2025)
    today = timezone.localdate()
    span = Span(today - timedelta(days=21), today - timedelta(days=1), zone_of(evaluation), 2025)
    values = {code: everything[code] for code in CODES}
    return Filling(spec, values, team=team, span=span, city=False, rng=Random(1)).deeds()


def written(evaluation) -> dict[str, object]:
    """Everything that the deeds leave behind, without the ids that differ every time."""
    row = Evaluation.objects.get(pk=evaluation.pk)
    sha256 = {f"data-dukung:{f.evidence_id}": f.sha256 for f in EvidenceFile.objects.all()}
    answers = Answer.objects.order_by("question__code")
    links = EvidenceLink.objects.order_by("slot__question__code", "slot__position")
    return {
        "answers": list(
            answers.values_list("question__code", "value", "note", "version", "updated_at", "updated_by")
        ),
        "revisions": list(
            AnswerRevision.objects.order_by("answer__question__code").values_list(
                "answer__question__code", "version", "value", "note", "stage", "source", "at", "by"
            )
        ),
        "evidence": list(
            EvidenceFile.objects.order_by("sha256").values_list(
                "sha256",
                "source_sha256",
                "evidence__district",
                "evidence__form",
                "evidence__title",
                "evidence__years",
                "filename",
                "content_type",
                "size",
                "evidence__added_at",
                "evidence__added_by",
                "added_at",
                "added_by",
            )
        ),
        "links": list(
            links.values_list(
                "evaluation", "slot", "evidence__files__sha256", "pages", "added_at", "added_by", "removed_at"
            )
        ),
        "events": [
            (e.chain_id, e.action, e.at, e.by_id, e.district_id, sha256.get(e.subject, e.subject), e.data)
            for e in Event.objects.filter(chain=TABALONG).order_by("number")
        ],
        "kept": (
            row.claimed_total,
            row.claimed_predikat,
            row.answered_count,
            row.slots_filled,
            row.last_activity_at,
        ),
    }


def test_both_ways_write_the_same(evaluation, team, deeds):
    with transaction.atomic():
        perform(evaluation, deeds, coordinator=team.coordinator)
        one_by_one = written(evaluation)
        transaction.set_rollback(True)
    assert written(evaluation)["answers"] == []
    write(evaluation=evaluation, deeds=deeds)
    at_once = written(evaluation)
    for name, rows in one_by_one.items():
        assert at_once[name] == rows, name
    assert len(at_once["answers"]) == 10
    assert len(at_once["links"]) > len(at_once["evidence"]) > 3
    assert {by for *_, by in at_once["revisions"]} == {team.coordinator.pk, team.officers["kesehatan"].pk}
    assert list(verify()) == []


def test_the_years_too(evaluation, team, deeds):
    by, at = team.coordinator, deeds[-1].at + timedelta(minutes=5)
    years = dated(deeds, 2025, Random(3), at=at, by=by)
    titles = [paper.title for paper in years.papers]
    assert 0 < len(titles) < len({deed.paper for deed in deeds if isinstance(deed, Put)})
    with transaction.atomic():
        # One paper of the coordinator's and the officer's own is two documents when they act one by one.
        only = [deed for deed in deeds if isinstance(deed, Given) or deed.by == by]
        perform(evaluation, only, coordinator=by)
        rows = {row.title: row for row in Evidence.objects.filter(district=TABALONG)}
        with clock.at(at):
            describing.describe_many(
                documents=[rows[title] for title in titles if title in rows], years=[2025], by=by
            )
        one_by_one = written(evaluation)
        transaction.set_rollback(True)
    papers = [paper for paper in years.papers if paper.title in rows]
    write(evaluation=evaluation, deeds=[*only, replace(years, papers=papers)])
    assert written(evaluation) == one_by_one
    assert len(Evidence.objects.filter(years=[2025])) == len(papers) > 1


def test_an_officer_does_not_date_the_library(evaluation, team, deeds):
    years = dated(deeds, 2025, Random(3), at=deeds[-1].at, by=team.officers["kesehatan"])
    with pytest.raises(Refused, match="hanya diubah oleh koordinator"):
        write(evaluation=evaluation, deeds=[*deeds, years])


def stored_files() -> set[str]:
    folder = storages["evidence"]
    if not folder.exists("evidence"):
        return set()
    return {name for sub in folder.listdir("evidence")[0] for name in folder.listdir(f"evidence/{sub}")[1]}


def assert_nothing_stays(evaluation, before):
    assert stored_files() == before
    assert not Answer.objects.exists()
    assert not Evidence.objects.exists()
    assert not Event.objects.filter(chain=TABALONG).exists()
    assert Evaluation.objects.get(pk=evaluation.pk).last_activity_at is None


def test_a_deed_after_the_window_undoes_them_all(evaluation, deeds):
    before, event_count = stored_files(), Event.objects.filter(chain=TABALONG).count()
    late = replace(deeds[-1], at=timezone.now() + timedelta(days=70))
    with pytest.raises(Refused, match="sudah ditutup"):
        write(evaluation=evaluation, deeds=[*deeds[:-1], late])
    assert event_count == 0
    assert any(isinstance(deed, Put) for deed in deeds[:-1])
    assert_nothing_stays(evaluation, before)


def test_an_officer_cannot_answer_for_another_agency(evaluation, team, deeds):
    before = stored_files()
    foreign = next(deed for deed in deeds if isinstance(deed, Given) and deed.code == "2.1")
    with pytest.raises(Refused, match="perangkat daerah lain"):
        write(evaluation=evaluation, deeds=[replace(foreign, by=team.officers["kesehatan"])])
    assert_nothing_stays(evaluation, before)


def test_no_deeds_write_nothing(evaluation):
    write(evaluation=evaluation, deeds=[])
    assert_nothing_stays(evaluation, stored_files())
