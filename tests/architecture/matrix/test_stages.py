"""Every address that writes into an evaluation, in every stage: who may, and that nobody else changes anything.

The forms are whole and carry all that could be added by hand; what is refused is sent for good, and afterwards every
table is as it was. Reading, and the people of other areas, are in ``test_matrix.py``.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
import time_machine
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client

from tests.architecture.addresses import addresses
from tests.architecture.matrix.asking import ask
from tests.architecture.matrix.stages import LETTERS, STAGES, WORLDS, rows
from tests.architecture.matrix.table import PEOPLE, expected, symbol
from tests.architecture.matrix.things import made, path_of
from tests.architecture.matrix.writing import OTHER, forms, spiked
from tests.architecture.test_posting import changed, state
from tests.cast import TABALONG, agency, enter

ALL = {address.name: address for address in addresses()}
ROWS = list(rows())
EXPECTED = expected()
REFUSED = {"x", "."}
NEVER = ("aud", "pim", "koX", "vpX", "non")
"""Who writes into no evaluation in any stage: one of them is asked at each address, each at a fifth of them."""

KEEPS_NOTHING = {
    # Calculated or printed and not kept; the protocol of uploads, which has words of its own (test_uploads.py);
    # what the edition before left open, of which there is nothing here.
    "evaluations:meeting", "evaluations:what_if", "evaluations:upload_creation", "evaluations:upload",
    "evaluations:upload_settle", "evaluations:actions_carry", "evaluations:units_take",
}  # fmt: skip
"""Take a POST below an evaluation and are no part of the table."""


WAITING = {("vl", "evaluations:send_back@vl"), ("vl", "evaluations:close_stage@vl")}
"""Theirs to do, but only when what is contested at VA is settled; the page says so."""


def test_every_address_that_writes_is_in_the_table():
    posted = {
        name for name, method in EXPECTED if method == "POST" and ALL[name].route.startswith("evaluasi/")
    }
    named = [str(row) for row in ROWS]
    assert len(named) == len(set(named))
    assert {row.name for row in ROWS} | KEEPS_NOTHING == posted
    assert not {row.name for row in ROWS} & KEEPS_NOTHING


def test_the_first_column_is_what_the_other_table_says():
    """Not asked again: in the open edition ``test_matrix.py`` asks everybody."""
    told = {str(row): row.may["open"] for row in ROWS if row.at in {"", "va"}}
    other = {
        str(row): {c for c in LETTERS.values() if EXPECTED[row.name, "POST"][c] == "+"}
        for row in ROWS
        if row.at in {"", "va"}
    }
    assert told == other
    assert set(STAGES) == {"open", *WORLDS}


class Scene(NamedTuple):
    stage: str
    clients: dict[str, Client]
    paths: dict[str, str]
    forms: dict[str, dict[str, object]]


@pytest.fixture
def scene(request, evaluation, cast, unwritten):
    """Everybody signed in, one of everything, and the evaluation in the stage at its time."""
    with made(evaluation, cast) as things:
        world = WORLDS[request.param](evaluation, cast)
        things |= {"objection": world.objection, "sequence": world.sequence}
        with time_machine.travel(world.now, tick=False):
            clients = {
                column: enter(Client(), getattr(cast, PEOPLE[column]))
                for column in (*LETTERS.values(), *NEVER)
            }
            paths = {str(row): path_of(ALL[row.name], things | {"stage": row.at}) for row in ROWS}
            filled = forms(world.now)
            unwritten()
            filled["evaluations:assign"]["agency"] = agency(TABALONG, "dukcapil").pk
            yield Scene(request.param, clients, paths, filled)


def asked(scene, row, column, *, keep=False):
    """The symbol, or the exception that a view let through."""
    form, client, path = (
        spiked(scene.forms.get(str(row), OTHER)),
        scene.clients[column],
        scene.paths[str(row)],
    )
    try:
        return symbol(client.post(path, form) if keep else ask(client, "POST", path, form))
    except Exception as fault:
        return repr(fault)[:200]


def sent(client, path, form):
    """What it changed. Undone again, with the keys that it took."""
    for sql in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
        connection.cursor().execute(sql)
    before = state()
    with transaction.atomic():
        client.post(path, form)
        after = state()
        transaction.set_rollback(True)
    return changed(before, after)


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_who_may_and_nobody_else_changes_anything(scene):
    wrong, before = [], state()
    for number, row in enumerate(ROWS):
        for column in sorted(row.ever | {NEVER[number % len(NEVER)]}):
            may = column in row.may[scene.stage]
            got = asked(scene, row, column, keep=not may)
            if (got in REFUSED) == may or len(got) > 1:
                wrong.append(f"{column} {row}: {'may' if may else 'may not'} in the table, got {got}")
    assert not wrong, "\n".join(wrong)
    assert changed(before, state()) == {}


@pytest.mark.parametrize("scene", ["va", "ret", "vl", "vf", "fin"], indirect=True)
def test_what_is_added_changes_nothing(scene):
    """The deeds of the stage, done plainly and with everything added: they leave every table equal."""
    wrong = {}
    for row in ROWS:
        if str(row) in scene.forms and row.may[scene.stage]:
            client = scene.clients[min(row.may[scene.stage])]
            form = scene.forms[str(row)]
            plain, more = (sent(client, scene.paths[str(row)], each) for each in (form, spiked(form)))
            if (scene.stage, str(row)) in WAITING:
                wrong |= {str(row): "done before its time"} if plain or more else {}
            elif not plain:
                wrong[str(row)] = "the plain deed changed nothing"
            elif plain != more:
                wrong[str(row)] = sorted(t for t in {*plain, *more} if plain.get(t) != more.get(t))
    assert wrong == {}
