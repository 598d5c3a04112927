"""The database refuses nonsense: each named constraint of the ruler and the ground, broken once, past all code.

Those of the evaluations are broken in tests/evaluations/models, those of accounts and regions beside their models.
"""

from __future__ import annotations

from copy import copy

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from indicators.domain.importing import load_instrument
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
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from kla_portal.events.log import record
from kla_portal.events.models import Event, EventAction
from tests.architecture.tree import files
from tests.cast import TABALONG
from tests.indicators.small import small

OWN = ("regions", "events", "accounts", "operations", "indicators", "evaluations")
NOW = timezone.now()

ONCE = {
    "instrumentagency_code_once": InstrumentAgency,
    "theme_code_once": Theme,
    "evidencekind_code_once": EvidenceKind,
    "scale_code_once": Scale,
    "cluster_code_once": Cluster,
    "indicator_number_once": Indicator,
    "question_code_once": Question,
    "slot_position_once": Slot,
    "question_agency_once": QuestionAgency,
    "band_code_once": PredikatBand,
}
"""Unique constraint -> the model whose row, copied, breaks it."""

IMPOSSIBLE = {
    "instrument_total_positive": (Instrument, {"total": 0}),
    "instrument_published_at_with_state": (Instrument, {"published_at": NOW}),
    "instrument_retired_at_with_state": (Instrument, {"retired_at": NOW}),
    "cluster_weight_not_negative": (Cluster, {"weight": -1}),
    "indicator_weight_not_negative": (Indicator, {"weight": -1}),
    "question_weight_not_negative": (Question, {"weight": "-0.01"}),
    "question_level_known": (Question, {"level": "provinsi"}),
    "question_official_known": (Question, {"official": "maybe"}),
    "band_threshold_not_negative": (PredikatBand, {"threshold": -1}),
}
"""Check constraint -> the model and the values that break it."""

EVENTS = {
    "event_number_once_per_chain": {"hash": "a" * 64},
    "event_hash_once": {"number": 999},
    "event_number_from_one": {"number": 0, "hash": "a" * 64},
    "event_action_known": {"number": 999, "hash": "a" * 64, "action": "account.forgotten"},
}
"""Constraint -> what differs in the copy of an event that breaks it."""


@pytest.fixture
def ruler(db) -> Instrument:
    """A draft: the triggers of a published one would refuse first."""
    return load_instrument(small(), by=None)[0]


def refused_by(name: str, error: IntegrityError, fields: tuple[str, ...] = ()) -> bool:
    """SQLite names a unique constraint by its columns, PostgreSQL always by its name."""
    text = str(error)
    if connection.vendor == "sqlite" and text.startswith("UNIQUE"):
        return bool(fields) and all(f".{field}" in text for field in fields)
    return name in text


def columns(model, name: str) -> tuple[str, ...]:
    constraint = next(c for c in model._meta.constraints if c.name == name)
    return tuple(model._meta.get_field(field).column for field in getattr(constraint, "fields", ()))


@pytest.mark.parametrize("name", ONCE)
def test_the_ruler_has_each_thing_once(ruler, name):
    model = ONCE[name]
    row = copy(model.objects.filter(instrument=ruler).first())
    row.pk = None
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        model.objects.bulk_create([row])
    assert refused_by(name, error.value, columns(model, name)), error.value


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_ruler_holds_nothing_impossible(ruler, name):
    model, values = IMPOSSIBLE[name]
    own = model.objects.filter(pk=ruler.pk) if model is Instrument else model.objects.filter(instrument=ruler)
    assert own.exists()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        own.update(**values)
    assert refused_by(name, error.value), error.value


@pytest.mark.parametrize("name", EVENTS)
def test_the_log_holds_nothing_impossible(db, name):
    with transaction.atomic():
        event = record(EventAction.ACCOUNT_OPENED, by=None, district=TABALONG)
    wrong = copy(event)
    wrong.pk = None
    for field, value in EVENTS[name].items():
        setattr(wrong, field, value)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Event.objects.bulk_create([wrong])
    assert refused_by(name, error.value, columns(Event, name)), error.value


def test_the_ruler_is_in_a_known_state(ruler):
    """No date fits an unknown state, so that the pairing of state and date would refuse it as well."""
    known = next(c for c in Instrument._meta.constraints if c.name == "instrument_state_known")
    assert set(dict(known.condition.children)["state__in"]) == set(InstrumentState.values)
    with pytest.raises(IntegrityError, match="instrument_"), transaction.atomic():
        Instrument.objects.filter(pk=ruler.pk).update(state="gone", published_at=NOW)


def test_nobody_holds_an_unknown_role(cast):
    """No place fits an unknown role, so that ``membership_place_fits_role`` would refuse it as well."""
    known = next(c for c in Membership._meta.constraints if c.name == "membership_role_known")
    assert set(dict(known.condition.children)["role__in"]) == set(Role.values)
    membership = cast.coordinator_tabalong.memberships.get()
    with pytest.raises(IntegrityError, match="membership_"), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(role="king")


def test_no_constraint_goes_untried():
    """Each constraint's name stands in a test."""
    said = "\n".join(path.read_text(encoding="utf-8") for path in files("tests", suffix=".py"))
    named = {
        constraint.name
        for app in OWN
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
    assert len(named) > 60
    assert sorted(name for name in named if name not in said) == []


def test_these_lists_are_whole():
    named = {
        constraint.name
        for app in ("indicators", "events")
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
    assert named == {*ONCE, *IMPOSSIBLE, *EVENTS, "instrument_state_known"}
