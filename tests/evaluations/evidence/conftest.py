"""A private storage of their own for the tests of data dukung, and files to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.models import Evaluation, Evidence, EvidenceLink
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from tests.evaluations.evidence import corpus

HEALTH = "12.1"
"""A question of the health agency; the registry's contributor has no part in it."""


def every_question(evaluation: Evaluation) -> Iterable[QuestionSpec]:
    return loaded(evaluation.edition.instrument).spec.questions()


@pytest.fixture(autouse=True)
def evidence_folder(settings, tmp_path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    return tmp_path


@pytest.fixture
def on_disk(evidence_folder) -> Callable[[], list[str]]:
    """Every file in the evidence storage."""
    return lambda: sorted(
        str(p.relative_to(evidence_folder)) for p in evidence_folder.rglob("*") if p.is_file()
    )


@pytest.fixture
def nothing_left(db, on_disk) -> Callable[[], None]:
    """Asserts that neither a row nor a file came about."""

    def check() -> None:
        assert on_disk() == []
        assert not Evidence.objects.exists()
        assert not EvidenceLink.objects.exists()

    return check


@pytest.fixture
def upload() -> Callable[..., SimpleUploadedFile]:
    """``upload("sk.pdf")``: a good PDF, unlike any other unless ``mark`` repeats."""
    made = iter(range(1_000_000))

    def make(name: str = "laporan.pdf", data: bytes | None = None, mark: str = "") -> SimpleUploadedFile:
        content = corpus.pdf(mark=mark or f"nomor {next(made)}") if data is None else data
        return SimpleUploadedFile(name, content, "application/octet-stream")

    return make
