"""One-time passwords: made by the machine, shown once, replaced at the first sign-in."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher, make_password

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
