"""The list before submission, from what the checks find: grouped by agency, each point counted once, on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from evaluations.checks import Severity
from evaluations.checks.documents import Concern
from evaluations.domain.papers.gaps import by_agency
from evaluations.reports import gaps
from evaluations.reports.gaps import GapsReport
from evaluations.reports.keys import report_key
from evaluations.reports.pdf import gaps_pdf
from tests.evaluations.checks.read import all_slots, context, share
from tests.evaluations.reports import tags
from tests.evaluations.reports.build import LETTERHEAD
from tests.evaluations.reports.test_pdf import EVIL, Printed, squeeze

HEALTH, SOCIAL = "Dinas Kesehatan", "Dinas Sosial"
CLAIMED, HALF, EMPTY, OTHERS = "12.1", "12.2", "12.3", "4.1"
MOMENT = datetime(2026, 6, 30, 3, tzinfo=UTC)


def warned(*codes: str, title="Rekap <b>", severity=Severity.WARNING, answered=None) -> Concern:
    message = "Masa berlakunya habis. Ganti dokumennya."
    return Concern("expired", severity, message, uuid4(), title, codes, "x", answered)


@pytest.fixture(scope="module")
def read():
    """12.1 claimed for 2 points without its document, 12.2 half filled, 12.3 empty, 4.1 of another agency."""
    values = {CLAIMED: share(92, 100), HALF: {"numerator": "1", "denominator": None}, OTHERS: share(92, 100)}
    slots = frozenset(slot for slot in all_slots() if slot[0] != CLAIMED)
    responsible = dict.fromkeys((CLAIMED, HALF, EMPTY), HEALTH) | {OTHERS: SOCIAL}
    return replace(context(values, filled=slots), responsible=responsible)


def of(name, parts):
    return next(part for part in parts if part.name == name)


def report(agencies, **more) -> GapsReport:
    values = {
        "district_code": "63.09",
        "district_name": "Kabupaten Tabalong",
        "province_name": "Kalimantan Selatan",
        "edition_name": "Evaluasi KLA 2026",
        "agencies": tuple(agencies),
        "partial": False,
        "claim": Decimal("4.00"),
        "closes_at": MOMENT,
        "printed_at": MOMENT,
        "zone": ZoneInfo("Asia/Makassar"),
        "letterhead": LETTERHEAD,
    }
    return GapsReport(**values | more)


def test_each_kind_stands_under_its_heading_at_the_agency_that_answers(read):
    part = of(HEALTH, by_agency(read, [warned(CLAIMED)]))
    assert [(group.name, [item.codes for item in group.items]) for group in part.groups] == [
        ("Jawaban belum lengkap", [(HALF,)]),
        ("Belum dijawab", [(EMPTY,)]),
        ("Data dukung wajib belum ada", [(CLAIMED,)]),
        ("Peringatan dokumen", [(CLAIMED,)]),
    ]
    assert part.counts == (1, 1, 1, 1, 0)
    assert [item.must for item in part.items if item.kind == gaps.INCOMPLETE] == [True]
    assert of(gaps.NOBODY, by_agency(read, [])).counts[1] > 200


def test_points_to_win_and_points_in_danger_are_counted_once(read):
    """12.1 lacks its document and carries two warnings: its 2 points are in danger once."""
    spec = read.instrument.by_code
    part = of(HEALTH, by_agency(read, [warned(CLAIMED), warned(CLAIMED, title="Lain")]))
    assert part.risk == read.points[CLAIMED].points == 2
    assert part.gain == spec[HALF].weight + spec[EMPTY].weight


def test_a_document_at_two_agencies_is_on_both_lists_each_with_its_own_points(read):
    parts = by_agency(read, [warned(OTHERS, CLAIMED)])
    items = {
        name: [item for item in of(name, parts).items if item.kind == gaps.DOCUMENTS]
        for name in (HEALTH, SOCIAL)
    }
    assert {name: [item.codes for item in found] for name, found in items.items()} == {
        HEALTH: [(CLAIMED,)],
        SOCIAL: [(OTHERS,)],
    }
    assert items[SOCIAL][0].points == read.points[OTHERS].points


def test_answered_warnings_and_notes_are_left_out(read):
    said = [warned(CLAIMED, answered=object()), warned(CLAIMED, severity=Severity.NOTE)]
    assert of(HEALTH, by_agency(read, said)).counts[3] == 0


def test_a_document_of_a_sensitive_question_is_not_named(read):
    code = next(q.code for q in read.instrument.questions() if q.sensitive)
    secret = warned(code, CLAIMED, title="Berkas anak bernama Budi")
    titles = [i.title for part in by_agency(read, [secret]) for i in part.items if i.kind == gaps.DOCUMENTS]
    assert titles == ["Dokumen dilindungi"] * 2


def test_an_agencys_own_list_has_nothing_of_others(read):
    parts = by_agency(read, [warned(OTHERS, CLAIMED)], {CLAIMED, HALF, EMPTY})
    assert [part.name for part in parts] == [HEALTH]
    assert {code for item in parts[0].items for code in item.codes} == {CLAIMED, HALF, EMPTY}


def test_sums_over_all_agencies(read):
    every = report(by_agency(read, []))
    assert every.must == 1
    assert every.count == sum(every.counts)
    assert every.gain == every.agencies[0].gain + sum(part.gain for part in every.agencies[1:])
    assert report(()).gain == 0


def test_the_same_list_on_the_same_day_is_the_same_file(read):
    parts = by_agency(read, [])
    key = report_key("return.pdf", report(parts).payload())
    assert report_key("return.pdf", report(parts, printed_at=MOMENT + timedelta(hours=2)).payload()) == key
    for other in (
        report(parts, printed_at=MOMENT + timedelta(days=1)),
        report(parts[:1]),
        report(parts, claim=None),
        report(parts, closes_at=None),
    ):
        assert report_key("return.pdf", other.payload()) != key


def test_on_paper_each_agency_begins_a_page(read):
    parts = by_agency(read, [warned(CLAIMED, OTHERS, title=EVIL)], {CLAIMED, HALF, EMPTY, OTHERS})
    printed = Printed(gaps_pdf(report(parts)))
    assert tags.faults(printed.content) == []
    assert len(printed.pages) == 3
    first, health, social = (squeeze(page) for page in printed.pages)
    assert "Ajukansebelum30Juni202611.00WITA" in first
    assert "1harusdiperbaiki" in first
    assert "butir" not in first + health
    assert "Yangkurang5temuan" in first
    assert "5temuan" not in health
    assert "Daftarkerja,bukanlaporanresmi" in first
    assert health.count("DinasKesehatan") == 1
    assert "DinasSosial" not in health
    assert squeeze(EVIL) in health
    assert "4.1" in social


def test_an_empty_list_says_so_and_what_next():
    printed = Printed(gaps_pdf(report((), closes_at=None)))
    assert len(printed.pages) == 1
    assert squeeze("Tidak ada kekurangan yang ditemukan") in squeeze(printed.pages[0])
