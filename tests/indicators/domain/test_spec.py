"""Rows read back as exactly what was loaded, in few queries, kept only while they cannot change."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings

from indicators.domain import spec as reading
from indicators.domain.importing import load_instrument
from indicators.domain.publishing import publish
from indicators.domain.spec import loaded, spec_by_code, spec_of
from indicators.models import Instrument, Question, Slot
from tests.indicators.small import small
from tests.indicators.strategies import instruments

pytestmark = pytest.mark.django_db


def test_rows_of_kla_2023_are_the_file(instrument, kla_2023, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        spec = spec_of(instrument)
    assert spec == kla_2023
    assert spec.digest == kla_2023.digest == instrument.digest


def test_rows_of_the_small_instrument_are_the_file(draft):
    spec = spec_of(draft)
    assert spec == small()
    assert spec.digest == small().digest
    # Not only equal but alike: the column's four decimals do not show.
    assert str(spec.by_code["1.2"].rule.options[1].points) == "1.32"
    assert str(spec.total) == "12"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(spec=instruments())
def test_any_instrument_survives_the_rows(spec, db):
    assume(spec.total > 0)
    assume(spec.code != "kla-2023")
    Instrument.objects.exclude(code="kla-2023").delete()
    instrument, _ = load_instrument(spec, by=None)
    assert spec_of(instrument) == spec
    assert spec_of(instrument).digest == spec.digest


def test_loaded_names_the_rows(published):
    found = loaded(published)
    question = Question.objects.get(instrument=published, code="2.1a")
    slot = Slot.objects.get(instrument=published, question__code="1.1", position=2)
    assert found.question_ids["2.1a"] == question.pk
    assert found.question_codes[question.pk] == "2.1a"
    assert found.slot_ids["1.1", 2] == slot.pk
    assert found.slots_by_id[slot.pk] == ("1.1", 2)
    assert len(found.question_ids) == len(found.question_codes) == 7
    assert len(found.slot_ids) == len(found.slots_by_id) == 3


def test_a_published_instrument_is_read_once(published, django_assert_num_queries):
    first = loaded(published)
    with django_assert_num_queries(0):
        assert loaded(published) is first


def test_a_draft_is_read_every_time(draft):
    assert loaded(draft).spec.title == "Instrumen kecil"
    Instrument.objects.filter(pk=draft.pk).update(title="Lain")
    draft.refresh_from_db()
    assert loaded(draft).spec.title == "Lain"


def test_the_same_id_published_again_is_not_taken_for_the_old_one(published):
    """A database restored under a running process: same id, same content, other question ids."""
    old = loaded(published)
    again, _ = load_instrument(small("terbit-2"), by=None)
    again = publish(again, by=None)
    again.pk_before, again.digest = again.pk, published.digest
    assert loaded(again).question_ids != old.question_ids


def test_at_most_a_few_are_kept(db):
    for number in range(reading.KEPT + 2):
        instrument, _ = load_instrument(small(f"banyak-{number}"), by=None)
        loaded(publish(instrument, by=None))
    assert len(reading._kept) == reading.KEPT


def test_by_code_in_any_state(draft, published):
    assert spec_by_code("kecil").total == Decimal(12)
    assert spec_by_code("terbit").code == "terbit"
    with pytest.raises(Instrument.DoesNotExist):
        spec_by_code("tidak-ada")
