"""The migrations make the models' tables, and they can be run from nothing."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader

OWN = {"regions", "events", "accounts", "operations", "indicators", "evaluations"}


def test_no_migration_is_missing(db):
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    assert "No changes detected" in said.getvalue() or "Tidak ada perubahan" in said.getvalue()


def test_all_are_applied_and_each_app_has_one_end(db):
    loader = MigrationLoader(connection)
    assert loader.detect_conflicts() == {}
    assert {app for app, _ in loader.disk_migrations} >= OWN
    applied = set(loader.applied_migrations)
    assert set(loader.disk_migrations) <= applied


@pytest.mark.parametrize("app", sorted(OWN))
def test_each_can_be_taken_back_in_plan(app):
    """A RunPython without a way back would stop an operator in the middle of a downgrade."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    own = [migration for (label, _), migration in loader.disk_migrations.items() if label == app]
    assert own
    for migration in own:
        for operation in migration.operations:
            assert operation.reversible, f"{migration}: {operation.describe()}"


@pytest.mark.parametrize("app", sorted(OWN))
def test_the_first_makes_every_table_whole(app):
    """With columns, indexes and constraints at once: each one added later makes SQLite build the table again."""
    first = MigrationLoader(None, ignore_no_migrations=True).disk_migrations[app, "0001_initial"]
    assert first.operations
    assert [type(operation) for operation in first.operations] == [CreateModel] * len(first.operations)
