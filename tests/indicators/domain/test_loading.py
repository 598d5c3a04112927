"""A spec becomes draft rows: all or nothing, the same again changes nothing, published ones are refused."""

import time

import pytest

from indicators.domain import loading
from indicators.domain.importing import InstrumentErrors, check_load, load_instrument, parse_instrument
from indicators.domain.publishing import publish, retire
from indicators.domain.spec import spec_of
from indicators.models import Cluster, Instrument, InstrumentState, Question, QuestionAgency, Slot
from kla_portal.events.models import Event, EventAction
from tests.indicators.small import small

pytestmark = pytest.mark.django_db

OTHER = ("title: Peraturan", "title: Peraturan daerah")


def loaded_events(code):
    return Event.objects.filter(action=EventAction.INSTRUMENT_LOADED, subject=f"instrumen:{code}")


def test_loads_a_draft_with_its_rows_and_an_event(cast):
    spec = small()
    instrument, changed = load_instrument(spec, by=cast.admin_national)
    assert changed
    assert (instrument.state, instrument.digest) == (InstrumentState.DRAFT, spec.digest)
    assert Question.objects.filter(instrument=instrument).count() == 7
    assert list(Slot.objects.filter(instrument=instrument).values_list("question__code", "position")) == [
        ("1.1", 1), ("1.1", 2), ("2.1a", 1),
    ]  # fmt: skip
    lead = QuestionAgency.objects.get(instrument=instrument, question__code="1.1", position=0)
    assert lead.agency.code == "hukum"
    event = loaded_events("kecil").get()
    assert event.by == cast.admin_national
    assert event.data == {"digest": spec.digest, "replaced": False, "questions": 7}


def test_the_same_content_again_changes_nothing(draft):
    ids = set(Question.objects.filter(instrument=draft).values_list("pk", flat=True))
    assert check_load(small()) == "unchanged"
    again, changed = load_instrument(small(), by=None)
    assert (again.pk, changed) == (draft.pk, False)
    assert set(Question.objects.filter(instrument=draft).values_list("pk", flat=True)) == ids
    assert loaded_events("kecil").count() == 1


def test_a_draft_is_replaced_by_other_content(draft):
    spec = small("kecil", OTHER, ("name: Kelembagaan", "name: Lembaga"))
    assert check_load(spec) == "replaces_draft"
    again, changed = load_instrument(spec, by=None)
    assert changed
    assert again.pk == draft.pk
    assert again.loaded_at > draft.loaded_at
    assert spec_of(again) == spec
    assert Cluster.objects.filter(instrument=draft).count() == 2
    assert loaded_events("kecil").latest("number").data["replaced"] is True


@pytest.mark.parametrize(("step", "word"), [(publish, "terbit"), (retire, "ditarik")])
def test_other_content_for_a_frozen_instrument_is_refused(draft, step, word):
    publish(draft, by=None)
    if step is retire:
        retire(draft, by=None)
    assert load_instrument(small(), by=None)[1] is False
    spec = small("kecil", OTHER)
    for verb in (check_load, lambda each: load_instrument(each, by=None)):
        with pytest.raises(InstrumentErrors, match=f"sudah {word} dengan isi lain.*kode"):
            verb(spec)
    assert spec_of(Instrument.objects.get(code="kecil")) == small()


def test_a_new_version_has_its_own_code(published):
    assert check_load(small("terbit-2", OTHER)) == "new"
    assert load_instrument(small("terbit-2", OTHER), by=None)[1]


def test_a_failure_half_way_leaves_nothing(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("aliran putus")

    monkeypatch.setattr(loading, "record", fail)
    with pytest.raises(RuntimeError):
        load_instrument(small(), by=None)
    assert not Instrument.objects.filter(code="kecil").exists()


def test_a_failure_half_way_keeps_the_draft_that_was(draft, monkeypatch):
    monkeypatch.setattr(loading, "_fill", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load_instrument(small("kecil", OTHER), by=None)
    assert spec_of(Instrument.objects.get(pk=draft.pk)) == small()


def test_a_digest_written_into_the_spec_is_not_believed():
    spec = small()
    object.__setattr__(spec, "digest", "0" * 64)
    assert load_instrument(spec, by=None)[0].digest == small().digest


def test_kla_2023_loads_in_under_three_seconds(kla_2023_text, django_assert_max_num_queries):
    text = kla_2023_text.replace("code: kla-2023", "code: kla-uji", 1)
    with django_assert_max_num_queries(40):
        start = time.perf_counter()
        instrument, _ = load_instrument(parse_instrument(text, name="kla-uji.yaml"), by=None)
        assert time.perf_counter() - start < 3
    assert Question.objects.filter(instrument=instrument).count() == 274
