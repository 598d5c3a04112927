"""A save after the session or its token is over: not one character is lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, answer_to
from tests.evaluations.views.common import HTMX, PROBE, unchanged, url

VALUE = ONE_OF_EACH["percentage"][1]
TYPED = {**VALUE, "version": "0", "note": "Menurut profil."}


def test_htmx_is_told_to_keep_what_it_has(evaluation, client):
    response = client.post(url("answer_save", evaluation.pk, HEALTH), TYPED, headers=HTMX)
    assert response.status_code == 401
    assert "Masuk lagi untuk mengirim" in response.content.decode()
    unchanged(evaluation)


def test_a_plain_form_shows_its_text_again_and_the_way_back(evaluation, client):
    response = client.post(
        url("answer_save", evaluation.pk, HEALTH), TYPED | {"note": f"baris satu\nbaris dua {PROBE}"}
    )
    page = response.content.decode()
    assert response.status_code == 401
    assert "Isian Anda belum terkirim, tetapi tidak hilang" in page
    assert f'action="{url("answer_save", evaluation.pk, HEALTH)}"' in page
    for name in ("numerator", "denominator", "version", "note"):
        assert f'type="hidden" name="{name}"' in page
    assert 'value="4120"' in page
    assert "baris satu<br>baris dua" in page
    assert "<script>alert" not in page
    unchanged(evaluation)


def csrf_of(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


@pytest.fixture
def strict(cast):
    """A browser whose tokens are checked, signed in."""
    client = Client(enforce_csrf_checks=True)
    token = csrf_of(client.get(reverse("accounts:login")).content.decode())
    client.post(
        reverse("accounts:login"),
        {"username": cast.coordinator_tabalong.username, "password": PASSWORD, "csrfmiddlewaretoken": token},
    )
    return client


def test_a_stale_token_keeps_the_text_and_sends_it(evaluation, strict):
    address = url("answer_save", evaluation.pk, HEALTH)
    told = strict.post(address, TYPED, headers=HTMX)
    assert told.status_code == 401
    stale = strict.post(address, TYPED | {"csrfmiddlewaretoken": "x" * 64})
    page = stale.content.decode()
    assert stale.status_code == 403
    assert "Periksa isian di bawah, lalu tekan Kirim." in page
    assert 'name="note" value="Menurut profil."' in page
    assert "x" * 64 not in page
    unchanged(evaluation)
    form = page[page.index(f'action="{address}"') :]
    again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    assert again["csrfmiddlewaretoken"] == csrf_of(form)
    assert strict.post(address, again).status_code == 302
    assert answer_to(evaluation, HEALTH).value == VALUE
    assert answer_to(evaluation, HEALTH).note == "Menurut profil."


def test_with_the_pages_token_it_saves(evaluation, strict):
    page = strict.get(url("question", evaluation.pk, HEALTH)).content.decode()
    form = page[page.index('class="answer-form"') :]
    assert strict.post(
        url("answer_save", evaluation.pk, HEALTH), TYPED | {"csrfmiddlewaretoken": csrf_of(form)}
    ).status_code == 302  # fmt: skip
    header = re.search(r'"X-CSRFToken": "(\w+)"', page)[1]
    sent = strict.post(
        url("answer_save", evaluation.pk, HEALTH),
        {**TYPED, "numerator": "4000", "version": "1"},
        headers={**HTMX, "X-CSRFToken": header},
    )
    assert sent.status_code == 200
    assert answer_to(evaluation, HEALTH).value["numerator"] == "4000"
