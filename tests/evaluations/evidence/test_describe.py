"""What a document is: describing it, years by one click, proposals from its text, several at once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from evaluations.domain.evidence import describing
from evaluations.domain.evidence.describing import DescriptionRefused
from evaluations.domain.submission import store_result
from evaluations.models import Evaluation, Evidence, Stage, State
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence.shelf import as_read, placed, shelved, submit

WHOLE = {
    "title": "SK Gugus Tugas",
    "kind": "regulation",
    "number": "463/12/DP3A",
    "issuer": "Bupati Tabalong",
    "document_date": date(2025, 1, 12),
    "valid_from": date(2025, 1, 12),
    "valid_until": date(2027, 1, 11),
    "years": [2024, 2025],
    "description": "Anak bernama Siti di foto.",
}


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def document(evaluation, by):
    return placed(evaluation, "SK", by=by).evidence


def described():
    return Event.objects.filter(action=EventAction.EVIDENCE_DESCRIBED).order_by("pk")


def test_the_whole_description_is_kept_and_the_event_names_no_child(document, by):
    describing.describe(evidence=document, by=by, **WHOLE)
    row = Evidence.objects.get()
    assert {name: getattr(row, name) for name in WHOLE} == WHOLE
    data = described().get().data
    assert data["fields"] == [describing.WORDS[name] for name in WHOLE]
    assert data["years"] == [2024, 2025]
    assert (data["number"], data["document_date"]) == ("463/12/DP3A", "2025-01-12")
    assert "Siti" not in str(data)
    assert "SK Gugus" not in str(data)
    describing.describe(evidence=document, by=by, **WHOLE)
    assert described().count() == 1, "the same again changes nothing"


def test_parts_can_be_emptied_and_cleaned(document, by):
    describing.describe(evidence=document, by=by, **WHOLE)
    row = describing.describe(evidence=document, by=by, valid_until=None, number="  1 \n 2 ", years=[])
    assert (row.valid_until, row.number, row.years, row.issuer) == (None, "1 2", [], "Bupati Tabalong")


@pytest.mark.parametrize(
    ("parts", "field", "reason"),
    [
        ({"valid_from": date(2025, 2, 1), "valid_until": date(2025, 1, 1)}, "valid_until", "lebih awal"),
        ({"document_date": date(2999, 1, 1)}, "document_date", "belum tiba"),
        ({"document_date": date(202, 1, 1)}, "document_date", "terlalu lama"),
        ({"years": [1999]}, "years", "Tahun 1999 tidak mungkin"),
        ({"years": [2024, 2999]}, "years", "Tahun 2999 tidak mungkin"),
        ({"kind": "resep"}, "kind", "tidak ada dalam instrumen"),
        ({"title": " \n"}, "title", "Judul belum diisi"),
        ({"title": "x" * 201}, "title", "paling panjang 200 huruf"),
        ({"number": "x" * 121}, "number", "paling panjang 120 huruf"),
        ({"description": "x" * 1001}, "description", "sekarang 1001"),
    ],
)
def test_nonsense_is_refused_at_its_part(document, by, parts, field, reason):
    with pytest.raises(DescriptionRefused, match=reason) as refused:
        describing.describe(evidence=document, by=by, **parts)
    assert refused.value.field == field
    assert Evidence.objects.get().title == "SK"
    assert not described().exists()


def test_an_unknown_part_is_a_mistake_of_ours(document, by):
    with pytest.raises(TypeError):
        describing.describe(evidence=document, by=by, colour="biru")


def test_next_year_is_possible(document, by):
    year = clock.now().year + 1
    assert describing.describe(evidence=document, by=by, years=[year, 2000, year]).years == [2000, year]


def test_the_title_is_fixed_once_handed_in_the_rest_is_not(document, by, evaluation):
    submit(evaluation, by)
    with pytest.raises(Refused, match="berstatus Diajukan"):
        describing.describe(evidence=document, by=by, years=[2025])
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.FILLING, submitted_at=None, submitted_by=None
    )
    store_result(evaluation, stage=Stage.EM, by=by)
    with pytest.raises(DescriptionRefused, match="judulnya tetap"):
        describing.describe(evidence=document, by=by, title="Lain", years=[2025])
    assert Evidence.objects.get().years == []
    assert describing.describe(evidence=document, by=by, title="SK", years=[2025]).years == [2025]


def test_when_the_time_is_over_nothing_can_be_described(document, by):
    with clock.at(clock.now() + timedelta(days=400)), pytest.raises(Refused, match="sudah ditutup"):
        describing.describe(evidence=document, by=by, years=[2025])


@pytest.mark.parametrize(
    "who", ["contributor_health_tabalong", "leader_tabalong", "coordinator_tanahbumbu", "verifier_kalsel"]
)
def test_who_may_not(document, cast, who):
    with pytest.raises(Refused):
        describing.describe(evidence=document, by=getattr(cast, who), years=[2025])
    assert Evidence.objects.get().years == []


def test_years_are_put_and_taken_one_by_one(document, by):
    assert describing.mark_years(evidence=document, add=[2025], by=by).years == [2025]
    assert describing.mark_years(evidence=document, add=[2024, 2025], by=by).years == [2024, 2025]
    assert describing.mark_years(evidence=document, drop=[2025, 2000], by=by).years == [2024]
    assert described().count() == 3


# Proposals


def test_the_text_proposes_what_is_empty(document, by):
    as_read(
        document.current_files[0],
        "teks",
        number_clue="463/12",
        date_clue=date(2025, 1, 12),
        year_clues=[2025],
    )
    assert describing.proposal(document).words == "nomor 463/12, 12 Januari 2025, tahun 2025"
    row = describing.adopt(evidence=document, by=by)
    assert (row.number, row.document_date, row.years) == ("463/12", date(2025, 1, 12), [2025])
    assert describing.proposal(Evidence.objects.get()) is None
    describing.adopt(evidence=document, by=by)
    assert described().count() == 1


def test_a_proposal_overwrites_nothing(document, by):
    as_read(
        document.current_files[0], "teks", number_clue="463/12", taken_on=date(2025, 5, 1), year_clues=[2024]
    )
    describing.describe(evidence=document, by=by, number="7", years=[2025])
    row = describing.adopt(evidence=document, by=by)
    assert (row.number, row.document_date, row.years) == ("7", date(2025, 5, 1), [2025])


def test_nothing_is_proposed_that_could_not_be_kept(document):
    ahead = (clock.now() + timedelta(days=30)).date()
    as_read(document.current_files[0], "teks", date_clue=ahead, year_clues=[1998, 2200])
    assert describing.proposal(document) is None


@pytest.mark.parametrize(("hour", "found"), [(23, None), (1, date(2026, 7, 2))])
def test_a_document_of_today_is_proposed_from_the_districts_own_midnight_on(document, hour, found):
    """At one o'clock in Tabalong it is the day before in UTC."""
    as_read(document.current_files[0], "teks", date_clue=date(2026, 7, 2))
    day = date(2026, 7, 1) if hour == 23 else date(2026, 7, 2)
    with clock.at(datetime.combine(day, time(hour), tzinfo=ZoneInfo("Asia/Makassar"))):
        proposed = describing.proposal(document)
    assert (proposed.parts["document_date"] if proposed else None) == found


