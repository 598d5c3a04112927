"""Of a few documents the portal says what it says of them in the whole evaluation."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from evaluations.domain.evidence import quotes, raised, standing
from evaluations.models import EvidenceLink
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence.raising import put, signature

SAME = {"sha256": "a" * 64, "source_sha256": "b" * 64}
PHOTO = {"kind": "photo", "description": "Rapat", "file": {"content_type": "image/jpeg", "sha256": "c" * 64}}
QUOTED = {"link": {"quote": "tidak ada", "pages": "1"}, "reading": {"texts": ("lain", "sekali")}}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def crowded(evaluation, by):
    """Every rule that looks at several documents has something to say, and some that look at one."""
    for code in ("12.1", "12.2 4.1"):
        put(evaluation, code, by=by, title=f"Kembar {code}", file=SAME)
    for code in ("2.1", "3.1a 12.3"):
        put(evaluation, code, by=by, title=f"Foto {code}", **PHOTO)
    for number, code in enumerate(("1.1", "6.1", "17.2")):
        put(evaluation, code, by=by, title=f"Mirip {code}", reading={"signature": signature(number)})
    put(evaluation, "20.1 21A.1", by=by, title="Kutipan", **QUOTED)
    put(evaluation, "2.6", by=by, title="Lewat", valid_until=date(2024, 1, 1))
    put(evaluation, "2.4", by=by, title="Baik")
    return fresh(evaluation)


def test_the_crowd_is_worth_looking_at(crowded):
    assert {concern.rule for concern in raised.of_evaluation(crowded)} >= {
        "same_file_twice", "shared_photo", "alike", "quote_not_found", "expired",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_of_any_few_the_same_as_of_all(crowded, seed):
    found, rng = standing.of(crowded), Random(seed)
    whole: dict[object, list] = {}
    for concern in raised.of_evaluation(crowded):
        whole.setdefault(concern.evidence_id, []).append(concern)
    few = rng.sample(sorted(found.papers), rng.randint(1, len(found.papers)))
    assert raised.about(crowded, few, found) == {key: whole[key] for key in few if key in whole}


def test_at_each_question_the_same_as_of_all_in_the_same_order(crowded):
    found, whole = standing.of(crowded), raised.of_evaluation(crowded)
    seen = 0
    for code in sorted({place.code for place in found.places}):
        there = {place.evidence_id for place in found.places if place.code == code}
        said = raised.at_question(crowded, code)
        assert said == [concern for concern in whole if concern.evidence_id in there], code
        seen += bool(said)
    assert seen > 5


def test_answers_are_read_only_where_something_is_raised(crowded, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert raised.at_question(crowded, "2.4") == []
    with django_assert_num_queries(2):
        assert [concern.rule for concern in raised.at_question(crowded, "2.6")] == ["expired"]
    with django_assert_num_queries(1):
        assert raised.at_question(crowded, "2.2") == [], "no document"


def test_documents_that_do_not_stand_there_have_none(crowded, neighbour_evaluation, cast):
    other = put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu, years=[])
    assert raised.about(crowded, [other.pk], standing.of(crowded)) == {}


def test_only_the_phrases_that_were_looked_for(crowded):
    links = EvidenceLink.objects.filter(evidence__title="Kutipan").order_by("slot__question__position")
    first = links[:1]
    found = raised.of_links(crowded, links, quotes.presences(first))
    assert [[concern.rule for concern in found[link.pk]] for link in links] == [["quote_not_found"], []]
    assert all(raised.of_links(crowded, links).values()), "without it they are all looked for"


def test_few_queries_and_fewer_with_what_is_known(crowded, django_assert_num_queries):
    held = standing.of(crowded)
    few = EvidenceLink.objects.filter(evidence__title__startswith="Mirip")
    for links in (few[:1], EvidenceLink.objects.all()):
        links = list(links)
        with django_assert_num_queries(3 if len(links) > 1 else 2):
            assert raised.of_links(crowded, links, held=held)
    with django_assert_num_queries(0):
        assert raised.of_links(crowded, []) == {}
