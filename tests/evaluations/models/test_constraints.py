"""The database refuses nonsense: every named constraint, violated once."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from evaluations.models import Edition, Evaluation
from tests.cast import TABALONG, agency
from tests.evaluations.models.rows import Rows, named_in, twice
from tests.evaluations.models.test_planning import VIOLATIONS as PLANNING
from tests.evaluations.models.test_verification import VIOLATIONS as VERIFICATION


def own_previous(rows):
    edition = rows.edition()
    Edition.objects.filter(pk=edition.pk).update(previous=edition)


def same_revision(rows):
    answer = rows.answer()
    rows.revision(answer=answer)
    rows.revision(answer=answer)


def same_slot(rows):
    evidence = rows.evidence()
    rows.link(evidence=evidence)
    rows.link(evidence=evidence)


def same_revision_of_file(rows):
    first = rows.file(retired_at=rows.now, retired_by=rows.user)
    rows.file(evidence=first.evidence)


def two_in_force(rows):
    rows.file(evidence=rows.file().evidence, revision=2)


def same_district(rows):
    Evaluation.objects.create(edition=rows.evaluation.edition, district_id=TABALONG)


VIOLATIONS = {
    "edition_years_in_order": lambda r: r.edition(last_evidence_year=2027),
    "edition_opened_at_and_by": lambda r: r.edition(opened_by=r.user),
    "edition_previous_is_another": own_previous,
    "window_once_per_stage": twice(Rows.window),
    "window_stage_known": lambda r: r.window(stage="xx"),
    "window_closes_after_it_opens": lambda r: r.window(closes_on=date(2026, 7, 1)),
    "evaluation_once_per_district": same_district,
    "evaluation_state_known": lambda r: r.changed(state="lost", submitted_at=r.now, submitted_by=r.user),
    "evaluation_total_in_range": lambda r: r.changed(claimed_total=Decimal("1000.01")),
    "evaluation_submitted_at_by_and_state": lambda r: r.changed(state="submitted", submitted_at=r.now),
    "answer_once_per_question": twice(Rows.answer),
    "answer_version_from_one": lambda r: r.answer(version=0),
    "revision_version_once": same_revision,
    "revision_stage_known": lambda r: r.revision(stage="xx"),
    "revision_source_known": lambda r: r.revision(source="xx"),
    "assignment_once_per_question": twice(Rows.assignment),
    "evidence_is_a_file_or_a_link": lambda r: r.evidence(url="https://contoh.go.id/a"),
    "evidence_has_a_title": lambda r: r.evidence(title=""),
    "evidence_valid_in_order": lambda r: r.evidence(
        valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 1)
    ),
    "evidence_withdrawn_at_by_and_reason": lambda r: r.evidence(withdrawn_at=r.now, withdrawn_by=r.user),
    "evidence_discarded_at_and_by": lambda r: r.evidence(discarded_at=r.now),
    "file_revision_once": same_revision_of_file,
    "file_one_revision_in_force": two_in_force,
    "file_is_complete": lambda r: r.file(size=0),
    "file_scan_known": lambda r: r.file(scan="xx"),
    "file_retired_at_and_by": lambda r: r.file(retired_at=r.now),
    "file_erased_at_by_and_reason": lambda r: r.file(erased_at=r.now, erased_by=r.user),
    "page_text_once": twice(Rows.page_text),
    "page_text_page_counts_from_one": lambda r: r.page_text(page=0),
    "band_once_per_file": twice(Rows.band),
    "concern_answered_once": twice(Rows.concern_answer),
    "concern_answer_has_a_reason": lambda r: r.concern_answer(reason=""),
    "concern_answer_removed_at_and_by": lambda r: r.concern_answer(removed_at=r.now),
    "upload_received_within_size": lambda r: r.upload(state="refused", refusal="Rusak.", received=11),
    "upload_state_known": lambda r: r.upload(state="xx", received=10),
    "upload_complete_unless_receiving": lambda r: r.upload(received=10),
    "upload_refused_with_a_reason": lambda r: r.upload(state="refused"),
    "piece_once_per_offset": twice(Rows.piece, storage_name="ab/2"),
    "piece_is_complete": lambda r: r.piece(size=0),
    "evaluation_safe_total_in_range": lambda r: r.changed(safe_total=Decimal("0.01")),
    "result_safe_total_in_range": lambda r: r.result(safe_total=Decimal(0)),
    "evidence_once_per_slot": same_slot,
    "link_removed_at_and_by_together": lambda r: r.link(removed_at=r.now),
    "report_once_per_key": twice(Rows.report),
    "report_kind_known": lambda r: r.report(kind="xx"),
    "report_not_empty": lambda r: r.report(size=0),
    "result_sequence_once": twice(Rows.result, receipt_number="EM/2"),
    "result_stage_known": lambda r: r.result(stage="xx"),
    "result_total_in_range": lambda r: r.result(total=Decimal("-0.01")),
    "published_once_per_source": twice(Rows.published),
    "published_total_in_range": lambda r: r.published(total=Decimal(1001)),
    "published_says_something": lambda r: r.published(total=None),
    "published_has_a_source": lambda r: r.published(source=""),
}

MORE = {
    "window_closes_after_it_opens": [
        lambda r: r.window(closes_on=date(2026, 6, 30), closes_time=time(23)),
        lambda r: r.window(opens_on=date(2026, 7, 31)),
    ],
    "evaluation_submitted_at_by_and_state": [
        lambda r: r.changed(state="submitted"),
        lambda r: r.changed(submitted_at=r.now, submitted_by=r.user),
        lambda r: r.changed(state="submitted", submitted_by=r.user),
    ],
    "evidence_is_a_file_or_a_link": [
        lambda r: r.evidence(form="xxxx"),
        lambda r: r.web_link(url=""),
    ],
    "evidence_withdrawn_at_by_and_reason": [
        lambda r: r.evidence(withdrawn_reason="Salah unggah"),
        lambda r: r.evidence(withdrawn_at=r.now, withdrawn_reason="Salah unggah"),
    ],
    "evidence_discarded_at_and_by": [lambda r: r.evidence(discarded_by=r.user)],
    "file_is_complete": [
        lambda r: r.file(sha256=""),
        lambda r: r.file(source_sha256=""),
        lambda r: r.file(storage_name=""),
        lambda r: r.file(filename=""),
        lambda r: r.file(content_type=""),
        lambda r: r.file(number=0),
        lambda r: r.file(revision=0),
    ],
    "file_retired_at_and_by": [lambda r: r.file(retired_by=r.user)],
    "file_erased_at_by_and_reason": [lambda r: r.file(erased_reason="Data pribadi.")],
    "concern_answer_removed_at_and_by": [lambda r: r.concern_answer(removed_by=r.user)],
    "upload_received_within_size": [lambda r: r.upload(state="received", size=0)],
    "upload_complete_unless_receiving": [lambda r: r.upload(state="received", received=9)],
    "upload_refused_with_a_reason": [lambda r: r.upload(refusal="Terlalu besar.")],
    "piece_is_complete": [lambda r: r.piece(storage_name="")],
    "evaluation_safe_total_in_range": [lambda r: r.changed(safe_total=Decimal("-0.01"))],
    "result_safe_total_in_range": [
        lambda r: r.result(unready={}),
        lambda r: r.result(safe_total=Decimal(-1), unready={}),
        lambda r: r.result(safe_total=Decimal(1000), unready={}),
    ],
    "link_removed_at_and_by_together": [lambda r: r.link(removed_by=r.user)],
    "result_total_in_range": [lambda r: r.result(total=Decimal("1000.01"))],
    "published_total_in_range": [lambda r: r.published(total=Decimal(-1))],
}


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        pytest.param(name, attempt, id=f"{name}-{number}")
        for name, first in VIOLATIONS.items()
        for number, attempt in enumerate([first, *MORE.get(name, [])])
    ],
)
def test_it_refuses(rows, name, attempt):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        attempt(rows)
    assert named_in(refused.value, name), str(refused.value)


def test_no_constraint_goes_untried():
    named = {
        constraint.name
        for model in apps.get_app_config("evaluations").get_models()
        for constraint in model._meta.constraints
    }
    assert named == set(VIOLATIONS) | set(VERIFICATION) | set(PLANNING)


def test_sound_rows_are_taken(rows):
    """Else the refusals above would prove nothing."""
    rows.edition(previous=rows.evaluation.edition, opened_at=rows.now, opened_by=rows.user)
    rows.edition(code="2031", first_evidence_year=2029, opened_at=rows.now)
    rows.window()
    rows.window(stage="vl", closes_on=date(2026, 7, 1), closes_time=time(8, 1))
    rows.revision()
    second = rows.file(revision=2)
    rows.file(evidence=second.evidence, retired_at=rows.now, retired_by=rows.user)
    rows.file(evidence=second.evidence, number=2, scan="waiting")
    rows.page_text()
    rows.page_text(page=2)
    rows.band()
    rows.concern_answer(removed_at=rows.now, removed_by=rows.user)
    rows.concern_answer()
    rows.upload(received=9)
    rows.upload(state="received", received=10)
    rows.upload(state="refused", refusal="Terlalu besar.", received=3)
    rows.piece()
    rows.piece(offset=5, storage_name="ab/2")
    rows.assignment()
    rows.web_link()
    link = rows.link(removed_at=rows.now, removed_by=rows.user)
    rows.link(evidence=link.evidence)
    rows.result()
    rows.result(sequence=2, total=Decimal(1000), receipt_number="EM/2")
    rows.published()
    rows.published(total=None, predikat="madya", source="Berita lain")
    rows.report()
    rows.changed(claimed_total=Decimal(1000))
    rows.changed(state="submitted", submitted_at=rows.now, submitted_by=rows.user)


def test_a_receipt_number_is_given_once(rows, neighbour_evaluation):
    rows.result()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.result(evaluation=neighbour_evaluation)


@pytest.mark.parametrize("make", [Rows.revision, Rows.result])
def test_history_is_written_once(rows, make):
    row = make(rows)
    later = {"at": rows.now + timedelta(1)} if make is Rows.revision else {"total": Decimal(1)}
    for attempt in (
        lambda: type(row).objects.filter(pk=row.pk).update(**later),
        lambda: type(row).objects.filter(pk=row.pk).delete(),
        row.delete,
    ):
        with pytest.raises(IntegrityError, match="baris riwayat"), transaction.atomic():
            attempt()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_what_something_refers_to_stays(rows):
    """People, districts, agencies and questions are not deleted under an evaluation."""
    rows.answer()
    rows.assignment()
    for row in (rows.user, rows.evaluation.district, agency(TABALONG, "polres"), rows.evaluation.edition):
        with pytest.raises(ProtectedError):
            row.delete()
