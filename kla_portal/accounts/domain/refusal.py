"""Why a verb refused."""

from __future__ import annotations

from kla_portal.accounts.access import Refused


class AccountRefused(Refused):
    """The verb did nothing. ``reason`` says why, in Indonesian; ``field`` names the form field it is about.

    A view that does not catch it answers 403 with the reason.
    """

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
