"""The last administrator's telephone is gone: whoever has the server takes the second factor off."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kla_portal.accounts.domain.second_factor import devices_of
from kla_portal.events.models import Event, EventAction
from tests.kla_portal.accounts.telephone import Telephone


def test_it_takes_the_telephone_off_and_nothing_else(cast):
    admin = cast.admin_national
    Telephone(admin)
    password, out = admin.password, StringIO()
    call_command("reset_second_factor", " ADM.pusat ", stdout=out)
    assert not devices_of(admin).exists()
    admin.refresh_from_db()
    assert admin.password == password
    assert "adm.pusat sudah dilepas" in out.getvalue()
    event = Event.objects.get(action=EventAction.FACTOR_REMOVED)
    assert (event.by, event.data["reason"]) == (None, "Dilepas dari server.")


def test_an_unknown_name_and_an_account_without_one_are_refused(cast):
    _ = cast.admin_national
    with pytest.raises(CommandError, match=r"Tidak ada akun tidak\.ada"):
        call_command("reset_second_factor", "tidak.ada")
    with pytest.raises(CommandError, match="tidak memakai"):
        call_command("reset_second_factor", "adm.pusat")
    assert not Event.objects.filter(action=EventAction.FACTOR_REMOVED).exists()
