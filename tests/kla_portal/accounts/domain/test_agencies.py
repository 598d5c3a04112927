from __future__ import annotations

import pytest

from kla_portal.accounts.domain import AccountRefused, add_agency, ensure_agencies, rename_agency
from kla_portal.accounts.models import Agency
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency


def test_add_agency(cast, tabalong):
    made = add_agency(district=tabalong, name="  Kantor  Kesbangpol ", by=cast.coordinator_tabalong)
    assert (made.name, made.code, made.district_id) == ("Kantor Kesbangpol", "", TABALONG)
    event = Event.objects.latest("pk")
    assert (event.action, event.district_id, event.data) == (
        EventAction.AGENCY_ADDED,
        TABALONG,
        {"name": "Kantor Kesbangpol"},
    )


@pytest.mark.parametrize("name", ["", "   ", "x" * 161])
def test_a_name_is_needed(cast, tabalong, name):
    with pytest.raises(AccountRefused) as refused:
        add_agency(district=tabalong, name=name, by=cast.coordinator_tabalong)
    assert refused.value.field == "name"


def test_names_are_unique_in_a_district_whatever_their_case(cast, tabalong, tanah_bumbu):
    add_agency(district=tabalong, name="Badan Évaluasi", by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match='"Badan Évaluasi" sudah ada di Kabupaten Tabalong'):
        add_agency(district=tabalong, name="BADAN éVALUASI", by=cast.admin_kalsel)
    assert add_agency(district=tanah_bumbu, name="Badan Évaluasi", by=cast.admin_kalsel).pk


def test_rename_agency(cast):
    health = agency(TABALONG, "kesehatan")
    before = health.name
    renamed = rename_agency(agency=health, name="Dinkes PPKB", by=cast.coordinator_tabalong)
    assert (renamed.pk, renamed.name, renamed.code) == (health.pk, "Dinkes PPKB", "kesehatan")
    assert Event.objects.latest("pk").data == {"before": before, "after": "Dinkes PPKB"}
    # Its own name in another case is no clash; the same name is no event.
    assert (
        rename_agency(agency=renamed, name="DINKES PPKB", by=cast.coordinator_tabalong).name == "DINKES PPKB"
    )
    count = Event.objects.count()
    rename_agency(agency=renamed, name="DINKES PPKB", by=cast.coordinator_tabalong)
    assert Event.objects.count() == count
    with pytest.raises(AccountRefused, match="sudah ada"):
        rename_agency(
            agency=renamed, name=agency(TABALONG, "dukcapil").name.upper(), by=cast.coordinator_tabalong
        )


def test_only_who_manages_the_district(cast, tabalong):
    for who in (cast.coordinator_tanahbumbu, cast.contributor_health_tabalong, cast.admin_kalteng):
        with pytest.raises(AccountRefused):
            add_agency(district=tabalong, name="Baru", by=who)
        with pytest.raises(AccountRefused):
            rename_agency(agency=agency(TABALONG, "kesehatan"), name="Baru", by=who)
    assert not Agency.objects.filter(name="Baru").exists()


TERMS = [("uji-a", "Dinas Uji A"), ("uji-b", "Dinas Uji B")]


def test_ensure_agencies_fills_what_is_missing_and_keeps_names(cast, tabalong, tanah_bumbu):
    assert ensure_agencies([tabalong, tanah_bumbu], TERMS) == 4
    rename_agency(agency=agency(TABALONG, "uji-a"), name="Nama Daerah", by=cast.admin_kalsel)
    count = Event.objects.count()
    assert ensure_agencies([tabalong, tanah_bumbu], TERMS) == 0
    assert Event.objects.count() == count
    assert agency(TABALONG, "uji-a").name == "Nama Daerah"


def test_ensure_agencies_adopts_the_district_s_own_agency_of_that_name(cast, tabalong):
    own = add_agency(district=tabalong, name="dinas uji a", by=cast.admin_kalsel)
    assert ensure_agencies([tabalong], TERMS) == 1
    own.refresh_from_db()
    assert (own.code, own.name) == ("uji-a", "dinas uji a")


def test_ensure_agencies_never_leaves_a_code_out_for_a_taken_name(cast, tabalong):
    rename_agency(agency=agency(TABALONG, "kesehatan"), name="Dinas Uji A", by=cast.admin_kalsel)
    ensure_agencies([tabalong], TERMS)
    assert agency(TABALONG, "uji-a").name == "Dinas Uji A (uji-a)"


def test_ensure_agencies_costs_the_same_for_one_and_many(
    cast, tabalong, tanah_bumbu, django_assert_num_queries
):
    ensure_agencies([tabalong], [("uji-0", "Dinas Uji 0")])  # the general chain exists from here on
    with django_assert_num_queries(7):
        assert ensure_agencies([tabalong], TERMS) == 2
    with django_assert_num_queries(7):
        assert ensure_agencies([tabalong, tanah_bumbu], [*TERMS, ("uji-c", "Dinas Uji C")]) == 4
    event = Event.objects.latest("pk")
    assert (event.subject, event.data) == ("perangkat:instrumen", {"added": 4, "adopted": 0})
