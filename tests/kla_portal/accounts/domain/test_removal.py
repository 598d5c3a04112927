"""Removing a person's data: nothing of them is left anywhere, and everything they did still stands."""

from __future__ import annotations

import pytest
from axes.models import AccessFailureLog
from django.apps import apps
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice

from evaluations.domain import messages
from evaluations.domain.snapshots import snapshot_at
from evaluations.domain.submission import store_result
from evaluations.models import AnswerRevision, Message, MessageKind, MessagePreference, ReasonPhrase, Stage
from kla_portal import clock
from kla_portal.accounts.access import area_of
from kla_portal.accounts.domain import (
    AccountRefused,
    NewMembership,
    add_membership,
    change_details,
    close_account,
    devices,
    open_account,
    remove_account,
    reopen_account,
    reset_password,
    sittings,
    tries,
)
from kla_portal.accounts.domain.passwords import is_password_of
from kla_portal.accounts.domain.removal import WORDS, belongings, preview
from kla_portal.accounts.models import KnownDevice, RecoveryCode, SignedInSession, User
from kla_portal.accounts.queries import accounts_in
from kla_portal.accounts.roles import Permission, Role
from kla_portal.events.log import verify
from kla_portal.events.models import Event, EventAction
from tests.cast import PASSWORD, TABALONG, person
from tests.evaluations.cycle import save
from tests.kla_portal.accounts.telephone import Telephone

NAME, USERNAME, EMAIL = "Rahmawati Zulkarnain", "rahma.zulkarnain", "rahma.z@contoh.example"
NETWORK, AGENT = "198.51.100.77", "Opera di Windows"
REASON = "Permintaan tertulis pemilik akun."


@pytest.fixture
def leaving(cast, evaluation):
    """A coordinator who left traces in every table, then was closed; the result stored before."""
    user = person(USERNAME, NAME, Role.COORDINATOR, district_id=TABALONG)
    User.objects.filter(pk=user.pk).update(email=EMAIL, last_login=clock.now())
    user.refresh_from_db()
    Telephone(user)
    user.groups.add(Group.objects.create(name="Uji"))
    devices.recognise(user=user, secret="", agent="Firefox di Android")
    device = devices.recognise(user=user, secret="", agent=AGENT).device
    sittings.begin(user=user, session_key="k" * 32, agent=AGENT, address=NETWORK, device=device)
    for text in (USERNAME, EMAIL):
        tries.count_link(network=NETWORK, text=text)
    messages.notify(
        kind=MessageKind.REMINDER,
        to=[user],
        subject="Tenggat",
        body=f"Yth. {NAME}",
        url="/",
        evaluation=evaluation,
    )
    messages.choose_mail(mode="none", by=user)
    ReasonPhrase.objects.create(owner=user, text="Dokumen belum ditandatangani")
    save(evaluation, "12.1", {"numerator": "96", "denominator": "100"}, user)
    user.result = store_result(evaluation, stage=Stage.EM, by=user)
    close_account(account=user, by=cast.admin_kalsel)
    return user


def everywhere() -> str:
    """Every row of every table as text."""
    rows = (
        (model._meta.label, *row) for model in apps.get_models() for row in model._base_manager.values_list()
    )
    return "\n".join(str(row) for row in rows)


def refusal(verb, **arguments) -> str:
    before = (User.objects.values_list().order_by("pk").last(), Event.objects.count())
    with pytest.raises(AccountRefused) as refused:
        verb(**arguments)
    assert (User.objects.values_list().order_by("pk").last(), Event.objects.count()) == before
    return refused.value.reason


def test_nothing_of_the_person_is_left_in_any_table(leaving, cast):
    traces = (NAME, USERNAME, EMAIL, NETWORK, AGENT)
    before = everywhere()
    assert [trace for trace in traces if trace not in before] == []
    remove_account(account=leaving, reason=REASON, by=cast.admin_kalsel)
    after = everywhere()
    assert [trace for trace in traces if trace in after] == []


def test_what_belongs_to_the_account_goes_and_others_keep_theirs(leaving, cast, evaluation):
    other = cast.coordinator_tanahbumbu
    Telephone(other)
    devices.recognise(user=other, secret="", agent="Firefox di Linux")
    tries.count_link(network="192.0.2.1", text=other.username)
    messages.notify(kind=MessageKind.REMINDER, to=[other], subject="Tenggat", body="Isi", url="/")
    own = (TOTPDevice, RecoveryCode, KnownDevice, Message, SignedInSession, MessagePreference, ReasonPhrase)
    of = {model: "owner" if model is ReasonPhrase else "user" for model in own}
    assert all(model.objects.filter(**{of[model]: leaving}).exists() for model in own)
    remove_account(account=leaving, reason=REASON, by=cast.admin_kalsel)
    assert not [model for model in own if model.objects.filter(**{of[model]: leaving}).exists()]
    assert all(model.objects.filter(user=other).exists() for model in (TOTPDevice, KnownDevice, Message))
    assert AccessFailureLog.objects.count() == 1
    assert other.memberships.exists()


def test_the_row_stays_bare_and_opens_nothing(leaving, cast):
    assert is_password_of(leaving, PASSWORD)
    remove_account(account=leaving, reason=REASON, by=cast.admin_kalsel)
    row = User.objects.get(pk=leaving.pk)
    assert (row.name, row.username, row.email) == (f"Akun dihapus {row.pk}", f"dihapus-{row.pk}", "")
    assert (row.removed_by, row.last_login, row.has_usable_password()) == (cast.admin_kalsel, None, False)
    assert row.removed_at is not None
    assert not row.memberships.exists()
    assert not row.groups.exists()
    assert not is_password_of(row, PASSWORD)


