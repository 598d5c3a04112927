"""Cards as HTML, each drawn once for all that look alike: a page of sixty costs little more than what differs.

``question/_card.html`` draws a card with holes where text stands that belongs to one person or one moment; the drawn
card is kept and its holes are filled for every page. What else a card shows stands in its key. The reply to a save,
``question/_saved.html``, is drawn in the same way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from threading import Lock
from types import SimpleNamespace
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from evaluations.views.cards import Card
from evaluations.views.holes import ANY_PK, fill, hole, split
from indicators.domain.spec import loaded

PAGE = "evaluations/question/_card.html"
SAVED = "evaluations/question/_saved.html"

KEPT = 4000
"""Drawn cards kept per process, some 4 kB each."""

_kept: OrderedDict[Hashable, list[str]] = OrderedDict()
_lock = Lock()


@dataclass
class _Hollow(Card):
    """A card with holes for what its key leaves out."""

    version = hole("version")  # type: ignore[assignment]
    saved_day = hole("saved_day")
    saved_day_time = hole("saved_day_time")
    saved_time = hole("saved_time")

    @property
    def note(self) -> str:
        # A locked card shows the note as paragraphs, not as it is: there it stands in the key.
        return super().note if self.locked else hole("note")


def draw(cards: Iterable[Card], token: str, *, light: bool = False) -> list[SafeString]:
    """Each card as ``question/_card.html`` draws it, with the request's token. For cards without a refused form."""
    return [fill(_parts(PAGE, card, light), _texts(card, token)) for card in cards]


def draw_saved(card: Card) -> SafeString:
    """What a save changed of its card, as ``question/_saved.html`` draws it.

    Numbers hardly ever come twice: kept, they would drive out what pages need.
    """
    if card.numbers:
        return render_to_string(SAVED, {"card": card})
    return fill(_parts(SAVED, card, light=False), _texts(card, token=""))


def _texts(card: Card, token: str) -> dict[str, str]:
    texts = {
        "pk": str(card.evaluation.pk),
        "token": token,
        "version": str(card.version),
        "note": card.note,
        "agency": str(card.agency or ""),
        "needed": card.needed,
    }
    if card.answer:
        texts |= {
            "name": card.answer.updated_by.name,
            "saved_day": card.saved_day,
            "saved_day_time": card.saved_day_time,
            "saved_time": card.saved_time,
        }
    return texts


def _parts(template: str, card: Card, light: bool) -> list[str]:
    key = _key(template, card, light)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    drawn = render_to_string(template, _context(card, light))
    parts = split(drawn)
    with _lock:
        _kept[key] = parts
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return parts


def _key(template: str, card: Card, light: bool) -> Hashable:
    """All that the drawn card shows beside its holes; points and reasons follow from the question and the value."""
    answer, previous = card.answer, card.previous
    return (
        template,
        loaded(card.evaluation.edition.instrument).spec.digest,
        card.question.code,
        light,
        card.locked,
        answer and (repr(answer.value), card.locked and answer.note),
        card.unsafe,
        card.agency is None,
        bool(card.needed),
        card.restorable,
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
        version=hole("version"),
        updated_by=SimpleNamespace(name=hole("name")),
    )
    own = {field.name: getattr(card, field.name) for field in fields(card)}
    agency = card.agency and hole("agency")
    needed = card.needed and hole("needed")
    holes = {"evaluation": evaluation, "answer": answer, "agency": agency, "needed": needed}
    hollow = _Hollow(**cast(Any, own | holes))
    return {"card": hollow, "evaluation": evaluation, "light": light, "csrf_token": hole("token")}
