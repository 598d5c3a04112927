"""What the snapshot names and the storage lacks: swept with its row meanwhile, or lost."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from evaluations.models import EvidenceFile
from kla_portal.operations.backup import archive, copying, folders, taking
from kla_portal.operations.backup.archive import Entry
from tests.evaluations.views.conftest import folders as own_folders  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]

NAMES = {
    "tetap": "evidence/aa/tetap.pdf",
    "disapu": "evidence/bb/disapu.pdf",
    "hilang": "evidence/cc/hilang.pdf",
}


@pytest.fixture
def named(evaluation, cast):
    """Of the three files that the snapshot named, one was swept since, with its row."""
    by, now = cast.coordinator_tabalong, timezone.now()
    document = evaluation.district.evidence.create(form="file", title="SK", added_at=now, added_by=by)
    for number, name in enumerate((NAMES["tetap"], NAMES["hilang"]), 1):
        EvidenceFile.objects.create(
            evidence=document, number=number, filename="sk.pdf", content_type="application/pdf", size=3,
            sha256="c" * 64, source_sha256="c" * 64, storage_name=name, added_at=now, added_by=by,
        )  # fmt: skip


def test_a_swept_document_is_told_apart_from_a_lost_one(named, tmp_path):
    folders.write(tmp_path / "evidence" / NAMES["tetap"], [b"isi"])
    work = tmp_path / "kerja"
    folders.write(work / "database.sqlite3", [b"basis data"])
    lines = [f"evidence\t{name}\t\t3\n".encode() for name in NAMES.values()]
    folders.write(work / taking.WANTED, lines)
    tally = taking.Tally()
    found = b"".join(taking._lines(work, work / "database.sqlite3", None, tally, print))
    folders.write(work / archive.LIST, [found])
    assert [entry.path for entry in archive.entries(work)] == [
        "database.sqlite3",
        f"evidence/{NAMES['tetap']}",
    ]
    assert tally.absent == [
        {"path": f"evidence/{NAMES['disapu']}", "why": copying.DELETED},
        {"path": f"evidence/{NAMES['hilang']}", "why": copying.MISSING},
    ]
    assert (tally.count, tally.size) == (2, 13)


def test_the_tally_counts_what_it_lists():
    tally = taking.Tally()
    assert tally.add(Entry("reports/a.csv", "0" * 64, 7)) == f"{'0' * 64}\t7\treports/a.csv\n".encode()
    assert (tally.count, tally.size, tally.absent) == (1, 7, [])


def test_the_product_has_a_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+", taking.product())
