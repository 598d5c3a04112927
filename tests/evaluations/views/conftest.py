"""Folders of their own for what the pages store."""

from __future__ import annotations

import pytest
from django.conf import settings as portal
from django_tasks import task_backends
from django_tasks.backends.dummy import DummyBackend


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.STORAGES = {
        **portal.STORAGES,
        **{
            alias: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path / alias, "base_url": None},
            }
            for alias in ("evidence", "reports")
        },
    }
    return tmp_path


@pytest.fixture
def queue(monkeypatch):
    """Tasks are put down and not run, as they are while a worker is busy. The list of what was put down."""
    backend = DummyBackend(alias="default", params={"QUEUES": ["default", "reports"]})
    real = task_backends["default"]
    task_backends["default"] = backend
    yield backend.results
    task_backends["default"] = real
