"""What ``manage.py check --deploy`` says about running the portal, and that it is silent where all is well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import registry
from django.db import OperationalError

from kla_portal.operations import checks


def found(check):
    return [message.id for message in check(None)]


def test_they_are_asked_with_deploy_only():
    names = {check.__name__ for check in registry.registry.deployment_checks}
    own = {name for name, value in vars(checks).items() if hasattr(value, "tags")}
    assert len(own) == 7
    assert own <= names
    assert not own & {check.__name__ for check in registry.registry.registered_checks}


def test_every_one_ends_with_the_next_step(settings, monkeypatch, tmp_path):
    settings.PRODUCTION, settings.SECURE_SSL_REDIRECT = True, False
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = "pendek", ["0.0.0.0/0"]
    monkeypatch.setattr(checks, "ZONES", ("Asia/Tidak_Ada",))
    monkeypatch.setattr(checks, "FONT_FOLDERS", (str(tmp_path),))
    asked = (
        checks.transport_is_closed,
        checks.mail_goes_out,
        checks.figures_are_guarded,
        checks.zones_are_known,
        checks.fonts_are_there,
    )
    messages = [message for check in asked for message in check(None)]
    assert len(messages) == 6
    assert len({message.id for message in messages}) == 6
    for message in messages:
        assert message.hint.startswith(("Isi ", "Buat ", "Sebut ", "Pasang", "Pindahkan ", "Nyalakan ")), (
            message
        )


def test_production_without_https(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.PRODUCTION = False
    assert found(checks.transport_is_closed) == []
    settings.PRODUCTION = True
    assert found(checks.transport_is_closed) == ["portal.W006"]
    settings.SECURE_SSL_REDIRECT = True
    assert found(checks.transport_is_closed) == []


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("console", ["portal.W007"]), ("locmem", ["portal.W007"]), ("smtp", []), ("filebased", [])],
)
def test_mail_that_goes_nowhere(settings, kind, ids):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{kind}.EmailBackend"
    assert found(checks.mail_goes_out) == []
    settings.PRODUCTION = True
    assert found(checks.mail_goes_out) == ids


@pytest.mark.parametrize(
    ("mounts", "ids"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", []),
        ("/dev/sda1 / ext4 rw 0 0\ntmpfs /srv tmpfs rw 0 0\n", ["portal.W012"]),
        ("tmpfs / tmpfs rw 0 0\n/dev/sdb1 /srv ext4 rw 0 0\n", []),
        ("/dev/sda1 / ext4 rw 0 0\ntmpfs /srv/kla-lain tmpfs rw 0 0\n", []),
        ("/dev/sda1 /srv ext4 rw 0 0\ntmpfs /srv tmpfs rw 0 0\n", ["portal.W012"]),
        ("", []),
    ],
)
def test_data_in_memory(settings, monkeypatch, tmp_path, mounts, ids):
    table = tmp_path / "mounts"
    table.write_text(mounts)
    monkeypatch.setattr(checks, "MOUNTS", table)
    settings.DATA_DIR = "/srv/kla"
    assert found(checks.data_survive_a_restart) == []
    settings.PRODUCTION = True
    assert found(checks.data_survive_a_restart) == ids


@pytest.mark.parametrize(
    ("token", "addresses", "ids"),
    [
        ("", [], []),
        ("x" * 24, ["10.0.0.5", "10.0.0.0/16"], []),
        ("x" * 23, [], ["portal.W008"]),
        ("", ["10.0.0.0/8"], ["portal.W009"]),
    ],
)
def test_who_may_read_the_figures(settings, token, addresses, ids):
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = token, addresses
    assert found(checks.figures_are_guarded) == ids


class Database:
    """A PostgreSQL whose clock is ``late`` seconds behind ours; None: it is gone."""

    vendor = "postgresql"

    def __init__(self, late):
        self.late = late

    def cursor(self):
        if self.late is None:
            raise OperationalError("putus")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def execute(self, sql):
        self.row = (datetime.now(UTC) - timedelta(seconds=self.late),)

    def fetchone(self):
        return self.row


@pytest.mark.parametrize(
    ("late", "ids"),
    [(0, []), (3, []), (60, ["portal.W010"]), (-60, ["portal.W010"]), (None, ["portal.E007"])],
)
def test_clocks_that_differ(monkeypatch, late, ids):
    monkeypatch.setattr(checks, "connection", Database(late))
    assert found(checks.clocks_agree) == ids


def test_the_real_database_agrees(db):
    assert found(checks.clocks_agree) == []


def test_fonts(monkeypatch, tmp_path):
    monkeypatch.setattr(checks, "FONT_FOLDERS", (str(tmp_path),))
    assert found(checks.fonts_are_there) == ["portal.W011"]
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "LiberationSans-Regular.ttf").touch()
    assert found(checks.fonts_are_there) == []


def test_zones(monkeypatch):
    assert found(checks.zones_are_known) == []
    monkeypatch.setattr(checks, "ZONES", ("Asia/Jakarta", "Asia/Tidak_Ada"))
    (message,) = checks.zones_are_known(None)
    assert (message.id, "Asia/Tidak_Ada" in message.msg, "Jakarta" in message.msg) == (
        "portal.E008",
        True,
        False,
    )
