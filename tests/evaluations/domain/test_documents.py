"""Rendered files: made once, served again, and never half stored."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction

from evaluations.domain import documents
from evaluations.domain.documents import Document
from evaluations.models import ReportKind, Stage, StoredReport
from evaluations.reports.data import SnapshotMismatch
from kla_portal import clock
from kla_portal.events.models import Event, EventAction
from kla_portal.regions.models import Province
from tests.cast import KALSEL, TABALONG
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, hand_in, result, save

CONTENT = b"isi laporan"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "reports": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Press:
    """Counts how often it prints."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self.content, self.runs = content, 0

    def __call__(self, seal) -> bytes:
        assert seal is None, "without a series nothing is sealed"
        self.runs += 1
        return self.content


def document(press, payload: object = "sama", form: str = "pdf", kind: str = ReportKind.RANKING) -> Document:
    return Document(kind, form, payload, press, district=TABALONG)


def test_it_is_rendered_once_and_served_again(folder, cast):
    press = Press()
    assert document(press).stored() is None
    first = document(press).ensure(by=cast.admin_kalsel)
    second = document(press).ensure(by=cast.verifier_kalsel)
    assert (press.runs, first.pk) == (1, second.pk)
    assert StoredReport.objects.count() == 1
    assert document(press).stored() == first
    assert (first.sha256, first.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert first.created_by == cast.admin_kalsel
    assert first.content_type == "application/pdf"
    with storages["reports"].open(first.storage_name) as file:
        assert file.read() == CONTENT
    assert len(files(folder)) == 1


def test_the_event_names_the_file_by_its_hash(cast):
    report = document(Press()).ensure(by=cast.admin_kalsel)
    event = Event.objects.get(action=EventAction.REPORT_STORED)
    assert event.data == {"kind": "ranking", "form": "pdf", "sha256": report.sha256}
    assert (event.by, event.district_id) == (cast.admin_kalsel, TABALONG)


def test_another_content_form_or_kind_is_another_file(folder, cast):
    by = cast.admin_kalsel
    reports = [
        document(Press()).ensure(by=by),
        document(Press(), payload="lain").ensure(by=by),
        document(Press(), form="xlsx").ensure(by=by),
        document(Press(), kind=ReportKind.DISTRICT).ensure(by=by),
    ]
    assert len({report.key for report in reports}) == 4
    assert len(files(folder)) == 4


def nothing_is_kept(folder) -> None:
    assert files(folder) == []
    assert not StoredReport.objects.exists()
    assert not Event.objects.filter(action=EventAction.REPORT_STORED).exists()


def test_a_failed_rendering_leaves_nothing(folder, cast):
    def fail(seal) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        document(fail).ensure(by=cast.admin_kalsel)
    nothing_is_kept(folder)


def test_a_full_disk_leaves_nothing(folder, cast, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storages["reports"]), "save", full)
    with pytest.raises(documents.NotKept, match="penuh; laporan ini belum tersimpan"):
        document(Press()).ensure(by=cast.admin_kalsel)
    nothing_is_kept(folder)


def test_a_row_that_does_not_come_about_takes_its_file_along(folder, cast, monkeypatch):
    monkeypatch.setattr(documents, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        document(Press()).ensure(by=cast.admin_kalsel)
    nothing_is_kept(folder)


def test_an_empty_file_is_not_kept(folder, cast):
    with pytest.raises((IntegrityError, StoredReport.DoesNotExist)):
        document(Press(b"")).ensure(by=cast.admin_kalsel)
    nothing_is_kept(folder)


def test_of_two_who_render_at_once_the_first_to_store_wins(folder, cast):
    other = Press(b"yang lebih cepat")

    def overtaken(seal) -> bytes:
        document(other).ensure(by=cast.verifier_kalsel)
        return CONTENT

    kept = document(overtaken).ensure(by=cast.admin_kalsel)
    assert kept.created_by == cast.verifier_kalsel
    assert StoredReport.objects.count() == 1
    (file,) = files(folder)
    assert file.read_bytes() == b"yang lebih cepat"
    assert kept.sha256 == hashlib.sha256(b"yang lebih cepat").hexdigest()


def test_no_transaction_is_open_while_it_renders(cast, monkeypatch):
    """Nothing is locked then: the depth of transactions is the caller's own, and no row was locked."""
    depths, locked = [], []
    seen = connection.savepoint_ids.copy()
    atomic = transaction.atomic

    def watched(*args, **kwargs):
        locked.append(len(depths))
        return atomic(*args, **kwargs)

    def render(seal) -> bytes:
        depths.append(connection.savepoint_ids.copy())
        return CONTENT

    monkeypatch.setattr(documents.transaction, "atomic", watched)
    document(render).ensure(by=cast.admin_kalsel)
    assert depths == [seen]
    assert locked
    assert min(locked) == 1, "the transaction begins after the rendering"


# Of real content


@pytest.fixture
def stored(evaluation, cast):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    return hand_in(evaluation, by=cast.coordinator_tabalong)


def test_report_and_receipt_of_a_result_are_two_files_of_one_digest(stored):
    report = documents.result_report(stored)
    district, receipt = documents.district_document(report), documents.receipt_document(report)
    assert (report.digest, report.receipt_number) == (stored.digest, "EM/2026/63.09/01")
    assert (district.kind, receipt.kind) == (ReportKind.DISTRICT, ReportKind.RECEIPT)
    assert district.key != receipt.key
    assert district.district == TABALONG
    assert documents.district_document(documents.result_report(stored)).key == district.key


def test_a_snapshot_that_was_tampered_with_is_not_printed(stored):
    stored.snapshot["score"]["total"] = "999.00"
    with pytest.raises(SnapshotMismatch):
        documents.result_report(stored)


def test_a_draft_stays_the_same_until_something_changes(evaluation, cast):
    def key() -> str:
        evaluation.refresh_from_db()
        return documents.district_document(documents.draft_report(evaluation)).key

    untouched = key()
    assert key() == untouched
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    touched = key()
    assert touched != untouched
    assert key() == touched
    assert documents.draft_report(evaluation).draft


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_a_ranking_as_a_table(edition, evaluation, cast, form, begins):
    result(evaluation, "955.25", by=cast.admin_kalsel)
    province = Province.objects.get(pk=KALSEL)
    report = documents.ranking_document_of(edition, Stage.EM, province, form).ensure(by=cast.admin_kalsel)
    assert report.content_type == documents.CONTENT_TYPES[form]
    with storages["reports"].open(report.storage_name) as file:
        content = file.read()
    assert content.startswith(begins)
    if form == "csv":
        assert "Kabupaten Tabalong" in content.decode("utf-8-sig")
        assert "955,25" in content.decode("utf-8-sig") or "955.25" in content.decode("utf-8-sig")


def test_a_ranking_of_another_day_is_another_paper(edition, evaluation, cast):
    """The date of printing stands by the signature."""
    result(evaluation, "955.25", by=cast.admin_kalsel)
    province = Province.objects.get(pk=KALSEL)
    today = documents.ranking_document_of(edition, Stage.EM, province, "pdf").key
    assert documents.ranking_document_of(edition, Stage.EM, province, "pdf").key == today
    with clock.at(clock.now() + timedelta(days=1)):
        assert documents.ranking_document_of(edition, Stage.EM, province, "pdf").key != today
