"""The first administrator comes from the command line, with a password that is shown once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kla_portal.accounts.models import User


def test_it_opens_a_national_administrator_who_must_change_the_password(db):
    out = StringIO()
    call_command("open_admin", "admin.pertama", "Admin Pertama", stdout=out)
    user = User.objects.get(username="admin.pertama")
    password = out.getvalue().split("sekali pakai: ")[1].split("\n")[0]
    assert user.check_password(password)
    assert user.must_change_password
    assert [(m.role, m.place) for m in user.memberships.all()] == [("national_admin", "Nasional")]


def test_a_taken_name_is_refused_with_the_reason(db):
    call_command("open_admin", "admin.pertama", "Admin Pertama", stdout=StringIO())
    with pytest.raises(CommandError, match="sudah dipakai"):
        call_command("open_admin", "admin.pertama", "Admin Kedua", stdout=StringIO())
    assert User.objects.filter(username="admin.pertama").count() == 1
