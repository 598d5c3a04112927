"""The nightly sweep: what is beyond its days goes, what is within stays, a dry run only counts."""

from __future__ import annotations

import os
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessFailureLog
from django.core.management import call_command

from evaluations.domain.evidence import previews, store
from evaluations.models import Message, MessageKind
from kla_portal import clock
from kla_portal.accounts.domain import close_account, sittings, tries
from kla_portal.accounts.models import KnownDevice, SessionEnd, SignedInSession, User
from kla_portal.events.models import Event

DAY = timedelta(days=1)
DAYS = {
    "SIGN_IN_RETENTION_DAYS": 90,
    "AXES_RETENTION_DAYS": 30,
    "MESSAGE_RETENTION_DAYS": 730,
    "PREVIEW_RETENTION_DAYS": 180,
    "CLOSED_ACCOUNT_DAYS": 730,
}


@pytest.fixture
def evidence_folder(settings, tmp_path):
    """A storage of this test's own."""
    settings.STORAGES = settings.STORAGES | {
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "evidence"},
        }
    }
    return tmp_path / "evidence"


@pytest.fixture
def rows(cast, settings, evidence_folder):
    """Of everything one just within its days and one just beyond."""
    for name, days in DAYS.items():
        setattr(settings, name, days)
    user, now = cast.coordinator_tabalong, clock.now()
    for beyond in (False, True):
        edge = DAY if beyond else -DAY
        ended = now - 90 * DAY - edge
        sitting = sittings.begin(
            user=user, session_key=f"{beyond:032}", agent="Firefox", address=None, device=None
        )
        SignedInSession.objects.filter(pk=sitting.pk).update(
            signed_in_at=ended, seen_at=ended, ended_at=ended, end=SessionEnd.IDLE
        )
        seen = now - 400 * DAY - edge
        KnownDevice.objects.create(
            user=user, digest=f"{beyond:064}", agent="Firefox", first_seen_at=seen, last_seen_at=seen
        )
        tries.count_link(network="192.0.2.1", text=user.username)
        AccessFailureLog.objects.filter(pk=AccessFailureLog.objects.latest("pk").pk).update(
            attempt_time=now - 30 * DAY - edge
        )
        Message.objects.create(
            user=user, kind=MessageKind.REMINDER, subject=f"{beyond}", body="Isi", url="/",
            created_at=now - 730 * DAY - edge,
        )  # fmt: skip
        folder = evidence_folder / previews.FOLDER / "ab" / f"{beyond:036}"
        folder.mkdir(parents=True)
        for page in (1, 2):
            picture = folder / f"{page}-720.webp"
            picture.write_bytes(b"webp")
            at = (now - 180 * DAY - edge).timestamp()
            os.utime(picture, (at, at))
    return user


def sweep(**options) -> str:
    out = StringIO()
    call_command("sweep_personal_data", stdout=out, **options)
    return out.getvalue()


def counts(folder) -> dict[str, int]:
    tables = (SignedInSession, KnownDevice, AccessFailureLog, Message)
    pictures = {"pictures": len(list(folder.rglob("*.webp")))}
    return {table.__name__: table.objects.count() for table in tables} | pictures


EXPECTED = [
    "0 sesi yang lewat waktunya.",
    "1 catatan sesi.",
    "1 perangkat.",
    "1 percobaan masuk.",
    "1 pesan.",
    "2 gambar halaman dokumen.",
]


def test_what_is_beyond_its_days_goes_and_the_rest_stays(rows, evidence_folder):
    assert sweep().splitlines() == [f"Dihapus: {line}" for line in EXPECTED]
    assert set(counts(evidence_folder).values()) == {1, 2}
    assert counts(evidence_folder)["pictures"] == 2
    assert Message.objects.get().subject == "False"
    assert store.storage().exists(f"{previews.FOLDER}/ab/{False:036}/1-720.webp")
    again = sweep().splitlines()
    assert [line.split()[1] for line in again] == ["0"] * 6


def test_a_dry_run_counts_the_same_and_deletes_nothing(rows, evidence_folder):
    before = counts(evidence_folder)
    assert sweep(dry_run=True).splitlines() == [f"Akan dihapus: {line}" for line in EXPECTED]
    assert counts(evidence_folder) == before


def test_the_days_are_settings(rows, settings, evidence_folder):
    for name in DAYS:
        setattr(settings, name, 10_000)
    lines = sweep().splitlines()
    assert [line.split()[1] for line in lines] == ["0", "0", "1", "0", "0", "0"], (
        "a device's cookie has its own span"
    )


def test_accounts_closed_long_ago_are_proposed_by_number_and_never_removed(rows, cast):
    close_account(account=rows, by=cast.admin_kalsel)
    assert "usulkan" not in sweep()
    User.objects.filter(pk=rows.pk).update(closed_at=clock.now() - 731 * DAY)
    out, events = sweep(), Event.objects.count()
    assert f"nomor {rows.pk}." in out
    assert rows.username not in out
    assert rows.name not in out
    rows.refresh_from_db()
    assert rows.removed_at is None
    assert Event.objects.count() == events
    assert sweep(verbosity=0) == ""


def test_a_storage_without_pictures_and_one_that_fails_are_no_fault(
    rows, evidence_folder, monkeypatch, caplog
):
    def broken(name):
        raise OSError("disk")

    monkeypatch.setattr(store.storage(), "get_modified_time", broken)
    assert "0 gambar halaman" in sweep()
    assert "could not be read" in caplog.text
    monkeypatch.undo()
    for picture in evidence_folder.rglob("*.webp"):
        picture.unlink()
    assert "0 gambar halaman" in sweep()
