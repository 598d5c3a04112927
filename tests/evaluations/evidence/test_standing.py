"""What stands in an evaluation, read once and plainly."""

from __future__ import annotations

from datetime import date

import pytest

from evaluations.checks.documents import FileFacts
from evaluations.domain.evidence import slots, standing
from evaluations.models import EvidenceFile, EvidenceLink
from kla_portal import clock
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence.raising import put
from tests.evaluations.papers import file_row


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def test_places_in_the_instruments_order_oldest_first_in_a_slot(evaluation, by):
    for title, codes in (("Tiga", "12.1"), ("Satu", "2.1 12.1"), ("Dua", "4.1")):
        put(evaluation, codes, by=by, title=title, link={"pages": "2", "quote": "anak"})
    found = standing.of(fresh(evaluation))
    titles = [(place.code, found.papers[place.evidence_id].title) for place in found.places]
    assert titles == [("2.1", "Satu"), ("4.1", "Dua"), ("12.1", "Tiga"), ("12.1", "Satu")]
    assert {place[3:] for place in found.places} == {(1, "2", "anak")}
    assert {place.pk for place in found.places} == set(EvidenceLink.objects.values_list("pk", flat=True))
    satu = next(pk for pk, paper in found.papers.items() if paper.title == "Satu")
    assert [place.code for place in found.at[satu]] == ["2.1", "12.1"]
    assert ("12.1", satu) in found.questions
    assert ("4.1", satu) not in found.questions


def test_a_document_with_all_its_parts(evaluation, by):
    parts = {
        "kind": "report",
        "description": "Rapat",
        "document_date": date(2025, 1, 2),
        "valid_from": date(2025, 1, 3),
        "valid_until": date(2026, 1, 3),
        "years": [2024, 2025],
    }
    evidence = put(evaluation, "12.1", by=by, title="Notulen", **parts)
    (paper,) = standing.of(fresh(evaluation)).papers.values()
    assert (paper.evidence_id, paper.title, paper.form) == (evidence.pk, "Notulen", "file")
    assert {name: getattr(paper, name) for name in parts} == parts | {"years": (2024, 2025)}
    assert not paper.withdrawn


def test_files_in_force_in_their_order_each_once(evaluation, by):
    facts = {"pages": 3, "text_pages": 2, "lowest_dpi": 96, "identity_numbers": 4, "children_list": True}
    evidence = put(evaluation, "12.1 12.2", by=by, reading=facts)
    for number in (3, 2):
        file_row(evidence, number=number, content_type="image/png").save()
    retired = file_row(evidence, number=4)
    retired.retired_at, retired.retired_by = clock.now(), by
    retired.save()
    (paper,) = standing.of(fresh(evaluation)).papers.values()
    shas = EvidenceFile.objects.filter(evidence=evidence, retired_at__isnull=True).order_by("number")
    assert [file.sha256 for file in paper.files] == list(shas.values_list("sha256", flat=True))
    first, second, third = paper.files
    assert first == FileFacts(first.sha256, read=True, **facts)
    assert second == FileFacts(second.sha256, is_picture=True)
    assert third.is_picture


def test_an_address_has_no_files(evaluation, by):
    slots.add_web_link(evaluation=evaluation, code="12.1", slot_number=1, url="https://a.go.id/", by=by)
    (paper,) = standing.of(fresh(evaluation)).papers.values()
    assert (paper.form, paper.files) == ("link", ())


def test_what_was_taken_out_or_stands_elsewhere_is_not_there(evaluation, neighbour_evaluation, cast, by):
    put(evaluation, "12.1", by=by)
    put(neighbour_evaluation, "12.1", by=cast.coordinator_tanahbumbu, title="Mereka")
    assert [paper.title for paper in standing.of(fresh(evaluation)).papers.values()] == ["SK"]
    EvidenceLink.objects.update(removed_at=clock.now(), removed_by=by)
    assert standing.of(fresh(evaluation)) == standing.Standing((), {})


def test_one_query_however_much(evaluation, by, django_assert_num_queries):
    row = fresh(evaluation)
    standing.of(row)
    for count, code in enumerate(("12.1", "4.1", "2.1"), start=1):
        put(evaluation, f"{code} 12.2", by=by, title=code)
        with django_assert_num_queries(1):
            assert len(standing.of(row).places) == 2 * count
