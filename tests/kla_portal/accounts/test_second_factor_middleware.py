"""Half signed in: the password was right, the second step is owed, and nothing is reachable yet."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages.middleware import MessageMiddleware
from django.test import Client
from django.urls import reverse

from kla_portal.accounts.domain.second_factor import CODE_FIELD, new_key
from kla_portal.accounts.second_factor_middleware import ALWAYS
from tests.architecture.addresses import addresses
from tests.cast import KALSEL, PASSWORD
from tests.kla_portal.accounts.telephone import Telephone, shown

LOGIN, CODE, SETUP = "/akun/masuk/", "/akun/kode/", "/akun/verifikasi-dua-langkah/telepon/"
PROFILE = "/akun/profil/"


@pytest.fixture
def required(settings):
    settings.MFA_REQUIRED = True


@pytest.fixture
def telephone(cast):
    return Telephone(cast.coordinator_tabalong)


@pytest.fixture
def half(cast, telephone, sign_in):
    """The coordinator of Tabalong after the password."""
    return sign_in(cast.coordinator_tabalong)


def csrf_of(response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode()).group(1)


def held_up(client, evaluation, page):
    """The addresses that answer a half signed in person with something else than the way to ``page``."""
    values = {
        "pk": evaluation.pk, "code": "2026", "number": "1", "province": KALSEL, "place": KALSEL, "stage": "em",
        "form": "pdf", "cluster": "K0", "slot": 1,
    }  # fmt: skip
    open_here = {*ALWAYS, "accounts:factor_code" if page == CODE else "accounts:factor_setup"}
    for address in addresses():
        # The probes answer before there is a session, and say nothing of anybody.
        if address.name in open_here or address.name.startswith("operations:"):
            continue
        path = address.fill(values if "<uuid:pk>" not in address.route else values | {"pk": "x"})
        got, posted = client.get(path), client.post(path, {"note": "tulisan panjang"})
        htmx = client.post(path, {"note": "x"}, headers={"HX-Request": "true"})
        if not (got.status_code == 302 and got["Location"].startswith(f"{page}?next=%2F")):
            yield f"GET {path}: {got.status_code}"
        if not (posted.status_code == 401 and "tulisan panjang" in posted.content.decode()):
            yield f"POST {path}: {posted.status_code}"
        if htmx.status_code != 401 or htmx.getvalue() != b"Sesi Anda berakhir. Masuk lagi untuk mengirim.":
            yield f"htmx {path}: {htmx.status_code}"


def test_nothing_is_reachable_before_the_code(half, evaluation):
    assert list(held_up(half, evaluation, CODE)) == []


def test_nothing_is_reachable_before_it_is_set_up(cast, required, sign_in, evaluation):
    assert list(held_up(sign_in(cast.admin_national), evaluation, SETUP)) == []


def test_the_loop_would_find_what_is_reachable(cast, sign_in, evaluation):
    """As far as the first that is: the pages that stand before it are short."""
    assert f"GET {PROFILE}: 200" in held_up(sign_in(cast.coordinator_tabalong), evaluation, CODE)


def test_signing_in_leads_on_and_signing_out_ends(half):
    assert half.get(LOGIN, {"next": PROFILE})["Location"] == PROFILE
    assert half.post(LOGIN, {"username": "x", "password": "y"}).status_code == 302
    assert half.post("/akun/keluar/").status_code == 302
    assert "_auth_user_id" not in half.session


def test_the_other_step_is_not_open(half, cast, required):
    """Else whoever knows the password would add their own telephone."""
    assert half.get(SETUP)["Location"].startswith(CODE)
    key = new_key()
    assert half.post(SETUP, {CODE_FIELD: shown(key)})["Location"].startswith(CODE)
    verifier = Client()
    verifier.force_login(cast.verifier_kalsel)
    assert verifier.get(CODE)["Location"].startswith(SETUP)


def test_the_page_of_the_code_has_no_menu_and_no_name(half, cast):
    text = half.get(CODE).content.decode()
    assert "data-user" not in text
    assert str(cast.coordinator_tabalong) not in text
    assert "nav-main" not in text
    assert "topbar-login" not in text
    assert 'autocomplete="one-time-code"' in text, "the outbox knows the page by it"


def test_what_signing_in_has_to_tell_waits_for_the_code(cast, telephone, client):
    """Whoever has only the password neither reads it nor takes it away from the owner."""
    form = {"username": "koor.tabalong", "password": PASSWORD}
    Client().post(LOGIN, form)
    client.post(LOGIN, form)
    assert "belum dikenal" not in client.get(CODE).content.decode()
    client.post(CODE, {CODE_FIELD: telephone.code()})
    assert "belum dikenal" in client.get(PROFILE).content.decode()


def test_both_steps_and_the_way_back(cast, telephone):
    client = Client(enforce_csrf_checks=True)
    wanted = "/akun/profil/?a=1&b=2"
    login = client.get(LOGIN, {"next": wanted})
    form = {"username": "koor.tabalong", "password": PASSWORD, "next": wanted}
    answer = client.post(LOGIN, form | {"csrfmiddlewaretoken": csrf_of(login)}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(CODE)
    sent = {CODE_FIELD: telephone.code(), "next": wanted, "csrfmiddlewaretoken": csrf_of(answer)}
    assert f'value="{wanted.replace("&", "&amp;")}"' in answer.content.decode()
    assert client.post(CODE, sent)["Location"] == wanted
    assert client.get(PROFILE).status_code == 200


def test_the_typed_text_arrives_after_the_code_in_another_tab(half, telephone):
    ended = half.post(PROFILE, {"email": "baru@contoh.go.id"})
    text = ended.content.decode()
    assert ended.status_code == 401
    assert 'name="email" value="baru@contoh.go.id"' in text
    assert "Masuk di tab baru" in text
    way = re.search(r'href="(/akun/masuk/\?next=[^"]+)"', text).group(1)
    tab = half.get(way, follow=True)
    assert tab.redirect_chain[-1][0].startswith(CODE)
    onward = re.search(r'name="next" value="([^"]+)"', tab.content.decode()).group(1)
    done = half.post(CODE, {CODE_FIELD: telephone.code(), "next": onward}, follow=True)
    assert "Anda sudah masuk" in done.content.decode()
    assert half.post(PROFILE, {"email": "baru@contoh.go.id"}).status_code == 302


def test_a_code_and_a_secret_are_in_no_page_of_kept_text(half):
    ended = half.post(PROFILE, {"note": "x", CODE_FIELD: "987654", "one_time_secret": "rahasia"})
    assert "987654" not in ended.content.decode()
    assert "rahasia" not in ended.content.decode()


def test_the_first_password_comes_first(cast, telephone, sign_in):
    user = cast.coordinator_tabalong
    user.must_change_password = True
    user.save()
    client = sign_in(user)
    assert client.get(PROFILE)["Location"] == reverse("accounts:password_change")
    assert client.get(CODE)["Location"] == reverse("accounts:password_change")
    new = "sebuah-kata-panjang-77"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("accounts:password_change"), form).status_code == 302
    assert client.get(PROFILE)["Location"].startswith(CODE)


def test_a_session_without_its_telephone_owes_the_step_again(half, telephone, cast):
    half.post(CODE, {CODE_FIELD: telephone.code()})
    assert half.get(PROFILE).status_code == 200
    Telephone(cast.coordinator_tabalong)
    client = Client()
    client.force_login(cast.coordinator_tabalong)
    session = client.session
    session["otp_device_id"] = telephone.device.persistent_id
    session.save()
    assert client.get(PROFILE)["Location"].startswith(CODE)


def test_anothers_telephone_in_the_session_does_not_count(cast, telephone, sign_in):
    other = Telephone(cast.coordinator_tanahbumbu)
    client = sign_in(cast.coordinator_tabalong)
    session = client.session
    session["otp_device_id"] = other.device.persistent_id
    session.save()
    assert client.get(PROFILE)["Location"].startswith(CODE)


def test_a_role_gained_meanwhile_asks_at_the_next_click(cast, required, sign_in):
    user = cast.stranger
    client = sign_in(user)
    assert client.get(PROFILE).status_code == 200
    user.memberships.create(role="provincial_verifier", province_id=KALSEL)
    assert client.get(PROFILE)["Location"].startswith(SETUP)


def test_it_costs_one_query_and_none_for_the_public(cast, sign_in, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(1) as seen:
        client.get("/periksa/")
    assert not devices_read(seen)
    sign_in(cast.stranger)
    with django_assert_max_num_queries(20) as seen:
        client.get(PROFILE)
    assert len(devices_read(seen)) == 1


def devices_read(seen):
    """PostgreSQL calls the query that reads a person by its name."""
    return [q for q in seen.captured_queries if "otp_totp" in q["sql"] or "with_device" in q["sql"]]


def test_the_order_of_the_steps_in_the_settings(settings):
    names = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    first, second = names.index("FirstPasswordMiddleware"), names.index("SecondFactorMiddleware")
    assert names.index("OTPMiddleware") < first < second < names.index(MessageMiddleware.__name__)
