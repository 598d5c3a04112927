"""Every address of data dukung, for every role, at home and elsewhere: one table. A new address needs a row in it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from evaluations import evidence_urls
from evaluations.domain.evidence import previews, store
from evaluations.models import FileReading, Upload, UploadState
from kla_portal import clock
from tests.architecture.addresses import addresses
from tests.cast import enter
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.stock import Stock

INSIDERS = {
    "coordinator": "coordinator_tabalong",
    "own": "contributor_health_tabalong",
    "other": "contributor_registry_tabalong",
    "leader": "leader_tabalong",
    "auditor": "auditor_kalsel",
    "verifier": "verifier_kalsel",
    "national": "admin_national",
}
"""In the table's order. ``own``: contributor of the agency that answers the question; ``other``: of another agency."""

OUTSIDERS = ("coordinator_tanahbumbu", "verifier_kalteng", "admin_kalteng", "stranger")
"""For them nothing of it exists, whatever the address."""

TUS = {"Tus-Resumable": "1.0.0"}
BEGUN = {"Upload-Length": "9", "Upload-Metadata": "filename YS5wZGY=,slot MS4xOjE="}
"""``a.pdf`` for the first slot of question 1.1, which is no agency's of ours."""


class Row(NamedTuple):
    name: str
    method: str
    statuses: str
    """One per insider, in their order."""
    data: dict[str, str] = {}
    headers: dict[str, str] = {}


SEEN = "200 200 404 200 200 200 200"
"""A document or question that exists for everyone but another agency's contributor."""
EVALUATION = "200 200 200 200 200 200 200"
"""What everyone inside has, each with their own part of it."""

ROWS = [
    # A question's slots
    Row("evidence_slots", "GET", SEEN),
    Row("evidence_upload", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_link", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_pick", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_reuse_one", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_detach", "POST", "302 302 404 403 403 403 403"),
    Row("evidence_annotate", "POST", "302 302 404 403 403 403 403"),
    Row("evidence_fill", "POST", "422 422 404 403 403 403 403"),
    # Uploads: their owner's alone
    Row("upload_creation", "POST", "201 403 403 403 403 403 403", headers=TUS | BEGUN),
    Row("upload_creation", "OPTIONS", "204 204 204 204 204 204 204"),
    Row("uploads_unfinished", "GET", EVALUATION),
    Row("upload", "HEAD", "200 404 404 404 404 404 404", headers=TUS),
    Row("upload", "DELETE", "204 404 404 404 404 404 404", headers=TUS),
    Row("upload_settle", "POST", "422 404 404 404 404 404 404"),
    Row("bulk_upload", "GET", "200 200 200 403 403 403 403"),
    Row("bulk_upload", "POST", "422 422 422 403 403 403 403"),
    Row("bulk_save", "POST", "200 200 200 403 403 403 403"),
    Row("bulk_look", "POST", "200 404 404 403 403 403 403"),
    Row("bulk_discard", "POST", "200 404 404 403 403 403 403"),
    # The library
    Row("library", "GET", EVALUATION),
    Row("evidence_year", "POST", "302 302 302 403 403 403 403"),
    Row("evidence_describe_many", "POST", "302 302 302 403 403 403 403"),
    Row("evidence_reuse", "GET", EVALUATION),
    Row("evidence_reuse_attach", "POST", "302 302 302 403 403 403 403"),
    Row("evidence_archive", "GET", EVALUATION),
    Row("evidence_zip", "GET", EVALUATION),
    Row("evidence_zip", "HEAD", EVALUATION),
    # One document: a contributor changes what they added themselves
    Row("evidence_document", "GET", SEEN),
    Row("evidence_describe", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_adopt", "POST", "302 403 404 403 403 403 403"),
    Row("evidence_add_file", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_revise", "POST", "422 422 404 403 403 403 403"),
    Row("evidence_retire_file", "POST", "422 403 404 403 403 403 403"),
    Row("evidence_erase", "GET", "403 403 404 403 403 403 200"),
    Row("evidence_erase", "POST", "403 403 404 403 403 403 422"),
    Row("evidence_withdraw", "POST", "422 403 404 403 403 403 403", {"reason": "salah unggah"}),
    Row("evidence_delete", "POST", "422 403 404 403 403 403 403"),
    Row("evidence_restore", "POST", "302 403 404 403 403 403 403"),
    Row("concern_answer", "POST", "302 302 404 403 403 403 403"),
    Row("concern_take_back", "POST", "302 302 404 403 403 403 403"),
    # Its files
    Row("evidence_download", "GET", SEEN),
    Row("evidence_file", "GET", SEEN),
    Row("evidence_file", "HEAD", SEEN),
    Row("evidence_page", "GET", SEEN),
    Row("evidence_picture", "GET", SEEN),
    Row("evidence_thumbnail", "GET", SEEN),
]

ADDRESSES = {
    address.name.removeprefix("evaluations:"): address
    for address in addresses()
    if address.name.removeprefix("evaluations:") in {pattern.name for pattern in evidence_urls.urlpatterns}
}


def test_every_address_of_data_dukung_is_in_the_table():
    assert len(ADDRESSES) == len(evidence_urls.urlpatterns)
    assert sorted(ADDRESSES) == sorted({row.name for row in ROWS})


@pytest.fixture
def values(evaluation, cast):
    """A document of the health question with everything there can be, and an upload of the coordinator's."""
    now = clock.now()
    stock = Stock(evaluation, cast.coordinator_tabalong)
    link = stock.put(HEALTH, corpus.pdf())
    file = link.evidence.current_files[0]
    thumbnail = store.storage().save("thumbnails/aa/kecil.webp", ContentFile(b"kecil"))
    FileReading.objects.create(file=file, pages=1, thumbnail=thumbnail, read_at=now)
    for width in previews.WIDTHS:
        store.storage().save(f"{previews.folder_of(file.pk)}/1-{width}.webp", ContentFile(b"halaman"))
    upload = Upload.objects.create(
        evaluation=evaluation, by=stock.by, path="a.pdf", size=5, state=UploadState.REFUSED,
        refusal="Berkas ini kosong.", started_at=now, touched_at=now,
    )  # fmt: skip
    names = {"document": link.evidence_id, "file": file.pk, "link": link.pk, "upload": upload.pk}
    return names | {"evaluation": evaluation.pk, "code": HEALTH, "slot": 1, "page": 1}


def status(row: Row, path: str, user=None) -> int:
    """What the person gets, and nothing of what it did stays."""
    client = Client()
    if user:
        enter(client, user)
    with transaction.atomic():
        data = {"data": row.data} if row.method == "POST" and row.data else {}
        answer = getattr(client, row.method.lower())(path, headers=row.headers, **data)
        transaction.set_rollback(True)
    return answer.status_code


def path_of(name: str, values) -> str:
    address = ADDRESSES[name]
    pk = values["evaluation" if address.route.startswith("evaluasi/") else "document"]
    return address.fill(values | {"pk": pk})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.method}")
def test_who_gets_what(row, values, cast):
    path = path_of(row.name, values)
    found = [status(row, path, getattr(cast, who)) for who in INSIDERS.values()]
    assert " ".join(map(str, found)) == row.statuses, f"{row.method} {path}: {' '.join(INSIDERS)}"
    assert {who: status(row, path, getattr(cast, who)) for who in OUTSIDERS} == dict.fromkeys(OUTSIDERS, 404)
    assert status(row, path) == (401 if row.data else 302), "signed out: to the login, with what was typed"
