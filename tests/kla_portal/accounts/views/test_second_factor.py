from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from kla_portal import clock
from kla_portal.accounts.domain.second_factor import CODE_FIELD, new_key, standing_of
from kla_portal.accounts.models import RecoveryCode
from kla_portal.accounts.second_factor_forms import seal_key
from kla_portal.events.models import Event, EventAction
from tests.cast import enter
from tests.kla_portal.accounts.telephone import Telephone, shown

CODE, BASE = "/akun/kode/", "/akun/verifikasi-dua-langkah/"
SETUP, RECOVERY, REMOVE = f"{BASE}telepon/", f"{BASE}kode-pemulihan/", f"{BASE}lepas/"
PROFILE = "/akun/profil/"
GROUPS = re.compile(r"<code>(\w{4}(?:-\w{4}){3})</code>")


@pytest.fixture
def required(settings):
    settings.MFA_REQUIRED = True


@pytest.fixture
def user(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def telephone(user):
    return Telephone(user)


@pytest.fixture
def whole(user, telephone, sign_in):
    """Signed in with both steps."""
    client = sign_in(user)
    client.post(CODE, {CODE_FIELD: telephone.code()})
    return client


def later(steps=20):
    """A while on: the throttle is over, the next codes are shown."""
    return time_machine.travel(clock.now() + timedelta(seconds=30 * steps))


def secret_in(response):
    """The hidden field of the page and the key as a person reads it there, in hex."""
    text = response.content.decode()
    sealed = re.search(r'name="one_time_secret" value="([^"]+)"', text).group(1)
    grouped = re.search(r"<code>((?:[A-Z2-7]{4} ?){8})</code>", text).group(1)
    return sealed, base64.b32decode(grouped.replace(" ", "")).hex()


# The code


def test_a_right_code_opens(user, telephone, sign_in):
    client = sign_in(user)
    answer = client.post(CODE, {CODE_FIELD: telephone.code(), "next": PROFILE})
    assert (answer.status_code, answer["Location"]) == (302, PROFILE)
    assert client.get(PROFILE).status_code == 200


def test_a_wrong_code_is_said_beside_the_field_and_not_repeated(user, telephone, sign_in):
    wrong = telephone.wrong()
    answer = sign_in(user).post(CODE, {CODE_FIELD: wrong, "next": PROFILE})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "invalid-feedback" in text
    assert "Kode tidak cocok" in text
    assert wrong not in text
    assert f'name="next" value="{PROFILE}"' in text
    assert "detik" in sign_in(user).post(CODE, {CODE_FIELD: telephone.code()}).content.decode()


def test_an_empty_code_counts_as_none(user, telephone, sign_in):
    assert "Isi kodenya" in sign_in(user).post(CODE, {CODE_FIELD: " "}).content.decode()
    assert "paling" in sign_in(user).post(CODE, {CODE_FIELD: "1" * 5000}).content.decode()
    telephone.device.refresh_from_db()
    assert telephone.device.throttling_failure_count == 0


def test_one_recovery_code_opens_one_of_two_sessions(user, telephone):
    first, second = enter(Client(), user), enter(Client(), user)
    page = first.get(CODE, {"pemulihan": "1"}).content.decode()
    assert "Kode pemulihan" in page
    assert 'inputmode="text"' in page
    assert first.post(f"{CODE}?pemulihan=1", {CODE_FIELD: telephone.recovery[0]}).status_code == 302
    assert second.post(f"{CODE}?pemulihan=1", {CODE_FIELD: telephone.recovery[0]}).status_code == 200
    assert first.get(PROFILE).status_code == 200
    assert second.get(PROFILE).status_code == 302
    with later():
        assert second.post(CODE, {CODE_FIELD: telephone.recovery[1]}).status_code == 302
    assert second.get(PROFILE).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://jahat.example/",
        "//jahat.example",
        "/\\jahat.example",
        "javascript:alert(1)",
        "",
        "https:jahat",
    ],
)
def test_next_only_within_the_portal(user, telephone, sign_in, wanted):
    answer = sign_in(user).post(CODE, {CODE_FIELD: telephone.code(), "next": wanted})
    assert answer["Location"] == "/"


def test_whoever_has_passed_or_needs_nothing_is_led_on(whole, cast):
    assert whole.get(CODE, {"next": PROFILE})["Location"] == PROFILE
    plain = enter(Client(), cast.leader_tabalong)
    assert plain.get(CODE)["Location"] == "/"


@pytest.mark.parametrize("path", [CODE, SETUP, BASE, RECOVERY, REMOVE])
def test_no_page_is_kept_by_the_browser(user, sign_in, path):
    """Before a telephone is added: each page, or the way to another."""
    answer = sign_in(user).get(path)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", [CODE, REMOVE])
