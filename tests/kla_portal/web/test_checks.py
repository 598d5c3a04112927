"""What ``manage.py check --deploy`` finds missing, and that it finds nothing where all is well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kla_portal import clock
from kla_portal.web import checks
from tests.evaluations.sealing.certificate import PASSWORD, make_p12


def found(check):
    return [(message.id, message.hint) for message in check(None)]


def test_static_files_not_collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert found(checks.static_files_collected) == [
        ("portal.E001", "Jalankan: manage.py collectstatic --noinput")
    ]
    (tmp_path / checks.MANIFEST).write_text("{}")
    assert found(checks.static_files_collected) == []


def test_data_folder_open_to_others(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)
    assert found(checks.data_folder_is_private) == [("portal.W001", f"Jalankan: chmod 700 {tmp_path}")]
    tmp_path.chmod(0o700)
    assert found(checks.data_folder_is_private) == []


@pytest.mark.parametrize("name", checks.FOLDERS)
def test_folder_that_cannot_be_written(settings, tmp_path, monkeypatch, name):
    """Root may write everywhere, so the answer of the system is replaced, not the folder's mode."""
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    (tmp_path / name).mkdir()
    monkeypatch.setattr(checks.os, "access", lambda path, mode: path.name != name)
    messages = checks.data_folder_is_private(None)
    assert [message.id for message in messages] == ["portal.E002"]
    assert str(tmp_path / name) in messages[0].msg


def test_libraries_behind_the_reports(monkeypatch):
    assert found(checks.reports_can_be_printed) == []

    def without_pango(name):
        raise OSError("cannot load library 'libpango-1.0-0'\nmore lines")

    monkeypatch.setattr(checks, "import_module", without_pango)
    messages = checks.reports_can_be_printed(None)
    assert messages[0].msg == "Laporan PDF tidak dapat dibuat: cannot load library 'libpango-1.0-0'"
    assert "apt install libpango-1.0-0" in messages[0].hint


def test_sqlite_in_production(settings, monkeypatch):
    class Database:
        vendor = "sqlite"

    monkeypatch.setattr(checks, "connection", Database)
    assert found(checks.database_fits_production) == []
    settings.PRODUCTION = True
    assert [name for name, _ in found(checks.database_fits_production)] == ["portal.W002"]
    Database.vendor = "postgresql"
    assert found(checks.database_fits_production) == []


def test_reports_without_a_worker_in_production(settings):
    assert found(checks.reports_have_a_worker) == []
    settings.PRODUCTION = True
    assert [name for name, _ in found(checks.reports_have_a_worker)] == ["portal.W003"]
    settings.TASKS_IN_WORKER = True
    assert found(checks.reports_have_a_worker) == []


def test_a_signing_key_that_fails_or_ends(settings, tmp_path):
    settings.SIGNING_P12 = ""
    assert found(checks.reports_can_be_signed) == []
    settings.SIGNING_P12 = str(tmp_path / "kunci.p12")
    settings.SIGNING_PASSWORD, settings.SIGNING_PASSWORD_FILE = PASSWORD, ""
    (missing,) = checks.reports_can_be_signed(None)
    assert (missing.id, missing.msg[:40]) == ("portal.E006", "Berkas SIGNING_P12 tidak dapat dibaca: N")
    now = clock.now()
    for days, expected in ((365, []), (29, ["portal.W004"]), (-1, ["portal.E006"])):
        make_p12(tmp_path / "kunci.p12", ends=now + timedelta(days=days))
        assert [name for name, _ in found(checks.reports_can_be_signed)] == expected, days
    settings.SIGNING_PASSWORD = "salah"
    assert "kata sandinya" in checks.reports_can_be_signed(None)[0].msg


def test_an_address_in_qr_codes_that_leads_nowhere(settings):
    settings.PRODUCTION, settings.PORTAL_URL = False, "http://127.0.0.1:8000"
    assert found(checks.reports_name_an_address) == []
    settings.PRODUCTION = True
    assert [name for name, _ in found(checks.reports_name_an_address)] == ["portal.W005"]
    settings.PORTAL_URL = "https://kla.example.go.id"
    assert found(checks.reports_name_an_address) == []