def test_deeds_stay_and_say_the_same_as_before(leaving, cast, evaluation):
    remove_account(account=leaving, reason=REASON, by=cast.admin_kalsel)
    revision = AnswerRevision.objects.get(answer__evaluation=evaluation)
    assert str(revision.by) == f"Akun dihapus {leaving.pk}"
    result = leaving.result
    assert result.snapshot["answers"]["12.1"]["updated_by"] == f"akun:{leaving.pk}"
    assert snapshot_at(evaluation, result.taken_at, stage=Stage.EM) == result.snapshot
    assert list(verify()) == []


def test_one_event_by_number_with_the_roles_and_the_reason(leaving, cast):
    remove_account(account=leaving, reason=f"  Permintaan\n tertulis {'x' * 20} ", by=cast.admin_kalsel)
    event = Event.objects.get(action=EventAction.ACCOUNT_REMOVED)
    assert (event.subject, event.by, event.district_id) == (f"akun:{leaving.pk}", cast.admin_kalsel, TABALONG)
    assert event.data["memberships"] == [f"coordinator@{TABALONG}"]
    assert event.data["reason"] == f"Permintaan tertulis {'x' * 20}"
    assert event.data["rows"]["accounts.RecoveryCode"] == 10


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (" ", "Tulis alasannya"),
        ("x" * 201, "paling panjang 200"),
        (f"Diminta oleh {NAME.upper()}.", NAME),
        (f"Akun {USERNAME} tidak dipakai", USERNAME),
        (f"Surat dari {EMAIL}", EMAIL),
    ],
)
def test_a_reason_is_asked_and_must_not_name_the_person(leaving, cast, reason, says):
    assert says in refusal(remove_account, account=leaving, reason=reason, by=cast.admin_kalsel)


def test_who_may_not(leaving, cast):
    admin = cast.admin_kalsel
    assert "masih terbuka" in refusal(remove_account, account=cast.verifier_kalsel, reason=REASON, by=admin)
    assert "Anda sendiri" in refusal(remove_account, account=admin, reason=REASON, by=admin)
    assert "wilayah" in refusal(remove_account, account=leaving, reason=REASON, by=cast.admin_kalteng)
    for without in (cast.coordinator_tabalong, cast.verifier_national, leaving):
        assert "tidak mencakup" in refusal(remove_account, account=leaving, reason=REASON, by=without)
    assert "wilayah" in refusal(remove_account, account=cast.admin_national, reason=REASON, by=admin)


def test_removed_is_for_ever(leaving, cast, tabalong):
    admin = cast.admin_kalsel
    remove_account(account=leaving, reason=REASON, by=admin)
    again = {"account": leaving, "by": admin}
    role = NewMembership(Role.LEADER, district=tabalong)
    for verb, more in (
        (remove_account, {"reason": REASON}),
        (reopen_account, {}),
        (reset_password, {}),
        (close_account, {}),
        (change_details, {"name": NAME, "email": EMAIL}),
        (add_membership, {"membership": role}),
        (preview, {}),
    ):
        assert "sudah dihapus" in refusal(verb, **again, **more)


def test_names_of_removed_accounts_are_given_to_nobody(leaving, cast, tabalong):
    role = [NewMembership(Role.LEADER, district=tabalong)]
    taken = f"Dihapus-{leaving.pk}"
    assert "disediakan" in refusal(
        open_account, username=taken, name="A", memberships=role, by=cast.admin_kalsel
    )
    # An account that bore such a name before the rule stands in nobody's way.
    User.objects.create_user(taken, PASSWORD, name="Lama")
    assert preview(account=leaving, by=cast.admin_kalsel).username == f"dihapus-{leaving.pk}-"
    remove_account(account=leaving, reason=REASON, by=cast.admin_kalsel)
    assert User.objects.get(pk=leaving.pk).username == f"dihapus-{leaving.pk}-"


def test_it_is_shown_where_it_was_removed_and_nowhere_else(leaving, cast):
    def shown_to(user) -> bool:
        return accounts_in(area_of(user, Permission.MANAGE_ACCOUNTS)).filter(pk=leaving.pk).exists()

    assert shown_to(cast.admin_kalsel)
    remove_account(account=leaving, reason=REASON, by=cast.admin_kalsel)
    assert shown_to(cast.admin_kalsel)
    assert shown_to(cast.admin_national)
    assert not shown_to(cast.admin_kalteng)


def test_the_preview_counts_and_changes_nothing(leaving, cast):
    before = everywhere()
    found = preview(account=leaving, by=cast.admin_kalsel)
    assert everywhere() == before
    goes = dict(found.goes)
    assert goes["kode pemulihan"] == 10
    assert (goes["peran"], goes["pesan"], goes["percobaan masuk"]) == (1, 1, 2)
    assert (found.name, found.refusal) == (f"Akun dihapus {leaving.pk}", "")
    assert found.deeds == Event.objects.filter(by=leaving).count() > 0
    assert not set(goes) & {"membership", "message"}, "every table has a word of its own"


def test_every_table_that_goes_has_its_word():
    own = {r.related_model for r in belongings() if not r.related_model._meta.auto_created}
    assert len(own) >= 8
    assert [model for model in own if model._meta.verbose_name not in WORDS] == []
