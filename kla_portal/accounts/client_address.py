"""Whose request it is on the network. The only reader of ``X-Forwarded-For``."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

LONGEST = 64
"""Signs of an entry that is looked at; the longest written IPv6 address with brackets and port has 55."""


def client_address(request: HttpRequest) -> str | None:
    """The address as one normal text, or None when nobody told one (a server on a Unix socket).

    Each of the ``PROXY_COUNT`` proxies in front appends whom it saw, so the client stands that many entries from
    the right; what stands further left anyone can write. Too few entries, or one that is no address: the asker did
    not come through all proxies, and who connected counts.
    """
    count = settings.PROXY_COUNT
    if count > 0:
        entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        told = _valid(entries[-count]) if len(entries) >= count else None
        if told:
            return told
    return _valid(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str | None:
    """Under which a client is counted: the address, of IPv6 its /64."""
    address = client_address(request)
    return network_of(address) if address else None


def network_of(address: str) -> str:
    """The address itself; of IPv6 the /64 that one subscriber has to themselves; anything else as it stands."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return address.strip()
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))


def _valid(entry: str) -> str | None:
    """One way to write each address; a port behind it is dropped, a zone is not an address of anybody else."""
    entry = entry.strip()
    if len(entry) > LONGEST or "%" in entry:
        return None
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        found = ip_address(entry)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found)
