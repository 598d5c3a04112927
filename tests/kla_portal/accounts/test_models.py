"""The database refuses nonsense: each named constraint is violated once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kla_portal.accounts.models import Agency, Membership, User
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
