"""To which page an address leads: itself, or for a button's address the page that has the button."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from kla_portal.accounts.origin import page_at, takes_get
from tests.architecture.addresses import addresses
from tests.architecture.matrix.table import expected
from tests.cast import PASSWORD

ALL = {address.name: address for address in addresses()}
EXPECTED = expected()
OWN_WORDS = {"evaluations:upload", "evaluations:upload_creation"}
"""Spoken to by scripts, in every method."""


@pytest.mark.parametrize("name", sorted(set(ALL) - OWN_WORDS))
def test_what_takes_get_is_what_the_table_of_addresses_says(name):
    assert takes_get(ALL[name].view) == ((name, "GET") in EXPECTED)


@pytest.mark.parametrize("name", sorted(set(ALL) - OWN_WORDS))
def test_every_address_leads_to_a_page(name):
    led = page_at(ALL[name].fill({"stage": "va", "slot": 1, "reading": 1}))
    path = re.escape(led.split("?")[0])
    assert led == "/" or any(
        takes_get(one.view) and re.fullmatch(path, one.fill({"stage": "va", "slot": 1, "reading": 1}))
        for one in ALL.values()
    )


def test_a_page_keeps_its_query_and_what_is_not_ours_its_answer():
    assert page_at("/akun/profil/?a=1") == "/akun/profil/?a=1"
    assert page_at("/tidak-ada/") == "/tidak-ada/"


@pytest.fixture
def sign_in_to(client, cast):
    def go(address):
        fields = {"username": cast.coordinator_tabalong.username, "password": PASSWORD, "next": address}
        return client.post("/akun/masuk/", fields, follow=True)

    return go


def test_signing_in_never_ends_at_a_buttons_address(client, sign_in_to, evaluation):
    """The session ends on the page that refused a submission, which answered at the button's own address."""
    submit = reverse("evaluations:submit", args=[evaluation.pk])
    overview = reverse("evaluations:overview", args=[evaluation.pk])
    pressed = client.post(submit, {"password": PASSWORD}, headers={"Referer": f"http://testserver{submit}"})
    assert pressed.status_code == 302
    arrived = sign_in_to(submit)
    assert arrived.redirect_chain == [(overview, 302)]
    assert arrived.status_code == 200


def test_who_is_signed_in_already_is_led_there_too(client, sign_in, cast, evaluation):
    submit = reverse("evaluations:submit", args=[evaluation.pk])
    sign_in(cast.coordinator_tabalong)
    arrived = client.get("/akun/masuk/", {"next": submit}, follow=True)
    assert arrived.redirect_chain == [(reverse("evaluations:overview", args=[evaluation.pk]), 302)]


def test_a_page_that_was_asked_for_is_reached(sign_in_to, evaluation):
    check = reverse("evaluations:check", args=[evaluation.pk])
    assert sign_in_to(f"{check}?a=1").redirect_chain == [(f"{check}?a=1", 302)]


@pytest.mark.parametrize("wanted", ["", "https://jahat.example/", "//jahat.example/", "javascript:alert(1)"])
def test_nowhere_else(sign_in_to, wanted, evaluation):
    arrived = sign_in_to(wanted)
    assert arrived.status_code == 200
    assert all(address.startswith("/") and "jahat" not in address for address, _ in arrived.redirect_chain)


def test_the_405_page_after_signing_in_does_not_lead_back_to_the_door(sign_in, cast, evaluation):
    client = sign_in(cast.coordinator_tabalong)
    submit = reverse("evaluations:submit", args=[evaluation.pk])
    headers = {"Accept": "text/html", "Referer": f"http://testserver/akun/masuk/?next={submit}"}
    page = client.get(submit, headers=headers).content.decode()
    assert f'href="{reverse("evaluations:overview", args=[evaluation.pk])}">Kembali</a>' in page


def test_nor_to_another_buttons_address(sign_in, cast, evaluation):
    client = sign_in(cast.coordinator_tabalong)
    submit = reverse("evaluations:submit", args=[evaluation.pk])
    other = reverse("evaluations:resubmit", args=[evaluation.pk])
    page = client.get(submit, headers={"Accept": "text/html", "Referer": f"http://testserver{other}"})
    assert f'href="{other}"' not in page.content.decode()
