"""Which role goes with which place, and who may give it."""

from __future__ import annotations

import pytest

from kla_portal.accounts.domain import (
    AccountRefused,
    NewMembership,
    add_membership,
    remove_membership,
    set_memberships,
)
from kla_portal.accounts.domain.memberships import fitting
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from kla_portal.events.models import Event
from kla_portal.regions.models import Kecamatan
from tests.cast import MURUNG_PUDAK, TABALONG, TANAH_BUMBU, UPAU, agency


def roles_of(user) -> set[str]:
    return {str(m) for m in Membership.objects.filter(user=user)}


def test_an_agency_names_its_district(tabalong):
    health = agency(TABALONG, "kesehatan")
    assert fitting(NewMembership(Role.CONTRIBUTOR, agency=health)).district == tabalong


def test_a_kecamatan_names_its_district(tabalong, kalsel):
    upau = Kecamatan.objects.get(code=UPAU)
    found = fitting(NewMembership(Role.KECAMATAN, province=kalsel, kecamatan=upau))
    assert (found.district, found.province) == (tabalong, None)


def test_a_person_serves_two_kecamatan_but_each_once(cast):
    upau, murung_pudak = Kecamatan.objects.filter(code__in=[UPAU, MURUNG_PUDAK]).order_by("-code")
    user, admin = cast.officer_kecamatan, cast.admin_kalsel
    add_membership(account=user, membership=NewMembership(Role.KECAMATAN, kecamatan=upau), by=admin)
    assert roles_of(user) == {
        "Petugas kecamatan Kecamatan Murung Pudak, Kabupaten Tabalong",
        "Petugas kecamatan Kecamatan Upau, Kabupaten Tabalong",
    }
    with pytest.raises(AccountRefused, match="sudah memegang"):
        add_membership(
            account=user, membership=NewMembership(Role.KECAMATAN, kecamatan=murung_pudak), by=admin
        )


def test_a_district_names_its_province(tabalong, kalsel):
    for role in (Role.COORDINATOR, Role.AUDITOR):
        assert fitting(NewMembership(role, district=tabalong, province=kalsel)).province is None


def test_the_place_must_fit_the_role(tabalong, kalsel, kalteng):
    health = agency(TANAH_BUMBU, "kesehatan")
    elsewhere = Kecamatan.objects.filter(district=TANAH_BUMBU).first()
    cases = [
        ("agency", NewMembership(Role.CONTRIBUTOR, district=tabalong)),
        ("agency", NewMembership(Role.CONTRIBUTOR, district=tabalong, agency=health)),
        ("agency", NewMembership(Role.COORDINATOR, agency=health)),
        ("agency", NewMembership(Role.PROVINCIAL_ADMIN, province=kalsel, agency=health)),
        ("kecamatan", NewMembership(Role.KECAMATAN, district=tabalong)),
        ("kecamatan", NewMembership(Role.KECAMATAN, district=tabalong, kecamatan=elsewhere)),
        ("kecamatan", NewMembership(Role.LEADER, district=tabalong, kecamatan=elsewhere)),
        ("agency", NewMembership(Role.KECAMATAN, agency=health, kecamatan=elsewhere)),
        ("district", NewMembership(Role.COORDINATOR)),
        ("district", NewMembership(Role.LEADER, province=kalsel)),
        ("district", NewMembership(Role.LEADER, province=kalteng, district=tabalong)),
        ("district", NewMembership(Role.PROVINCIAL_VERIFIER, province=kalsel, district=tabalong)),
        ("province", NewMembership(Role.PROVINCIAL_ADMIN)),
        ("province", NewMembership(Role.NATIONAL_ADMIN, province=kalsel)),
        ("district", NewMembership(Role.NATIONAL_VERIFIER, district=tabalong)),
    ]
    for field, new in cases:
        with pytest.raises(AccountRefused) as refused:
            fitting(new)
        assert refused.value.field == field, new


def test_every_fitting_place_is_one_the_database_takes(cast, tabalong, kalsel):
    user = cast.stranger
    health = agency(TABALONG, "kesehatan")
    for new in (
        NewMembership(Role.CONTRIBUTOR, agency=health),
        NewMembership(Role.COORDINATOR, district=tabalong),
        NewMembership(Role.LEADER, district=tabalong),
        NewMembership(Role.PROVINCIAL_VERIFIER, province=kalsel),
        NewMembership(Role.PROVINCIAL_ADMIN, province=kalsel),
        NewMembership(Role.NATIONAL_VERIFIER),
        NewMembership(Role.NATIONAL_ADMIN),
        NewMembership(Role.AUDITOR, district=tabalong),
        NewMembership(Role.AUDITOR, province=kalsel),
        NewMembership(Role.AUDITOR),
    ):
        add_membership(account=user, membership=new, by=None)
    assert user.memberships.count() == 10


