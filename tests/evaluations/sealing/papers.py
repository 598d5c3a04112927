"""Stored papers for the tests, without printing them."""

from __future__ import annotations

import hashlib
from itertools import count
from pathlib import Path

import pytest

from evaluations.domain.sealing.about import about_evaluation
from evaluations.models import StoredReport
from evaluations.reports.seal import new_code
from kla_portal import clock

_numbers = count(1)


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """Where this test's reports are stored."""
    settings.STORAGES = {
        **settings.STORAGES,
        "reports": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "laporan", "base_url": None},
        },
    }
    return tmp_path / "laporan"


def stored(
    evaluation, content: bytes = b"%PDF isi", *, series="district:uji", number=None, **said
) -> StoredReport:
    """A paper of an evaluation as it would be kept; ``number=""``: a table. ``said`` goes to ``about``."""
    at = next(_numbers)
    number = f"KLA/2026/63.09/LAPORAN/{at:04}" if number is None else number
    return StoredReport.objects.create(
        kind="district",
        key=hashlib.sha256(str(at).encode()).hexdigest(),
        content_type="application/pdf",
        storage_name=f"district/{at}.pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        series=series if number else "",
        number=number,
        code=new_code() if number else "",
        title="Laporan Evaluasi Kabupaten/Kota Layak Anak",
        about=dict(about_evaluation(evaluation, taken_at=clock.now(), **({"stage": "em"} | said))),
        created_at=clock.now(),
    )
