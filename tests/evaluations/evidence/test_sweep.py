"""``manage.py sweep_evidence``: what nobody takes up again goes, what someone may still need stays."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from evaluations.domain.evidence import pieces, store, uploads
from evaluations.models import Evidence, EvidenceFile, Upload, UploadPiece
from kla_portal import clock
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.sending import arrived, begun

PDF = corpus.pdf(mark="rekap")
WEEK = timedelta(days=7)


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def sweep(django_capture_on_commit_callbacks):
    def run() -> pieces.Swept:
        with django_capture_on_commit_callbacks(execute=True):
            return pieces.sweep()

    return run


@pytest.fixture
def lonely(evidence_folder):
    """An object in ``incoming/`` that no row names, so many days old."""

    def make(name: str, days: float) -> Path:
        path = evidence_folder / "incoming" / "ab" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"potongan")
        moment = time.time() - days * 86_400
        os.utime(path, (moment, moment))
        return path

    return make


def test_an_abandoned_upload_goes_with_its_pieces(evaluation, by, sweep, on_disk):
    with clock.at(clock.now() - WEEK):
        old = uploads.append(upload=begun(evaluation, by, PDF), offset=0, data=PDF[:100], by=by)
    fresh = uploads.append(upload=begun(evaluation, by, PDF), offset=0, data=PDF[:100], by=by)
    assert len(on_disk()) == 2
    assert sweep() == (1, 0)
    assert set(Upload.objects.all()) == {fresh} != {old}
    assert on_disk() == [UploadPiece.objects.get().storage_name]
    assert sweep() == (0, 0)


def test_one_that_went_on_yesterday_stays(evaluation, by, sweep):
    with clock.at(clock.now() - 2 * WEEK):
        upload = begun(evaluation, by, PDF)
    Upload.objects.update(touched_at=clock.now() - timedelta(days=6))
    assert sweep() == (0, 0)
    assert Upload.objects.get() == upload


def test_a_finished_upload_is_forgotten_but_not_its_document(evaluation, by, sweep, on_disk):
    with clock.at(clock.now() - WEEK):
        document = uploads.settle(upload=arrived(evaluation, by, PDF), by=by).evidence
        refused = arrived(evaluation, by, corpus.EXE, "a.pdf")
        assert uploads.settle(upload=refused, by=by).refusal
    sweep()
    assert not Upload.objects.exists()
    assert Evidence.objects.get() == document
    assert EvidenceFile.objects.get().storage_name in on_disk()


def test_objects_without_a_row_go_once_they_are_old(evaluation, by, lonely, sweep):
    old, young = lonely("lama", days=8), lonely("baru", days=6)
    upload = uploads.append(upload=begun(evaluation, by, PDF), offset=0, data=PDF[:100], by=by)
    named = lonely("bernama", days=30)
    UploadPiece.objects.update(storage_name="incoming/ab/bernama")
    assert sweep() == (0, 1)
    assert (old.exists(), young.exists(), named.exists()) == (False, True, True)
    assert Upload.objects.get() == upload


def test_evidence_itself_is_never_swept(evaluation, by, sweep, evidence_folder):
    uploads.settle(upload=arrived(evaluation, by, PDF), by=by)
    lost = evidence_folder / "evidence" / "ab" / "tanpa-baris"
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"x")
    os.utime(lost, (0, 0))
    sweep()
    assert lost.exists(), "verify_evidence tells of these; nobody deletes them unseen"


@pytest.mark.parametrize("method", ["listdir", "get_modified_time"])
def test_a_storage_that_cannot_tell_is_left_alone(lonely, sweep, monkeypatch, method, db):
    path = lonely("lama", days=30)

    def unable(self, *args):
        raise NotImplementedError

    monkeypatch.setattr(FileSystemStorage, method, unable)
    assert sweep() == (0, 0)
    assert path.exists()


def test_a_storage_that_does_not_delete_now_is_swept_again(evaluation, by, sweep, lonely, monkeypatch):
    path = lonely("lama", days=30)
    with monkeypatch.context() as broken:

        def failing(self, name):
            raise OSError("store down")

        broken.setattr(FileSystemStorage, "delete", failing)
        sweep()
        assert path.exists()
    sweep()
    assert not path.exists()


def test_the_command_says_what_it_did(evaluation, by, lonely, capsys):
    lonely("lama", days=8)
    with clock.at(clock.now() - WEEK):
        begun(evaluation, by, PDF)
    call_command("sweep_evidence")
    assert capsys.readouterr().out == "Dibersihkan: 1 unggahan, 1 potongan tanpa unggahan, 0 dokumen.\n"
    call_command("sweep_evidence", verbosity=0)
    assert capsys.readouterr().out == ""


def test_nothing_to_sweep_in_an_empty_store(db, sweep):
    assert store.storage().exists("incoming") is False
    assert sweep() == (0, 0)
