"""The database refuses nonsense: each named constraint is violated once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kla_portal.accounts.models import (
    Agency,
    KnownDevice,
    Membership,
    RecoveryCode,
    SessionEnd,
    SignedInSession,
    User,
)
from kla_portal.accounts.roles import Role
from tests.cast import KALSEL, TABALONG, TANAH_BUMBU, UPAU, agency, person


def refuses(constraint: str, deed) -> None:
    """The deed violates this constraint; SQLite names columns instead of a unique constraint."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        deed()
    if connection.vendor == "postgresql" or "CHECK" in str(caught.value):
        assert constraint in str(caught.value)
    else:
        assert "UNIQUE" in str(caught.value)


def test_closed_account_needs_who_and_when(cast):
    user = cast.coordinator_tabalong
    rows = User.objects.filter(pk=user.pk)
    for broken in (
        {"closed_at": timezone.now()},
        {"is_active": False},
        {"closed_by": cast.admin_kalsel, "is_active": False},
        {"closed_at": timezone.now(), "closed_by": cast.admin_kalsel, "is_active": True},
    ):
        refuses("user_closed_at_and_by_together", lambda broken=broken: rows.update(**broken))


def test_user_names_are_unique_and_stored_small(cast):
    made = User.objects.create_user("Pusat.Besar", "x", name="Pusat")
    assert made.username == "pusat.besar"
    refuses("username", lambda: User.objects.create_user("PUSAT.besar", "x", name="Lagi"))


def test_a_removed_account_is_closed_and_has_no_address(cast):
    now, by = timezone.now(), cast.admin_kalsel
    closed = {"closed_at": now, "closed_by": by, "is_active": False, "email": ""}
    rows = User.objects.filter(pk=cast.coordinator_tabalong.pk)
    for broken in (
        closed | {"removed_at": now},
        closed | {"removed_by": by},
        closed | {"removed_at": now, "removed_by": by, "email": "orang@contoh.go.id"},
        {"email": "", "removed_at": now, "removed_by": by},
    ):
        refuses("user_removed_is_closed_and_bare", lambda broken=broken: rows.update(**broken))
    assert rows.update(**closed, removed_at=now, removed_by=by) == 1


def test_a_device_is_known_once_and_seen_in_order(cast):
    now, user = timezone.now(), cast.coordinator_tabalong
    row = {"user": user, "agent": "Chrome di Android", "first_seen_at": now}
    KnownDevice.objects.create(**row, digest="a" * 64, last_seen_at=now)
    refuses(
        "device_once_per_person",
        lambda: KnownDevice.objects.create(**row, digest="a" * 64, last_seen_at=now),
    )
    before = now - timedelta(seconds=1)
    refuses(
        "device_seen_in_order",
        lambda: KnownDevice.objects.create(**row, digest="b" * 64, last_seen_at=before),
    )


def test_a_session_ends_with_a_cause_and_is_seen_after_its_start(cast):
    now = timezone.now()
    sitting = SignedInSession.objects.create(
        user=cast.coordinator_tabalong, session_key="k", agent="Chrome", signed_in_at=now, seen_at=now
    )
    rows = SignedInSession.objects.filter(pk=sitting.pk)
    for broken in ({"ended_at": now}, {"end": SessionEnd.IDLE}, {"ended_at": now, "end": "bosan"}):
        refuses("session_end_has_its_cause", lambda broken=broken: rows.update(**broken))
    refuses("session_seen_in_order", lambda: rows.update(seen_at=now - timedelta(seconds=1)))


def test_a_recovery_code_is_not_used_before_it_was_made(cast):
    now = timezone.now()
    code = RecoveryCode.objects.create(user=cast.coordinator_tabalong, hash="x", created_at=now)
    early = now - timedelta(seconds=1)
    refuses(
        "recovery_used_after_made",
        lambda: RecoveryCode.objects.filter(pk=code.pk).update(used_at=early),
    )


@pytest.mark.django_db
def test_agency_constraints():
    taken = agency(TABALONG, "kesehatan")
    refuses(
        "agency_name_once_per_district",
        lambda: Agency.objects.create(district_id=TABALONG, name=taken.name),
    )
    refuses(
        "agency_code_once_per_district",
        lambda: Agency.objects.create(district_id=TABALONG, name="Nama Lain", code="kesehatan"),
    )
    refuses("agency_has_a_name", lambda: Agency.objects.create(district_id=TABALONG, name=""))


