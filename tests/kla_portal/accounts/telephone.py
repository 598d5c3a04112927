"""A person's telephone with its authenticator, and the paper with their recovery codes."""

from __future__ import annotations

import time

from django_otp.oath import TOTP

from kla_portal.accounts.domain.second_factor import add_factor, new_key
from kla_portal.accounts.models import User

STEP = 30
"""Seconds that a code is shown."""


def shown(key: str, steps: int = 0) -> str:
    """What an authenticator with this secret shows now, or so many codes later."""
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + steps * STEP
    return f"{totp.token():06}"


class Telephone:
    """Adds itself to the account, which spends the present code: ``code(1)`` is the next that opens."""

    def __init__(self, user: User) -> None:
        self.key = new_key()
        self.device, self.recovery = add_factor(key=self.key, code=shown(self.key), by=user)

    def code(self, steps: int = 1) -> str:
        return shown(self.key, steps)

    def wrong(self) -> str:
        """Six digits that are none of the codes near by."""
        near = {shown(self.key, steps) for steps in range(-3, 6)}
        return next(code for code in ("111111", "222222", "333333", "444444") if code not in near)
