from __future__ import annotations

import pytest

from evaluations.domain.units.places import places_of
from kla_portal.regions.models import Village
from tests.cast import MURUNG_PUDAK, TABALONG, UPAU

pytestmark = pytest.mark.django_db


def test_the_places_of_a_district(villages, django_assert_num_queries):
    with django_assert_num_queries(2):
        places = places_of(TABALONG)
    assert (places.total("kecamatan"), places.total("desa"), places.village_count) == (12, 131, 131)
    assert places.unloaded == ()
    assert places.names[MURUNG_PUDAK] == "Kecamatan Murung Pudak"
    assert {name.split()[0] for name in places.names.values()} == {"Kecamatan", "Desa", "Kelurahan"}
    assert [v.code for v in places.villages[UPAU]] == villages[UPAU]


def test_some_kecamatan_only(villages):
    places = places_of(TABALONG, [UPAU])
    assert [k.code for k in places.kecamatan] == [UPAU]
    assert list(places.villages) == [UPAU]
    assert places_of("63.10", [UPAU]).kecamatan == ()


def test_without_all_villages_there_is_no_denominator_for_them(villages):
    Village.objects.filter(code=villages[UPAU][0]).delete()
    places = places_of(TABALONG)
    assert [k.name for k in places.unloaded] == ["Upau"]
    assert (places.total("desa"), places.total("kecamatan")) == (0, 12)
