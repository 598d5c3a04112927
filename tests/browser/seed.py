"""A small portal for the browser: reference data, the two editions, and a few accounts of the demo."""

from __future__ import annotations

import django

django.setup()

from tests.cast import KALSEL, TABALONG, TANAH_BUMBU, agency, person  # noqa: E402
from tests.conftest import load_reference_data  # noqa: E402


def seed() -> None:
    from kla_portal.accounts.roles import Role

    load_reference_data()
    coordinator, contributor = Role.COORDINATOR, Role.CONTRIBUTOR
    person("koordinator.tabalong", "Koordinator Tabalong", coordinator, district_id=TABALONG)
    person(
        "kesehatan.tabalong",
        "Petugas Dinas Kesehatan Tabalong",
        contributor,
        district_id=TABALONG,
        agency=agency(TABALONG, "kesehatan"),
    )
    person("pimpinan.tabalong", "Pimpinan Tabalong", Role.LEADER, district_id=TABALONG)
    person("koordinator.tanahbumbu", "Koordinator Tanah Bumbu", coordinator, district_id=TANAH_BUMBU)
    person("verifikator.kalsel", "Verifikator Kalsel", Role.PROVINCIAL_VERIFIER, province_id=KALSEL)
    person("admin.kalsel", "Admin Kalsel", Role.PROVINCIAL_ADMIN, province_id=KALSEL)
    person("admin.pusat", "Admin Pusat", Role.NATIONAL_ADMIN)


if __name__ == "__main__":
    seed()
