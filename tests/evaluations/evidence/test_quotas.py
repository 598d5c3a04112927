"""How much fits: per file, question and district, each content once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.evidence import quotas, slots
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evidence, EvidenceFile
from kla_portal import clock
from kla_portal.accounts.access import Refused
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.papers import documents, file_row


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def limits(settings):
    settings.EVIDENCE_MAX_BYTES = 400
    settings.EVIDENCE_QUESTION_MAX_BYTES = 1_000
    settings.EVIDENCE_DISTRICT_MAX_BYTES = 2_000
    return settings


@pytest.fixture
def stand(evaluation, by):
    """Documents of 300 bytes at 12.1."""

    def put(*titles: str, slot: int = 1) -> list[Evidence]:
        made = documents(evaluation.district, titles, by=by, size=300)
        for document in made:
            slots.attach(evaluation=evaluation, code=HEALTH, slot_number=slot, evidence=document, by=by)
        return made

    return put


def test_an_empty_library_has_all_the_room(evaluation, limits):
    assert quotas.room(evaluation, HEALTH) == quotas.Room(400, 1_000, 2_000)
    assert quotas.room(evaluation, None).least == 400


def test_what_stands_at_the_question_counts_there_and_in_the_district(evaluation, limits, stand):
    first, _ = stand("a", "b")
    assert quotas.room(evaluation, HEALTH) == quotas.Room(400, 400, 1_400)
    assert quotas.room(evaluation, "12.2") == quotas.Room(400, 1_000, 1_400)
    slots.attach(evaluation=evaluation, code=HEALTH, slot_number=2, evidence=first, by=first.added_by)
    assert quotas.room(evaluation, HEALTH).question == 400, "one document in two slots counts once"


def test_detached_it_counts_in_the_district_only(evaluation, limits, stand, by):
    (document,) = stand("a")
    slots.detach(link=document.links.get(), by=by)
    assert quotas.room(evaluation, HEALTH) == quotas.Room(400, 1_000, 1_700)
    Evidence.objects.update(discarded_at=clock.now(), discarded_by=by)
    assert quotas.room(evaluation, HEALTH).district == 2_000


def test_the_same_content_and_old_revisions_count_once(evaluation, limits, stand, by):
    first, second = stand("a", "b")
    same = first.files.get().sha256
    second.files.update(sha256=same)
    assert quotas.room(evaluation, HEALTH) == quotas.Room(400, 700, 1_700)
    second.files.update(retired_at=clock.now(), retired_by=by)
    EvidenceFile.objects.bulk_create([file_row(second, size=100, revision=2)])
    assert quotas.room(evaluation, HEALTH) == quotas.Room(400, 600, 1_600)


def test_neighbours_and_other_editions(evaluation, neighbour_evaluation, limits, stand):
    stand("a")
    assert quotas.room(neighbour_evaluation, HEALTH) == quotas.Room(400, 1_000, 2_000)
    earlier = type(evaluation).objects.with_place().get(edition__code="2024", district=evaluation.district_id)
    assert quotas.room(earlier, HEALTH) == quotas.Room(400, 1_000, 1_700), (
        "the library is one for all editions"
    )


def test_a_lowered_limit_leaves_no_room_and_never_less(evaluation, limits, stand):
    stand("a", "b", "c")
    limits.EVIDENCE_QUESTION_MAX_BYTES = limits.EVIDENCE_DISTRICT_MAX_BYTES = 100
    assert quotas.room(evaluation, HEALTH) == quotas.Room(400, 0, 0)


def test_the_last_byte_fits_and_one_more_does_not(evaluation, limits, stand):
    stand("a", "b")
    quotas.ensure_room(evaluation, HEALTH, 400)
    with pytest.raises(
        quotas.Full, match=r"401 byte, sedangkan tinggal 400 byte dari 1 kB untuk pertanyaan 12\.1"
    ):
        quotas.ensure_room(evaluation, HEALTH, 401)
    quotas.ensure_room(evaluation, None, 1_400)
    with pytest.raises(
        quotas.Full, match=r"tinggal 1 kB dari 2 kB untuk pustaka.*Hapus dokumen yang tidak dipakai"
    ):
        quotas.ensure_room(evaluation, None, 1_401)


def test_what_the_library_has_needs_no_room_there(evaluation, limits, stand):
    stand("a")
    limits.EVIDENCE_DISTRICT_MAX_BYTES = 300
    quotas.ensure_room(evaluation, HEALTH, 300, new=False)
    with pytest.raises(quotas.Full, match="pustaka"):
        quotas.ensure_room(evaluation, HEALTH, 300)


def test_what_is_on_its_way_counts(evaluation, limits):
    quotas.ensure_room(evaluation, None, 1_000, coming=1_000)
    with pytest.raises(quotas.Full, match="Unggahan yang belum selesai masih memerlukan"):
        quotas.ensure_room(evaluation, None, 1_000, coming=1_001)


def test_a_plain_form_meets_the_same_limits(evaluation, limits, upload, by, nothing_left):
    limits.EVIDENCE_MAX_BYTES = 20_000
    limits.EVIDENCE_QUESTION_MAX_BYTES = 100
    with pytest.raises(EvidenceRefused, match="pertanyaan 12"):
        slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload(), by=by)
    nothing_left()


def test_a_document_of_the_library_needs_room_at_its_new_question(evaluation, limits, stand, by):
    stand("a", "b", "c")
    (other,) = documents(evaluation.district, ["lain"], by=by, size=300)
    with pytest.raises(quotas.Full, match=r"tinggal 100 byte dari 1 kB untuk pertanyaan 12\.1"):
        slots.attach(evaluation=evaluation, code=HEALTH, slot_number=2, evidence=other, by=by)
    assert not other.links.exists()
    slots.attach(evaluation=evaluation, code="12.2", slot_number=1, evidence=other, by=by)


def test_what_stands_at_the_question_already_needs_none(evaluation, limits, stand):
    document, *_ = stand("a", "b", "c")
    slots.attach(evaluation=evaluation, code=HEALTH, slot_number=2, evidence=document, by=document.added_by)
    assert quotas.room(evaluation, HEALTH).question == 100


def test_another_agencys_question_is_refused_before_its_room_is_told(evaluation, limits, stand, cast):
    stand("a", "b", "c")
    limits.EVIDENCE_QUESTION_MAX_BYTES = 10
    registry = cast.contributor_registry_tabalong
    (own,) = documents(evaluation.district, ["akta"], by=registry, size=300)
    with pytest.raises(Refused, match="perangkat daerah lain"):
        slots.attach(evaluation=evaluation, code=HEALTH, slot_number=1, evidence=own, by=registry)


def test_the_page_counts_what_it_shows(evaluation, limits, stand, django_assert_num_queries):
    first, second = stand("a", "b")
    shown = [*first.current_files, *second.current_files, *first.current_files]
    with django_assert_num_queries(1):
        room = quotas.room(evaluation, HEALTH, standing=shown)
    assert room == quotas.room(evaluation, HEALTH)
    assert room.question == 400


def test_two_queries_however_many_files(evaluation, limits, stand):
    counts = []
    for titles in (["a"], ["b", "c"]):
        stand(*titles)
        with CaptureQueriesContext(connection) as seen:
            quotas.room(evaluation, HEALTH)
        counts.append(len(seen))
    assert counts == [2, 2]
