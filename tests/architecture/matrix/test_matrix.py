"""Every address x every role x own and other areas, reading and writing, against the table in ``expected.txt``."""

from __future__ import annotations

import itertools

import pytest

from evaluations.domain import editions
from evaluations.models import Evaluation
from tests.architecture.addresses import addresses
from tests.architecture.matrix.asking import ask
from tests.architecture.matrix.table import METHODS, PEOPLE, expected, rows, symbol
from tests.architecture.matrix.things import path_of, prove
from tests.cast import TABALONG

ALL = {address.name: address for address in addresses()}
EXPECTED = expected()


def found(client, path, method):
    """The symbol, or the exception that a view let through."""
    try:
        return symbol(ask(client, method, path))
    except Exception as fault:
        return repr(fault)[:200]


def test_each_address_has_its_rows_and_each_row_its_address():
    names = {name for name, _ in EXPECTED}
    missing, left = sorted(ALL.keys() - names), sorted(names - ALL.keys())
    columns = " ".join(PEOPLE)
    assert not missing, (
        f"No row in tests/architecture/matrix/expected.txt for {', '.join(missing)}. Add for each method that the "
        f"view takes a line 'name METHOD' and one of + x . > per column ({columns}): decide who may, then run."
    )
    assert not left, f"Rows in expected.txt without an address: {', '.join(left)}. Take them out."


def test_the_table_is_well_formed():
    seen = [(name, method) for name, method, _ in rows()]
    assert len(seen) == len(set(seen)), sorted({row for row in seen if seen.count(row) > 1})
    wrong = [
        (name, cells) for name, _, cells in rows() if len(cells) != len(PEOPLE) or set(cells) - set("+x.>")
    ]
    assert wrong == []
    assert {method for _, method, _ in rows()} <= set(METHODS)


def wanted(name, method, column):
    """Without a row there is no such method; who is not signed in is sent to the sign-in before that is asked."""
    if row := EXPECTED.get((name, method)):
        return row[column]
    other = EXPECTED[name, METHODS[method == "GET"]]
    return ">" if other[column] == ">" else "-"


WRITTEN = {"con", "kec", "koo", "vpr", "ana", "ano"}
"""For these every page is written out. The others see the same pages or fewer: of them only the answer is asked."""


@pytest.mark.parametrize("column", PEOPLE)
def test_everyone_gets_what_the_table_says(client, sign_in, cast, evaluation, things, column, unwritten):
    prove(evaluation, cast)
    who = PEOPLE[column]
    if column not in WRITTEN:
        unwritten()
    if who:
        sign_in(getattr(cast, who))
    wrong = []
    for name, method in itertools.product(ALL, METHODS):
        path = path_of(ALL[name], things)
        said, got = wanted(name, method, column), found(client, path, method)
        if said != got:
            wrong.append(f"{name:40} {method:4} {path}: {said} in the table, got {got}")
    assert not wrong, "\n".join([f"{column} = {who or 'not signed in'}", *wrong])


CLOSED = {
    # The plan of what comes after, and who works on it.
    "evaluations:action_new", "evaluations:actions_from_plan", "evaluations:actions_read", "evaluations:assign",
    "evaluations:efforts_save", "evaluations:practices", "evaluations:target_clear", "evaluations:target_set",
    # Calculated or printed and not kept; the protocol's own answer to a sender that does not speak it.
    "evaluations:meeting", "evaluations:what_if", "evaluations:upload_creation",
    # Takes personal data away. Says that a paper should not be relied on; gives more time; names who verifies.
    "evaluations:evidence_erase", "evaluations:evidence_withdraw", "evaluations:extend", "evaluations:verifiers",
}  # fmt: skip
"""What can still be posted to an evaluation whose stage is over: nothing of it changes a claim."""


@pytest.mark.parametrize("column", ["con", "kec", "koo", "vpr", "apr", "ana"])
def test_a_closed_edition_takes_nothing(client, sign_in, cast, things, column, unwritten):
    """The same person may do it in the open edition; in 2024 it is refused, or what it names is not there."""
    unwritten()
    past = Evaluation.objects.get(edition__code="2024", district=TABALONG)
    sign_in(getattr(cast, PEOPLE[column]))
    below = [name for name in ALL if ALL[name].route.startswith("evaluasi/") and (name, "POST") in EXPECTED]
    assert len(below) > 40
    paths = {
        name: path_of(ALL[name], things | {"evaluation": past.pk}) for name in below if name not in CLOSED
    }
    passed = {name: got for name in paths if (got := found(client, paths[name], "POST")) not in {"x", "."}}
    assert passed == {}


BEFORE_OPENING = {"evaluations:edition", "evaluations:edition_window", "evaluations:edition_open"}
"""The national administrator's own pages about an edition in preparation."""


@pytest.mark.parametrize("column", ["koo", "vpr", "apr", "aud", "vna", "ana"])
def test_an_edition_in_preparation_does_not_exist_yet(client, sign_in, cast, edition, column, unwritten):
    unwritten()
    editions.create_edition(
        code="2028", name="Evaluasi KLA 2028", instrument=edition.instrument, evidence_years=(2026, 2027),
        previous=edition, by=None,
    )  # fmt: skip
    sign_in(getattr(cast, PEOPLE[column]))
    below = [a for a in ALL.values() if "<slug:code>" in a.route and not a.route.startswith("instrumen/")]
    assert len(below) > 15
    paths = {a.name: path_of(a, {}, "2028") for a in below if a.name not in BEFORE_OPENING}
    wrong = {name: got for name in paths if (got := found(client, paths[name], "GET")) not in {"x", ".", "-"}}
    assert wrong == {}
