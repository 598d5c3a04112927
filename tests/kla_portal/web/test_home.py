"""The front door: each person lands where their work is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from evaluations.models import Edition
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import KALTENG, MURUNG_PUDAK, TABALONG, agency, person


def land(client) -> str:
    response = client.get(reverse("home"))
    assert response.status_code == 302
    return response["Location"]


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("coordinator_tabalong", "overview"),
        ("leader_tabalong", "overview"),
        ("contributor_health_tabalong", "tasks"),
        ("contributor_registry_tabalong", "tasks"),
    ],
)
def test_the_district_lands_in_its_evaluation(cast, sign_in, evaluation, who, name):
    client = sign_in(getattr(cast, who))
    assert land(client) == reverse(f"evaluations:{name}", args=[evaluation.pk])
    assert client.get(land(client)).status_code == 200


def test_a_kecamatan_officer_lands_on_their_rows(cast, sign_in, evaluation):
    client = sign_in(cast.officer_kecamatan)
    assert land(client) == reverse("evaluations:units_kecamatan", args=[evaluation.pk, MURUNG_PUDAK])
    Membership.objects.create(
        user=cast.officer_kecamatan,
        role=Role.CONTRIBUTOR,
        district_id=TABALONG,
        agency=agency(TABALONG, "kesehatan"),
    )
    assert land(sign_in(cast.officer_kecamatan)) == reverse("evaluations:tasks", args=[evaluation.pk])


@pytest.mark.parametrize("who", ["admin_kalsel", "verifier_kalsel", "auditor_kalsel"])
def test_the_province_lands_among_its_districts(cast, sign_in, edition, who):
    client = sign_in(getattr(cast, who))
    assert land(client) == reverse("evaluations:districts", args=["2026", "63"])
    assert "Kabupaten/Kota di Kalimantan Selatan" in client.get(land(client)).content.decode()


@pytest.mark.parametrize("who", ["admin_national", "verifier_national"])
def test_the_nation_lands_among_its_provinces(cast, sign_in, edition, who):
    client = sign_in(getattr(cast, who))
    assert land(client) == reverse("evaluations:provinces", args=["2026"])
    assert client.get(land(client)).status_code == 200


def test_a_contributor_who_also_leads_sees_the_whole(cast, sign_in, evaluation):
    user = cast.contributor_health_tabalong
    Membership.objects.create(user=user, role=Role.LEADER, district_id=TABALONG)
    assert land(sign_in(user)) == reverse("evaluations:overview", args=[evaluation.pk])


def test_an_auditor_of_one_district_lands_in_it(sign_in, evaluation):
    user = person("inspektorat", "Inspektorat", Role.AUDITOR, district_id=TABALONG)
    assert land(sign_in(user)) == reverse("evaluations:overview", args=[evaluation.pk])


def test_two_provinces_land_in_the_first(cast, sign_in, edition):
    user = cast.verifier_kalsel
    Membership.objects.create(user=user, role=Role.AUDITOR, province_id=KALTENG)
    assert land(sign_in(user)) == reverse("evaluations:districts", args=["2026", KALTENG])


def test_a_stranger_is_told_whom_to_ask(cast, sign_in, edition):
    response = sign_in(cast.stranger).get(reverse("home"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "akun Anda belum mempunyai peran. Hubungi admin provinsi (DP3A)." in page
    assert reverse("evaluations:editions") not in page


def test_before_the_first_edition_only_the_one_who_prepares_it_is_led_on(cast, sign_in, edition):
    Edition.objects.update(opened_at=None)
    for who in ("coordinator_tabalong", "admin_kalsel", "verifier_national"):
        page = sign_in(getattr(cast, who)).get(reverse("home")).content.decode()
        assert "Belum ada periode evaluasi yang dibuka" in page
        assert reverse("evaluations:editions") not in page
    page = sign_in(cast.admin_national).get(reverse("home")).content.decode()
    assert f'href="{reverse("evaluations:editions")}"' in page
    assert "Siapkan periode" in page


def test_whoever_is_not_signed_in_is_led_to_the_door(client, db):
    response = client.get(reverse("home"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:login"))


def test_nothing_is_posted_here(cast, sign_in):
    assert sign_in(cast.coordinator_tabalong).post(reverse("home")).status_code == 405
