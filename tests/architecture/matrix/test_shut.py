"""The shop is closed, the second step is owed, the first password is still another's: nobody writes anywhere.

Every address that takes a POST is asked by somebody who may do it on another day, with all that could be added by hand.
Reading in these states is tested beside their middlewares.
"""

from __future__ import annotations

import pytest
from django.test import Client

from kla_portal.accounts.models import User
from kla_portal.operations import maintenance
from tests.architecture.addresses import addresses
from tests.architecture.matrix.table import PEOPLE, expected, symbol
from tests.architecture.matrix.things import path_of
from tests.architecture.matrix.writing import OTHER, spiked
from tests.architecture.test_posting import changed, state
from tests.cast import enter
from tests.kla_portal.accounts.telephone import Telephone

ALL = {address.name: address for address in addresses()}
ASKED = ("koo", "apr", "ana")
"""One of them may send whatever anybody may send in the open edition."""
ALWAYS = {"accounts:login", "accounts:logout"}


def senders():
    """Name of the address -> the first of ``ASKED`` who may, for all that anybody may."""
    for (name, method), cells in expected().items():
        who = next((column for column in ASKED if cells[column] == "+"), None)
        if method == "POST" and who:
            yield name, who


def _maintained(users):
    maintenance.begin(reason="Pindah mesin.", by=None)


def _half_signed_in(users):
    for user in users:
        Telephone(user)


def _first_password(users):
    User.objects.update(must_change_password=True)


SHUT = {
    "maintenance": (_maintained, {"accounts:factor_code"}, "503"),
    "the code is owed": (_half_signed_in, {"accounts:factor_code"}, ">"),
    "the password is another's": (_first_password, {"accounts:password_change"}, "/akun/kata-sandi/"),
}
"""How it comes about, what is open in it, and what everybody is told."""


@pytest.mark.parametrize("case", SHUT)
def test_nobody_writes_anywhere(case, things, cast, unwritten):
    shut, doors, told = SHUT[case]
    users = {column: getattr(cast, PEOPLE[column]) for column in ASKED}
    shut(users.values())
    clients = {column: enter(Client(), user) for column, user in users.items()}
    unwritten()
    before, wrong, asked = state(), {}, 0
    for name, column in senders():
        if name in ALWAYS | doors:
            continue
        answer = clients[column].post(path_of(ALL[name], things), spiked(OTHER))
        asked += 1
        got = answer["Location"] if answer.status_code == 302 else symbol(answer)
        if got != told:
            wrong[name] = got
    assert wrong == {}
    assert asked > 75
    assert changed(before, state()) == {}


def test_on_another_day_they_may(things, cast, unwritten):
    """The same people, addresses and forms as above: what was refused there is taken here, for all but a few."""
    clients = {column: enter(Client(), getattr(cast, PEOPLE[column])) for column in ASKED}
    unwritten()
    before = state()
    for name, column in senders():
        if name not in ALWAYS | {"accounts:session_end_others"}:
            clients[column].post(path_of(ALL[name], things), spiked(OTHER))
    assert len(changed(before, state())) > 5
