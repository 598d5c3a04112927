"""The named cast: the same few people in every test, made when first called upon."""

from __future__ import annotations

from functools import cached_property

from django.test import Client

from kla_portal.accounts.domain import sittings
from kla_portal.accounts.models import Agency, Membership, SignedInSession, User
from kla_portal.accounts.roles import Role
from kla_portal.accounts.session_middleware import PASSWORD as PASSWORD_AT
from kla_portal.accounts.session_middleware import SEEN, SINCE, SITTING

PASSWORD = "kla-demo-2026"

TABALONG, TANAH_BUMBU, GUNUNG_MAS = "63.09", "63.10", "62.10"
KALSEL, KALTENG = "63", "62"
MURUNG_PUDAK, UPAU = "63.09.06", "63.09.10"


def person(username: str, name: str, role: Role | None = None, **place: object) -> User:
    user = User.objects.create_user(username, PASSWORD, name=name, must_change_password=False)
    if role:
        Membership.objects.create(user=user, role=role, **place)
    return user


FOR_EVER = 4_102_444_800
"""The year 2100, in seconds since 1970: tests go about in time, and a session of theirs must not end on the way."""


def enter(client: Client, user: User, *, password_given: bool = True) -> Client:
    """The client, signed in as after the sign-in page. Without ``password_given`` it must be given once more before
    deeds that ask for it. What sessions themselves do is tested through the page."""
    client.force_login(user)
    session = client.session
    SignedInSession.objects.filter(session_key=session.session_key).delete()
    sitting = sittings.begin(
        user=user, session_key=session.session_key, agent="Peramban lain", address=None, device=None
    )
    times = {SINCE: FOR_EVER, SEEN: FOR_EVER, PASSWORD_AT: FOR_EVER if password_given else 0}
    session.update({SITTING: sitting.pk} | times)
    session.save()
    return client


def agency(district: str, code: str) -> Agency:
    return Agency.objects.get(district=district, code=code)


class Cast:
    @cached_property
    def coordinator_tabalong(self) -> User:
        return person("koor.tabalong", "Koordinator Tabalong", Role.COORDINATOR, district_id=TABALONG)

    @cached_property
    def contributor_health_tabalong(self) -> User:
        """Petugas Dinas Kesehatan; answers indicators 12 to 16 and more by the instrument's default."""
        return person(
            "kes.tabalong",
            "Petugas Dinas Kesehatan Tabalong",
            Role.CONTRIBUTOR,
            district_id=TABALONG,
            agency=agency(TABALONG, "kesehatan"),
        )

    @cached_property
    def contributor_registry_tabalong(self) -> User:
        return person(
            "dukcapil.tabalong",
            "Petugas Dukcapil Tabalong",
            Role.CONTRIBUTOR,
            district_id=TABALONG,
            agency=agency(TABALONG, "dukcapil"),
        )

    @cached_property
    def leader_tabalong(self) -> User:
        return person("pim.tabalong", "Pimpinan Tabalong", Role.LEADER, district_id=TABALONG)

    @cached_property
    def officer_kecamatan(self) -> User:
        """Petugas Kecamatan Murung Pudak, Tabalong: ten villages."""
        return person(
            "kec.murungpudak",
            "Petugas Kecamatan Murung Pudak",
            Role.KECAMATAN,
            district_id=TABALONG,
            kecamatan_id=MURUNG_PUDAK,
        )

    @cached_property
    def officer_kecamatan_other(self) -> User:
        """Petugas Kecamatan Upau, in the same district."""
        return person(
            "kec.upau", "Petugas Kecamatan Upau", Role.KECAMATAN, district_id=TABALONG, kecamatan_id=UPAU
        )

    @cached_property
    def coordinator_tanahbumbu(self) -> User:
        return person("koor.tanahbumbu", "Koordinator Tanah Bumbu", Role.COORDINATOR, district_id=TANAH_BUMBU)

    @cached_property
    def coordinator_gunungmas(self) -> User:
        return person("koor.gunungmas", "Koordinator Gunung Mas", Role.COORDINATOR, district_id=GUNUNG_MAS)

    @cached_property
    def verifier_kalsel(self) -> User:
        return person("verif.kalsel", "Verifikator Kalsel", Role.PROVINCIAL_VERIFIER, province_id=KALSEL)

    @cached_property
    def admin_kalsel(self) -> User:
        return person("adm.kalsel", "Admin Kalsel", Role.PROVINCIAL_ADMIN, province_id=KALSEL)

    @cached_property
    def verifier_kalteng(self) -> User:
        return person("verif.kalteng", "Verifikator Kalteng", Role.PROVINCIAL_VERIFIER, province_id=KALTENG)

    @cached_property
    def admin_kalteng(self) -> User:
        return person("adm.kalteng", "Admin Kalteng", Role.PROVINCIAL_ADMIN, province_id=KALTENG)

    @cached_property
    def auditor_kalsel(self) -> User:
        return person("aud.kalsel", "Auditor Kalsel", Role.AUDITOR, province_id=KALSEL)

    @cached_property
    def verifier_national(self) -> User:
        return person("verif.pusat", "Verifikator Pusat", Role.NATIONAL_VERIFIER)

    @cached_property
    def admin_national(self) -> User:
        return person("adm.pusat", "Admin Pusat", Role.NATIONAL_ADMIN)

    @cached_property
    def stranger(self) -> User:
        """Signed in, with no membership anywhere."""
        return person("tamu", "Tanpa peran")
