"""The demo's accounts: names by role, one password for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from kla_portal.accounts.domain import NewMembership, open_account
from kla_portal.accounts.models import Agency, User
from kla_portal.accounts.roles import Role
from kla_portal.regions.models import District, Kecamatan, Province
from kla_portal.web.demo.places import KALSEL, KALTENG, PLACES, TABALONG, TANAH_BUMBU

PASSWORD = "kla-demo-2026"  # noqa: S105  the demo's one password, printed for everybody


@dataclass(frozen=True)
class Account:
    """``place``: code of a province, district or kecamatan, empty for the nation; ``agency``: the instrument's code."""

    username: str
    name: str
    role: Role
    place: str = ""
    agency: str = ""


NATIONAL = (
    Account("admin.pusat", "Admin Pusat", Role.NATIONAL_ADMIN),
    Account("verifikator.pusat", "Verifikator Pusat", Role.NATIONAL_VERIFIER),
)
PROVINCIAL = (
    Account("admin.kalsel", "Admin Kalimantan Selatan", Role.PROVINCIAL_ADMIN, KALSEL),
    Account("verifikator.kalsel", "Verifikator Kalimantan Selatan", Role.PROVINCIAL_VERIFIER, KALSEL),
    Account("auditor.kalsel", "Auditor Kalimantan Selatan", Role.AUDITOR, KALSEL),
    Account("admin.kalteng", "Admin Kalimantan Tengah", Role.PROVINCIAL_ADMIN, KALTENG),
    Account("verifikator.kalteng", "Verifikator Kalimantan Tengah", Role.PROVINCIAL_VERIFIER, KALTENG),
)
DISTRICTS = (
    *(
        Account(f"koordinator.{place.slug}", f"Koordinator {place.name}", Role.COORDINATOR, place.code)
        for place in PLACES
    ),
    Account("pimpinan.tabalong", "Pimpinan Tabalong", Role.LEADER, TABALONG),
)
AGENCIES = (
    Account(
        "kesehatan.tabalong", "Petugas Dinas Kesehatan Tabalong", Role.CONTRIBUTOR, TABALONG, "kesehatan"
    ),
    Account("dukcapil.tabalong", "Petugas Dinas Dukcapil Tabalong", Role.CONTRIBUTOR, TABALONG, "dukcapil"),
    Account("hukum.tabalong", "Petugas Bagian Hukum Tabalong", Role.CONTRIBUTOR, TABALONG, "hukum"),
    Account(
        "kesehatan.tanahbumbu",
        "Petugas Dinas Kesehatan Tanah Bumbu",
        Role.CONTRIBUTOR,
        TANAH_BUMBU,
        "kesehatan",
    ),
)
KECAMATAN = (
    Account("murungpudak.tabalong", "Petugas Kecamatan Murung Pudak", Role.KECAMATAN, "63.09.06"),
    Account("simpangempat.tanahbumbu", "Petugas Kecamatan Simpang Empat", Role.KECAMATAN, "63.10.06"),
)
ACCOUNTS = (*NATIONAL, *PROVINCIAL, *DISTRICTS, *AGENCIES, *KECAMATAN)


def open_all(accounts: Iterable[Account], *, by: User | None) -> dict[str, User]:
    """Open them through the verb. User name -> account; one hash serves all, since it is slow on purpose."""
    opened = {
        account.username: open_account(
            username=account.username, name=account.name, memberships=[_membership(account)], by=by
        ).account
        for account in accounts
    }
    User.objects.filter(username__in=opened).update(
        password=make_password(PASSWORD), must_change_password=False
    )
    return {user.username: user for user in User.objects.filter(username__in=opened)}


def _membership(account: Account) -> NewMembership:
    if account.agency:
        agency = Agency.objects.select_related("district").get(district=account.place, code=account.agency)
        return NewMembership(account.role, agency=agency)
    if account.role == Role.KECAMATAN:
        kecamatan = Kecamatan.objects.select_related("district").get(code=account.place)
        return NewMembership(account.role, kecamatan=kecamatan)
    if len(account.place) == 2:
        return NewMembership(account.role, province=Province.objects.get(code=account.place))
    if account.place:
        district = District.objects.select_related("province").get(code=account.place)
        return NewMembership(account.role, district=district)
    return NewMembership(account.role)


def table() -> str:
    """Role, user name and password, for the end of the set-up."""
    rows = [("Peran", "Nama pengguna", "Kata sandi")]
    rows += [(f"{account.role.label}: {account.name}", account.username, PASSWORD) for account in ACCOUNTS]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
