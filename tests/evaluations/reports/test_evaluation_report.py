"""The Laporan Hasil Evaluasi: its chapters, its numbers, and the same frozen values twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from evaluations.reports.evaluation_report import LOST_SHOWN
from evaluations.reports.keys import report_key
from evaluations.reports.pdf import evaluation_report_pdf
from kla_portal.indonesian import angka
from tests.evaluations.reports import build, tags
from tests.evaluations.reports import papers_build as papers
from tests.evaluations.reports.test_pdf import EVIL, Printed, fonts, squeeze


@pytest.fixture(scope="module")
def whole():
    return papers.whole_way()


@pytest.fixture(scope="module")
def printed(whole):
    return Printed(evaluation_report_pdf(whole, papers.SEAL))


# The values


def test_the_stages_end_with_the_result(whole):
    assert [part.code for part in whole.stages.stages] == ["EM", "VA", "VL", "VF"]
    assert whole.stages.stages[-1].total == whole.district.tree.total
    em, va = build.snapshot(), papers.verified(build.snapshot(), "va", {"1.1": None})
    with pytest.raises(ValueError, match="do not end"):
        papers.evaluation_report(em, va, district=papers.district(em))


def test_the_notes_add_up_to_what_was_not_won(whole):
    assert sum(part.weight - part.lost_total for part in whole.notes) == whole.district.tree.total_exact
    for part, entry in zip(whole.notes, whole.district.clusters, strict=True):
        questions = [question for indicator in entry.indicators for question in indicator.questions]
        short = [question for question in questions if question.points < question.weight]
        assert part.lost_count == len(short)
        assert len(part.lost) <= LOST_SHOWN
        named = {line.code for line in part.changed} | {row.code for row in part.lost}
        assert part.more == len([question for question in short if question.code not in named])


def test_lost_points_begin_with_the_most(whole):
    for part in whole.notes:
        lost = [row.lost for row in part.lost]
        assert lost == sorted(lost, reverse=True)
        assert not {row.code for row in part.lost} & {line.code for line in part.changed}, "named once"


def test_an_unanswered_question_lost_its_points_for_that_reason():
    report = papers.evaluation_report(build.snapshot(answers={}))
    reasons = {row.reason for part in report.notes for row in part.lost}
    assert reasons == {"Belum dijawab."}
    assert sum(part.lost_total for part in report.notes) == 1000


def test_a_full_score_leaves_nothing_to_note():
    best = {q.code: build.best_answer(q.rule) for q in build.instrument().questions()}
    report = papers.evaluation_report(build.snapshot(answers=best), advice=None)
    assert [part.lost for part in report.notes] == [()] * 7
    assert {row.percent for row in report.sums} == {Decimal(100)}


def test_the_key_changes_with_all_that_is_printed(whole):
    def key(report):
        return report_key("evaluation.pdf", report.payload())

    time = replace(whole.times[0], basis="Lain")
    notes = (replace(whole.notes[0], remark="Lain"), *whole.notes[1:])
    others = [
        replace(whole, advice=None),
        replace(whole, times=(time, *whole.times[1:])),
        replace(whole, notes=notes),
        replace(whole, district=replace(whole.district, receipt_number="lain")),
        replace(whole, stages=papers.stages(build.snapshot())),
    ]
    assert len({key(report) for report in [whole, *others]}) == 6
    assert key(papers.whole_way()) == key(whole)


# The paper


def test_every_chapter_has_its_page_in_the_contents_and_a_bookmark(printed, whole):
    contents = printed.pages[1]
    bookmarks = {one.title for one in _flat(printed.reader.outline)}
    for _, title in whole.contents:
        assert squeeze(title) in squeeze(contents)
        assert title in bookmarks
        at = next(n for n, text in enumerate(printed.pages, 1) if n > 1 and squeeze(title) in squeeze(text))
        if at > 2:
            assert squeeze(f"{title}{at}") in squeeze(contents), title


def _flat(outline):
    for item in outline:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def test_basis_method_and_results_are_there(printed, whole):
    tree = whole.district.tree
    for basis in build.instrument().legal_basis:
        assert squeeze(basis) in printed.squeezed
    assert squeeze("274 pertanyaan dalam 7 klaster") in printed.squeezed
    assert squeeze("Pada 273 pertanyaan hanya nilai maksimumnya yang resmi") in printed.squeezed
    assert angka(tree.total, 2) in printed.pages[0]
    for part in whole.stages.stages:
        assert (
            squeeze(f"{part.name} ({part.code}) {part.predikat.name} {angka(part.total, 2)}")
            in printed.squeezed
        )
    for row in whole.sums:
        points = " ".join(angka(number, whole.stages.places) for number in row.line.points)
        assert squeeze(f"{row.line.name} {angka(row.line.weight)} {points}") in printed.squeezed


def test_notes_recommendations_and_annex_are_there(printed, whole):
    assert squeeze(f"VA Ditolak: {papers.REJECTED}") in printed.squeezed
    assert "Ruanglaktasiditigapuskesmasbarudibangun." in printed.squeezed
    assert squeeze("menetapkan target predikat Utama, yaitu nilai paling sedikit 800,01") in printed.squeezed
    for step in whole.advice.steps:
        assert squeeze(step.title) in printed.squeezed
    for question in build.instrument().questions():
        assert squeeze(f"{question.code} {question.title}") in printed.squeezed
    for time in whole.times:
        assert time.digest in printed.squeezed
    assert "NamadanNIP" in printed.squeezed


def test_it_is_tagged_numbered_sealed_and_final(printed, whole):
    root = printed.reader.trailer["/Root"]
    assert (root["/Lang"], "/StructTreeRoot" in root) == ("id", True)
    assert tags.faults(printed.content) == []
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert printed.reader.metadata.creation_date_raw == "D:20260630155900Z"
    for name, descriptor in fonts(printed.reader).items():
        assert any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")), name
    for number, text in enumerate(printed.pages[1:], 2):
        assert f"Halaman {number} dari {len(printed.pages)}" in text
        assert whole.district.digest in text
    assert papers.SEAL.number in printed.pages[-1]
    assert "KONSEP" not in printed.squeezed


def test_the_first_stage_alone_compares_nothing_and_typed_text_is_not_obeyed():
    advice = papers.advice(2, own=False, reached=Decimal("790"), goal=EVIL)
    report = papers.evaluation_report(remarks={"K0": EVIL}, advice=advice)
    printed = Printed(evaluation_report_pdf(report))
    assert "Nilaitiaptahap" not in printed.squeezed
    assert "Tidakadajawabanyangdiubah" not in printed.squeezed
    assert squeeze("nilai menjadi 790,00, kurang 10,01 poin") in printed.squeezed
    assert printed.squeezed.count(squeeze("<script>alert('x')</script>")) == 2
    assert b"/JavaScript" not in printed.content
