"""The gate: unseen is 404, seen but not allowed is 403 with the reason in words."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from kla_portal.accounts import access
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Permission, Role
from kla_portal.regions.models import District
from tests.cast import GUNUNG_MAS, KALSEL, KALTENG, TABALONG, TANAH_BUMBU, person

P = Permission


def test_area_of_each_kind_of_place(cast):
    assert access.area_of(cast.coordinator_tabalong, P.READ).districts == {TABALONG}
    assert access.area_of(cast.admin_kalsel, P.READ).provinces == {KALSEL}
    assert access.area_of(cast.admin_national, P.READ).national
    assert not access.area_of(cast.stranger, P.READ)
    assert not access.area_of(AnonymousUser(), P.READ)


def test_area_depends_on_the_permission(cast):
    user = cast.verifier_kalsel
    Membership.objects.create(user=user, role=Role.COORDINATOR, district_id=GUNUNG_MAS)
    assert access.area_of(user, P.VERIFY).provinces == {KALSEL}
    assert access.area_of(user, P.VERIFY).districts == frozenset()
    assert access.area_of(user, P.ANSWER).districts == {GUNUNG_MAS}
    assert access.area_of(user, P.ANSWER).provinces == frozenset()


def test_a_closed_account_has_no_area(cast):
    user = cast.admin_kalsel
    user.is_active = False
    assert not access.area_of(user, P.READ)


@pytest.mark.parametrize(
    ("who", "count"),
    [("coordinator_tabalong", 1), ("admin_kalsel", 13), ("admin_national", 514), ("stranger", 0)],
)
def test_area_filters_districts(cast, who, count):
    area = access.area_of(getattr(cast, who), P.READ)
    districts = District.objects.filter(area.filter())
    assert districts.count() == count
    assert all(area.covers(district) for district in districts.select_related("province"))
    outside = District.objects.exclude(pk__in=districts.values("pk")).first()
    assert outside is None or not area.covers(outside)


def test_area_filter_through_a_path(cast):
    area = access.area_of(cast.admin_kalsel, P.READ)
    _ = cast.coordinator_tabalong, cast.coordinator_gunungmas
    held = Membership.objects.filter(role=Role.COORDINATOR).filter(area.filter("district__"))
    assert [m.district_id for m in held] == [TABALONG]


def test_get_district_for(cast):
    assert access.get_district_for(cast.coordinator_tabalong, TABALONG, P.ANSWER).code == TABALONG
    for who in (cast.coordinator_tanahbumbu, cast.admin_kalteng, cast.stranger, AnonymousUser()):
        with pytest.raises(Http404):
            access.get_district_for(who, TABALONG, P.READ)
    with pytest.raises(Http404):
        access.get_district_for(cast.admin_national, "99.99", P.READ)


def test_seen_but_not_allowed_names_place_and_permission(cast):
    with pytest.raises(access.Refused) as refused:
        access.get_district_for(cast.leader_tabalong, TABALONG, P.ANSWER)
    assert str(refused.value) == (
        "Peran Anda di Kabupaten Tabalong tidak mencakup: menjawab pertanyaan dan memasang data dukung."
    )


def test_get_province_for(cast):
    assert access.get_province_for(cast.verifier_kalsel, KALSEL, P.VERIFY).code == KALSEL
    assert access.get_province_for(cast.verifier_national, KALTENG, P.VERIFY).code == KALTENG
    for who in (cast.admin_kalteng, cast.coordinator_tabalong, cast.stranger):
        with pytest.raises(Http404):
            access.get_province_for(who, KALSEL, P.SUPERVISE)
    with pytest.raises(access.Refused):
        access.get_province_for(cast.auditor_kalsel, KALSEL, P.VERIFY)
    with pytest.raises(Http404):
        access.get_province_for(cast.admin_national, "99", P.SUPERVISE)


def test_require(cast):
    assert access.require(cast.admin_kalsel, P.MANAGE_ACCOUNTS).provinces == {KALSEL}
    with pytest.raises(access.Refused, match="membuka dan menutup akun"):
        access.require(cast.verifier_kalsel, P.MANAGE_ACCOUNTS)


def test_signed_in(cast):
    assert access.signed_in(cast.stranger) == cast.stranger
    with pytest.raises(Http404):
        access.signed_in(AnonymousUser())


def test_roles_in_a_district(cast):
    user = person("banyak.peran", "Banyak Peran", Role.COORDINATOR, district_id=TABALONG)
    Membership.objects.create(user=user, role=Role.AUDITOR, province_id=KALSEL)
    Membership.objects.create(user=user, role=Role.NATIONAL_VERIFIER)
    places = {code: District.objects.get(code=code) for code in (TABALONG, TANAH_BUMBU, GUNUNG_MAS)}
    assert access.roles_in(user, places[TABALONG]) == {Role.COORDINATOR, Role.AUDITOR, Role.NATIONAL_VERIFIER}
    assert access.roles_in(user, places[TANAH_BUMBU]) == {Role.AUDITOR, Role.NATIONAL_VERIFIER}
    assert access.roles_in(user, places[GUNUNG_MAS]) == {Role.NATIONAL_VERIFIER}


def test_memberships_are_read_once(cast, django_assert_num_queries):
    user = cast.contributor_health_tabalong
    with django_assert_num_queries(1):
        for permission in Permission:
            access.area_of(user, permission)
        str(access.memberships_of(user)[0])
