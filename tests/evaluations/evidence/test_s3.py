"""Evidence in an S3 store, against an S3 server on loopback: moto's, or the one that ``KLA_TEST_S3`` names.

``KLA_TEST_S3=s3://KEY:SECRET@127.0.0.1:9000/bucket?secure=0`` runs all of it against a real store; the bucket is emptied.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
import socket
import time
import urllib.error
import urllib.request
import uuid
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.urls import reverse

from evaluations.domain.evidence import custody, slots, store
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evidence, EvidenceFile, EvidenceForm
from kla_portal import clock
from kla_portal.stores import evidence_store
from kla_portal.web import checks
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.stock import Stock

pytest.importorskip("storages", reason="django-storages is not installed (requirements-extras.lock)")

SECRET = "rahasia/sekali+untuk=uji"


@pytest.fixture(scope="module")
def address():
    """The store's address as EVIDENCE_STORAGE has it."""
    named = os.environ.get("KLA_TEST_S3", "")
    if named:
        yield named
        return
    server = pytest.importorskip("moto.server", reason="moto is not installed (requirements-dev.lock)")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    secret = SECRET.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
    yield f"s3://KUNCI:{secret}@{host}:{port}/bukti-{uuid.uuid4().hex[:8]}?secure=0"
    running.stop()


def use(settings, address):
    settings.STORAGES = settings.STORAGES | {"evidence": evidence_store(address, None)}
    return store.storage()


@pytest.fixture
def s3(settings, address):
    """The evidence storage, empty."""
    storage = use(settings, address)
    client = storage.connection.meta.client
    if storage.bucket_name not in {one["Name"] for one in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=storage.bucket_name)
    storage.bucket.objects.all().delete()
    return storage


