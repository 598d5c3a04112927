"""The list of accounts: what each row will do, and all of it or nothing."""

from __future__ import annotations

import pytest

from kla_portal.accounts.domain import AccountRefused, ImportRow, close_account, plan_import, run_import
from kla_portal.accounts.domain.imports import AlreadyOpened, Fate, normal_place
from kla_portal.accounts.models import User
from kla_portal.events.models import Event, EventAction
from tests.cast import MURUNG_PUDAK, TABALONG, UPAU, agency


def row(number=2, username="baru", role="koordinator", place="63.09", agency="", name="Orang", email=""):
    return ImportRow(number, username, name, email, role, place, agency)


def reason(cast_member, *rows: ImportRow) -> str:
    """Why the last of these rows is refused."""
    outcome = plan_import(rows=rows, by=cast_member).outcomes[-1]
    assert outcome.fate is Fate.REFUSED
    return outcome.reason


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("63.09", "63.09"),
        (" 63,1 ", "63.10"),
        ("63.1", "63.10"),
        ("6310", "63.10"),
        ("63", "63"),
        ("x", "x"),
        ("63.09.06", "63.09.06"),
        ("12:09:06", "12.09.06"),
    ],
)
def test_normal_place(typed, code):
    assert normal_place(typed) == code


def test_every_role_by_word_label_and_underscore(cast):
    rows = [
        row(2, "a", "petugas", "63.09", "kesehatan"),
        row(3, "b", "Petugas perangkat daerah", "63.09", agency(TABALONG, "dukcapil").name.upper()),
        row(4, "c", "KOORDINATOR"),
        row(5, "d", "pimpinan"),
        row(6, "e", "verifikator_provinsi", "63"),
        row(7, "f", "admin provinsi", "63"),
        row(8, "g", "auditor", "63"),
        row(9, "h", "auditor", "63.10"),
        row(10, "k", "petugas kecamatan", MURUNG_PUDAK),
    ]
    plan = plan_import(rows=rows, by=cast.admin_kalsel)
    assert [(o.fate, o.reason) for o in plan.outcomes] == [(Fate.CREATED, "")] * 9
    assert plan.can_run
    national = [row(2, "i", "admin nasional", ""), row(3, "j", "verifikator nasional", "")]
    assert plan_import(rows=national, by=cast.admin_national).created == 2


def test_refusals_say_why(cast, two_provinces):
    admin = cast.admin_kalsel
    _ = cast.coordinator_tabalong, cast.coordinator_gunungmas
    assert "tidak dikenal" in reason(admin, row(role="raja"))
    assert 'Kode wilayah "99.99" tidak dikenal' in reason(admin, row(place="99.99"))
    assert "Pilih kabupaten/kota" in reason(admin, row(place=""))
    assert "Pilih perangkat daerah" in reason(admin, row(role="petugas"))
    assert "Pilih kecamatan" in reason(admin, row(role="petugas kecamatan"))
    assert "kosongkan kecamatan" in reason(admin, row(role="koordinator", place=MURUNG_PUDAK))
    assert "kosongkan kolomnya" in reason(
        admin, row(role="petugas kecamatan", place=MURUNG_PUDAK, agency="x")
    )
    assert "di luar wilayah Anda" in reason(admin, row(role="petugas kecamatan", place="62.10.01"))
    assert "belum ada di Kabupaten Tabalong" in reason(admin, row(role="petugas", agency="Dinas Entah"))
    assert reason(admin, row(place="62.10")) == "Kabupaten Gunung Mas di luar wilayah Anda."
    assert "hanya dibuka oleh admin nasional" in reason(admin, row(role="admin nasional", place=""))
    assert "Isi nama pengguna" in reason(admin, row(username=""))
    assert "Isi nama orang" in reason(admin, row(name=" "))
    assert "Surel" in reason(admin, row(email="x"))
    assert "sudah dipakai di baris 2" in reason(admin, row(2, "sama"), row(3, "SAMA"))
    assert "sudah ada dengan peran lain" in reason(admin, row(username="koor.tabalong", role="pimpinan"))


def test_another_area_s_account_is_only_a_name_taken(cast, two_provinces):
    """Not a word about whose it is or what it does."""
    _ = cast.coordinator_gunungmas
    for username in ("koor.gunungmas", "dua.provinsi"):
        assert reason(cast.admin_kalsel, row(username=username)) == (
            f'Nama pengguna "{username}" sudah dipakai; pilih nama lain.'
        )


