"""Draft -> published -> retired, each step once, written into the log, never back."""

import pytest

from indicators.domain.publishing import PublishingRefused, publish, retire
from indicators.models import Instrument, InstrumentState, Question
from kla_portal.events.models import Event, EventAction

pytestmark = pytest.mark.django_db


def test_publish_freezes_and_records(draft, cast):
    row = publish(draft, by=cast.admin_national)
    row.refresh_from_db()
    assert (row.state, row.published_by) == (InstrumentState.PUBLISHED, cast.admin_national)
    assert row.published_at is not None
    event = Event.objects.get(action=EventAction.INSTRUMENT_PUBLISHED, subject="instrumen:kecil")
    assert (event.by, event.data) == (cast.admin_national, {"digest": row.digest})


def test_retire_keeps_when_it_was_published(published, cast):
    row = retire(published, by=cast.admin_national)
    row.refresh_from_db()
    assert (row.state, row.retired_by) == (InstrumentState.RETIRED, cast.admin_national)
    assert row.published_at == published.published_at
    event = Event.objects.get(action=EventAction.INSTRUMENT_RETIRED, subject="instrumen:terbit")
    assert event.data == {"digest": row.digest}


def test_publishing_twice_is_refused_even_with_a_stale_object(draft):
    stale = Instrument.objects.get(pk=draft.pk)
    publish(draft, by=None)
    with pytest.raises(PublishingRefused, match="sudah terbit; hanya rancangan"):
        publish(stale, by=None)


def test_a_draft_cannot_be_retired_and_a_retired_one_not_published(draft):
    with pytest.raises(PublishingRefused, match="berstatus rancangan; hanya yang terbit"):
        retire(draft, by=None)
    retire(publish(draft, by=None), by=None)
    with pytest.raises(PublishingRefused, match="sudah ditarik"):
        publish(draft, by=None)
    with pytest.raises(PublishingRefused, match="berstatus ditarik"):
        retire(draft, by=None)


@pytest.mark.parametrize("change", [{"text": "Diam-diam diubah?"}, {"weight": "3.5"}, {"level": "desa"}])
def test_a_draft_changed_behind_the_importers_back_is_not_published(draft, change):
    Question.objects.filter(instrument=draft, code="1.1").update(**change)
    with pytest.raises(PublishingRefused, match="berubah sejak dimuat"):
        publish(draft, by=None)
    draft.refresh_from_db()
    assert draft.state == InstrumentState.DRAFT
    assert not Event.objects.filter(
        action=EventAction.INSTRUMENT_PUBLISHED, subject="instrumen:kecil"
    ).exists()
