"""Pages and the quoted phrase of a document at its slot, and whether the text says it."""

from __future__ import annotations

import pytest

from evaluations.domain.evidence import quotes, slots
from evaluations.files.faults import EvidenceRefused
from evaluations.files.phrases import Presence
from evaluations.models import EvidenceFile, EvidenceLink
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import as_read, placed, stand, submit
from tests.evaluations.papers import file_row


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def link(evaluation, by):
    return placed(evaluation, "SK", by=by)


def test_a_note_is_a_new_row_and_the_old_one_ends_at_the_same_moment(link, by, evaluation):
    new = slots.annotate(link=link, pages="hlm. 9, 4 - 6", quote="  Gugus\n Tugas ", by=by)
    old = EvidenceLink.objects.get(pk=link.pk)
    assert (new.pages, new.quote) == ("4-6, 9", "Gugus Tugas")
    assert (old.pages, old.quote, old.removed_at, old.removed_by) == ("", "", new.added_at, by)
    assert (new.slot_id, new.evidence_id, new.removed_at) == (old.slot_id, old.evidence_id, None)
    event = Event.objects.get(action=EventAction.EVIDENCE_ANNOTATED)
    assert event.data == {
        "evaluation": evaluation.pk, "code": HEALTH, "slot": 1, "pages": "4-6, 9", "fields": ["halaman", "kutipan"],
    }  # fmt: skip
    assert slots.annotate(link=new, pages="4-6, 9", quote="Gugus Tugas", by=by) == new
    assert EvidenceLink.objects.count() == 2, "the same again changes nothing"
    emptied = slots.annotate(link=new, by=by)
    assert (emptied.pages, emptied.quote) == ("", "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("", ""), ("4", "4"), ("halaman 4-6", "4-6"), ("1,2,3,5", "1-3, 5"), ("4 s.d. 6 dan 9", "4-6, 9")],
)
def test_pages_are_written_in_one_way(link, by, text, kept):
    assert quotes.clean_pages(text, link.evidence) == kept


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ("bab II", "sebagai angka"),
        ("6-4", "sebagai angka"),
        ("0", "sebagai angka"),
        ("1-500", "terlalu banyak"),
        ("1,3,5,7,9,11,13,15,17,19,21,23,25,27", "terlalu banyak"),
    ],
)
def test_pages_that_make_no_sense_are_refused(link, by, pages, reason):
    with pytest.raises(EvidenceRefused, match=reason):
        slots.annotate(link=link, pages=pages, by=by)
    assert EvidenceLink.objects.get().removed_at is None


def test_pages_beyond_the_last_are_refused_when_the_count_is_known(link, by):
    file = link.evidence.current_files[0]
    slots.annotate(link=link, pages="7", by=by)
    here = EvidenceLink.objects.get(removed_at__isnull=True)
    reading = as_read(file, "a", "b", "c")
    with pytest.raises(EvidenceRefused, match="hanya 3 halaman; halaman 4 tidak ada"):
        slots.annotate(link=here, pages="2, 4", by=by)
    assert slots.annotate(link=here, pages="3", by=by).pages == "3"
    reading.fault = "rusak"
    reading.save()
    assert quotes.page_count(link.evidence) is None
    docx = next(iter(quotes.UNPAGED))
    EvidenceFile.objects.filter(pk=file.pk).update(content_type=docx)
    reading.fault = ""
    reading.save()
    assert quotes.page_count(link.evidence) is None, "nobody knows how Word breaks its pages"


def test_a_quote_that_is_too_long_is_refused(link, by):
    assert slots.annotate(link=link, quote="x" * 300, by=by).quote == "x" * 300
    with pytest.raises(EvidenceRefused, match=r"300 huruf \(sekarang 301\)"):
        slots.annotate(link=EvidenceLink.objects.get(removed_at__isnull=True), quote="x" * 301, by=by)