def test_add_and_remove(cast, tabalong):
    user, admin = cast.coordinator_tabalong, cast.admin_kalsel
    added = add_membership(account=user, membership=NewMembership(Role.LEADER, district=tabalong), by=admin)
    assert roles_of(user) == {
        "Koordinator Gugus Tugas Kabupaten Tabalong",
        "Pimpinan daerah Kabupaten Tabalong",
    }
    assert Event.objects.latest("pk").data == {
        "change": "membership.added",
        "memberships": ["coordinator@63.09", "leader@63.09"],
    }
    remove_membership(membership=added, by=admin)
    assert roles_of(user) == {"Koordinator Gugus Tugas Kabupaten Tabalong"}
    assert Event.objects.latest("pk").data["removed"] == ["leader@63.09"]


def test_a_role_is_not_given_twice(cast, tabalong):
    user = cast.coordinator_tabalong
    with pytest.raises(AccountRefused, match="sudah memegang"):
        add_membership(
            account=user, membership=NewMembership(Role.COORDINATOR, district=tabalong), by=cast.admin_kalsel
        )
    assert user.memberships.count() == 1


def test_the_last_role_stays(cast):
    (only,) = cast.coordinator_tabalong.memberships.all()
    with pytest.raises(AccountRefused, match="peran terakhir"):
        remove_membership(membership=only, by=cast.admin_kalsel)
    assert Membership.objects.filter(pk=only.pk).exists()


def test_nobody_takes_their_own_role(cast, kalsel):
    admin = cast.admin_kalsel
    Membership.objects.create(user=admin, role=Role.AUDITOR, province=kalsel)
    for membership in admin.memberships.all():
        with pytest.raises(AccountRefused, match="peran Anda sendiri"):
            remove_membership(membership=membership, by=admin)
    with pytest.raises(AccountRefused, match="peran Anda sendiri"):
        set_memberships(account=admin, memberships=[NewMembership(Role.AUDITOR, province=kalsel)], by=admin)
    assert admin.memberships.count() == 2


def test_an_account_of_another_area_is_out_of_reach(cast, two_provinces, tabalong):
    leader = NewMembership(Role.LEADER, district=tabalong)
    for user in (cast.coordinator_gunungmas, two_provinces, cast.stranger):
        with pytest.raises(AccountRefused, match="tidak termasuk wilayah Anda"):
            add_membership(account=user, membership=leader, by=cast.admin_kalsel)
    within = two_provinces.memberships.get(role=Role.LEADER)
    with pytest.raises(AccountRefused, match="tidak termasuk wilayah Anda"):
        remove_membership(membership=within, by=cast.admin_kalsel)


def test_a_province_gives_no_national_role_nor_a_place_outside(cast, kalteng):
    user = cast.coordinator_tabalong
    for new, field in (
        (NewMembership(Role.NATIONAL_VERIFIER), "role"),
        (NewMembership(Role.AUDITOR), "province"),
        (NewMembership(Role.AUDITOR, province=kalteng), "province"),
    ):
        with pytest.raises(AccountRefused) as refused:
            add_membership(account=user, membership=new, by=cast.admin_kalsel)
        assert refused.value.field == field
    assert user.memberships.count() == 1


def test_set_memberships_keeps_adds_and_removes(cast, tabalong, tanah_bumbu):
    user, admin = cast.coordinator_tabalong, cast.admin_kalsel
    kept = user.memberships.get()
    wanted = [
        NewMembership(Role.COORDINATOR, district=tabalong),
        NewMembership(Role.AUDITOR, district=tanah_bumbu),
    ]
    set_memberships(account=user, memberships=wanted, by=admin)
    assert kept in user.memberships.all()
    assert roles_of(user) == {
        "Koordinator Gugus Tugas Kabupaten Tabalong",
        "Auditor (inspektorat) Kabupaten Tanah Bumbu",
    }
    count = Event.objects.count()
    set_memberships(account=user, memberships=wanted, by=admin)
    assert Event.objects.count() == count
    set_memberships(account=user, memberships=wanted[1:], by=admin)
    assert roles_of(user) == {"Auditor (inspektorat) Kabupaten Tanah Bumbu"}
    with pytest.raises(AccountRefused, match="sedikitnya satu peran"):
        set_memberships(account=user, memberships=[], by=admin)
