"""The strip of a cluster's questions on the verifier's desk: up to ninety items, each drawn once for all that look
alike. The address, which differs from one evaluation to the next, is a hole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from evaluations.views.desk_page import StripItem

_HOLE = "\0url\0"
"""No text holds a NUL: the portal refuses it on every way in."""


def draw_strip(items: Iterable[StripItem]) -> SafeString:
    """All items as ``verification/_strip_item.html`` draws each."""
    return mark_safe(
        "".join(_drawn(replace(item, url=_HOLE)).replace(_HOLE, escape(item.url)) for item in items)
    )


@lru_cache(maxsize=2000)
def _drawn(item: StripItem) -> str:
    """One item, some 300 bytes; everything it shows is in the key."""
    return render_to_string("evaluations/verification/_strip_item.html", {"item": item})