def test_what_is_typed_stays_out_of_error_reports(user, telephone, sign_in, path, rf):
    client = sign_in(user)
    if path == REMOVE:
        client.post(CODE, {CODE_FIELD: telephone.code()})
    request = client.post(path, {CODE_FIELD: "123456"}).wsgi_request
    assert request.sensitive_post_parameters == "__ALL__"


# Setting up


def test_setting_up_ends_with_ten_codes_shown_once(user, sign_in):
    client = sign_in(user)
    page = client.get(SETUP)
    assert 'src="data:image/svg+xml' in page.content.decode()
    sealed, key = secret_in(page)
    assert not TOTPDevice.objects.exists(), "looking stores nothing"
    answer = client.post(SETUP, {CODE_FIELD: shown(key), "one_time_secret": sealed})
    text = answer.content.decode()
    codes = GROUPS.findall(text)
    assert answer.status_code == 200
    assert len(set(codes)) == 10
    assert "Saya sudah menyimpannya" in text
    assert "no-store" in answer["Cache-Control"]
    assert sealed not in text
    assert client.get(PROFILE).status_code == 200, "this session has passed"
    for path in (BASE, SETUP, RECOVERY, REMOVE, PROFILE):
        again = client.get(path).content.decode()
        assert not GROUPS.findall(again)
        assert sealed not in again
    assert "10 dari 10" in client.get(BASE).content.decode()


def test_a_wrong_code_keeps_the_same_secret(user, sign_in):
    client = sign_in(user)
    sealed, key = secret_in(client.get(SETUP))
    answer = client.post(SETUP, {CODE_FIELD: shown(key, 5), "one_time_secret": sealed})
    assert "Kode tidak cocok" in answer.content.decode()
    assert secret_in(answer)[1] == key
    assert not TOTPDevice.objects.exists()


def test_a_secret_is_the_persons_own_and_of_the_hour(user, cast, sign_in):
    client, key = sign_in(user), new_key()
    for sealed in (seal_key(key, cast.coordinator_tanahbumbu), seal_key(key, user)[:-2], key, ""):
        answer = client.post(SETUP, {CODE_FIELD: shown(key), "one_time_secret": sealed})
        assert "terlalu lama terbuka" in answer.content.decode()
        assert secret_in(answer)[1] != key
    sealed = seal_key(key, user)
    with later(121):
        client.post(SETUP, {CODE_FIELD: shown(key), "one_time_secret": sealed})
    assert not TOTPDevice.objects.exists()
    client.post(SETUP, {CODE_FIELD: shown(key), "one_time_secret": sealed})
    assert TOTPDevice.objects.get().key == key


def test_sending_the_page_twice_makes_no_second_set_of_codes(user, sign_in):
    client = sign_in(user)
    sealed, key = secret_in(client.get(SETUP))
    form = {CODE_FIELD: shown(key), "one_time_secret": sealed}
    first = client.post(SETUP, form)
    before = set(RecoveryCode.objects.values_list("hash", flat=True))
    assert "sudah terpasang" in client.post(SETUP, form).content.decode()
    assert set(RecoveryCode.objects.values_list("hash", flat=True)) == before
    assert GROUPS.findall(first.content.decode())


