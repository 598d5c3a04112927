"""Preparing an edition and opening it for all 514 districts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from evaluations.domain.editions import create_edition, open_edition, set_window
from evaluations.models import Edition, Evaluation, Stage, StageWindow
from indicators.domain.importing import load_instrument
from indicators.domain.publishing import publish, retire
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Agency
from kla_portal.events.models import Event, EventAction
from kla_portal.regions.models import Province
from tests.cast import TABALONG, agency
from tests.indicators.small import small

OPENS, CLOSES = (date(2028, 2, 1), time(8)), (date(2028, 6, 30), time(23, 59))


@pytest.fixture
def prepared(instrument, edition, cast):
    """2028: made, not open; its windows are not set."""
    return create_edition(
        code="2028",
        name="Evaluasi KLA 2028",
        instrument=instrument,
        evidence_years=(2026, 2027),
        previous=edition,
        by=cast.admin_national,
    )


def test_a_new_edition_is_not_open(prepared, edition, cast):
    made = Edition.objects.get(code="2028")
    assert (made.opened_at, made.opened_by, made.previous) == (None, None, edition)
    assert made.evidence_years == [2026, 2027]
    assert not made.evaluations.exists()
    event = Event.objects.get(action=EventAction.EDITION_CREATED, subject="periode:2028")
    assert (event.by, event.data) == (cast.admin_national, {"instrument": "kla-2023"})


@pytest.mark.parametrize("retired", [False, True])
def test_nobody_is_measured_with_an_instrument_that_is_not_published(cast, retired):
    instrument, _ = load_instrument(small(), by=None)
    if retired:
        instrument = retire(publish(instrument, by=None), by=None)
    with pytest.raises(Refused) as refused:
        create_edition(
            code="2028",
            name="Evaluasi",
            instrument=instrument,
            evidence_years=(2026, 2027),
            previous=None,
            by=cast.admin_national,
        )
    assert "Terbitkan dahulu" in str(refused.value)
    assert not Edition.objects.filter(code="2028").exists()


def test_a_window_is_set_and_set_again(prepared, cast):
    set_window(edition=prepared, stage=Stage.EM, opens=OPENS, closes=CLOSES, by=cast.admin_national)
    later = (date(2028, 7, 15), time(12))
    set_window(edition=prepared, stage=Stage.EM, opens=OPENS, closes=later, by=cast.admin_national)
    window = StageWindow.objects.get(edition=prepared)
    assert (window.closes_on, window.closes_time) == later
    events = Event.objects.filter(action=EventAction.EDITION_CHANGED, subject="periode:2028").order_by(
        "number"
    )
    assert [event.data["closes"] for event in events] == ["2028-06-30 23:59:00", "2028-07-15 12:00:00"]


@pytest.mark.parametrize("closes", [OPENS, (date(2028, 1, 31), time(23)), (date(2028, 2, 1), time(7, 59))])
def test_a_window_closes_after_it_opens(prepared, cast, closes):
    with pytest.raises(Refused, match="Waktu tutup harus sesudah waktu buka"):
        set_window(edition=prepared, stage=Stage.EM, opens=OPENS, closes=closes, by=cast.admin_national)
    assert not prepared.windows.exists()


def test_the_same_wall_clock_in_three_zones(prepared):
    window = set_window(edition=prepared, stage=Stage.EM, opens=OPENS, closes=CLOSES, by=None)
    zones = {province.timezone: province.zone for province in Province.objects.all()}
    ends = {name: window.closes_at(zone) for name, zone in zones.items()}
    assert {f"{end:%d.%m.%Y %H.%M}" for end in ends.values()} == {"30.06.2028 23.59"}
    assert ends["Asia/Jakarta"] == datetime(2028, 6, 30, 16, 59, tzinfo=UTC)
    assert ends["Asia/Makassar"] == ends["Asia/Jakarta"] - timedelta(hours=1)
    assert ends["Asia/Jayapura"] == ends["Asia/Jakarta"] - timedelta(hours=2)
    assert window.opens_at(zones["Asia/Jayapura"]) == datetime(2028, 1, 31, 23, tzinfo=UTC)


def test_it_does_not_open_without_its_first_window(prepared, cast):
    set_window(edition=prepared, stage=Stage.VA, opens=OPENS, closes=CLOSES, by=None)
    with pytest.raises(Refused, match="Tetapkan jadwal Evaluasi Mandiri dahulu"):
        open_edition(edition=prepared, by=cast.admin_national)
    assert not prepared.evaluations.exists()
    assert Edition.objects.get(code="2028").opened_at is None


def test_opening_gives_every_district_its_evaluation_once(prepared, cast):
    set_window(edition=prepared, stage=Stage.EM, opens=OPENS, closes=CLOSES, by=None)
    agencies = Agency.objects.count()
    assert open_edition(edition=prepared, by=cast.admin_national) == 514
    opened = Edition.objects.get(code="2028")
    assert (opened.evaluations.count(), opened.opened_by) == (514, cast.admin_national)
    assert open_edition(edition=prepared, by=None) == 0
    again = Edition.objects.get(code="2028")
    assert (again.opened_at, again.opened_by) == (opened.opened_at, cast.admin_national)
    assert again.evaluations.count() == 514
    assert Agency.objects.count() == agencies, "the agencies were there already"


def test_repeating_fills_gaps_and_respects_the_districts_own_names(edition, cast):
    renamed = agency(TABALONG, "kesehatan")
    renamed.name = "Dinas Kesehatan dan KB"
    renamed.save()
    agency("63.71", "polres").delete()
    Evaluation.objects.get(edition=edition, district="63.71").delete()
    assert open_edition(edition=edition, by=cast.admin_national) == 1
    assert agency(TABALONG, "kesehatan").name == "Dinas Kesehatan dan KB"
    assert agency("63.71", "polres").name
    event = Event.objects.filter(action=EventAction.EDITION_OPENED, subject="periode:2026").latest("number")
    assert event.data == {"districts": 1}