@pytest.fixture
def down(settings):
    """The same, but nobody listens there any more."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return use(settings, f"s3://KUNCI:{SECRET.replace('/', '%2F')}@127.0.0.1:{port}/bukti?secure=0")


def keys(storage):
    return sorted(one.key for one in storage.bucket.objects.all())


def put_file(evaluation, by, upload):
    return slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=upload, by=by).evidence


# The verbs on the store


def test_what_is_kept_comes_back_and_goes(s3):
    data = os.urandom(3_000_000)
    name = store.keep(io.BytesIO(data), "evidence", "pdf")
    assert keys(s3) == [name]
    assert (s3.exists(name), s3.size(name)) == (True, len(data))
    with store.fetch(name) as content:
        assert content.read(10) == data[:10]
        content.seek(2_000_000)
        assert content.read() == data[2_000_000:]
    assert s3.listdir("evidence") == ([name.split("/")[1]], [])
    assert s3.listdir("evidence/" + name.split("/")[1]) == ([], [name.split("/")[2]])
    assert abs((clock.now() - s3.get_modified_time(name)).total_seconds()) < 60
    store.drop(name, name)
    assert keys(s3) == []
    with pytest.raises(FileNotFoundError):
        store.fetch(name)
    assert s3.exists(name) is False


def test_nothing_is_written_over(s3):
    first = s3.save("evidence/aa/satu.pdf", io.BytesIO(b"satu"))
    second = s3.save("evidence/aa/satu.pdf", io.BytesIO(b"dua"))
    assert first != second
    assert s3.open(first).read() == b"satu"


def test_an_open_file_stays_out_of_memory(s3):
    name = store.keep(io.BytesIO(bytes(3_000_000)), "evidence")
    with store.fetch(name) as content:
        content.read(1)
        assert content.file._rolled, "spooled to the temporary folder"


# Through the portal


def test_an_upload_and_a_signed_address(s3, evaluation, cast, sign_in, upload):
    data = corpus.pdf(mark="ke S3")
    client = sign_in(cast.coordinator_tabalong)
    path = reverse("evaluations:evidence_upload", args=[evaluation.pk, HEALTH, 1])
    client.post(path, {"files": upload("Notulén rapat.pdf", data)})
    document = Evidence.objects.get()
    (name,) = [key for key in keys(s3) if key.startswith("evidence/")]
    assert document.current_files[0].storage_name == name
    answer = client.get(reverse("evaluations:evidence_download", args=[document.pk]))
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    with urllib.request.urlopen(answer["Location"], timeout=10) as got:
        assert got.read() == data
        assert got.headers["Content-Type"] == "application/pdf"
        assert got.headers["Content-Disposition"] == "inline; filename*=utf-8''Notul%C3%A9n%20rapat.pdf"
        assert got.headers["Cache-Control"] == "private, no-store"
    part = urllib.request.Request(answer["Location"], headers={"Range": "bytes=5-9"})
    with urllib.request.urlopen(part, timeout=10) as got:
        assert (got.status, got.read()) == (206, data[5:10])
    assert "X-Amz-Expires=60" in answer["Location"]
    assert SECRET not in answer["Location"]
    stranger = sign_in(cast.coordinator_tanahbumbu)
    assert stranger.get(reverse("evaluations:evidence_download", args=[document.pk])).status_code == 404


def test_an_office_file_is_saved_not_shown(s3, evaluation, cast, sign_in, upload):
    document = put_file(evaluation, cast.coordinator_tabalong, upload("rapat.docx", corpus.office()))
    client = sign_in(cast.coordinator_tabalong)
    answer = client.get(reverse("evaluations:evidence_download", args=[document.pk]))
    with urllib.request.urlopen(answer["Location"], timeout=10) as got:
        assert got.headers["Content-Disposition"] == 'attachment; filename="rapat.docx"'


def test_an_address_opens_this_file_and_only_for_a_while(s3):
    """moto checks neither signature nor time; there the address itself must say both."""
    name = store.keep(io.BytesIO(b"isi"), "evidence")
    other = store.keep(io.BytesIO(b"lain"), "evidence")
    url = s3.url(name)
    said = dict(parse_qsl(urlsplit(url).query))
    assert (said["X-Amz-Expires"], said["X-Amz-SignedHeaders"]) == ("60", "host")
    assert said["X-Amz-Signature"] != dict(parse_qsl(urlsplit(s3.url(other)).query))["X-Amz-Signature"]
    assert status(url) == 200
    if "KLA_TEST_S3" in os.environ:
        assert status(url.replace(name, other)) == 403
        assert status(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")) == 403
        short = s3.url(name, expire=1)
        time.sleep(2.5)
        assert status(short) == 403


def status(url) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as got:
            return got.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_zip_is_made_from_it(s3, evaluation, cast, sign_in):
    Stock(evaluation, cast.coordinator_tabalong).put(HEALTH, b"isi dari S3" * 1000)
    answer = sign_in(cast.verifier_kalsel).get(reverse("evaluations:evidence_zip", args=[evaluation.pk]))
    data = b"".join(answer.streaming_content)
    assert b"isi dari S3" * 1000 in data
    assert answer["Content-Length"] == str(len(data))


# What `manage.py check --deploy` says of it


def test_a_store_that_anyone_can_read_is_named(s3):
    assert checks.evidence_store_answers(None) == []
    assert keys(s3) == []
    if "KLA_TEST_S3" not in os.environ:
        s3.default_acl = "public-read"
        assert [fault.id for fault in checks.evidence_store_answers(None)] == ["portal.E005"]


def test_a_store_that_does_not_answer_is_named(down):
    (fault,) = checks.evidence_store_answers(None)
    assert fault.id == "portal.E004"
    assert "KUNCI" not in fault.msg
    assert SECRET not in fault.msg


def test_the_local_disk_needs_no_such_check(evidence_folder, on_disk):
    assert checks.evidence_store_answers(None) == []
    assert on_disk() == []


# The store down


def test_a_store_that_is_down_takes_nothing_and_says_so(down, evaluation, cast, upload, caplog):
    caplog.set_level(logging.INFO)
    with pytest.raises(store.StoreDown, match="coba lagi nanti"):
        put_file(evaluation, cast.coordinator_tabalong, upload())
    assert not Evidence.objects.exists()
    assert not EvidenceFile.objects.exists()
    assert issubclass(store.StoreDown, EvidenceRefused)
    assert SECRET not in caplog.text
    with pytest.raises(store.StoreDown):
        store.fetch("evidence/aa/apa-saja.pdf")


def test_the_page_says_so_too(down, evaluation, cast, sign_in, upload):
    path = reverse("evaluations:evidence_upload", args=[evaluation.pk, HEALTH, 1])
    answer = sign_in(cast.coordinator_tabalong).post(path, {"files": upload("laporan.pdf")})
    assert "Penyimpanan portal sedang terganggu" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_store_that_comes_back_serves_again(s3, settings, address, evaluation, cast, upload, monkeypatch):
    real = type(s3)._save

    def full(*_):
        raise OSError(errno.ENOSPC, "penuh")

    monkeypatch.setattr(type(s3), "_save", full)
    with pytest.raises(store.StoreDown, match="penuh"):
        put_file(evaluation, cast.coordinator_tabalong, upload())
    monkeypatch.setattr(type(s3), "_save", real)
    put_file(evaluation, cast.coordinator_tabalong, upload())
    assert Evidence.objects.get().form == EvidenceForm.FILE


# Moving


def test_there_and_back(s3, settings, address, evaluation, cast, evidence_folder, tmp_path_factory):
    local = settings.STORAGES | {"evidence": evidence_store("", evidence_folder)}
    settings.STORAGES = local
    stock = Stock(evaluation, cast.coordinator_tabalong)
    contents = [bytes([number]) * 200_000 for number in range(3)]
    for content in contents:
        stock.put(HEALTH, content)
    said = io.StringIO()
    call_command("move_evidence", to=address, stdout=said, stderr=io.StringIO())
    assert "3 berkas disalin" in said.getvalue()
    assert "isi EVIDENCE_STORAGE dengan alamat S3 itu" in said.getvalue()
    storage = use(settings, address)
    names = list(EvidenceFile.objects.order_by("pk").values_list("storage_name", "sha256"))
    assert all(custody.digest_of(storage, name)[0] == digest for name, digest in names)
    call_command("verify_evidence", stdout=io.StringIO())
    back = tmp_path_factory.mktemp("kembali")
    call_command("move_evidence", to=f"local:{back}", stdout=io.StringIO())
    assert sorted(hashlib.sha256(p.read_bytes()).hexdigest() for p in back.rglob("*.pdf")) == sorted(
        digest for _, digest in names
    )


def test_faults_and_orphans_are_found(s3, evaluation, cast):
    stock = Stock(evaluation, cast.coordinator_tabalong)
    gone, changed = (stock.put(HEALTH, bytes([n]) * 9).evidence.current_files[0].storage_name for n in (1, 2))
    s3.delete(gone)
    s3.delete(changed)
    s3.save(changed, io.BytesIO(b"lain"))
    s3.save("thumbnails/aa/yatim.webp", io.BytesIO(b"yatim"))
    faults = {str(fault) for fault in custody.verify(custody.Tally()) if fault}
    assert faults == {f"hilang: {gone} (63.09)", f"berubah: {changed} (63.09)"}
    tomorrow = clock.now() + timedelta(days=1)
    assert list(custody.orphans(before=tomorrow)) == ["thumbnails/aa/yatim.webp"]
    assert list(custody.delete_orphans(custody.Tally(), before=tomorrow)) == ["thumbnails/aa/yatim.webp"]
    assert keys(s3) == [changed]
