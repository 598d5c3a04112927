"""Addresses of the portal's pages, each worked out once per process: a page has up to sixty of them.

Working one out takes Django some 10 to 20 µs, longer than all else that a link needs.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

KEPT = 10_000
"""Addresses that are remembered, some 3 MB at most."""


def address(name: str, *values: object) -> str:
    """``reverse(name, args=values)``; ``NoReverseMatch`` like it.

    The portal includes no namespace twice, so the page that asks for it changes nothing.
    """
    return _address(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, *values)


@lru_cache(maxsize=KEPT, typed=True)
def _address(urlconf: str, prefix: str, name: str, *values: object) -> str:
    """``prefix``, which ``reverse`` reads by itself, only tells apart."""
    return reverse(name, urlconf, args=values)
