"""What counts as the same portal, and which files belong to it."""

from __future__ import annotations

import copy

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from evaluations.models import EvidenceFile, Stage, StageResult, StoredReport
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.operations.backup import content
from kla_portal.operations.backup.content import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(cast):
    with transaction.atomic():
        return record(EventAction.EDITION_CHANGED, by=cast.admin_national, subject="uji")


@pytest.fixture
def result(evaluation, cast):
    """Its digest is not its snapshot's."""
    return StageResult.objects.create(
        evaluation=evaluation, stage=Stage.EM, total="612.40", predikat="madya", clusters={}, snapshot={"a": 1},
        instrument_digest="a" * 64, digest="b" * 64, receipt_number="UJI-1", taken_at=timezone.now(),
        taken_by=cast.coordinator_tabalong,
    )  # fmt: skip


def without_trigger(name, table):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def test_the_facts_name_rows_chains_migrations_and_guards(event):
    facts = content.facts()
    assert facts["tables"]["accounts_user"] == 1
    assert facts["tables"]["regions_province"] == 38
    assert facts["chains"]["umum"] == [event.number, event.hash]
    assert "0001_initial" in facts["migrations"]["operations"]
    assert "events_event_append_only_update" in facts["triggers"]
    assert facts["results"] == {}
    assert facts["faults"] == []
    assert content.differences(facts, copy.deepcopy(facts)) == []


def test_what_no_backup_holds_counts_as_none(db):
    Session.objects.create(session_key="k", session_data="d", expire_date=timezone.now())
    assert content.rows_of("django_session") == 1
    assert content.tables()["django_session"] == 0
    assert set(content.left_out()) >= {
        "accounts_signedinsession", "axes_accessattempt", "django_session", "evaluations_upload", "evaluations_uploadpiece",
    }  # fmt: skip
    assert set(content.left_out()) <= set(content.tables())


def test_a_table_that_is_not_there_has_no_rows(db):
    assert content.rows_of("tidak_ada") == 0


def test_a_rewritten_event_and_a_snapshot_with_another_digest_are_faults(event, result):
    assert content.faults() == ["hasil UJI-1: isi tidak cocok dengan sidiknya"]
    without_trigger("events_event_append_only_update", "events_event")
    type(event).objects.filter(pk=event.pk).update(subject="lain")
    assert "umum#" in content.faults()[0]
    assert "events_event_append_only_update" not in content.triggers()


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("tables", {"a": 2}, "jumlah baris tidak sama: a"),
        ("tables", {"a": 1, "b": 0}, "jumlah baris tidak sama: b"),
        ("chains", {"umum": [1, "g"]}, "rantai catatan kejadian tidak sama: umum"),
        ("results", {}, "hasil tahap tidak sama: R1"),
        ("triggers", [], "pelindung (trigger) tidak sama: t"),
        ("faults", ["umum#1: isi berubah"], "pemeriksaan isi tidak sama: umum#1: isi berubah"),
        ("migrations", {"app": ["0001", "0002"]}, "migrasi tidak sama: app"),
    ],
)
def test_each_difference_has_a_line(part, value, said):
    before = {
        "migrations": {"app": ["0001"]}, "tables": {"a": 1}, "chains": {"umum": [1, "h"]}, "results": {"R1": "d"},
        "triggers": ["t"], "faults": [],
    }  # fmt: skip
    assert content.differences(before, before | {part: value}) == [said]


def test_the_files_are_those_that_rows_name(evaluation, cast):
    by, now = cast.coordinator_tabalong, timezone.now()
    document = evaluation.district.evidence.create(form="file", title="SK", added_at=now, added_by=by)
    EvidenceFile.objects.create(
        evidence=document, filename="sk.pdf", content_type="application/pdf", size=7, sha256="c" * 64,
        source_sha256="c" * 64, storage_name="evidence/ab/sk.pdf", added_at=now, added_by=by,
    )  # fmt: skip
    StoredReport.objects.create(
        kind="card", key="k" * 64, content_type="application/pdf", storage_name="card/1.pdf", sha256="e" * 64, size=9,
        created_at=now,
    )  # fmt: skip
    upload = evaluation.uploads.create(by=by, path="x", size=9, received=5, started_at=now, touched_at=now)
    upload.pieces.create(offset=0, size=5, storage_name="incoming/ab/x")
    assert list(content.files()) == [
        Wanted("evidence", "evidence/ab/sk.pdf", "c" * 64, 7),
        Wanted("reports", "card/1.pdf", "e" * 64, 9),
    ]
    assert content.is_named("evidence", "evidence/ab/sk.pdf")
    assert content.is_named("reports", "card/1.pdf")
    assert not content.is_named("evidence", "card/1.pdf")
    assert not content.is_named("reports", "evidence/ab/sk.pdf")
