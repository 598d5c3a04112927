"""The frame of every page: whose place it is, and the few entries of one's role, all of which open."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from evaluations.models import Edition, Evaluation, State
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from kla_portal.web.context import frame
from tests.cast import KALSEL, MURUNG_PUDAK, TABALONG, person


@pytest.fixture
def seen(edition):
    """``seen(user, place)`` -> the frame they get."""

    def get(user, place=None, path="/"):
        request = RequestFactory().get(path)
        request.user = user
        if place:
            request.place = place
        return frame(request)["frame"]

    return get


def labels(found) -> list[str]:
    return [entry.label for entry in found.nav]


ENTRIES = {
    # who: (entries in this order, entries that are never theirs)
    "coordinator_tabalong": (
        [
            "Beranda",
            "Pengisian",
            "Data dukung",
            "Periksa & ajukan",
            "Skor",
            "Rencana aksi",
            "Laporan",
            "Perangkat daerah",
        ],
        ["Kabupaten/Kota", "Peringkat", "Akun", "Instrumen", "Periode", "Tugas saya"],
    ),
    "contributor_health_tabalong": (
        ["Tugas saya", "Rencana aksi", "Data dukung"],
        ["Beranda", "Periksa & ajukan", "Skor", "Laporan", "Perangkat daerah", "Peringkat", "Akun"],
    ),
    "officer_kecamatan": (
        ["Kecamatan Murung Pudak"],
        ["Beranda", "Tugas saya", "Pengisian", "Data dukung", "Skor", "Laporan", "Rencana aksi"],
    ),
    "leader_tabalong": (
        ["Beranda", "Skor", "Rencana aksi", "Laporan"],
        ["Pengisian", "Periksa & ajukan", "Akun", "Peringkat"],
    ),
    "verifier_kalsel": (
        ["Kabupaten/Kota", "Peringkat", "Analisis"],
        ["Akun", "Instrumen", "Periode", "Periksa & ajukan"],
    ),
    "auditor_kalsel": (["Kabupaten/Kota", "Peringkat", "Analisis"], ["Akun", "Instrumen", "Periode"]),
    "admin_kalsel": (["Kabupaten/Kota", "Peringkat", "Akun"], ["Provinsi", "Instrumen", "Periode"]),
    "verifier_national": (["Provinsi", "Kabupaten/Kota", "Peringkat"], ["Akun", "Instrumen", "Periode"]),
    "admin_national": (["Provinsi", "Kabupaten/Kota", "Peringkat", "Instrumen", "Periode", "Akun"], []),
}


@pytest.mark.parametrize("who", ENTRIES)
def test_the_few_entries_of_a_role(cast, seen, who):
    expected, never = ENTRIES[who]
    found = labels(seen(getattr(cast, who)))
    assert [label for label in found if label in expected] == expected
    assert not set(never) & set(found)


@pytest.mark.parametrize("who", ENTRIES)
def test_every_entry_and_every_edition_opens(cast, seen, sign_in, who):
    """A menu that leads to "not allowed" is worse than none."""
    user = getattr(cast, who)
    client = sign_in(user)
    found = seen(user)
    assert found.editions
    for entry in [*found.nav, *found.editions]:
        assert client.get(entry.url).status_code == 200, entry


@pytest.mark.parametrize("who", ["verifier_kalsel", "admin_kalsel", "auditor_kalsel", "admin_national"])
def test_on_a_districts_page_the_supervisors_entries_open_too(cast, seen, sign_in, evaluation, who):
    user = getattr(cast, who)
    found = seen(user, evaluation)
    assert {"Kabupaten/Kota", "Peringkat", "Beranda", "Skor", "Laporan"} <= set(labels(found))
    client = sign_in(user)
    for entry in [*found.nav, *found.editions]:
        assert client.get(entry.url).status_code == 200, entry


def test_person_and_place(cast, seen, evaluation, edition):
    found = seen(cast.coordinator_tabalong)
    assert (found.person.name, found.person.role) == ("Koordinator Tabalong", "Koordinator Gugus Tugas")
    assert found.place == "Kabupaten Tabalong"
    assert found.search_url == reverse("evaluations:filling", args=[evaluation.pk])
    assert seen(cast.admin_kalsel).place == "Provinsi Kalimantan Selatan"
    assert seen(cast.admin_kalsel).search_url is None
    assert seen(cast.verifier_national).place == "Nasional"


def test_several_roles_are_named_once_each(cast, seen):
    user = cast.coordinator_tabalong
    Membership.objects.create(user=user, role=Role.LEADER, district_id=TABALONG)
    Membership.objects.create(user=user, role=Role.AUDITOR, district_id=TABALONG)
    assert seen(user).person.role == "Koordinator Gugus Tugas, Pimpinan daerah, Auditor (inspektorat)"


def test_the_place_of_the_page_is_the_place_shown(cast, seen):
    old = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    found = seen(cast.coordinator_tabalong, old)
    assert found.nav[0].url == reverse("evaluations:overview", args=[old.pk])
    active = [entry.label for entry in found.editions if entry.active]
    assert active == ["Evaluasi KLA 2024"]
    assert [entry.label for entry in found.editions] == ["Evaluasi KLA 2026", "Evaluasi KLA 2024"]


def test_an_area_switches_editions_within_itself(cast, seen):
    found = seen(cast.admin_kalsel)
    assert [entry.url for entry in found.editions] == [
        reverse("evaluations:districts", args=[code, KALSEL]) for code in ("2026", "2024")
    ]


def test_an_edition_that_is_only_prepared_is_not_offered(cast, seen, instrument):
    Edition.objects.create(
        code="2028", name="Nanti", instrument=instrument, first_evidence_year=2026, last_evidence_year=2027
    )
    for who in ("coordinator_tabalong", "admin_kalsel", "admin_national"):
        assert "Nanti" not in [entry.label for entry in seen(getattr(cast, who)).editions]


def test_where_one_is_is_marked(cast, seen, evaluation):
    path = reverse("evaluations:score", args=[evaluation.pk])
    found = seen(cast.coordinator_tabalong, evaluation, path)
    assert [entry.label for entry in found.nav if entry.active] == ["Skor"]


@pytest.mark.parametrize(
    ("who", "rest", "label"),
    [
        ("coordinator_tabalong", "kehilangan/", "Skor"),
        ("coordinator_tabalong", "andaikan/", "Skor"),
        ("coordinator_tabalong", "target/", "Rencana aksi"),
        ("coordinator_tabalong", "usaha/simpan/", "Rencana aksi"),
        ("coordinator_tabalong", "rencana/7/", "Rencana aksi"),
        ("coordinator_tabalong", "excel/periksa/", "Pengisian"),
        ("coordinator_tabalong", "kecamatan-desa/", "Pengisian"),
        ("coordinator_tabalong", "praktik/", "Laporan"),
        ("leader_tabalong", "target/", "Rencana aksi"),
        ("contributor_health_tabalong", "excel/", "Tugas saya"),
        ("officer_kecamatan", f"kecamatan-desa/{MURUNG_PUDAK}/buku-kerja/", "Kecamatan Murung Pudak"),
        ("coordinator_tabalong", "pembagian/", "Pengisian"),
        ("coordinator_tabalong", "keadaan/", "Laporan"),
        ("verifier_kalsel", "meja/va/1.1/", "Verifikasi"),
        ("verifier_kalsel", "tutup/va/", "Verifikasi"),
        ("verifier_kalsel", "kembalikan/va/", "Verifikasi"),
        ("verifier_national", "risiko/", "Verifikasi"),
        ("admin_kalsel", "verifikator/", "Verifikasi"),
        ("admin_kalsel", "perpanjang/", "Verifikasi"),
        ("admin_national", "buka-kembali/vl/", "Verifikasi"),
    ],
)
def test_a_room_below_an_entry_is_marked_there(cast, seen, evaluation, who, rest, label):
    found = seen(getattr(cast, who), evaluation, f"/evaluasi/{evaluation.pk}/{rest}")
    assert [entry.label for entry in found.nav if entry.active] == [label]


@pytest.mark.parametrize(
    ("who", "path", "label"),
    [
        ("verifier_kalsel", "/verifikasi/alasan/", "Verifikasi"),
        ("coordinator_tabalong", "/catatan/", "Laporan"),
        ("admin_kalsel", "/catatan/", "Catatan"),
    ],
)
def test_a_room_beside_the_evaluation_is_marked_where_one_finds_it(cast, seen, who, path, label):
    found = seen(getattr(cast, who), path=path)
    assert [entry.label for entry in found.nav if entry.active] == [label]


def test_what_changed_in_a_return_is_marked_at_the_returns(cast, seen, evaluation):
    evaluation.state = State.RETURNED
    found = seen(cast.coordinator_tabalong, evaluation, f"/evaluasi/{evaluation.pk}/perubahan/1/")
    assert [entry.label for entry in found.nav if entry.active] == ["Pengembalian"]


def test_only_the_nearest_entry_is_marked(cast, seen, evaluation):
    """Who answers for an agency and for a kecamatan finds the kecamatan's rows under the kecamatan."""
    user = cast.contributor_health_tabalong
    Membership.objects.create(user=user, role=Role.KECAMATAN, district_id=TABALONG, kecamatan_id=MURUNG_PUDAK)
    path = f"/evaluasi/{evaluation.pk}/kecamatan-desa/{MURUNG_PUDAK}/"
    active = [entry.label for entry in seen(user, evaluation, path).nav if entry.active]
    assert active == ["Kecamatan Murung Pudak"]
    assert not [entry for entry in seen(user, evaluation, "/akun/").nav if entry.active]


def test_a_stranger_has_a_name_and_no_entries(cast, seen):
    found = seen(cast.stranger)
    assert (found.person.name, found.nav, found.editions, found.place) == ("Tanpa peran", [], [], "")


def test_before_the_first_password_there_is_nothing_to_open(cast, seen):
    user = cast.coordinator_tabalong
    user.must_change_password = True
    found = seen(user)
    assert found.person.name == "Koordinator Tabalong"
    assert (found.nav, found.editions, found.place) == ([], [], "")


def test_nobody_at_all(db):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    found = frame(request)["frame"]
    assert (found.person, found.nav) == (None, [])


def test_an_auditor_of_one_district_gets_no_province(seen, sign_in, evaluation):
    user = person("inspektorat", "Inspektorat", Role.AUDITOR, district_id=TABALONG)
    found = seen(user)
    assert "Peringkat" not in labels(found)
    client = sign_in(user)
    for entry in found.nav:
        assert client.get(entry.url).status_code == 200, entry
