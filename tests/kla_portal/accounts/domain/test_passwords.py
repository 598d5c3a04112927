from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.utils import timezone

from kla_portal.accounts.domain.passwords import (
    ALPHABET,
    LONGEST,
    hash_one_time,
    is_password_of,
    one_time_password,
)
from kla_portal.accounts.models import User

ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_one_time_passwords_are_long_readable_and_different():
    made = {one_time_password() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", each) for each in made)
    assert not set("0Oo1lLiI") & set(ALPHABET)


@pytest.mark.django_db
def test_the_light_hash_is_checked_and_replaced_by_the_full_one_at_sign_in(settings):
    settings.PASSWORD_HASHERS = ARGON2
    password = one_time_password()
    stored = hash_one_time(password)
    assert "m=1024,t=1,p=1" in stored
    assert check_password(password, stored)
    assert not check_password(one_time_password(), stored)

    user = User.objects.create_user("orang", "x", name="Orang")
    user.password = stored
    user.save()
    assert user.check_password(password)
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id")
    assert "m=102400,t=2,p=8" in user.password
    assert check_password(password, user.password)


def test_another_hasher_is_left_as_it_is(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    assert hash_one_time("abcd-efgh-jkmn-pqrs").startswith("pbkdf2_sha256$")


@pytest.fixture
def slow_hashes(settings, monkeypatch):
    """Calls of Argon2 at the portal's own setting, whether to make a hash or to compare with one."""
    settings.PASSWORD_HASHERS = ARGON2
    calls = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoding(self, password, salt):
        calls.append((self.memory_cost, self.time_cost))
        return encode(self, password, salt)

    def verifying(self, password, encoded):
        found = self.decode(encoded)
        calls.append((found["memory_cost"], found["time_cost"]))
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoding)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    return calls


def account(stored="", **fields):
    user = User(username="orang", name="Orang", **fields)
    if stored:
        user.password = stored
    else:
        user.set_password("kucing-payung-ombak")
    user.save()
    return user


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "chosen", "closed", "one_time", "unusable", "too_long"])
def test_a_wrong_password_costs_one_slow_hash_whatever_is_wrong(slow_hashes, who):
    tried = "salah" * (LONGEST if who == "too_long" else 1)
    if who == "nobody":
        user = None
    elif who == "one_time":
        user = account(hash_one_time(one_time_password()))
    elif who == "closed":
        user = account()
        user.is_active, user.closed_at, user.closed_by = False, timezone.now(), user
    elif who == "unusable":
        user = account("!tidak-dapat-dipakai")
    else:
        user = account()
    slow_hashes.clear()
    assert not is_password_of(user, tried)
    assert [call for call in slow_hashes if call[0] > 1_024] == [(102_400, 2)]


@pytest.mark.django_db
def test_the_right_password_of_each_kind(slow_hashes):
    one_time = one_time_password()
    assert is_password_of(account(hash_one_time(one_time)), one_time)
    user = User.objects.get(username="orang")
    user.set_password("x" * LONGEST)
    assert is_password_of(user, "x" * LONGEST)
    user.set_password("x" * (LONGEST + 1))
    assert not is_password_of(user, "x" * (LONGEST + 1))