def test_who_must_have_one_sets_it_up_before_anything_else(cast, required, client):
    _ = cast.verifier_kalsel
    client.post("/akun/masuk/", {"username": "verif.kalsel", "password": "kla-demo-2026", "next": PROFILE})
    answer = client.get(PROFILE, follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain == [(f"{SETUP}?next=%2Fakun%2Fprofil%2F", 302)]
    assert "Wajib untuk peran Anda" in text
    assert "data-user" not in text
    sealed, key = secret_in(answer)
    done = client.post(SETUP, {CODE_FIELD: shown(key), "one_time_secret": sealed, "next": PROFILE})
    assert f'href="{PROFILE}">Saya sudah menyimpannya' in done.content.decode()
    assert "data-user" in done.content.decode()
    assert client.get(PROFILE).status_code == 200


def test_another_telephone(whole, user, telephone):
    sealed, key = secret_in(whole.get(SETUP))
    text = whole.post(SETUP, {CODE_FIELD: shown(key), "one_time_secret": sealed}).content.decode()
    assert len(GROUPS.findall(text)) == 10
    assert TOTPDevice.objects.get().key == key
    assert whole.get(PROFILE).status_code == 200
    other = enter(Client(), user)
    with later():
        assert other.post(CODE, {CODE_FIELD: telephone.code()}).status_code == 200


# One's own page


def test_the_page_says_how_it_stands(cast, whole, user, telephone):
    plain = enter(Client(), cast.leader_tabalong)
    assert "Belum dipasang" in plain.get(BASE).content.decode()
    text = whole.get(BASE).content.decode()
    assert "Terpasang" in text
    assert "10 dari 10" in text
    assert "hampir habis" not in text
    for row in RecoveryCode.objects.filter(user=user)[:8]:
        row.used_at = clock.now()
        row.save()
    text = whole.get(BASE).content.decode()
    assert "2 dari 10" in text
    assert "hampir habis" in text
    assert telephone.key not in text


def test_the_profile_leads_there(cast, sign_in):
    assert f'href="{BASE}"' in sign_in(cast.stranger).get(PROFILE).content.decode()


def test_new_recovery_codes(whole, user, telephone):
    assert "10 kode lama" in whole.get(RECOVERY).content.decode()
    assert standing_of(user).left == 10
    codes = GROUPS.findall(whole.post(RECOVERY).content.decode())
    assert len(set(codes)) == 10
    assert not set(codes) & set(telephone.recovery)
    assert Event.objects.filter(action=EventAction.RECOVERY_MADE).count() == 2


def test_taking_off_ones_own(whole, telephone):
    text = whole.post(REMOVE, {CODE_FIELD: telephone.wrong()}).content.decode()
    assert "Kode tidak cocok" in text
    assert TOTPDevice.objects.exists()
    with later():
        assert whole.post(REMOVE, {CODE_FIELD: telephone.code(0)})["Location"] == BASE
    assert not TOTPDevice.objects.exists()
    assert whole.get(PROFILE).status_code == 200


def test_a_required_one_has_no_button(cast, required):
    telephone = Telephone(cast.verifier_kalsel)
    client = enter(Client(), cast.verifier_kalsel)
    client.post(CODE, {CODE_FIELD: telephone.code()})
    assert REMOVE not in client.get(BASE).content.decode()
    assert "Tidak dapat dilepas" in client.get(REMOVE).content.decode()
    with later():
        client.post(REMOVE, {CODE_FIELD: telephone.code(0)})
    assert TOTPDevice.objects.exists()


@pytest.mark.parametrize("path", [RECOVERY, REMOVE])
def test_nothing_to_change_without_one(user, sign_in, path):
    client = sign_in(user)
    assert client.get(path)["Location"] == BASE
    assert client.post(path, {CODE_FIELD: "123456"})["Location"] == BASE


@pytest.mark.parametrize("path", [SETUP, RECOVERY, REMOVE])
def test_the_password_is_asked_once_more(user, telephone, path):
    client = enter(Client(), user, password_given=False)
    session = client.session
    session["otp_device_id"] = telephone.device.persistent_id
    session.save()
    key = new_key()
    form = {CODE_FIELD: telephone.code(), "one_time_secret": seal_key(key, user)}
    answer = client.post(path, form, follow=True)
    text = answer.content.decode()
    assert 'name="confirm_password"' in text
    assert form["one_time_secret"] not in text
    if path != RECOVERY:
        assert form[CODE_FIELD] not in text
    assert TOTPDevice.objects.get().key == telephone.key
    assert standing_of(user).left == 10
    assert Event.objects.filter(action=EventAction.RECOVERY_MADE).count() == 1


# By an administrator


def take_off(account):
    return f"/akun/daftar/{account.pk}/verifikasi-dua-langkah/"


def test_the_telephone_is_gone(cast, user, telephone, sign_in, django_capture_on_commit_callbacks):
    user.email = "koor@contoh.go.id"
    user.save()
    client = sign_in(cast.admin_kalsel)
    detail = f"/akun/daftar/{user.pk}/"
    assert take_off(user) in client.get(detail).content.decode()
    assert "Alasan" in client.get(take_off(user)).content.decode()
    answer = client.post(take_off(user), {"reason": " "})
    assert "Tulis alasannya" in answer.content.decode()
    assert TOTPDevice.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(take_off(user), {"reason": "Telepon hilang."})
    assert done["Location"] == detail
    assert not TOTPDevice.objects.exists()
    assert [letter.to for letter in mail.outbox] == [["koor@contoh.go.id"]]
    assert take_off(user) not in client.get(detail).content.decode()
    assert "tidak memakai" in client.get(take_off(user)).content.decode()


def test_the_reason_is_kept_when_it_is_too_long(cast, user, telephone, sign_in):
    answer = sign_in(cast.admin_kalsel).post(take_off(user), {"reason": "panjang " * 40})
    assert answer.status_code == 200
    assert "panjang panjang" in answer.content.decode()
    assert TOTPDevice.objects.exists()


def test_only_by_who_manages_the_account(cast, user, telephone):
    path, form = take_off(user), {"reason": "Hilang."}
    assert enter(Client(), cast.admin_kalteng).post(path, form).status_code == 404
    refused = enter(Client(), cast.verifier_kalsel).post(path, form)
    assert refused.status_code == 403
    assert "membuka dan menutup akun" in refused.content.decode()
    assert TOTPDevice.objects.exists()


def test_an_administrators_own_goes_another_way(cast):
    admin = cast.admin_kalsel
    telephone = Telephone(admin)
    client = enter(Client(), admin)
    client.post(CODE, {CODE_FIELD: telephone.code()})
    answer = client.post(take_off(admin), {"reason": "Hilang."})
    assert "akun Anda sendiri" in answer.content.decode()
    assert TOTPDevice.objects.exists()
