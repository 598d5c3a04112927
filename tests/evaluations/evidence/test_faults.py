"""Disk full, store down, database down, at every step: a clear word, nothing half-done, and it goes on afterwards."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection, transaction

from evaluations.domain.evidence import intake, pieces, slots, uploads
from evaluations.domain.evidence.store import StoreDown
from evaluations.models import Evidence, EvidenceFile, EvidenceLink, Upload, UploadPiece, UploadState
from kla_portal import clock
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.sending import arrived, begun, sent

NEVER = 10_000


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def whole(on_disk) -> Callable[[], None]:
    """Asserts that every file has a row and every row its file."""

    def check() -> None:
        rows = set(EvidenceFile.objects.values_list("storage_name", flat=True))
        rows |= set(UploadPiece.objects.values_list("storage_name", flat=True))
        assert set(on_disk()) == rows

    return check


class Cut:
    """The database goes away at the ``n``-th statement, and stays away until the transaction is undone."""

    def __init__(self, n: int) -> None:
        self.left = n
        self.struck = ""

    def __call__(self, execute, sql, params, many, context):
        word = sql.split(None, 1)[0].upper()
        if word in {"SAVEPOINT", "ROLLBACK"} or self.struck:
            return execute(sql, params, many, context)
        self.left -= 1
        if self.left == 0:
            self.struck = sql
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)


def survives(deed: Callable[[], object], afterwards: Callable[[], None]) -> int:
    """Run ``deed`` with the database failing at its first, second ... statement; returns how many it has."""
    for n in range(1, NEVER):
        cut = Cut(n)
        try:
            with connection.execute_wrapper(cut):
                deed()
        except OperationalError:
            afterwards()
            continue
        assert not cut.struck, f"the failure of {cut.struck} went unnoticed"
        return n - 1
    raise AssertionError("it never came to its end")


# The database


def test_beginning(evaluation, by, whole):
    data = corpus.pdf(mark="mulai")

    def nothing() -> None:
        whole()
        assert not Upload.objects.exists()

    assert survives(lambda: begun(evaluation, by, data), nothing) >= 4
    assert Upload.objects.count() == 1


def test_sending(evaluation, by, whole):
    data = corpus.pdf(mark="kirim")
    upload = begun(evaluation, by, data)

    def unmoved() -> None:
        whole()
        upload.refresh_from_db()
        assert (upload.received, upload.state) == (0, UploadState.RECEIVING)

    def send() -> None:
        uploads.append(upload=Upload.objects.get(pk=upload.pk), offset=0, data=data[:100], by=by)

    assert survives(send, unmoved) >= 5
    upload.refresh_from_db()
    with pieces.assembled(sent(upload, data)) as file:
        assert file.read() == data
    whole()


def test_settling(evaluation, by, whole, on_disk):
    upload = arrived(evaluation, by, corpus.pdf(mark="simpan"))
    before = on_disk()

    def unsettled() -> None:
        whole()
        assert on_disk() == before
        assert not Evidence.objects.exists()
        upload.refresh_from_db()
        assert upload.state == UploadState.RECEIVED

    statements = survives(lambda: uploads.settle(upload=Upload.objects.get(pk=upload.pk), by=by), unsettled)
    assert statements >= 15
    assert EvidenceLink.objects.get().evidence == Evidence.objects.get()


def test_refusing(evaluation, by, whole):
    upload = arrived(evaluation, by, corpus.EXE, "akta.pdf")

    def unsaid() -> None:
        whole()
        upload.refresh_from_db()
        assert upload.state == UploadState.RECEIVED

    assert survives(lambda: uploads.settle(upload=Upload.objects.get(pk=upload.pk), by=by), unsaid) >= 4
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED


def test_calling_off(evaluation, by, whole):
    upload = arrived(evaluation, by, corpus.pdf(mark="batal"))

    def still_there() -> None:
        whole()
        assert Upload.objects.get() == upload

    assert survives(lambda: uploads.abandon(upload=upload, by=by), still_there) >= 3
    assert not Upload.objects.exists()


def test_sweeping(evaluation, by, settings):
    arrived(evaluation, by, corpus.pdf(mark="sapu"))
    Upload.objects.update(touched_at=clock.now() - timedelta(days=8))

    def one_at_most() -> None:
        assert Upload.objects.count() <= 1

    survives(pieces.sweep, one_at_most)
    assert not Upload.objects.exists()


def test_a_plain_form(evaluation, by, upload, nothing_left):
    file = upload()

    def put() -> None:
        slots.add_file(evaluation=evaluation, code=HEALTH, slot_number=1, upload=file, by=by)

    assert survives(put, nothing_left) >= 10
    assert EvidenceLink.objects.count() == 1


# A commit whose answer was lost


@contextmanager
def received(mark: str) -> Iterator[intake.Received]:
    with intake.receive(io.BytesIO(corpus.pdf(mark=mark)), "rekap.pdf") as one:
        one.write()
        yield one


def _row(evaluation, by, one: intake.Received) -> EvidenceFile:
    document = Evidence.objects.create(
        district_id=evaluation.district_id, form="file", title="Rekap", added_at=clock.now(), added_by=by
    )
    return one.row(document, by=by)


def test_a_row_that_came_about_all_the_same_keeps_its_file(evaluation, by, whole, on_disk):
    with pytest.raises(OperationalError), received("terlanjur") as one:
        with transaction.atomic():
            _row(evaluation, by, one)
        raise OperationalError("the connection went while the commit was answered")
    whole()
    assert len(on_disk()) == 1


def test_a_row_that_was_undone_takes_its_file_along(evaluation, by, nothing_left):
    with pytest.raises(OperationalError), received("batal") as one, transaction.atomic():
        _row(evaluation, by, one)
        raise OperationalError("the connection went")
    nothing_left()


class Line:
    """The line to the database; ``down``: nothing passes."""

    down = False

    def __call__(self, execute, *arguments):
        if self.down:
            raise OperationalError("no connection")
        return execute(*arguments)


def test_where_the_database_cannot_say_the_file_stays(evaluation, by, on_disk, caplog):
    line = Line()
    with (
        pytest.raises(OperationalError, match="went"),
        connection.execute_wrapper(line),
        received("entah") as one,
    ):
        with transaction.atomic():
            _row(evaluation, by, one)
        line.down = True
        raise OperationalError("the connection went while the commit was answered")
    assert on_disk() == [EvidenceFile.objects.get().storage_name]
    assert "stays: the database does not say" in caplog.text


# Disk and store


def failing(monkeypatch, method: str, folder: str, fault: Exception) -> None:
    """Let the storage fail for names in ``folder``."""
    real = getattr(FileSystemStorage, method)

    def broken(self, name, *args):
        if name.startswith(folder):
            raise fault
        return real(self, name, *args)

    monkeypatch.setattr(FileSystemStorage, method, broken)


FULL = OSError(errno.ENOSPC, "No space left on device")
DOWN = ConnectionError("store does not answer")
WORDS = [(FULL, "Penyimpanan portal penuh"), (DOWN, "sedang terganggu")]


@pytest.mark.parametrize(("fault", "words"), WORDS, ids=["full", "down"])
def test_the_store_does_not_take_a_piece(evaluation, by, whole, monkeypatch, fault, words):
    data = corpus.pdf(mark="potongan")
    upload = uploads.append(upload=begun(evaluation, by, data), offset=0, data=data[:100], by=by)
    with monkeypatch.context() as broken:
        failing(broken, "_save", "incoming", fault)
        with pytest.raises(StoreDown, match=words):
            uploads.append(upload=upload, offset=100, data=data[100:], by=by)
        whole()
    assert uploads.settle(upload=sent(upload, data), by=by).evidence is not None
    whole_rows = set(EvidenceFile.objects.values_list("storage_name", flat=True))
    assert len(whole_rows) == 1


@pytest.mark.parametrize(("fault", "words"), WORDS, ids=["full", "down"])
@pytest.mark.parametrize("method", ["_save", "_open"])
def test_the_store_fails_while_it_is_settled(evaluation, by, whole, monkeypatch, fault, words, method):
    upload = arrived(evaluation, by, corpus.pdf(mark="simpan"))
    with monkeypatch.context() as broken:
        failing(broken, method, {"_save": "evidence", "_open": "incoming"}[method], fault)
        with pytest.raises(StoreDown, match=words):
            uploads.settle(upload=upload, by=by)
        whole()
    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVED
    assert uploads.settle(upload=upload, by=by).evidence is not None


def test_a_piece_is_not_in_the_store(evaluation, by, evidence_folder):
    """A folder that is not mounted looks the same as a lost piece: the upload waits, it is not thrown away."""
    upload = arrived(evaluation, by, corpus.pdf(mark="hilang"))
    hidden = evidence_folder / "incoming"
    hidden.rename(evidence_folder / "tidak-terpasang")
    with pytest.raises(StoreDown, match="batalkan lalu unggah lagi"):
        uploads.settle(upload=upload, by=by)
    (evidence_folder / "tidak-terpasang").rename(hidden)
    assert uploads.settle(upload=upload, by=by).evidence is not None


def always_full(**_) -> IO[bytes]:
    return Path("/dev/full").open("r+b")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_the_temporary_disk_is_full(evaluation, by, whole, monkeypatch):
    upload = arrived(evaluation, by, corpus.pdf(mark="sementara"))
    with monkeypatch.context() as broken:
        broken.setattr(pieces.tempfile, "TemporaryFile", always_full)
        with pytest.raises(StoreDown, match="penuh"):
            uploads.settle(upload=upload, by=by)
        whole()
    assert uploads.settle(upload=upload, by=by).evidence is not None


def test_there_is_no_temporary_folder(evaluation, by, settings, tmp_path):
    upload = arrived(evaluation, by, corpus.pdf(mark="sementara"))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "tidak-ada")
    with pytest.raises(StoreDown, match="sedang terganggu"):
        uploads.settle(upload=upload, by=by)
    settings.FILE_UPLOAD_TEMP_DIR = None
    assert uploads.settle(upload=upload, by=by).evidence is not None


def test_pieces_that_do_not_go_stay_for_the_sweep(
    on_disk, evaluation, by, monkeypatch, django_capture_on_commit_callbacks
):
    upload = arrived(evaluation, by, corpus.pdf(mark="sisa"))
    with monkeypatch.context() as broken:
        failing(broken, "delete", "incoming", DOWN)
        with django_capture_on_commit_callbacks(execute=True):
            uploads.abandon(upload=upload, by=by)
    assert not Upload.objects.exists()
    assert len(on_disk()) == 2
    with clock.at(clock.now() + timedelta(days=8)):
        assert pieces.sweep().orphans == 2
    assert on_disk() == []