def test_an_unread_file_proposes_nothing(document):
    assert describing.proposal(document) is None


# Several at once


def test_several_get_the_same_and_keep_their_own_years(evaluation, by):
    one, two = (
        shelved(evaluation, title, by=by, years=years) for title, years in (("A", [2023]), ("B", [2025]))
    )
    changed = describing.describe_many(
        documents=[one, two], years=[2025], kind="", issuer="Dinas Kesehatan", by=by
    )
    assert changed == 2
    rows = {row.title: row for row in Evidence.objects.all()}
    assert (rows["A"].years, rows["B"].years) == ([2023, 2025], [2025])
    assert {row.issuer for row in rows.values()} == {"Dinas Kesehatan"}
    assert describing.describe_many(documents=[one, two], years=[2025], by=by) == 0


def test_all_or_none(evaluation, by, cast):
    mine = shelved(evaluation, "Milik saya", by=cast.contributor_health_tabalong)
    theirs = shelved(evaluation, "Milik lain", by=by)
    with pytest.raises(Refused):
        describing.describe_many(documents=[mine, theirs], years=[2025], by=cast.contributor_health_tabalong)
    assert not Evidence.objects.exclude(years=[]).exists()
    with pytest.raises(DescriptionRefused, match="Centang"):
        describing.describe_many(documents=[], years=[2025], by=by)
    with pytest.raises(DescriptionRefused, match="Isi tahun"):
        describing.describe_many(documents=[theirs], by=by)
