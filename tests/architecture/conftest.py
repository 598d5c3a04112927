"""One of everything in Tabalong, for the tests that walk all addresses."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from tests.architecture.matrix.things import made


@pytest.fixture
def things(evaluation, cast):
    with made(evaluation, cast) as keys:
        yield keys


@pytest.fixture(scope="session")
def lay_database(django_db_setup, django_db_blocker):
    """``lay_database(folder)``: the data folder of another portal gets the suite's own database, nobody in it.

    Migrating takes a process longer than all else it does in a test; what is still missing it applies itself. On
    PostgreSQL nothing is laid: there the process begins with an empty file and applies every migration.
    """

    def lay(folder):
        if connection.vendor != "sqlite":
            return
        with django_db_blocker.unblock():
            connection.ensure_connection()
            with closing(sqlite3.connect(folder / "kla.sqlite3")) as copy:
                connection.connection.backup(copy)

    return lay
