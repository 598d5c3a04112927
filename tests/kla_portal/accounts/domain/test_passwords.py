from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import check_password

from kla_portal.accounts.domain.passwords import ALPHABET, hash_one_time, one_time_password
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
