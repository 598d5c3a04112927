"""An instrument's rows -> its spec, and the ids that answers and evidence refer to."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from threading import Lock
from typing import cast

from indicators.domain.canonical import digest, number, rule_from_plain, scale_from_plain
from indicators.models import (
    Cluster,
    EvidenceKind,
    Indicator,
    Instrument,
    InstrumentAgency,
    InstrumentState,
    PredikatBand,
    Question,
    QuestionAgency,
    Scale,
    Slot,
    Theme,
)
from indicators.models.instrument import Vocabulary
from indicators.spec import (
    Band,
    ClusterSpec,
    IndicatorSpec,
    InstrumentSpec,
    Level,
    Official,
    QuestionSpec,
    ScaleOption,
    Term,
)
from indicators.spec import Slot as SlotSpec

KEPT = 8
"""Frozen instruments kept per process. A country uses one or two at a time."""


@dataclass(frozen=True)
class Loaded:
    """An instrument with its rows' ids. Shared between requests: read, never change."""

    spec: InstrumentSpec
    question_ids: dict[str, int]
    question_codes: dict[int, str]
    slot_ids: dict[tuple[str, int], int]
    """(question code, slot number) -> id."""
    slots_by_id: dict[int, tuple[str, int]]


_kept: OrderedDict[tuple[object, ...], Loaded] = OrderedDict()
_lock = Lock()


def spec_of(instrument: Instrument) -> InstrumentSpec:
    """The instrument as its rows say it, in ten queries. The digest is computed from them."""
    return _read(instrument).spec


def loaded(instrument: Instrument) -> Loaded:
    """The spec and the ids. Frozen instruments are read once per process, drafts every time."""
    if instrument.state == InstrumentState.DRAFT:
        return _read(instrument)
    # The moment of publication tells two instruments apart that took the same id one after the other.
    key = (instrument.pk, instrument.digest, instrument.published_at)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    read = _read(instrument)
    with _lock:
        _kept[key] = read
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return read


def spec_by_code(code: str) -> InstrumentSpec:
    """The instrument with this code, in whatever state. Raises ``Instrument.DoesNotExist``."""
    return loaded(Instrument.objects.get(code=code)).spec


def _read(instrument: Instrument) -> Loaded:
    scales = {
        row.code: scale_from_plain(row.options)
        for row in Scale.objects.filter(instrument=instrument).order_by("position")
    }
    slots, slot_ids = _slots(instrument)
    questions, question_ids = _questions(instrument, scales, slots)
    spec = InstrumentSpec(
        code=instrument.code,
        title=instrument.title,
        legal_basis=tuple(instrument.legal_basis),
        total=number(instrument.total),
        bands=_bands(instrument),
        scales=scales,
        agencies=_terms(InstrumentAgency, instrument),
        themes=_terms(Theme, instrument),
        evidence_kinds=_terms(EvidenceKind, instrument),
        clusters=_clusters(instrument, questions),
    )
    spec = replace(spec, digest=digest(spec))
    return Loaded(
        spec=spec,
        question_ids=question_ids,
        question_codes={pk: code for code, pk in question_ids.items()},
        slot_ids=slot_ids,
        slots_by_id={pk: slot for slot, pk in slot_ids.items()},
    )


def _terms(model: type[Vocabulary], instrument: Instrument) -> tuple[Term, ...]:
    rows = model._default_manager.filter(instrument=instrument).order_by("position")
    return tuple(Term(row.code, row.name) for row in rows)


def _bands(instrument: Instrument) -> tuple[Band, ...]:
    return tuple(
        Band(row.code, row.name, number(row.threshold), row.inclusive, row.award, row.published or None)
        for row in PredikatBand.objects.filter(instrument=instrument).order_by("position")
    )


def _slots(
    instrument: Instrument,
) -> tuple[dict[str, list[SlotSpec]], dict[tuple[str, int], int]]:
    """Slots by question code, and their ids."""
    found: dict[str, list[SlotSpec]] = defaultdict(list)
    ids = {}
    rows = Slot.objects.filter(instrument=instrument).order_by("question_id", "position")
    for pk, code, position, kind, label, required in rows.values_list(
        "pk", "question__code", "position", "kind__code", "label", "required"
    ):
        found[code].append(SlotSpec(position, kind, label, required))
        ids[code, position] = pk
    return found, ids


def _questions(
    instrument: Instrument, scales: dict[str, tuple[ScaleOption, ...]], slots: dict[str, list[SlotSpec]]
) -> tuple[dict[int, list[QuestionSpec]], dict[str, int]]:
    """Questions by their indicator's id, and their ids by code."""
    agencies: dict[int, list[str]] = defaultdict(list)
    assigned = QuestionAgency.objects.filter(instrument=instrument).order_by("question_id", "position")
    for question_id, code in assigned.values_list("question_id", "agency__code"):
        agencies[question_id].append(code)
    found: dict[int, list[QuestionSpec]] = defaultdict(list)
    ids = {}
    for row in Question.objects.filter(instrument=instrument).select_related("theme").order_by("position"):
        weight = number(row.weight)
        ids[row.code] = row.pk
        found[row.indicator_id].append(
            QuestionSpec(
                code=row.code,
                title=row.title,
                text=row.text,
                guidance=row.guidance,
                weight=weight,
                theme=row.theme.code,
                level=cast(Level, row.level),
                rule=rule_from_plain(row.rule, weight=weight, scales=scales),
                slots=tuple(slots.get(row.code, ())),
                agencies=tuple(agencies[row.pk]),
                sensitive=row.sensitive,
                official=cast(Official, row.official),
            )
        )
    return found, ids


def _clusters(instrument: Instrument, questions: dict[int, list[QuestionSpec]]) -> tuple[ClusterSpec, ...]:
    indicators: dict[int, list[IndicatorSpec]] = defaultdict(list)
    for row in Indicator.objects.filter(instrument=instrument).order_by("position"):
        indicators[row.cluster_id].append(
            IndicatorSpec(row.number, row.name, number(row.weight), row.purpose, tuple(questions[row.pk]))
        )
    return tuple(
        ClusterSpec(row.code, row.name, number(row.weight), tuple(indicators[row.pk]))
        for row in Cluster.objects.filter(instrument=instrument).order_by("position")
    )
