"""An evaluation that was handed in: 1.1 (12 points), 12.1 (3 points) and 2.3 (5 points) are claimed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain import submission
from evaluations.domain.evidence import slots
from evaluations.models import Decision, Stage
from tests.cast import KALSEL
from tests.cast import person as make
from tests.evaluations.cycle import close_va, decide, fresh, save
from tests.evaluations.evidence import corpus

CODES = ["1.1", "2.3", "12.1"]


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    stores = {
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / alias, "base_url": None},
        }
        for alias in ("evidence", "reports")
    }
    settings.STORAGES = {**settings.STORAGES, **stores}


@pytest.fixture
def submitted(evaluation, cast):
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by)
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, by, note="Dari sistem puskesmas.")
    save(evaluation, "2.3", {"value": "6"}, by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    return fresh(evaluation)


@pytest.fixture
def with_papers(evaluation, cast):
    """Before it is handed in: a PDF and a photo for 12.1, a workbook for 1.1."""
    by = cast.coordinator_tabalong

    def put(code, name, data):
        upload = SimpleUploadedFile(name, data, "application/octet-stream")
        return slots.add_file(evaluation=evaluation, code=code, slot_number=1, upload=upload, by=by)

    return {
        "pdf": put("12.1", "rekap.pdf", corpus.pdf()).evidence,
        "photo": put("12.1", "foto.jpeg", corpus.picture("JPEG")).evidence,
        "workbook": put("1.1", "hitungan.xlsx", corpus.workbook()).evidence,
    }


@pytest.fixture
def decided(submitted, cast):
    """Everything accepted at VA."""
    for code in CODES:
        decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
    return fresh(submitted)


@pytest.fixture
def va_closed(decided, cast):
    close_va(decided, cast.verifier_kalsel)
    return fresh(decided)


@pytest.fixture
def colleague(db):
    """Another verifier of the province."""
    return make("verif2.kalsel", "Verifikator Kedua Kalsel", "provincial_verifier", province_id=KALSEL)
