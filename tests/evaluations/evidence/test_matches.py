"""What a verifier may ask about: the district's warnings, and the same document elsewhere. Never for districts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.evidence import concerns
from evaluations.models import Edition, Evaluation, EvidenceLink
from kla_portal import clock
from kla_portal.accounts.access import Refused
from tests.cast import GUNUNG_MAS
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence.raising import put, signature
from tests.evaluations.views.common import signed_in, url

SAME = {"sha256": "a" * 64, "source_sha256": "b" * 64}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def far(db):
    """Kabupaten Gunung Mas, in the neighbour province."""
    return Evaluation.objects.with_place().get(edition__code="2026", district=GUNUNG_MAS)


def asked(evaluation, cast, code="12.1", who="verifier_kalsel"):
    return concerns.for_verifier(fresh(evaluation), code, by=getattr(cast, who))


def elsewhere(evaluation, cast, **more):
    said = [ask.message for ask in asked(evaluation, cast, **more)]
    return [words for words in said if words.startswith(("Berkas yang sama", "Isinya hampir sama"))]


def test_the_same_file_in_a_neighbour_district_is_a_question(evaluation, neighbour_evaluation, cast, by):
    ours = put(evaluation, "12.1", by=by, title="Rekap kami", file=SAME)
    put(neighbour_evaluation, "12.1 4.1", by=cast.coordinator_tanahbumbu, title="Rahasia mereka", file=SAME)
    (ask,) = asked(evaluation, cast)
    assert (ask.evidence_id, ask.title) == (ours.pk, "Rekap kami")
    assert ask.message == (
        "Berkas yang sama juga dipakai Kabupaten Tanah Bumbu untuk 4.1 dan 12.1. Tanyakan mana yang aslinya."
    )


def test_as_sent_or_as_kept(evaluation, neighbour_evaluation, cast, by):
    put(evaluation, "12.1", by=by, file=SAME)
    other = {"sha256": "c" * 64, "source_sha256": "b" * 64}
    put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu, file=other)
    assert len(elsewhere(evaluation, cast)) == 1


def test_nearly_the_same_text(evaluation, neighbour_evaluation, cast, by):
    put(evaluation, "12.1", by=by, reading={"signature": signature()})
    put(neighbour_evaluation, "4.1", by=cast.coordinator_tanahbumbu, reading={"signature": signature(12)})
    assert elsewhere(evaluation, cast) == [], "shares bands, but is not alike"
    put(neighbour_evaluation, "2.1", by=cast.coordinator_tanahbumbu, reading={"signature": signature(4)})
    assert elsewhere(evaluation, cast) == [
        "Isinya hampir sama dengan dokumen Kabupaten Tanah Bumbu untuk 2.1. Tanyakan bagaimana dokumen ini disusun."
    ]


def test_beyond_the_area_no_district_is_named(evaluation, neighbour_evaluation, far, cast, by):
    put(evaluation, "12.1", by=by, file=SAME)
    put(far, "12.1", by=cast.coordinator_gunungmas, file=SAME)
    assert elsewhere(evaluation, cast) == [
        "Berkas yang sama juga dipakai sebuah kabupaten/kota di provinsi lain untuk 12.1. Tanyakan mana yang aslinya."
    ]
    assert "Kabupaten Gunung Mas untuk 12.1" in elsewhere(evaluation, cast, who="verifier_national")[0]
    put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu, file=SAME)
    (message,) = elsewhere(evaluation, cast)
    assert "Kabupaten Tanah Bumbu untuk 12.1 dan sebuah kabupaten/kota di provinsi lain" in message


def test_many_districts_are_counted(evaluation, cast, by):
    put(evaluation, "12.1", by=by, file=SAME)
    for other in Evaluation.objects.with_place().filter(
        edition__code="2026", district__in=["63.01", "63.02", "63.03", "63.04", "63.05"]
    ):
        put(other, "12.1", by=by, file=SAME)
    (message,) = elsewhere(evaluation, cast)
    assert message.count(" untuk 12.1") == 3
    assert "dan 2 kabupaten/kota lain." in message


def test_other_years_taken_out_or_replaced_do_not_count(evaluation, neighbour_evaluation, cast, by):
    put(evaluation, "12.1", by=by, file=SAME)
    theirs = put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu, file=SAME)
    assert len(elsewhere(evaluation, cast)) == 1
    Edition.objects.filter(code="2026").update(first_evidence_year=2024)
    old = Evaluation.objects.with_place().get(edition__code="2024", district=neighbour_evaluation.district)
    EvidenceLink.objects.filter(evidence=theirs).update(evaluation=old)
    assert elsewhere(evaluation, cast) == [], "another edition's years"
    EvidenceLink.objects.filter(evidence=theirs).update(evaluation=neighbour_evaluation)
    theirs.files.update(retired_at=clock.now(), retired_by=by)
    assert elsewhere(evaluation, cast) == [], "replaced"
    theirs.files.update(retired_at=None, retired_by=None)
    EvidenceLink.objects.filter(evidence=theirs).update(removed_at=clock.now(), removed_by=by)
    assert elsewhere(evaluation, cast) == [], "taken out"


def test_the_districts_own_warnings_with_their_answers(evaluation, cast, by):
    evidence = put(evaluation, "12.1 12.2", by=by, valid_until="2024-01-01", reading={"texts": ("a", "b")})
    (ask,) = asked(evaluation, cast)
    assert "Berlaku sampai 1 Januari 2024" in ask.message
    assert ask.reply is None
    (concern,) = [c for c in concerns.of_evaluation(fresh(evaluation)) if c.rule == "expired"]
    concerns.answer(
        evaluation=evaluation,
        evidence=evidence,
        rule="expired",
        basis=concern.basis,
        reason="Diperpanjang.",
        by=by,
    )
    (ask,) = asked(evaluation, cast, code="12.2")
    assert ask.reply.reason == "Diperpanjang."
    assert asked(evaluation, cast, code="4.1") == []


def test_only_those_who_verify_the_district_ask(evaluation, neighbour_evaluation, cast, by):
    put(evaluation, "12.1", by=by, file=SAME)
    put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu, file=SAME)
    for who in ("verifier_kalsel", "admin_kalsel", "verifier_national"):
        assert len(elsewhere(evaluation, cast, who=who)) == 1
    for who in (
        "coordinator_tabalong", "contributor_health_tabalong", "leader_tabalong", "coordinator_tanahbumbu",
        "auditor_kalsel", "verifier_kalteng", "stranger",
    ):  # fmt: skip
        with pytest.raises(Refused):
            asked(evaluation, cast, who=who)


@pytest.mark.parametrize(
    "name", ["overview", "check", "score", "library", "indicator", "evidence_slots", "question"]
)
def test_no_page_of_the_district_tells_of_a_match(evaluation, neighbour_evaluation, cast, by, name):
    put(evaluation, "12.1", by=by, file=SAME, reading={"signature": signature()})
    put(
        neighbour_evaluation,
        "12.1",
        by=cast.coordinator_tanahbumbu,
        file=SAME,
        reading={"signature": signature()},
    )
    assert elsewhere(evaluation, cast), "there is one"
    more = {"indicator": ["12"], "evidence_slots": ["12.1"], "question": ["12.1"]}.get(name, [])
    response = signed_in(by).get(url(name, evaluation.pk, *more))
    assert response.status_code == 200
    page = response.content.decode()
    for word in ("Tanah Bumbu", "Berkas yang sama", "hampir sama", neighbour_evaluation.district_id):
        assert word not in page


def test_as_many_queries_for_one_match_as_for_three(evaluation, neighbour_evaluation, far, cast, by):
    text = {"reading": {"signature": signature()}}
    put(evaluation, "12.1", by=by, file=SAME, **text)
    put(neighbour_evaluation, "12.1", by=by, file=SAME, **text)
    put(neighbour_evaluation, "4.1", by=by, reading={"signature": signature(2)})

    def queries():
        with CaptureQueriesContext(connection) as seen:
            concerns.for_verifier(row, "12.1", by=cast.verifier_kalsel)
        return len(seen)

    row = fresh(evaluation)
    queries()
    before = queries()
    for code in ("1.1", "2.1", "3.1a"):
        put(far, code, by=by, file=SAME, **text)
        put(neighbour_evaluation, code, by=by, reading={"signature": signature(3)})
    assert queries() == before <= 15
