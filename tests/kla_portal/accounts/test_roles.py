"""The table of roles, spelled out: a change here is a change of who may do what."""

from __future__ import annotations

import pytest

from kla_portal.accounts.roles import (
    OF_THE_DISTRICT,
    PARTIAL,
    PROVINCE_MAY_OPEN,
    RULES,
    Permission,
    Role,
    RoleRule,
    Scope,
    held_in,
    roles_with,
)

P, R = Permission, Role

HOLDERS = {
    P.READ: set(R) - {R.KECAMATAN},
    P.ANSWER: {R.CONTRIBUTOR, R.COORDINATOR},
    P.ENTER_UNITS: {R.CONTRIBUTOR, R.KECAMATAN, R.COORDINATOR},
    P.COORDINATE: {R.COORDINATOR},
    P.MANAGE_AGENCIES: {R.COORDINATOR, R.PROVINCIAL_ADMIN, R.NATIONAL_ADMIN},
    P.SUPERVISE: {
        R.PROVINCIAL_VERIFIER,
        R.PROVINCIAL_ADMIN,
        R.NATIONAL_VERIFIER,
        R.NATIONAL_ADMIN,
        R.AUDITOR,
    },
    P.VERIFY: {R.PROVINCIAL_VERIFIER, R.PROVINCIAL_ADMIN, R.NATIONAL_VERIFIER, R.NATIONAL_ADMIN},
    P.MANAGE_ACCOUNTS: {R.PROVINCIAL_ADMIN, R.NATIONAL_ADMIN},
    P.MANAGE_INSTRUMENTS: {R.NATIONAL_ADMIN},
}

SCOPES = {
    R.CONTRIBUTOR: Scope.AGENCY,
    R.KECAMATAN: Scope.KECAMATAN,
    R.COORDINATOR: Scope.DISTRICT,
    R.LEADER: Scope.DISTRICT,
    R.PROVINCIAL_VERIFIER: Scope.PROVINCE,
    R.PROVINCIAL_ADMIN: Scope.PROVINCE,
    R.NATIONAL_VERIFIER: Scope.NATIONAL,
    R.NATIONAL_ADMIN: Scope.NATIONAL,
    R.AUDITOR: Scope.ANY_AREA,
}


@pytest.mark.parametrize("permission", list(Permission))
def test_who_holds_a_permission(permission):
    assert roles_with(permission) == HOLDERS[permission]


def test_every_role_has_its_scope_and_a_description():
    assert {role: rule.scope for role, rule in RULES.items()} == SCOPES
    assert all(rule.description.endswith(".") for rule in RULES.values())


def test_nobody_verifies_what_they_answer():
    assert not roles_with(P.ANSWER) & roles_with(P.VERIFY)


def test_an_auditor_changes_nothing():
    assert RULES[R.AUDITOR].permissions == {P.READ, P.SUPERVISE}


def test_a_kecamatan_officer_enters_rows_and_reads_nothing():
    assert RULES[R.KECAMATAN].permissions == {P.ENTER_UNITS}


def test_those_who_see_a_part_are_those_bound_to_a_part():
    assert {role for role, scope in SCOPES.items() if scope in {Scope.AGENCY, Scope.KECAMATAN}} == PARTIAL


def test_the_districts_own_people_are_those_held_in_a_district_or_a_part_of_it():
    assert {
        role for role, scope in SCOPES.items() if scope in {Scope.AGENCY, Scope.KECAMATAN, Scope.DISTRICT}
    } == OF_THE_DISTRICT


@pytest.mark.parametrize("scope", list(Scope))
def test_a_new_role_belongs_where_it_is_held(monkeypatch, scope):
    monkeypatch.setitem(RULES, "forum_anak", RoleRule(scope, frozenset({P.READ}), "Forum Anak."))
    assert "forum_anak" in held_in(scope)
    assert "forum_anak" not in held_in(*set(Scope) - {scope})


def test_a_province_opens_no_national_role():
    assert set(Role) - PROVINCE_MAY_OPEN == {R.NATIONAL_VERIFIER, R.NATIONAL_ADMIN}


def test_every_role_may_leave_the_account_form_in_words_that_differ():
    labels = [role.label for role in Role]
    assert len(set(labels)) == len(labels) == 9
