"""Every address that answers to GET, with somebody whom it lets in and the query fields that it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from django.http import QueryDict
from django.test import Client

from kla_portal.accounts.models import User
from tests.architecture.addresses import Address, addresses
from tests.architecture.matrix.things import path_of
from tests.cast import KALSEL, TABALONG, Cast, enter

OPENED = {200, 302, 409, 422}
PAPER = "evaluations:receipt_pdf"
OF_THINGS = ("evaluasi/", "hasil/", "data-dukung/")
MORE_FIELDS = {
    "evaluations:what_if": {"12.1:numerator", "1.1:option", "3.1a:rows.0", "kelompok"},
    "home": {"q"},
}
"""Fields that a view reads without naming them."""


@dataclass(frozen=True)
class Door:
    address: Address
    path: str
    user: User
    status: int
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.address} as {self.user.username}"

    def client(self) -> Client:
        return enter(Client(), self.user)


def path_to(address: Address, things: dict[str, object], cast: Cast) -> str:
    """A thing of Tabalong where the address is below one, else what the reference data have."""
    if address.route.startswith(OF_THINGS):
        return path_of(address, things)
    values = {
        "code": "2026",
        "place": KALSEL,
        "province": KALSEL,
        "question": "12.1",
        "stage": "em",
        "form": "xlsx",
    }
    values |= {"cluster": "K1", "practice": things["practice"], "document": things["document"], "number": 1}
    if address.route.startswith("instrumen/"):
        values["code"] = "kla-2023"
    elif address.route.startswith("akun/perangkat-daerah/"):
        values["code"] = TABALONG
    elif address.route.startswith("akun/"):
        values["pk"] = cast.contributor_health_tabalong.pk
    elif address.route.startswith("data/"):
        values["form"] = "csv"
    return address.fill(values)


def people(cast: Cast) -> list[User]:
    return [cast.coordinator_tabalong, cast.verifier_kalsel, cast.admin_kalsel, cast.admin_national]


def doors(things: dict[str, object], cast: Cast, names: Collection[str] = ()) -> list[Door]:
    """One for each address that somebody may read, or of ``names`` alone; without those that only take a POST.

    A PDF reads the same two fields everywhere and takes a second to make: one stands for all of them.
    """
    clients = {user: enter(Client(), user) for user in people(cast)}
    wanted = [
        address
        for address in addresses()
        if (address.name in names if names else not address.route.endswith(".pdf") or address.name == PAPER)
    ]
    return [door for address in wanted if (door := _open(address, path_to(address, things, cast), clients))]


def _open(address: Address, path: str, clients: dict[User, Client]) -> Door | None:
    inside = address.route.startswith(OF_THINGS)
    best = None
    for user in clients if inside else reversed(clients):
        with reading() as fields:
            answer = clients[user].get(path, {"_": "1"})
            answer.close()
            status = answer.status_code
        if status == 405:
            return None
        named = tuple(sorted((fields - {"_"}) | MORE_FIELDS.get(address.name, set())))
        if status in OPENED and (best is None or (status == 200 != best.status)):
            best = Door(address, path, user, status, named)
        if status == 200:
            break
    return best


ASKING = ("get", "getlist", "__getitem__", "__contains__")


@contextmanager
def reading() -> Iterator[set[str]]:
    """The names of the fields that are asked of a query or form while it runs."""
    fields: set[str] = set()

    def noting(method):
        def ask(self, key, *more, **named):
            fields.add(str(key))
            return method(self, key, *more, **named)

        return ask

    with ExitStack() as patches:
        for name in ASKING:
            method = noting(getattr(QueryDict, name))
            patches.enter_context(patch.object(QueryDict, name, method))
        yield fields
