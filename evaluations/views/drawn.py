"""Cards as HTML, each drawn once for all that look alike: a page of sixty costs little more than what differs.

``question/_card.html`` draws a card with holes where text stands that belongs to one person or one moment; the drawn
card is kept and its holes are filled for every page. What else a card shows stands in its key.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from threading import Lock
from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from evaluations.views.cards import Card
from indicators.domain.spec import loaded

KEPT = 4000
"""Drawn cards kept per process, some 4 kB each."""

ANY_PK = 909_090_909_090_909_090
"""Stands for the evaluation's number while a card is drawn; an address takes nothing but a number."""

_HOLE = re.compile("\0([a-z_]+)\0")
"""No text holds a NUL: the portal refuses it on every way in."""

_kept: OrderedDict[Hashable, list[str]] = OrderedDict()
_lock = Lock()


def _hole(name: str) -> str:
    return f"\0{name}\0"


@dataclass
class _Hollow(Card):
    """A card with holes for what its key leaves out."""

    version = _hole("version")  # type: ignore[assignment]
    saved_day = _hole("saved_day")
    saved_day_time = _hole("saved_day_time")
    saved_time = _hole("saved_time")

    @property
    def note(self) -> str:
        # A locked card shows the note as paragraphs, not as it is: there it stands in the key.
        return super().note if self.locked else _hole("note")


def draw(request: HttpRequest, cards: Iterable[Card], *, light: bool = False) -> list[SafeString]:
    """Each card as ``question/_card.html`` draws it for this request. For cards without a refused form."""
    token = get_token(request)
    return [_filled(_parts(card, light), _texts(card, token)) for card in cards]


def _filled(parts: list[str], texts: Mapping[str, str]) -> SafeString:
    """``parts``: HTML and names of holes in turn."""
    found = parts.copy()
    found[1::2] = [conditional_escape(texts[name]) for name in parts[1::2]]
    return mark_safe("".join(found))


def _texts(card: Card, token: str) -> dict[str, str]:
    texts = {
        "pk": str(card.evaluation.pk),
        "token": token,
        "version": str(card.version),
        "note": card.note,
        "agency": str(card.agency or ""),
    }
    if card.answer:
        texts |= {
            "name": card.answer.updated_by.name,
            "saved_day": card.saved_day,
            "saved_day_time": card.saved_day_time,
            "saved_time": card.saved_time,
        }
    return texts


def _parts(card: Card, light: bool) -> list[str]:
    key = _key(card, light)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    drawn = render_to_string("evaluations/question/_card.html", _context(card, light))
    parts = _HOLE.split(drawn.replace(str(ANY_PK), _hole("pk")))
    with _lock:
        _kept[key] = parts
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return parts


def _key(card: Card, light: bool) -> Hashable:
    """All that the drawn card shows beside its holes; points and reasons follow from the question and the value."""
    answer, previous = card.answer, card.previous
    return (
        loaded(card.evaluation.edition.instrument).spec.digest,
        card.question.code,
        light,
        card.locked,
        answer and (repr(answer.value), card.locked and answer.note),
        card.unsafe,
        card.agency is None,
        previous and (previous.edition, previous.summary, previous.points.points),
        tuple(
            tuple((link.evidence_id, link.evidence.title, link.pages, cast(Any, link).size) for link in links)
            for _, links in card.slots
        ),
    )


def _context(card: Card, light: bool) -> dict[str, Any]:
    evaluation = SimpleNamespace(pk=ANY_PK, unready=card.evaluation.unready)
    answer = card.answer and SimpleNamespace(
        value=card.answer.value,
        note=card.answer.note,
        version=_hole("version"),
        updated_by=SimpleNamespace(name=_hole("name")),
    )
    own = {field.name: getattr(card, field.name) for field in fields(card)}
    agency = card.agency and _hole("agency")
    hollow = _Hollow(**cast(Any, own | {"evaluation": evaluation, "answer": answer, "agency": agency}))
    return {"card": hollow, "evaluation": evaluation, "light": light, "csrf_token": _hole("token")}
