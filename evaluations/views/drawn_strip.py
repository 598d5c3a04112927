"""The strip of a cluster's questions on the verifier's desk: up to ninety items, each drawn once for all that look
alike. The address, which differs from one evaluation to the next, is a hole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from evaluations.views.holes import fill, hole, split

if TYPE_CHECKING:
    from evaluations.views.desk_page import StripItem


def draw_strip(items: Iterable[StripItem]) -> SafeString:
    """All items as ``verification/_strip_item.html`` draws each."""
    return mark_safe(
        "".join(fill(_drawn(replace(item, url=hole("url"))), {"url": item.url}) for item in items)
    )


@lru_cache(maxsize=2000)
def _drawn(item: StripItem) -> list[str]:
    """One item, some 300 bytes; everything it shows is in the key."""
    return split(render_to_string("evaluations/verification/_strip_item.html", {"item": item}))
