"""Every view begins with the gate, seen in its source through its decorators."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import pytest

import evaluations.access
import indicators.access
import kla_portal.accounts.access
from tests.architecture.addresses import Address, addresses

GATES = (kla_portal.accounts.access, indicators.access, evaluations.access)
GATE_NAMES = re.compile(r"^(get_\w+|require|signed_in|anyone)$")
"""Functions of the gate that let pass or raise. Others (``area_of``, ``roles_in``) only tell."""

OPEN_TO_ANYONE = {
    "accounts:login",
    "accounts:logout",
    "accounts:reset",
    "accounts:reset_confirm",
    "accounts:reset_sent",
    "evaluations:check_report",
    "evaluations:check_reports",
    "evaluations:open_data",
    "evaluations:open_file",
    "evaluations:public_results",
    "operations:figures",
    "operations:live",
    "operations:ready",
    "privacy",
}
ABOUT_ONESELF = {
    "home",
    "accounts:back_to_form",
    "accounts:confirm",
    "accounts:factor_code",
    "accounts:factor_recovery",
    "accounts:factor_remove",
    "accounts:factor_setup",
    "accounts:second_factor",
    "accounts:password_change",
    "accounts:personal_data",
    "accounts:profile",
    "accounts:session_end",
    "accounts:session_end_others",
    "accounts:sessions",
    "evaluations:message",
    "evaluations:message_preferences",
    "evaluations:messages",
}
"""Whoever is signed in may come; what they find depends on who they are."""

ALL = addresses()


def gate_of(address: Address) -> str:
    """The name of the gate function that the view's first statement calls; empty when there is none."""
    view = inspect.unwrap(address.view)
    function = ast.parse(textwrap.dedent(inspect.getsource(view))).body[0]
    first = function.body[0 if ast.get_docstring(function) is None else 1]
    call = first.value if isinstance(first, ast.Assign | ast.AnnAssign | ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return ""
    module, name = call.func.value, call.func.attr
    if not isinstance(module, ast.Name) or view.__globals__.get(module.id) not in GATES:
        return ""
    return name if GATE_NAMES.match(name) else ""


def test_there_are_addresses_and_each_has_a_name_of_its_own():
    names = [address.name for address in ALL]
    assert len(names) > 50
    assert len(set(names)) == len(names)
    assert not [address.route for address in ALL if address.name.endswith(("None", ":"))]


@pytest.mark.parametrize("address", ALL, ids=str)
def test_view_begins_with_the_gate(address):
    assert gate_of(address), (
        f"{inspect.unwrap(address.view).__qualname__} does not begin with a call such as access.require(...)"
    )


def test_only_the_doors_are_open_to_anyone():
    assert {address.name for address in ALL if gate_of(address) == "anyone"} == OPEN_TO_ANYONE


def test_only_pages_about_oneself_ask_for_nothing_but_a_person():
    assert {address.name for address in ALL if gate_of(address) == "signed_in"} == ABOUT_ONESELF


def test_a_view_without_a_gate_would_be_found():
    def late(request):
        name = request.user.username
        evaluations.access.require(request.user, name)

    def telling(request):
        return evaluations.access.area_of(request.user, None)

    assert gate_of(Address("", late, "late")) == ""
    assert gate_of(Address("", telling, "telling")) == ""
