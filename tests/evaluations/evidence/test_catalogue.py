"""Looking for documents: search, filters, counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evaluations.domain.evidence import catalogue
from evaluations.domain.evidence.catalogue import Wanted
from evaluations.models import EvidenceFile
from kla_portal import clock
from kla_portal.accounts.models import Agency
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import as_read, placed, shelved, stand, submit


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def titles(evaluation, by):
    """``titles(status="belum")``: what is found."""

    def find(**wanted):
        return {row.title for row in catalogue.find(evaluation, Wanted(**wanted), by=by)}

    return find


def test_each_row_says_where_it_stands(evaluation, by):
    link = placed(evaluation, "SK", by=by)
    stand(evaluation, link.evidence, HEALTH, 2, by=by)
    stand(evaluation, link.evidence, "12.2", by=by)
    shelved(evaluation, "Sisa", by=by)
    rows = {row.title: row for row in catalogue.find(evaluation, Wanted(), by=by)}
    assert (rows["SK"].link_count, rows["SK"].question_count, rows["SK"].deletable) == (3, 2, False)
    assert (rows["Sisa"].link_count, rows["Sisa"].deletable, rows["Sisa"].handed_in) == (0, True, False)
    submit(evaluation, by)
    rows = {row.title: row for row in catalogue.find(evaluation, Wanted(), by=by)}
    assert rows["SK"].handed_in


def test_words_are_sought_everywhere_also_in_the_text(evaluation, by, titles):
    scan = shelved(evaluation, "Pindaian", by=by, number="463/12/DP3A", issuer="Bupati Tabalong")
    as_read(scan.current_files[0], "MEMUTUSKAN", "gugus tugas Kabupaten Layak Anak")
    other = shelved(evaluation, "Notulen rapat", by=by)
    EvidenceFile.objects.filter(evidence=other).update(filename="daftar hadir.pdf")
    for search in ("463/12", "bupati", "GUGUS layak", "pindai memutuskan"):
        assert titles(search=search) == {"Pindaian"}, search
    assert titles(search="hadir") == titles(search="notulen") == {"Notulen rapat"}
    assert titles(search="gugus notulen") == set()


def test_text_of_a_version_that_was_replaced_is_not_found(evaluation, by, titles):
    document = shelved(evaluation, "Rekap", by=by)
    file = document.current_files[0]
    as_read(file, "versi lama")
    assert titles(search="lama") == {"Rekap"}
    EvidenceFile.objects.filter(pk=file.pk).update(retired_at=clock.now(), retired_by=by)
    assert titles(search="lama") == set()


def test_by_year_kind_question_and_agency(evaluation, by, titles, spec):
    kind = spec.by_code[HEALTH].slots[0].kind
    placed(evaluation, "Rekap", by=by, years=[2024])
    placed(evaluation, "Akta", code="4.1", by=by, kind="photo", document_date=clock.now().date())
    shelved(evaluation, "Perda", by=by, kind="regulation", valid_from="2019-01-01", valid_until="2025-06-30")
    assert titles(year=2024) == {"Rekap", "Perda"}
    assert titles(year=2025) == {"Perda"}
    assert titles(year=clock.now().year) == {"Akta"}
    assert titles(year=2018) == set()
    assert titles(kind="photo") == {"Akta"}
    assert titles(kind=kind) == {"Rekap"}, "a document that does not say its kind has that of its slot"
    assert titles(code=HEALTH) == {"Rekap"}
    assert titles(code="99.9") == set()
    health = Agency.objects.get(district=evaluation.district_id, code="kesehatan")
    assert titles(agency=health.pk) == {"Rekap"}


def test_by_state(evaluation, by, titles):
    today, soon = catalogue.horizon(evaluation)
    day = timedelta(days=1)
    placed(evaluation, "Dipakai", by=by, years=[2025])
    shelved(evaluation, "Lewat", by=by, valid_until=today - day)
    shelved(evaluation, "Hari ini", by=by, valid_until=today)
    shelved(evaluation, "Kelak", by=by, valid_until=soon + day)
    shelved(
        evaluation, "Ditarik", by=by, withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason="Keliru."
    )
    shelved(evaluation, "Dibuang", by=by, discarded_at=clock.now(), discarded_by=by)
    assert titles(status="belum") == {"Lewat", "Hari ini", "Kelak", "Ditarik"}
    assert titles(status="lewat") == {"Lewat"}
    assert titles(status="segera") == {"Hari ini"}
    assert titles(status="tahun") == {"Ditarik"}
    assert titles(status="ditarik") == {"Ditarik"}
    assert titles(status="keranjang") == {"Dibuang"}
    assert "Dibuang" not in titles()
    counts = catalogue.counts(evaluation, by=by)
    assert (counts.documents, counts.unused, counts.expired, counts.expiring) == (5, 4, 1, 1)
    assert counts.used == 5 * 1_234_567, "each content once, nothing of the basket"


def test_soon_reaches_past_the_closing_day(evaluation):
    today, soon = catalogue.horizon(evaluation)
    assert soon == today + timedelta(days=90), "the edition closes in sixty days"


def test_only_among_some(evaluation, by):
    one = shelved(evaluation, "Satu", by=by)
    shelved(evaluation, "Dua", by=by)
    assert list(catalogue.find(evaluation, Wanted(), by=by, among=[one.pk])) == [one]
    assert list(catalogue.find(evaluation, Wanted(), by=by, among=[])) == []


def test_a_contributor_finds_their_part_only(evaluation, by, cast):
    placed(evaluation, "Rekap", by=by)
    akta = placed(evaluation, "Akta rahasia", code="4.1", by=by).evidence
    as_read(akta.current_files[0], "isi rahasia")
    health = cast.contributor_health_tabalong
    assert len(catalogue.find(evaluation, Wanted(search="rahasia"), by=by)) == 1
    assert [row.title for row in catalogue.find(evaluation, Wanted(), by=health)] == ["Rekap"]
    assert not catalogue.find(evaluation, Wanted(search="rahasia"), by=health)
    assert catalogue.counts(evaluation, by=health).documents == 1
