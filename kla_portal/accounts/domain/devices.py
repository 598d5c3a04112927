"""Browsers from which a person has signed in before, known by a random secret in a cookie of theirs."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from kla_portal import clock
from kla_portal.accounts.domain import notices
from kla_portal.accounts.domain.memberships import log_account
from kla_portal.accounts.models import KnownDevice, User
from kla_portal.events.models import EventAction

COOKIE = "kla-perangkat"
KEPT = timedelta(days=400)
"""How long the cookie lasts after the last sign-in; the longest that browsers allow."""

OTHER = "Peramban lain"
_SECRET = re.compile(r"[0-9a-f]{32}")

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("Version/", "Safari"),
)
"""What stands in a User-Agent, in the order in which to ask: most browsers also call themselves Chrome or Safari."""

_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Sighting:
    """A sign-in as seen from its device.

    ``secret`` belongs into the cookie. ``is_new``: an unknown device, though the account has known ones.
    ``others``: devices that came to the account since this one was last here.
    """

    device: KnownDevice
    secret: str
    is_new: bool
    others: tuple[KnownDevice, ...] = ()


def device_words(user_agent: str) -> str:
    """``Chrome di Android``, from what the browser says of itself; only for people to read, never to decide by."""
    said = user_agent[:500]
    browser = next((word for sign, word in _BROWSERS if sign in said), "")
    if not browser:
        return OTHER
    system = next((word for sign, word in _SYSTEMS if sign in said), "perangkat lain")
    return f"{browser} di {system}"


def digest_of(secret: str) -> str:
    """sha256 of the cookie's secret, in hex: what ``KnownDevice.digest`` holds."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_for(user: User, visit: str) -> str:
    """The secret of a browser that has none, 32 hex digits: the same to all requests of one visit and person.

    ``visit`` is what those requests have in common before the first answer came back. Made with the portal's key,
    so whoever planted a visit in a browser still knows no secret of it; without one the secret is drawn.
    """
    if not visit:
        return secrets.token_hex(16)
    return salted_hmac(f"kla_portal.device.{user.pk}", visit, algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def recognise(*, user: User, secret: str, agent: str, visit: str = "") -> Sighting:
    """Note the device of a sign-in. ``secret`` as the cookie said, or empty; ``agent`` in words.

    A device that is new to an account with known ones is an event and a letter to the person. An account's very
    first device is neither: there is nothing to compare it with. One browser that signs in twice at once (a form
    sent twice, two requests of one session) has the same ``visit`` in both, and is one device.
    """
    now = clock.now()
    # One sign-in of a person after the other: which device was there first, and which is news, is then exact.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    # A secret the portal never gave is replaced, not adopted: somebody may have planted it.
    if not _given(secret):
        secret = secret_for(user, visit)
    device = user.devices.filter(digest=digest_of(secret)).first()
    if device:
        others = tuple(user.devices.filter(first_seen_at__gt=device.last_seen_at).exclude(pk=device.pk))
        device.agent, device.last_seen_at = agent, max(now, device.last_seen_at)
        device.save(update_fields=["agent", "last_seen_at"])
        return Sighting(device, secret, is_new=False, others=others)
    is_new = user.devices.exists()
    device = user.devices.create(digest=digest_of(secret), agent=agent, first_seen_at=now, last_seen_at=now)
    if is_new:
        log_account(EventAction.DEVICE_NEW, user, by=user)
        notices.new_device(user, agent=agent, at=now)
    return Sighting(device, secret, is_new=is_new)


def _given(secret: str) -> bool:
    """Whether the portal gave this secret to a browser, whoever signed in there."""
    return bool(_SECRET.fullmatch(secret)) and KnownDevice.objects.filter(digest=digest_of(secret)).exists()


def forget_devices(*, before: datetime) -> int:
    """Remove devices last used before that moment, whose cookie has gone by then. Returns how many."""
    return KnownDevice.objects.filter(last_seen_at__lt=before).delete()[1].get("accounts.KnownDevice", 0)
