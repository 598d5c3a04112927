from __future__ import annotations

import pytest
from django.urls import reverse

from kla_portal.accounts.models import Agency
from kla_portal.accounts.roles import Role
from tests.cast import TABALONG, TANAH_BUMBU, agency, person

PAGE = f"/akun/perangkat-daerah/{TABALONG}/"
ADD = f"{PAGE}tambah/"


def rename_path(row: Agency) -> str:
    return reverse("accounts:agency_rename", args=[row.district_id, row.pk])


def test_stranger_404_wrong_role_403(cast, sign_in):
    paths = [PAGE, ADD, rename_path(agency(TABALONG, "kesehatan"))]
    for path in paths:
        for who in (cast.coordinator_tanahbumbu, cast.admin_kalteng, cast.stranger):
            assert sign_in(who).get(path).status_code == 404
        for who in (
            cast.contributor_health_tabalong,
            cast.leader_tabalong,
            cast.verifier_kalsel,
            cast.auditor_kalsel,
        ):
            assert sign_in(who).get(path).status_code == 403
    assert sign_in(cast.admin_national).get("/akun/perangkat-daerah/99.99/").status_code == 404


def test_list_shows_names_and_people(cast, sign_in):
    _ = cast.contributor_health_tabalong
    text = sign_in(cast.coordinator_tabalong).get(PAGE).content.decode()
    assert agency(TABALONG, "kesehatan").name in text
    assert "instrumen (kesehatan)" in text
    assert reverse("accounts:open") not in text
    assert reverse("accounts:open") in sign_in(cast.admin_kalsel).get(PAGE).content.decode()


def test_list_costs_the_same_with_more_rows(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.coordinator_tabalong)

    def queries() -> int:
        with django_assert_max_num_queries(10) as counted:
            client.get(PAGE)
        return len(counted)

    few = queries()
    for n in range(3):
        own = Agency.objects.create(district_id=TABALONG, name=f"Kantor {n}")
        person(f"orang{n}", "Orang", Role.CONTRIBUTOR, district_id=TABALONG, agency=own)
    assert queries() == few


def test_add(cast, sign_in):
    client = sign_in(cast.coordinator_tabalong)
    assert client.post(ADD, {"name": "Kantor Baru"})["Location"] == PAGE
    text = client.get(PAGE).content.decode()
    assert "Kantor Baru" in text
    assert "ditambahkan daerah" in text


@pytest.mark.parametrize("name", ["", "x" * 161])
def test_add_refuses(cast, sign_in, name):
    response = sign_in(cast.coordinator_tabalong).post(ADD, {"name": name})
    assert "invalid-feedback" in response.content.decode()


def test_a_taken_name_is_told_kindly(cast, sign_in):
    taken = agency(TABALONG, "kesehatan").name
    client = sign_in(cast.coordinator_tabalong)
    assert "Pakai nama lain." in client.post(ADD, {"name": taken.upper()}).content.decode()
    other = agency(TABALONG, "dukcapil")
    assert "Pakai nama lain." in client.post(rename_path(other), {"name": taken}).content.decode()
    other.refresh_from_db()
    assert other.name != taken


def test_rename(cast, sign_in):
    client, row = sign_in(cast.admin_kalsel), agency(TABALONG, "kesehatan")
    assert f'value="{row.name}"' in client.get(rename_path(row)).content.decode()
    assert client.post(rename_path(row), {"name": "Dinkes"})["Location"] == PAGE
    row.refresh_from_db()
    assert (row.name, row.code) == ("Dinkes", "kesehatan")


def test_an_agency_belongs_to_its_district(cast, sign_in):
    elsewhere = agency(TANAH_BUMBU, "kesehatan")
    path = reverse("accounts:agency_rename", args=[TABALONG, elsewhere.pk])
    assert sign_in(cast.coordinator_tabalong).post(path, {"name": "X"}).status_code == 404
