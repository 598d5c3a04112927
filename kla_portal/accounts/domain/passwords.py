"""One-time passwords: made by the machine, shown once, replaced at the first sign-in. And looking at any password."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher, identify_hasher, make_password

from kla_portal.accounts.models import User

LONGEST = 128
"""Signs of a password. What is longer costs the server more to look at than it adds."""

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Read over the telephone without doubt: no 0/o, no 1/l/i, no capitals."""

GROUPS, GROUP_LENGTH = 4, 4


def one_time_password() -> str:
    """``k7mq-x2dv-9hwt-c4pr``: 16 random symbols of 31, some 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


class _OneTimeHasher(Argon2PasswordHasher):
    """Argon2 at a light setting, so that a list of 2,000 accounts is hashed within one request.

    Nobody guesses 79 random bits, however fast the hash; the slow setting protects passwords that people
    choose. Django sees the other parameters at the first sign-in and hashes again at its own setting.
    """

    time_cost = 1
    memory_cost = 1_024
    parallelism = 1


def hash_one_time(password: str) -> str:
    """The stored form of a password from :func:`one_time_password`; never use it for any other."""
    preferred = get_hasher("default")
    if isinstance(preferred, Argon2PasswordHasher):
        return make_password(password, hasher=_OneTimeHasher())
    return make_password(password)


def is_password_of(user: User | None, password: str) -> bool:
    """Whether it is this person's. A wrong one costs one hash at the portal's own setting, and nothing tells how it
    is wrong: nobody has the name, the account is closed or has no password, it still has its one-time password.
    """
    fits = len(password) <= LONGEST
    tried = password if fits else ""
    if user is None or not user.has_usable_password():
        make_password(tried)
        return False
    light = _is_light(user.password)
    if user.check_password(tried) and fits:
        return True
    if light:
        make_password(tried)
    return False


def _is_light(stored: str) -> bool:
    """Django hardens such a check for other algorithms, not for Argon2."""
    hasher = identify_hasher(stored)
    return isinstance(hasher, Argon2PasswordHasher) and hasher.must_update(stored)