def test_what_was_taken_out_is_not_annotated(link, by):
    slots.detach(link=link, by=by)
    with pytest.raises(EvidenceRefused, match="sudah dilepas"):
        slots.annotate(link=link, pages="4", by=by)


@pytest.mark.parametrize(
    "who", ["contributor_registry_tabalong", "leader_tabalong", "coordinator_tanahbumbu", "verifier_kalsel"]
)
def test_who_may_not(link, cast, who):
    with pytest.raises(Refused):
        slots.annotate(link=link, pages="4", by=getattr(cast, who))
    assert EvidenceLink.objects.get().pages == ""


def test_not_after_submission(link, by, evaluation):
    submit(evaluation, by)
    with pytest.raises(Refused, match="terkunci"):
        slots.annotate(link=link, pages="4", by=by)


def test_picking_takes_pages_and_quote(link, by, evaluation):
    new = slots.attach(
        evaluation=evaluation,
        code="12.2",
        slot_number=1,
        evidence=link.evidence,
        pages="2 , 1",
        quote="a b",
        by=by,
    )
    assert (new.pages, new.quote) == ("1-2", "a b")
    with pytest.raises(EvidenceRefused, match="sebagai angka"):
        slots.attach(
            evaluation=evaluation, code="12.3", slot_number=1, evidence=link.evidence, pages="semua", by=by
        )


# Found or not


def looked(*links):
    return {pk: (found.presence, found.pages) for pk, found in quotes.presences(links).items()}


def test_the_phrase_is_looked_for_on_its_pages(evaluation, by):
    link = placed(evaluation, "SK", by=by)
    as_read(link.evidence.current_files[0], "MEMUTUSKAN", "membentuk Gugus\nTugas", "")
    ways = {
        ("gugus tugas", "2"): (Presence.FOUND_HERE, (2,)),
        ("gugus tugas", ""): (Presence.FOUND_HERE, (2,)),
        ("gugus tugas", "1"): (Presence.FOUND_ELSEWHERE, (2,)),
        ("gugus kendali", "2"): (Presence.NOT_FOUND, ()),
        ("membentuk", "3"): (Presence.NO_TEXT, (2,)),
    }
    for (link.quote, link.pages), expected in ways.items():
        assert looked(link) == {link.pk: expected}, (link.quote, link.pages)
    link.quote = ""
    assert looked(link) == {}


def test_before_it_is_read_nothing_is_said(evaluation, by):
    link = placed(evaluation, "SK", by=by)
    link.quote = "gugus tugas"
    assert looked(link) == {}
    as_read(link.evidence.current_files[0], fault="rusak")
    assert looked(link) == {}


def test_of_several_files_the_best_counts(evaluation, by):
    link = placed(evaluation, "SK", by=by)
    as_read(link.evidence.current_files[0], "halaman judul")
    second = file_row(link.evidence, number=2)
    second.save()
    as_read(second, "gugus tugas")
    link.quote = "gugus tugas"
    assert looked(link) == {link.pk: (Presence.FOUND_HERE, (1,))}
    EvidenceFile.objects.filter(pk=second.pk).update(retired_at=clock.now(), retired_by=by)
    assert looked(link) == {link.pk: (Presence.NOT_FOUND, ())}, "an earlier version says nothing"


def test_one_query_however_many(evaluation, by, django_assert_num_queries):
    links = []
    for slot, code in ((1, HEALTH), (2, HEALTH), (1, "12.2")):
        link = placed(evaluation, f"SK {slot}{code}", code, slot, by=by)
        as_read(link.evidence.current_files[0], "gugus tugas")
        link.quote = "gugus"
        links.append(link)
    again = stand(evaluation, links[0].evidence, "12.3", by=by, quote="tugas")
    for some in (links[:1], [*links, again]):
        with django_assert_num_queries(1):
            assert len(looked(*some)) == len(some)
    with django_assert_num_queries(0):
        quotes.presences([])
