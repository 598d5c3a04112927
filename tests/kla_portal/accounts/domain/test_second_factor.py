"""Codes that prove once, recovery codes, throttle, and who must have a second factor."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from kla_portal import clock
from kla_portal.accounts.backends import PortalBackend
from kla_portal.accounts.domain import AccountRefused, change_own_password, reset_password, second_factor
from kla_portal.accounts.domain.second_factor import NewDevice, Step
from kla_portal.accounts.models import RecoveryCode, SignedInSession, User
from kla_portal.accounts.roles import RULES, SECOND_FACTOR, Role
from kla_portal.events.models import Event, EventAction
from tests.cast import enter, person
from tests.kla_portal.accounts.telephone import Telephone, shown

REQUIRED = {
    "contributor_health_tabalong": False,
    "officer_kecamatan": False,
    "coordinator_tabalong": False,
    "leader_tabalong": False,
    "auditor_kalsel": False,
    "stranger": False,
    "verifier_kalsel": True,
    "admin_kalsel": True,
    "verifier_national": True,
    "admin_national": True,
}


@pytest.fixture
def user(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def telephone(user):
    return Telephone(user)


@pytest.fixture
def required(settings):
    settings.MFA_REQUIRED = True


def refused(code, by):
    with pytest.raises(AccountRefused) as refusal:
        second_factor.prove(code=code, by=by)
    assert refusal.value.field == second_factor.CODE_FIELD
    return refusal.value.reason


def actions(user):
    return list(
        Event.objects.filter(subject=f"akun:{user.pk}").order_by("pk").values_list("action", flat=True)
    )


def test_the_table_names_every_role(cast):
    held = {m.role for who in REQUIRED for m in getattr(cast, who).memberships.all()}
    assert held == set(Role)


@pytest.mark.parametrize("who", REQUIRED)
def test_who_must_have_one(cast, required, settings, who):
    someone = getattr(cast, who)
    assert bool(second_factor.reasons_for(someone)) is REQUIRED[who]
    assert second_factor.step_of(someone) is (Step.SETUP if REQUIRED[who] else Step.NONE)
    settings.MFA_REQUIRED = False
    assert second_factor.reasons_for(someone) == []
    assert second_factor.step_of(someone) is Step.NONE


def test_the_person_of_a_session_comes_with_the_answer(cast, user, django_assert_num_queries):
    """Every request asks; it costs no query of its own."""
    backend = PortalBackend()
    with django_assert_num_queries(1):
        assert second_factor.step_of(backend.get_user(user.pk)) is Step.NONE
    Telephone(cast.verifier_kalsel)
    assert second_factor.step_of(backend.get_user(user.pk)) is Step.NONE, "another's telephone"
    waiting = TOTPDevice.objects.create(user=user, confirmed=False)
    assert second_factor.step_of(backend.get_user(user.pk)) is Step.NONE, "not confirmed"
    waiting.confirmed = True
    waiting.save()
    with django_assert_num_queries(1):
        assert second_factor.step_of(backend.get_user(user.pk)) is Step.CODE


def test_a_closed_account_is_nobodys_session(cast, user):
    row = {"is_active": False, "closed_at": clock.now(), "closed_by": cast.admin_kalsel}
    User.objects.filter(pk=user.pk).update(**row)
    assert PortalBackend().get_user(user.pk) is None
    assert PortalBackend().get_user(0) is None


def test_a_superuser_must_have_one_without_any_role(db, required):
    user = person("akar", "Akar")
    assert not second_factor.reasons_for(user)
    user.is_superuser = True
    assert second_factor.reasons_for(user)


def test_each_reason_is_of_a_permission_that_some_role_has():
    for permission, reason in SECOND_FACTOR.items():
        assert any(permission in rule.permissions for rule in RULES.values())
        assert reason.endswith(".")


def test_a_telephone_is_added_by_its_code_only(user):
    key = second_factor.new_key()
    with pytest.raises(AccountRefused, match="Kode tidak cocok"):
        second_factor.add_factor(key=key, code="12345a", by=user)
    with pytest.raises(AccountRefused, match="Kode tidak cocok"):
        second_factor.add_factor(key=key, code=shown(key, 3), by=user)
    assert not TOTPDevice.objects.exists()
    assert second_factor.step_of(user) is Step.NONE
    device, codes = second_factor.add_factor(key=key, code=shown(key), by=user)
    assert second_factor.step_of(user) is Step.CODE
    assert device.confirmed
    assert len(set(codes)) == 10
    assert actions(user) == [EventAction.FACTOR_ADDED, EventAction.RECOVERY_MADE]


def test_the_code_that_confirmed_opens_nothing_more(user, telephone):
    assert refused(telephone.code(0), user) == second_factor.WRONG_CODE


def test_a_code_opens_once(user, telephone):
    code = telephone.code()
    assert second_factor.prove(code=code, by=user) == telephone.device
    assert refused(code, user) == second_factor.WRONG_CODE


def test_spaces_are_no_mistake(user, telephone):
    code = telephone.code()
    assert second_factor.prove(code=f" {code[:3]} {code[3:]} ", by=user)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_telephones_clock_may_be_one_step_off(user, telephone, steps):
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        assert second_factor.prove(code=telephone.code(steps), by=user)


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_and_not_two(user, telephone, steps):
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        assert refused(telephone.code(steps), user) == second_factor.WRONG_CODE


@pytest.mark.parametrize("code", ["", "٣٣٣٣٣٣", "1_2345", "-12345", "0x1234", "a" * 40, "1e5", "x\x00y"])
def test_what_is_no_code_is_a_wrong_code(user, telephone, code):
    assert refused(code, user) == second_factor.WRONG_CODE
    telephone.device.refresh_from_db()
    assert telephone.device.throttling_failure_count == 1


def test_somebody_elses_codes_open_nothing(cast, user, telephone):
    other = Telephone(cast.coordinator_tanahbumbu)
    assert refused(other.code(), user) == second_factor.WRONG_CODE
    telephone.device.throttle_reset()
    assert refused(other.recovery[0], user) == second_factor.WRONG_CODE


def test_wrong_codes_of_both_kinds_are_slowed_down_together(user, telephone):
    start = clock.now() + timedelta(minutes=10)
    with time_machine.travel(start, tick=False) as moment:
        refused(telephone.wrong(), user)
        assert "Coba lagi dalam 1 detik" in refused(telephone.code(0), user)
        moment.shift(1)
        refused("abcd-efgh-jkmn-pqrs", user)
        for waiting, code in ((2, telephone.recovery[0]), (2, telephone.code(0))):
            assert f"Coba lagi dalam {waiting} detik" in refused(code, user)
        moment.shift(2)
        refused(telephone.wrong(), user)
        assert "Coba lagi dalam 4 detik" in refused(telephone.code(0), user)
        moment.shift(4)
        assert second_factor.prove(code=telephone.code(0), by=user)
        assert refused(telephone.wrong(), user) == second_factor.WRONG_CODE
        assert "Coba lagi dalam 1 detik" in refused(telephone.code(1), user)


def test_what_waits_is_not_spent(user, telephone):
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False) as moment:
        refused(telephone.wrong(), user)
        assert "detik" in refused(telephone.recovery[0], user)
        moment.shift(1)
        assert second_factor.prove(code=telephone.recovery[0], by=user)


def test_each_recovery_code_opens_once(user, telephone):
    first, second = telephone.recovery[:2]
    assert second_factor.prove(code=first, by=user) == telephone.device
    assert refused(first, user) == second_factor.WRONG_CODE
    telephone.device.throttle_reset()
    assert second_factor.prove(code=f" {second.replace('-', ' ').upper()} ", by=user)
    assert second_factor.standing_of(user).left == 8
    used = Event.objects.filter(action=EventAction.RECOVERY_USED).order_by("pk")
    assert [event.data["left"] for event in used] == [9, 8]


def test_a_wrong_a_used_and_a_right_code_cost_the_same_hashing(user, telephone, monkeypatch):
    tried = []

    def counted(code, encoded):
        tried.append(code)
        return real(code, encoded)

    real = second_factor.check_password
    monkeypatch.setattr(second_factor, "check_password", counted)
    costs = []
    for code in (telephone.recovery[3], telephone.recovery[3], "abcd-efgh-jkmn-pqrs"):
        TOTPDevice.objects.update(throttling_failure_count=0)
        tried.clear()
        try:
            second_factor.prove(code=code, by=user)
        except AccountRefused as refusal:
            assert refusal.reason == second_factor.WRONG_CODE
        costs.append(len(tried))
    assert costs == [10, 10, 10]


def test_few_left_is_said(user, telephone):
    for code in telephone.recovery[:7]:
        second_factor.prove(code=code, by=user)
    assert not second_factor.standing_of(user).few_left
    second_factor.prove(code=telephone.recovery[7], by=user)
    assert second_factor.standing_of(user).few_left


def test_new_recovery_codes_end_the_old_ones(user, telephone):
    codes = second_factor.make_recovery_codes(by=user)
    assert not set(codes) & set(telephone.recovery)
    assert RecoveryCode.objects.filter(user=user).count() == 10
    assert refused(telephone.recovery[0], user) == second_factor.WRONG_CODE
    telephone.device.throttle_reset()
    assert second_factor.prove(code=codes[0], by=user)


def test_no_recovery_codes_without_a_telephone(user):
    with pytest.raises(AccountRefused, match="Pasang verifikasi"):
        second_factor.make_recovery_codes(by=user)
    assert not RecoveryCode.objects.exists()


def test_another_telephone_takes_the_place_of_the_first(user, telephone):
    new = Telephone(user)
    assert list(second_factor.devices_of(user)) == [new.device]
    assert refused(telephone.code(), user) == second_factor.WRONG_CODE
    new.device.throttle_reset()
    assert refused(telephone.recovery[0], user) == second_factor.WRONG_CODE
    new.device.throttle_reset()
    assert second_factor.prove(code=new.code(), by=user)
    assert Event.objects.filter(action=EventAction.FACTOR_ADDED).latest("pk").data["replaced"] is True


def test_the_same_secret_is_not_added_twice(user, telephone):
    with pytest.raises(AccountRefused, match="sudah terpasang"):
        second_factor.add_factor(key=telephone.key, code=telephone.code(), by=user)
    assert second_factor.standing_of(user).left == 10


def test_it_stays_when_the_password_changes(cast, user, telephone):
    change_own_password(password="kata-panjang-pilihan-42", by=user)
    assert second_factor.step_of(user) is Step.CODE
    reset_password(account=user, by=cast.admin_kalsel)
    assert second_factor.step_of(user) is Step.CODE
    assert second_factor.prove(code=telephone.code(), by=user)


def test_one_removes_ones_own_with_a_code(user, telephone):
    with pytest.raises(AccountRefused, match="Kode tidak cocok"):
        second_factor.remove_own_factor(code=telephone.wrong(), by=user)
    assert second_factor.step_of(user) is Step.CODE
    telephone.device.throttle_reset()
    second_factor.remove_own_factor(code=telephone.recovery[0], by=user)
    assert second_factor.step_of(user) is Step.NONE
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert actions(user)[-1] == EventAction.FACTOR_REMOVED


def test_a_role_that_requires_it_keeps_it(cast, required):
    verifier = cast.verifier_kalsel
    telephone = Telephone(verifier)
    with pytest.raises(AccountRefused, match="mewajibkan"):
        second_factor.remove_own_factor(code=telephone.code(), by=verifier)
    assert second_factor.step_of(verifier) is Step.CODE
    assert second_factor.prove(code=telephone.code(), by=verifier), "the refusal spent no code"


def test_an_administrator_takes_it_off_with_a_reason(cast, user, telephone):
    with pytest.raises(AccountRefused, match="Tulis alasannya"):
        second_factor.remove_factor(account=user, reason="  ", by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match="200 huruf"):
        second_factor.remove_factor(account=user, reason="x" * 201, by=cast.admin_kalsel)
    assert second_factor.step_of(user) is Step.CODE
    second_factor.remove_factor(account=user, reason="Telepon  hilang.", by=cast.admin_kalsel)
    assert second_factor.step_of(user) is Step.NONE
    event = Event.objects.get(action=EventAction.FACTOR_REMOVED)
    assert (event.by, event.data["reason"]) == (cast.admin_kalsel, "Telepon hilang.")


def test_an_administrator_takes_off_neither_their_own_nor_a_strangers(cast, user, telephone):
    admin = cast.admin_kalsel
    Telephone(admin)
    with pytest.raises(AccountRefused, match="akun Anda sendiri"):
        second_factor.remove_factor(account=admin, reason="Hilang.", by=admin)
    for other in (cast.admin_kalteng, cast.verifier_kalsel):
        with pytest.raises(AccountRefused):
            second_factor.remove_factor(account=user, reason="Hilang.", by=other)
    with pytest.raises(AccountRefused, match="tidak memakai"):
        second_factor.remove_factor(account=cast.leader_tabalong, reason="Hilang.", by=admin)
    assert second_factor.devices_of(user).exists()
    assert second_factor.devices_of(admin).exists()


def test_a_change_ends_the_persons_other_sessions(cast, user, sign_in, client):
    sign_in(user)
    mine = SignedInSession.objects.get(user=user)
    other = enter(Client(), user)
    key = second_factor.new_key()
    second_factor.add_factor(key=key, code=shown(key), by=user, keep=mine.pk)
    assert "_auth_user_id" in client.session
    assert "_auth_user_id" not in other.session
    second_factor.remove_factor(account=user, reason="Hilang.", by=cast.admin_kalsel)
    assert not SignedInSession.objects.filter(user=user, ended_at=None).exists()


def test_secrets_are_in_no_event_and_no_letter(user, django_capture_on_commit_callbacks, caplog):
    user.email = "koor@contoh.go.id"
    user.save()
    with django_capture_on_commit_callbacks(execute=True):
        telephone = Telephone(user)
        codes = second_factor.make_recovery_codes(by=user)
        used = telephone.code()
        refused(telephone.wrong(), user)
        telephone.device.throttle_reset()
        second_factor.prove(code=codes[0], by=user)
        second_factor.remove_own_factor(code=used, by=user)
    assert len(mail.outbox) == 4
    assert {address for letter in mail.outbox for address in letter.to} == {"koor@contoh.go.id"}
    told = "\n".join([letter.subject + letter.body for letter in mail.outbox] + [caplog.text])
    told += json.dumps(list(Event.objects.values_list("data", flat=True)))
    secrets = [telephone.key, NewDevice(telephone.key, "").grouped[:9], used, *codes, *telephone.recovery]
    assert user.username in told
    assert [secret for secret in secrets if secret in told] == []


def test_recovery_codes_are_kept_as_passwords_are(user, telephone):
    hashes = RecoveryCode.objects.values_list("hash", flat=True)
    assert len(set(hashes)) == 10
    assert not [code for code in telephone.recovery for hashed in hashes if code in hashed]


def test_what_the_telephone_is_given():
    new = NewDevice(key="00" * 20, username="koor.tabalong")
    assert new.grouped == " ".join(["AAAA"] * 8)
    assert new.picture.startswith("data:image/svg+xml")
