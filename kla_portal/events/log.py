"""Writing the event log and proving that nobody rewrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from kla_portal import clock
from kla_portal.events.models import Event, EventAction, EventChain
from kla_portal.prepared import insert, prepared, update
from kla_portal.regions.models import District

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kla_portal.accounts.models import User

GENERAL = "umum"
"""The chain of what belongs to no district: accounts of the province, instruments, editions."""


def record(
    action: EventAction,
    *,
    by: User | None,
    subject: str = "",
    district: District | str | None = None,
    **data: Any,
) -> Event:
    """Append one event to its district's chain, inside the caller's transaction.

    ``data`` must be JSON as it stands (strings, numbers, lists, mappings). Never put a password, a note's
    text or a child's name in it: the log is kept for ever.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event is written in the transaction of its deed.")
    district_code = district.code if isinstance(district, District) else district
    key = district_code or GENERAL
    chain = _locked(key)
    event = Event(
        chain=chain,
        number=chain.length + 1,
        action=action,
        at=clock.now(),
        by=by,
        district_id=district_code,
        subject=subject,
        data=data,
        previous=chain.head,
    )
    event.hash = seal(event)
    insert(event)
    chain.length, chain.head = event.number, event.hash
    update(chain, "length", "head")
    return event


def _locked(key: str) -> EventChain:
    """The chain's end, locked until the transaction ends. Its first event makes it."""
    found = _chain(key)
    if not found:
        EventChain.objects.get_or_create(key=key)
        found = _chain(key)
    return found[0]


@prepared
def _chain(key: str) -> QuerySet[EventChain]:
    return EventChain.objects.select_for_update().filter(key=key)


def seal(event: Event) -> str:
    """sha256 over the row's canonical JSON; what ``verify`` computes again."""
    content: Mapping[str, Any] = {
        "chain": event.chain_id,
        "number": event.number,
        "action": str(event.action),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": event.by_id,
        "district": event.district_id,
        "subject": event.subject,
        "data": event.data,
        "previous": event.previous,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> Iterator[str]:
    """One line per fault found: a changed, missing, reordered or surplus row. Nothing when all is whole.

    May run while people work: each chain is judged up to the end that it had when its turn came.
    """
    for key in EventChain.objects.order_by("key").values_list("key", flat=True):
        yield from _faults_of(EventChain.objects.get(key=key))


def _faults_of(chain: EventChain) -> Iterator[str]:
    expected, previous = 1, ""
    told = Event.objects.filter(chain=chain, number__lte=chain.length)
    for event in told.order_by("number").iterator(chunk_size=2000):
        if event.number != expected:
            yield f"{chain.key}: nomor {expected} hilang (berikutnya {event.number})"
            expected = event.number
        if event.previous != previous:
            yield f"{chain.key}#{event.number}: tidak menyambung ke baris sebelumnya"
        if seal(event) != event.hash:
            yield f"{chain.key}#{event.number}: isi berubah sejak dicatat"
        previous, expected = event.hash, expected + 1
    # In one statement, so that row and end are of one moment; a lock would keep a backup from looking.
    newest = Event.objects.filter(chain=OuterRef("pk")).order_by("-number").values("number")[:1]
    end = EventChain.objects.annotate(last=Coalesce(Subquery(newest), 0)).get(key=chain.key)
    if (expected - 1, previous) != (chain.length, chain.head) or end.last != end.length:
        yield f"{chain.key}: ujung rantai tidak cocok (tercatat {end.length}, ditemukan {end.last})"
