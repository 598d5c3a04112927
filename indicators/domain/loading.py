"""A checked spec -> draft rows."""

from __future__ import annotations

from typing import Literal

from django.db import transaction
from django.db.models import ProtectedError

from indicators.domain.canonical import digest, plain_rule, plain_scale
from indicators.domain.errors import InstrumentError, InstrumentErrors
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
from indicators.spec import InstrumentSpec
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

Outcome = Literal["new", "replaces_draft", "unchanged"]

CHILDREN = (
    QuestionAgency,
    Slot,
    Question,
    Indicator,
    Cluster,
    PredikatBand,
    Scale,
    EvidenceKind,
    Theme,
    InstrumentAgency,
)
"""Everything an instrument owns, in the order in which it can be deleted."""


def check_load(spec: InstrumentSpec) -> Outcome:
    """What loading would do now. Raises ``InstrumentErrors`` where it would be refused."""
    instrument = Instrument.objects.filter(code=spec.code).first()
    return "new" if instrument is None else _outcome(instrument, digest(spec))


@transaction.atomic
def load_instrument(spec: InstrumentSpec, *, by: User | None) -> tuple[Instrument, bool]:
    """Load ``spec`` as a draft; ``(instrument, changed)``.

    The same content again changes nothing; a draft is replaced by new content. Other content under the code
    of a published or retired instrument is refused (``InstrumentErrors``): a new version has its own code.
    """
    seal = digest(spec)
    content = {
        "title": spec.title,
        "legal_basis": list(spec.legal_basis),
        "total": spec.total,
        "digest": seal,
    }
    instrument, created = Instrument.objects.get_or_create(code=spec.code, defaults=content)
    if not created:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        if _outcome(instrument, seal) == "unchanged":
            return instrument, False
        _empty(instrument)
        for name, value in {**content, "loaded_at": clock.now()}.items():
            setattr(instrument, name, value)
        instrument.save()
    _fill(instrument, spec)
    record(
        EventAction.INSTRUMENT_LOADED,
        by=by,
        subject=f"instrumen:{instrument.code}",
        digest=seal,
        replaced=not created,
        questions=sum(1 for _ in spec.questions()),
    )
    return instrument, True


def _outcome(instrument: Instrument, seal: str) -> Outcome:
    if instrument.digest == seal:
        return "unchanged"
    if instrument.state != InstrumentState.DRAFT:
        word = InstrumentState(instrument.state).label.lower()
        message = (
            f'instrumen "{instrument.code}" sudah {word} dengan isi lain dan tidak dapat diubah; '
            "beri versi baru kode (code) sendiri"
        )
        raise InstrumentErrors([InstrumentError(None, message)])
    return "replaces_draft"


def _empty(instrument: Instrument) -> None:
    try:
        for model in CHILDREN:
            model._default_manager.filter(instrument=instrument).delete()
    except ProtectedError:
        message = f'rancangan "{instrument.code}" sudah dipakai evaluasi; beri versi baru kode (code) sendiri'
        raise InstrumentErrors([InstrumentError(None, message)]) from None


def _fill(instrument: Instrument, spec: InstrumentSpec) -> None:
    """Ten bulk inserts, in the published order."""
    agencies, themes, kinds = _fill_vocabularies(instrument, spec)
    questions = _fill_questions(instrument, spec, themes)
    slots, assigned = [], []
    for question in spec.questions():
        row = questions[question.code]
        slots += [
            Slot(
                instrument=instrument,
                position=slot.number,
                question=row,
                kind=kinds[slot.kind],
                label=slot.label,
                required=slot.required,
            )
            for slot in question.slots
        ]
        assigned += [
            QuestionAgency(instrument=instrument, position=position, question=row, agency=agencies[code])
            for position, code in enumerate(question.agencies)
        ]
    Slot.objects.bulk_create(slots)
    QuestionAgency.objects.bulk_create(assigned)


def _fill_vocabularies(
    instrument: Instrument, spec: InstrumentSpec
) -> tuple[dict[str, InstrumentAgency], dict[str, Theme], dict[str, EvidenceKind]]:
    agencies = InstrumentAgency.objects.bulk_create(
        InstrumentAgency(instrument=instrument, position=n, code=term.code, name=term.name)
        for n, term in enumerate(spec.agencies)
    )
    themes = Theme.objects.bulk_create(
        Theme(instrument=instrument, position=n, code=term.code, name=term.name)
        for n, term in enumerate(spec.themes)
    )
    kinds = EvidenceKind.objects.bulk_create(
        EvidenceKind(instrument=instrument, position=n, code=term.code, name=term.name)
        for n, term in enumerate(spec.evidence_kinds)
    )
    Scale.objects.bulk_create(
        Scale(instrument=instrument, position=n, code=code, options=plain_scale(steps))
        for n, (code, steps) in enumerate(spec.scales.items())
    )
    PredikatBand.objects.bulk_create(
        PredikatBand(
            instrument=instrument,
            position=n,
            code=band.code,
            name=band.name,
            threshold=band.threshold,
            inclusive=band.inclusive,
            award=band.award,
            published=band.published or "",
        )
        for n, band in enumerate(spec.bands)
    )
    return (
        {row.code: row for row in agencies},
        {row.code: row for row in themes},
        {row.code: row for row in kinds},
    )


def _fill_questions(
    instrument: Instrument, spec: InstrumentSpec, themes: dict[str, Theme]
) -> dict[str, Question]:
    clusters = Cluster.objects.bulk_create(
        Cluster(instrument=instrument, position=n, code=c.code, name=c.name, weight=c.weight)
        for n, c in enumerate(spec.clusters)
    )
    rows = {row.code: row for row in clusters}
    indicators = Indicator.objects.bulk_create(
        Indicator(
            instrument=instrument,
            position=n,
            cluster=rows[spec.cluster_of[i.number].code],
            number=i.number,
            name=i.name,
            weight=i.weight,
            purpose=i.purpose,
        )
        for n, i in enumerate(spec.indicators())
    )
    parents = {row.number: row for row in indicators}
    questions = Question.objects.bulk_create(
        Question(
            instrument=instrument,
            position=n,
            indicator=parents[spec.indicator_of[q.code].number],
            code=q.code,
            title=q.title,
            text=q.text,
            guidance=q.guidance,
            weight=q.weight,
            theme=themes[q.theme],
            level=q.level,
            rule=plain_rule(q.rule),
            sensitive=q.sensitive,
            official=q.official,
        )
        for n, q in enumerate(spec.questions())
    )
    return {row.code: row for row in questions}
