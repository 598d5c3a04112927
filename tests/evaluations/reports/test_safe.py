"""The safe score on paper: values, words, key."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from evaluations.domain import documents
from evaluations.domain.evidence import readiness
from evaluations.models import Evaluation
from evaluations.reports.data import build_district_report
from evaluations.reports.pdf import district_report_pdf
from evaluations.reports.safe import build_safe_part
from evaluations.scoring.score import digest, tree_from_dict
from tests.evaluations.domain.claims import ONE_OF_EACH, fresh, hand_in, save
from tests.evaluations.evidence.raising import fill_slots
from tests.evaluations.reports import build


@pytest.fixture(scope="module")
def taken():
    return build.snapshot()


def report(taken, unready):
    return build_district_report(
        snapshot=taken,
        instrument=build.instrument(),
        digest=digest(taken),
        letterhead=build.LETTERHEAD,
        receipt_number=build.RECEIPT,
        unready=unready,
    )


def test_what_is_lost_and_what_is_left(taken):
    tree = tree_from_dict(taken["score"])
    points = {q.code: q.points for q in tree.questions()}
    part = build_safe_part(tree, build.instrument(), {"1.1": ["slot.1"], "12.1": ["expired", "undated"]})
    assert [(row.code, row.points) for row in part.lost] == [("1.1", points["1.1"]), ("12.1", points["12.1"])]
    assert part.total == tree.total - points["1.1"] - points["12.1"]
    assert part.lost[1].reasons == ("dokumen lewat masa berlaku", "dokumen belum diisi tahunnya")


def test_an_answer_without_points_loses_nothing():
    tree = tree_from_dict(build.snapshot(answers={"1.1": {"option": 5}})["score"])
    part = build_safe_part(tree, build.instrument(), {"1.1": ["slot.1"]})
    assert (part.lost, part.total) == ((), Decimal("0.00"))


def test_nothing_kept_nothing_said(taken):
    assert report(taken, None).safe is None
    assert report(taken, {}).safe.lost == ()


def test_the_key_changes_with_the_reasons(taken):
    keys = [
        documents.district_document(report(taken, unready)).key
        for unready in (None, {}, {"1.1": ["slot.1"]}, {"1.1": ["undated"]}, {"1.1": ["slot.1"]})
    ]
    assert keys[2] == keys[4]
    assert len(set(keys)) == 4


def test_it_is_printed_with_its_reasons(taken):
    small = build.snapshot(answers={"1.1": {"option": 0}, "12.1": {"numerator": "99", "denominator": "100"}})
    pages = PdfReader(
        BytesIO(district_report_pdf(report(small, {"1.1": ["slot.1"], "12.1": ["expired"]})))
    ).pages
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    assert "Nilai aman 0,00, Inisiasi" in text
    assert "Belum dihitung aman: 2 jawaban" in text
    assert "Dokumen lewat masa berlaku" in text
    assert "Data dukung wajib kosong:" in text


def test_draft_and_submitted_take_their_own(evaluation: Evaluation, cast):
    by = cast.coordinator_tabalong
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    save(evaluation, "1.1", {"option": 0}, by=by)
    fill_slots(evaluation, "12.1", by=by)
    assert documents.draft_report(fresh(evaluation)).safe.total == 2
    result = hand_in(evaluation, by=by)
    evaluation.evidence_links.update(removed_at=result.taken_at, removed_by=by)
    readiness.refresh(fresh(evaluation))
    assert documents.draft_report(fresh(evaluation)).safe.total == 0
    result.evaluation = fresh(evaluation)
    assert documents.result_report(result).safe.total == result.safe_total == 2
