"""A portal to be killed: a copy of the suite's data in a database of its own, with people at work in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.endurance.clusters import Cluster
from tests.endurance.hosts import Host


@pytest.fixture(scope="module")
def cluster(django_db_setup, django_db_blocker) -> Iterator[Cluster | None]:
    """``None`` where the suite runs on SQLite: then SQLite is what is killed."""
    if connection.vendor != "postgresql":
        yield None
        return
    with django_db_blocker.unblock():
        own = Cluster()
    yield own
    own.close()


@pytest.fixture(scope="module")
def host(cluster, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Host]:
    folder: Path = tmp_path_factory.mktemp("host")
    if cluster is None:
        with django_db_blocker.unblock(), closing(sqlite3.connect(folder / "kla.sqlite3")) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
    running = Host(folder, cluster.url if cluster else "")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def built(host) -> dict[str, dict[str, object]]:
    """Sessions and evaluations by name."""
    return host.module("building")
