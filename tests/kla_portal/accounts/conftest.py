"""People and places that only the accounts' tests need."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kla_portal.accounts.models import Membership, User
from kla_portal.accounts.roles import Role
from kla_portal.regions.models import District, Province
from tests.cast import KALSEL, KALTENG, TABALONG, TANAH_BUMBU, person


@pytest.fixture
def tabalong(db: None) -> District:
    return District.objects.select_related("province").get(code=TABALONG)


@pytest.fixture
def tanah_bumbu(db: None) -> District:
    return District.objects.select_related("province").get(code=TANAH_BUMBU)


@pytest.fixture
def kalsel(db: None) -> Province:
    return Province.objects.get(code=KALSEL)


@pytest.fixture
def kalteng(db: None) -> Province:
    return Province.objects.get(code=KALTENG)


@pytest.fixture
def two_provinces(db: None) -> User:
    """A leader in Tabalong who is also a verifier in the neighbour province: no province's account alone."""
    user = person("dua.provinsi", "Orang Dua Provinsi", Role.LEADER, district_id=TABALONG)
    Membership.objects.create(user=user, role=Role.PROVINCIAL_VERIFIER, province_id=KALTENG)
    return user


@pytest.fixture
def csv_upload() -> Callable[..., SimpleUploadedFile]:
    """``csv_upload("baris 1", "baris 2")`` under the standard heading, as an uploaded file."""
    heading = "nama_pengguna;nama;surel;peran;kode_wilayah;perangkat_daerah"

    def make(*lines: str, heading: str = heading, name: str = "akun.csv", encoding: str = "utf-8"):
        return SimpleUploadedFile(
            name, "\n".join([heading, *lines]).encode(encoding), content_type="text/csv"
        )

    return make
