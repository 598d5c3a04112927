"""Whose accounts are whose."""

from __future__ import annotations

import pytest

from kla_portal.accounts import queries
from kla_portal.accounts.access import area_of
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission, Role
from tests.cast import TABALONG, person


def names(accounts) -> set[str]:
    return set(accounts.values_list("username", flat=True))


@pytest.fixture
def everyone(cast, two_provinces):
    """All kinds of accounts, near and far, before anyone looks."""
    people = [
        cast.coordinator_tabalong,
        cast.contributor_health_tabalong,
        cast.verifier_kalsel,
        cast.auditor_kalsel,
        cast.coordinator_gunungmas,
        cast.verifier_national,
        cast.admin_national,
        cast.stranger,
        two_provinces,
    ]
    root = User.objects.create_superuser("root", "x", name="Root")
    root.memberships.create(role=Role.LEADER, district_id=TABALONG)
    return people


def test_a_province_has_the_accounts_wholly_within_it(cast, everyone):
    mine = queries.accounts_in(area_of(cast.admin_kalsel, Permission.MANAGE_ACCOUNTS))
    assert names(mine) == {"adm.kalsel", "koor.tabalong", "kes.tabalong", "verif.kalsel", "aud.kalsel"}


def test_the_nation_has_all(cast, everyone):
    area = area_of(cast.admin_national, Permission.MANAGE_ACCOUNTS)
    assert names(queries.accounts_in(area)) == names(User.objects.all())
    assert "root" in names(queries.accounts_in(area))


def test_search(cast, everyone):
    area = area_of(cast.admin_national, Permission.MANAGE_ACCOUNTS)
    accounts = queries.accounts_in(area)

    def found(**criteria):
        return names(queries.search_accounts(accounts, **criteria))

    assert found(text="KOORDINATOR tabalong") == {"koor.tabalong"}
    assert found(role=Role.PROVINCIAL_VERIFIER) == {"verif.kalsel", "dua.provinsi"}
    tabalong = cast.coordinator_tabalong.memberships.get().district
    assert found(district=tabalong) == {"koor.tabalong", "kes.tabalong", "dua.provinsi", "root"}
    # Role and district are one membership, not two.
    assert found(district=tabalong, role=Role.PROVINCIAL_VERIFIER) == set()
    assert found(active=False) == set()
    assert found(text="tidak-ada") == set()


def test_districts_and_provinces_of_an_area(cast):
    provincial = area_of(cast.admin_kalsel, Permission.MANAGE_ACCOUNTS)
    assert queries.districts_in(provincial).count() == 13
    assert [p.code for p in queries.provinces_in(provincial)] == ["63"]
    national = area_of(cast.admin_national, Permission.MANAGE_ACCOUNTS)
    assert (queries.districts_in(national).count(), queries.provinces_in(national).count()) == (514, 38)


def test_agencies_stand_by_name(cast, tabalong):
    names = [agency.name for agency in queries.agencies_of(tabalong)]
    assert len(names) > 20
    assert names == sorted(names)


def test_agencies_count_only_open_accounts(cast, tabalong):
    user = cast.contributor_health_tabalong
    person("kes2", "Kedua", Role.CONTRIBUTOR, district_id=TABALONG, agency=user.memberships.get().agency)
    assert queries.agencies_of(tabalong).get(code="kesehatan").people == 2
    User.objects.filter(pk=user.pk).update(
        is_active=False, closed_at=user.created_at, closed_by=cast.admin_kalsel
    )
    assert queries.agencies_of(tabalong).get(code="kesehatan").people == 1