def test_another_area_s_agencies_are_not_named(cast):
    assert reason(cast.admin_kalsel, row(role="petugas", place="62.10", agency="kesehatan")) == reason(
        cast.admin_kalsel, row(role="petugas", place="62.10", agency="tidak ada")
    )


def test_an_account_with_that_role_is_left_alone(cast):
    _ = cast.coordinator_tabalong
    plan = plan_import(rows=[row(username="Koor.Tabalong")], by=cast.admin_kalsel)
    assert (plan.exists, plan.can_run) == (1, False)
    with pytest.raises(AlreadyOpened):
        run_import(rows=[row(username="koor.tabalong")], by=cast.admin_kalsel)
    assert run_import(rows=[row(username="koor.tabalong"), row(3, username="baru")], by=cast.admin_kalsel), (
        "what is new is opened beside it"
    )


def test_an_officer_of_a_kecamatan_is_opened_there(cast):
    place = {"role": "petugas kecamatan", "place": MURUNG_PUDAK}
    (opened,) = run_import(rows=[row(**place)], by=cast.admin_kalsel)
    (held,) = opened.account.memberships.all()
    assert held.place == "Kecamatan Murung Pudak, Kabupaten Tabalong"
    event = Event.objects.filter(action=EventAction.ACCOUNT_OPENED).latest("pk")
    assert event.data["memberships"] == [f"kecamatan@{TABALONG}/{MURUNG_PUDAK}"]
    assert plan_import(rows=[row(**place)], by=cast.admin_kalsel).exists == 1
    elsewhere = row(role="petugas kecamatan", place=UPAU)
    assert "sudah ada dengan peran lain" in reason(cast.admin_kalsel, elsewhere)


def test_a_closed_account_is_not_silently_passed_over(cast):
    close_account(account=cast.coordinator_tabalong, by=cast.admin_kalsel)
    assert "ditutup" in reason(cast.admin_kalsel, row(username="koor.tabalong"))


def test_run_opens_all_with_roles_passwords_and_events(cast):
    rows = [row(2, "a.satu"), row(3, "b.dua", "petugas", "63.09", "kesehatan", email="b@contoh.go.id")]
    opened = run_import(rows=rows, by=cast.admin_kalsel)
    assert [each.account.username for each in opened] == ["a.satu", "b.dua"]
    for each in opened:
        stored = User.objects.get(username=each.account.username)
        assert stored.check_password(each.one_time_password)
        assert stored.must_change_password
    assert User.objects.get(username="b.dua").memberships.get().agency.code == "kesehatan"
    events = Event.objects.filter(action=EventAction.ACCOUNT_OPENED, data__source="list")
    assert {(e.subject, e.district_id, e.by) for e in events} == {
        (f"akun:{opened[0].account.pk}", TABALONG, cast.admin_kalsel),
        (f"akun:{opened[1].account.pk}", TABALONG, cast.admin_kalsel),
    }


def test_one_bad_row_and_nothing_is_opened(cast):
    before = (User.objects.count(), Event.objects.count())
    admin = cast.admin_kalsel
    before = (User.objects.count(), Event.objects.count())
    with pytest.raises(AccountRefused, match="Baris 3: Kabupaten Gunung Mas di luar wilayah Anda"):
        run_import(rows=[row(2, "a"), row(3, "b", place="62.10")], by=admin)
    assert (User.objects.count(), Event.objects.count()) == before


def test_no_rows_and_too_many(cast):
    with pytest.raises(AccountRefused, match="tidak berisi"):
        plan_import(rows=[], by=cast.admin_kalsel)
    with pytest.raises(AccountRefused, match=r"2\.000"):
        plan_import(rows=[row(n, f"u{n}") for n in range(2001)], by=cast.admin_kalsel)


def test_a_plan_costs_the_same_for_one_and_many_rows(cast, django_assert_num_queries):
    admin = cast.admin_kalsel
    _ = cast.coordinator_tabalong
    with django_assert_num_queries(8):
        plan_import(rows=[row(username="koor.tabalong")], by=admin)
    many = [row(n, f"u{n}", "petugas", "63.09", "kesehatan") for n in range(100)]
    with django_assert_num_queries(7):
        assert plan_import(rows=[*many, row(200, "koor.tabalong")], by=admin).created == 100


def test_refused_rows_are_shown_first(cast):
    plan = plan_import(rows=[row(2, "a"), row(3, "b", place="x"), row(4, "c")], by=cast.admin_kalsel)
    assert [outcome.row.number for outcome in plan.ordered] == [3, 2, 4]
    assert (plan.created, plan.refused, plan.can_run) == (2, 1, False)
