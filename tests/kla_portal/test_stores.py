"""What EVIDENCE_STORAGE means, and that its secret is never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from kla_portal import stores
from kla_portal.stores import StoreAddressError, evidence_store, report_store, s3_options


def test_nothing_said_is_the_local_disk():
    entry = evidence_store("", Path("/data/evidence"))
    assert entry["BACKEND"] == "django.core.files.storage.FileSystemStorage"
    options = entry["OPTIONS"]
    assert (options["location"], options["base_url"]) == (Path("/data/evidence"), None)
    assert (options["file_permissions_mode"], options["directory_permissions_mode"]) == (0o600, 0o700)


def test_reports_lie_where_the_evidence_lies():
    """What one host rendered another can serve; and not readable by the web server, which never sends them."""
    local = report_store("", Path("/data/reports"))
    assert local == evidence_store("", Path("/data/reports"))
    address = "s3://k:r@tuan.rumah/wadah"
    there, beside = report_store(address, Path("/data/reports")), evidence_store(address, Path())
    assert there["OPTIONS"] == beside["OPTIONS"] | {"location": "reports"}
    assert there["BACKEND"] == beside["BACKEND"]


def test_a_web_server_that_sends_the_files_may_read_them():
    options = evidence_store("", Path("/data"), group_reads=True)["OPTIONS"]
    assert (options["file_permissions_mode"], options["directory_permissions_mode"]) == (0o640, 0o750)


def test_an_address_says_it_all():
    address = "s3://AKIA:ab%2Fc%2Bd%3D@s3.example.go.id:9000/bukti-kla?region=id-jkt-1&secure=0"
    assert s3_options(address) == {
        "access_key": "AKIA",
        "secret_key": "ab/c+d=",
        "bucket_name": "bukti-kla",
        "endpoint_url": "http://s3.example.go.id:9000",
        "region_name": "id-jkt-1",
    }
    assert evidence_store(address, Path())["BACKEND"] == "kla_portal.stores_s3.EvidenceS3"


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("s3://k:r@tuan.rumah/wadah", "https://tuan.rumah"),
        ("s3://k:r@tuan.rumah/wadah/?secure=1", "https://tuan.rumah"),
        ("s3://k:r@[::1]:9000/wadah?secure=0", "http://[::1]:9000"),
    ],
)
def test_what_is_not_said_is_safe(address, endpoint):
    options = s3_options(address)
    assert (options["endpoint_url"], options["region_name"]) == (endpoint, "us-east-1")


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("https://k:RAHASIA@h/b", "s3://"),
        ("s3://h/b", "kunci"),
        ("s3://k@h/b", "kunci"),
        ("s3://k:RAHASIA@/b", "host"),
        ("s3://k:RAHA/SIA@h/b", "%2F"),
        ("s3://k:RAHASIA@h", "wadah"),
        ("s3://k:RAHASIA@h/b/folder", "wadah"),
        ("s3://k:RAHASIA@h/b#c", "wadah"),
        ("s3://k:RAHASIA@h:port/b", "tidak terbaca"),
        ("s3://k:RAHASIA@h/b?secure=ya", "secure=0"),
        ("s3://k:RAHASIA@h/b?wilayah=x", "region"),
        ("s3://k:RAHASIA@h/b?apa", "tidak terbaca"),
    ],
)
def test_what_cannot_be_read_is_said_without_the_secret(address, word):
    with pytest.raises(StoreAddressError) as refused:
        s3_options(address)
    assert word in str(refused.value)
    assert "k:RAHA" not in str(refused.value)
    assert "SIA@" not in str(refused.value).replace(stores.SHAPE, "")


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(stores, "find_spec", lambda name: None if name == "storages" else object())
    with pytest.raises(StoreAddressError, match=r"requirements-extras\.lock"):
        s3_options("s3://k:r@h/b")