@pytest.mark.django_db
def test_agencies_without_code_may_be_many_in_a_district():
    Agency.objects.create(district_id=TABALONG, name="Kantor A")
    Agency.objects.create(district_id=TABALONG, name="Kantor B")
    assert Agency.objects.filter(district=TABALONG, code="").count() == 2


@pytest.mark.django_db
def test_membership_role_is_known():
    user = person("seseorang", "Seseorang")
    # Both checks fail for such a row; the database names either.
    refuses("membership_", lambda: Membership.objects.create(user=user, role="raja"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.CONTRIBUTOR, {"district_id": TABALONG}),
        (Role.CONTRIBUTOR, {"province_id": KALSEL}),
        (Role.COORDINATOR, {}),
        (Role.COORDINATOR, {"province_id": KALSEL}),
        (Role.KECAMATAN, {"district_id": TABALONG}),
        (Role.KECAMATAN, {"kecamatan_id": UPAU}),
        (Role.COORDINATOR, {"district_id": TABALONG, "kecamatan_id": UPAU}),
        (Role.LEADER, {"district_id": TABALONG, "province_id": KALSEL}),
        (Role.PROVINCIAL_VERIFIER, {}),
        (Role.PROVINCIAL_ADMIN, {"district_id": TABALONG}),
        (Role.NATIONAL_VERIFIER, {"province_id": KALSEL}),
        (Role.NATIONAL_ADMIN, {"district_id": TABALONG}),
        (Role.AUDITOR, {"district_id": TABALONG, "province_id": KALSEL}),
    ],
)
def test_place_fits_role(role, place):
    user = person("seseorang", "Seseorang")
    refuses("membership_place_fits_role", lambda: Membership.objects.create(user=user, role=role, **place))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
def test_only_contributors_have_an_agency(role):
    user = person("seseorang", "Seseorang")
    place = {"district_id": TABALONG, "agency": agency(TABALONG, "kesehatan")}
    refuses("membership_place_fits_role", lambda: Membership.objects.create(user=user, role=role, **place))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "role", "place"),
    [
        ("membership_once_in_district", Role.COORDINATOR, {"district_id": TABALONG}),
        ("membership_once_in_kecamatan", Role.KECAMATAN, {"district_id": TABALONG, "kecamatan_id": UPAU}),
        ("membership_once_in_province", Role.AUDITOR, {"province_id": KALSEL}),
        ("membership_once_national", Role.NATIONAL_VERIFIER, {}),
    ],
)
def test_a_role_is_held_once_in_a_place(constraint, role, place):
    user = person("seseorang", "Seseorang", role, **place)
    refuses(constraint, lambda: Membership.objects.create(user=user, role=role, **place))


@pytest.mark.django_db
def test_a_role_is_held_once_in_an_agency_but_in_several_agencies():
    place = {"district_id": TABALONG, "agency": agency(TABALONG, "kesehatan")}
    user = person("seseorang", "Seseorang", Role.CONTRIBUTOR, **place)
    refuses(
        "membership_once_in_agency",
        lambda: Membership.objects.create(user=user, role=Role.CONTRIBUTOR, **place),
    )
    other = Membership.objects.create(
        user=user, role=Role.CONTRIBUTOR, district_id=TABALONG, agency=agency(TABALONG, "dukcapil")
    )
    assert other in user.memberships.all()


def test_place_in_words(cast):
    (membership,) = cast.contributor_health_tabalong.memberships.all()
    assert membership.place == f"{agency(TABALONG, 'kesehatan').name}, Kabupaten Tabalong"
    (national,) = cast.admin_national.memberships.all()
    assert (national.place, str(national)) == ("Nasional", "Admin nasional (KemenPPPA) Nasional")
    (provincial,) = cast.admin_kalsel.memberships.all()
    assert provincial.place == "Kalimantan Selatan"


@pytest.mark.django_db
def test_an_agency_with_people_is_not_deleted():
    health = agency(TANAH_BUMBU, "kesehatan")
    person("kes.tanahbumbu", "Petugas", Role.CONTRIBUTOR, district_id=TANAH_BUMBU, agency=health)
    with pytest.raises(IntegrityError):
        health.delete()
