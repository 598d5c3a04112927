"""A process that ends between a paper's file and its row leaves a file: ``verify_evidence`` names and removes it."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command

from evaluations.domain.documents import Document
from evaluations.domain.evidence import custody
from evaluations.models import ReportKind, StoredReport
from kla_portal import clock
from tests.cast import TABALONG

DAY = timedelta(days=1)


class Killed(BaseException):
    """What no handler of the portal catches, as nothing runs after a kill."""


@pytest.fixture
def reports(settings, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("laporan")
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "reports": place}
    return folder


@pytest.fixture
def killed(reports, db, monkeypatch):
    """``killed()``: the name of the file that a printing left which ended before its row."""

    def run() -> str:
        def end(*args: object) -> None:
            raise Killed

        before = set(reports.rglob("*.pdf"))
        with monkeypatch.context() as patch:
            patch.setattr(Document, "_keep", end)
            with pytest.raises(Killed):
                Document(ReportKind.CARD, "pdf", "x", lambda seal: b"rapor").ensure(by=None)
        (left,) = set(reports.rglob("*.pdf")) - before
        return str(left.relative_to(reports))

    return run


@pytest.fixture
def kept(reports, db) -> StoredReport:
    return Document(ReportKind.CARD, "pdf", "y", lambda seal: b"rapor lain").ensure(by=None)


def aged(reports: Path, name: str, days: int = 3) -> str:
    then = (clock.now() - days * DAY).timestamp()
    os.utime(reports / name, (then, then))
    return name


def verify(**options: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_evidence", stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_it_is_named_and_stays(reports, killed, kept):
    name = aged(reports, killed())
    aged(reports, kept.storage_name)
    assert verify()[::2] == (1, f"yatim: reports/{name}\n")
    assert (reports / name).exists()
    assert verify(older_than_days=5)[0] == 0


def test_it_is_removed_when_told_so_and_the_kept_paper_stays(reports, killed, kept):
    name = aged(reports, killed())
    aged(reports, kept.storage_name)
    code, said, complaints = verify(delete_orphans=True)
    assert (code, complaints) == (0, f"yatim, dihapus: reports/{name}\n")
    assert said.endswith("0 tidak beres, 1 yatim dihapus.\n")
    assert not (reports / name).exists()
    assert (reports / kept.storage_name).read_bytes() == b"rapor lain"


def test_a_young_one_may_get_its_row_yet(reports, killed):
    name = killed()
    assert verify(delete_orphans=True)[0] == 0
    assert (reports / name).exists()


def test_what_is_not_a_paper_of_ours_is_left_alone(reports, db):
    storages["reports"].save("lain/bukan-milik-kita.pdf", ContentFile(b"x"))
    aged(reports, "lain/bukan-milik-kita.pdf")
    assert verify(delete_orphans=True)[::2] == (0, "")


def test_one_district_says_nothing_of_papers(reports, killed):
    aged(reports, killed())
    assert verify(district=TABALONG)[::2] == (0, "")


def test_queries_do_not_grow_with_the_papers_of_one_kind(reports, killed, django_assert_num_queries):
    for number in (1, 2):
        for _ in range(number):
            aged(reports, killed())
        with django_assert_num_queries(1):
            found = list(custody.stray_papers(before=clock.now()))
    assert len(found) == 3
