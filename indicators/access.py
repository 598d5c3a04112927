"""The gate to instruments: published and retired ones for everyone signed in, drafts for who manages them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from indicators.models import Instrument, InstrumentState
from kla_portal.accounts.access import area_of, require, signed_in
from kla_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kla_portal.accounts.models import User

__all__ = ["get_instrument_for", "get_managed_instrument", "may_manage", "require", "signed_in"]


def may_manage(user: User | AnonymousUser) -> bool:
    return area_of(user, Permission.MANAGE_INSTRUMENTS).national


def get_instrument_for(user: User | AnonymousUser, code: str) -> Instrument:
    """To read. A draft does not exist for those who do not manage instruments: 404."""
    person = signed_in(user)
    instrument = Instrument.objects.filter(code=code).first()
    if instrument is None or (instrument.state == InstrumentState.DRAFT and not may_manage(person)):
        raise Http404
    return instrument


def get_managed_instrument(user: User | AnonymousUser, code: str) -> Instrument:
    """To publish or retire. Unseen: 404; seen without the permission: 403."""
    instrument = get_instrument_for(user, code)
    require(user, Permission.MANAGE_INSTRUMENTS)
    return instrument
