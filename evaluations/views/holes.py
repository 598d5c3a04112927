"""HTML that is drawn once and used for many: where it differs from one use to the next it has holes.

No text holds a NUL, the portal refuses it on every way in: so no text is taken for a hole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from django.utils.safestring import SafeString, mark_safe

ANY_PK = 909_090_909_090_909_090
"""Stands for an evaluation's number, the hole ``pk``, while HTML is drawn: an address takes nothing but a number."""

_HOLE = re.compile("\0([a-z_]+)\0")


def hole(name: str) -> str:
    """What a template is given in place of a text."""
    return f"\0{name}\0"


def split(drawn: str) -> list[str]:
    """HTML and names of holes in turn: what is kept."""
    return _HOLE.split(drawn.replace(str(ANY_PK), hole("pk")))


def fill(parts: list[str], texts: Mapping[str, str]) -> SafeString:
    """``parts`` with the text of each hole, escaped unless it is HTML already. ``KeyError`` for a hole without text."""
    ready = {name: text if isinstance(text, SafeString) else escape(text) for name, text in texts.items()}
    found = parts.copy()
    found[1::2] = [ready[name] for name in parts[1::2]]
    return mark_safe("".join(found))
