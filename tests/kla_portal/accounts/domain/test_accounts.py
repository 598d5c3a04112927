"""Opening, closing, reopening, passwords: rules, events, and nothing secret in them."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.tokens import default_token_generator
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from kla_portal.accounts.domain import (
    AccountRefused,
    NewMembership,
    change_details,
    change_own_email,
    change_own_password,
    close_account,
    open_account,
    reopen_account,
    reset_password,
)
from kla_portal.accounts.domain.devices import recognise
from kla_portal.accounts.domain.memberships import add_membership
from kla_portal.accounts.domain.password_links import choose_password_by_link
from kla_portal.accounts.domain.removal import preview
from kla_portal.accounts.domain.second_factor import make_recovery_codes
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Role
from kla_portal.events.models import Event, EventAction
from tests.cast import PASSWORD


def coordinator(district) -> list[NewMembership]:
    return [NewMembership(Role.COORDINATOR, district=district)]


def last_event() -> Event:
    return Event.objects.latest("pk")


def test_open_account_makes_a_password_once(cast, tabalong):
    opened = open_account(
        username=" Sekretariat.Tabalong ",
        name="Sekretariat  Gugus Tugas",
        email="sek@tabalong.go.id",
        memberships=coordinator(tabalong),
        by=cast.admin_kalsel,
    )
    account = User.objects.get(username="sekretariat.tabalong")
    assert opened.account == account
    assert account.name == "Sekretariat Gugus Tugas"
    assert account.must_change_password
    assert account.check_password(opened.one_time_password)
    assert [str(m) for m in account.memberships.all()] == ["Koordinator Gugus Tugas Kabupaten Tabalong"]
    event = last_event()
    assert (event.action, event.by, event.district_id) == (
        EventAction.ACCOUNT_OPENED,
        cast.admin_kalsel,
        "63.09",
    )
    assert event.data == {"memberships": ["coordinator@63.09"]}


def test_no_password_in_any_event(cast, tabalong):
    admin = cast.admin_kalsel
    opened = open_account(username="a.b", name="A", memberships=coordinator(tabalong), by=admin)
    reset = reset_password(account=opened.account, by=admin)
    close_account(account=opened.account, by=admin)
    again = reopen_account(account=opened.account, by=admin)
    change_own_password(password="pilihan-sendiri-99", by=again.account)
    log = json.dumps(list(Event.objects.values("subject", "data")))
    assert Event.objects.filter(subject=f"akun:{opened.account.pk}").count() == 5
    for secret in (
        opened.one_time_password,
        reset.one_time_password,
        again.one_time_password,
        "pilihan-sendiri",
    ):
        assert secret not in log


def test_the_system_may_choose_the_password(tabalong):
    opened = open_account(
        username="demo",
        name="Demo",
        memberships=coordinator(tabalong),
        password=PASSWORD,
        must_change_password=False,
        by=None,
    )
    assert opened.one_time_password is None
    assert opened.account.check_password(PASSWORD)
    assert not opened.account.must_change_password
    assert last_event().by is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("username", {"username": ""}),
        ("username", {"username": "ada spasi"}),
        ("username", {"username": "é"}),
        ("username", {"username": "x" * 61}),
        ("username", {"username": "Koor.Tabalong"}),
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 121}),
        ("name", {"name": "a\x00b"}),
        ("email", {"email": "bukan-surel"}),
        ("role", {"memberships": []}),
    ],
)
def test_open_account_refuses(cast, tabalong, field, values):
    assert cast.coordinator_tabalong.username == "koor.tabalong"
    before = (User.objects.count(), Event.objects.count())
    good = {"username": "baru", "name": "Baru", "email": "", "memberships": coordinator(tabalong)}
    with pytest.raises(AccountRefused) as refused:
        open_account(**{**good, **values}, by=None)
    assert refused.value.field == field
    assert (User.objects.count(), Event.objects.count()) == before


def test_a_province_opens_nothing_beyond_it(cast, tabalong, kalteng):
    with pytest.raises(AccountRefused, match="Kabupaten Tabalong di luar wilayah Anda"):
        open_account(username="x", name="X", memberships=coordinator(tabalong), by=cast.admin_kalteng)
    with pytest.raises(AccountRefused, match="hanya dibuka oleh admin nasional"):
        open_account(
            username="x", name="X", memberships=[NewMembership(Role.NATIONAL_ADMIN)], by=cast.admin_kalteng
        )
    # One good membership does not carry a bad one.
    with pytest.raises(AccountRefused):
        open_account(
            username="x",
            name="X",
            memberships=[NewMembership(Role.AUDITOR, province=kalteng), *coordinator(tabalong)],
            by=cast.admin_kalteng,
        )
    assert not User.objects.filter(username="x").exists()


def test_without_the_permission_nothing_is_opened(cast, tabalong):
    for who in (cast.coordinator_tabalong, cast.verifier_kalsel, cast.auditor_kalsel):
        with pytest.raises(AccountRefused, match="membuka dan menutup akun"):
            open_account(username="x", name="X", memberships=coordinator(tabalong), by=who)


def test_closing_ends_running_sessions_at_once(cast, client, rf):
    user = cast.coordinator_tabalong
    client.force_login(user)
    assert client.get(reverse("accounts:profile")).status_code == 200
    close_account(account=user, by=cast.admin_kalsel)
    assert client.get(reverse("accounts:profile")).status_code == 302
    assert authenticate(rf.post("/"), username=user.username, password=PASSWORD) is None
    user.refresh_from_db()
    assert (user.is_active, user.closed_by) == (False, cast.admin_kalsel)
    assert user.closed_at is not None
    assert last_event().action == EventAction.ACCOUNT_CLOSED


def test_reopening_gives_a_new_password(cast):
    user = cast.coordinator_tabalong
    close_account(account=user, by=cast.admin_kalsel)
    opened = reopen_account(account=user, by=cast.admin_kalsel)
    user.refresh_from_db()
    assert (user.is_active, user.closed_at, user.closed_by) == (True, None, None)
    assert user.must_change_password
    assert not user.check_password(PASSWORD)
    assert user.check_password(opened.one_time_password)
    with pytest.raises(AccountRefused, match="tidak sedang ditutup"):
        reopen_account(account=user, by=cast.admin_kalsel)


def test_reset_password_ends_the_old_one_and_its_sessions(cast, client):
    user = cast.coordinator_tabalong
    client.force_login(user)
    opened = reset_password(account=user, by=cast.admin_kalsel)
    assert client.get(reverse("accounts:profile")).status_code == 302
    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    assert user.check_password(opened.one_time_password)
    assert user.must_change_password


def test_nobody_closes_or_resets_their_own_account(cast):
    for who in (cast.admin_kalsel, cast.admin_national):
        with pytest.raises(AccountRefused, match="akun Anda sendiri"):
            close_account(account=who, by=who)
        with pytest.raises(AccountRefused, match="Ganti kata sandi"):
            reset_password(account=who, by=who)
        who.refresh_from_db()
        assert who.is_active


def test_a_closed_account_is_not_closed_or_reset_again(cast):
    user = cast.coordinator_tabalong
    close_account(account=user, by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match="sudah ditutup"):
        close_account(account=user, by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match="Buka kembali"):
        reset_password(account=user, by=cast.admin_kalsel)


@pytest.mark.parametrize("verb", [close_account, reset_password, reopen_account])
def test_beyond_the_province_no_verb_works(cast, two_provinces, verb):
    for user in (cast.coordinator_gunungmas, cast.verifier_national, cast.stranger, two_provinces):
        with pytest.raises(AccountRefused, match="tidak termasuk wilayah Anda"):
            verb(account=user, by=cast.admin_kalsel)
        user.refresh_from_db()
        assert user.is_active
        assert user.check_password(PASSWORD)


def test_a_national_administrator_acts_everywhere(cast, two_provinces):
    close_account(account=two_provinces, by=cast.admin_national)
    two_provinces.refresh_from_db()
    assert not two_provinces.is_active
    assert last_event().district_id is None


def test_change_details_logs_the_fields_only(cast):
    user = cast.coordinator_tabalong
    change_details(account=user, name="Sekretaris Baru", email="sek@contoh.go.id", by=cast.admin_kalsel)
    user.refresh_from_db()
    assert (user.name, user.email) == ("Sekretaris Baru", "sek@contoh.go.id")
    event = last_event()
    assert event.data["fields"] == ["name", "email"]
    assert "contoh" not in json.dumps(event.data)
    count = Event.objects.count()
    change_details(account=user, name="Sekretaris Baru", email="sek@contoh.go.id", by=cast.admin_kalsel)
    assert Event.objects.count() == count


def test_own_email_needs_no_role(cast):
    change_own_email(email="tamu@contoh.go.id", by=cast.stranger)
    cast.stranger.refresh_from_db()
    assert cast.stranger.email == "tamu@contoh.go.id"
    with pytest.raises(AccountRefused):
        change_own_email(email="tamu@", by=cast.stranger)


def test_own_password(cast):
    user = cast.coordinator_tabalong
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    change_own_password(password="pilihan-sendiri-99", by=user)
    user.refresh_from_db()
    assert user.check_password("pilihan-sendiri-99")
    assert not user.must_change_password
    assert last_event().action == EventAction.PASSWORD_CHANGED


# Locks


def with_a_telephone(account):
    TOTPDevice.objects.create(user=account, name="Telepon", confirmed=True)
    return account


def deeds(cast, tabalong):
    """One of each that locks a person's row, by name."""
    account, admin = cast.coordinator_tabalong, cast.admin_kalsel
    leader = NewMembership(Role.LEADER, district=tabalong)
    return {
        "details": lambda: change_details(account=account, name="Nama Lain", email="", by=admin),
        "own address": lambda: change_own_email(email="baru@contoh.go.id", by=account),
        "own password": lambda: change_own_password(password="sebuah-kata-panjang-77", by=account),
        "by link": lambda: choose_password_by_link(
            account=account,
            token=default_token_generator.make_token(account),
            password="sebuah-kata-panjang-77",
        ),
        "another's password": lambda: reset_password(account=account, by=admin),
        "membership": lambda: add_membership(account=account, membership=leader, by=admin),
        "device": lambda: recognise(user=account, secret="", agent="Chrome di Windows"),
        "second factor": lambda: make_recovery_codes(by=with_a_telephone(account)),
        "close": lambda: close_account(account=account, by=admin),
        "preview of a removal": lambda: preview(account=account, by=admin),
    }


@pytest.mark.postgresql
@pytest.mark.parametrize("deed", [
    "details", "own address", "own password", "by link", "another's password", "membership", "device", "second factor",
    "close", "preview of a removal",
])  # fmt: skip
def test_nobody_is_locked_against_being_pointed_at(cast, tabalong, deed):
    """Whoever holds a chain and writes a row that names this person must not wait for somebody who waits for the chain."""
    do = deeds(cast, tabalong)[deed]
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        do()
    locks = [
        q["sql"]
        for q in captured
        if re.search(r'FROM "accounts_user" .*FOR (NO KEY )?UPDATE', q["sql"], re.DOTALL)
    ]
    assert locks
    assert [sql for sql in locks if "FOR NO KEY UPDATE" not in sql] == []
