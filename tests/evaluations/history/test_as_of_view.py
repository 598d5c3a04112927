"""Keadaan per tanggal: the page, its form, and what the district does not see of the past."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from evaluations.domain import closing
from evaluations.domain.evidence import slots
from evaluations.domain.history import as_of, moments
from evaluations.domain.verification import assign_verifier
from evaluations.models import Stage
from kla_portal import clock
from kla_portal.accounts.roles import Role
from kla_portal.indonesian import tanggal_jam
from tests.cast import KALSEL, person
from tests.evaluations.cycle import fresh, save
from tests.evaluations.history import scenes
from tests.evaluations.views.common import PROBE, signed_in, text_of, url
from tests.evaluations.views.conftest import folders

__all__ = ["folders"]

MAKASSAR = ZoneInfo("Asia/Makassar")


@pytest.fixture
def start():
    """Ten days ago at 10.00 WITA."""
    day = timezone.now().astimezone(MAKASSAR) - timedelta(days=10)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def past(evaluation, cast, start):
    """Day 0 claimed, day 1 judged at VA, day 2 closed, day 3 VA reopened, day 4 another verdict."""
    with clock.at(start):
        slots.add_web_link(
            evaluation=evaluation, code="12.1", slot_number=1, url="https://contoh.go.id/rekap",
            title="Rekap puskesmas", by=cast.coordinator_tabalong,
        )  # fmt: skip
        evaluation = scenes.submitted(evaluation, cast)
    with clock.at(start + timedelta(days=1)):
        evaluation = scenes.judged(evaluation, cast)
    with clock.at(start + timedelta(days=2)):
        evaluation = scenes.va_closed(evaluation, cast)
    with clock.at(start + timedelta(days=3)):
        closing.reopen(evaluation=evaluation, stage=Stage.VA, reason="Salah baca.", by=cast.admin_kalsel)
        evaluation = fresh(evaluation)
    with clock.at(start + timedelta(days=4)):
        scenes.decide(evaluation, Stage.VA, "12.1", "accept", cast.verifier_kalsel, version=1)
    return fresh(evaluation)


def at(day, hour="12:00"):
    return {"tanggal": f"{day:%Y-%m-%d}", "jam": hour}


def test_the_whole_evaluation_as_it_stood(past, cast, start):
    response = signed_in(cast.verifier_kalsel).get(url("as_of", past.pk), at(start + timedelta(days=2)))
    page = text_of(response)
    assert tanggal_jam(start + timedelta(days=2, hours=2), MAKASSAR) in page
    assert "Saat itu VA selesai Verifikasi Lapangan 15,00" in page
    assert "Sekarang Diajukan Verifikasi Administrasi 18,00" in page
    assert f"VA Ditolak: {scenes.VA_REASON}" in page
    assert "Rekap puskesmas" in page
    assert "Catatan: Perda 4 tahun 2024" in page
    assert [row.code for row in response.context["found"].differences] == ["12.1"]
    assert "Putusan berubah" in page


def test_the_day_ends_where_no_time_is_given(past, cast, start):
    client = signed_in(cast.verifier_kalsel)
    early = client.get(url("as_of", past.pk), at(start, "09:59")).context["found"]
    assert (str(early.tree.total), early.position.state) == ("0.00", "filling")
    late = client.get(url("as_of", past.pk), {"tanggal": f"{start:%Y-%m-%d}", "jam": ""}).context["found"]
    assert (str(late.tree.total), late.position.state) == ("20.00", "submitted")
    at_ten = client.get(url("as_of", past.pk), at(start, "10:00")).context["found"]
    assert str(at_ten.tree.total) == "20.00", "that moment is included"


def test_the_time_is_the_districts_own(past, cast, start):
    """09.30 in Jakarta is 10.30 in Tabalong; the form means Tabalong's."""
    found = signed_in(cast.admin_national).get(url("as_of", past.pk), at(start, "09:30")).context["found"]
    assert str(found.tree.total) == "0.00"


def test_the_district_never_reads_a_stage_that_was_not_closed_then(past, cast, start):
    client = signed_in(cast.coordinator_tabalong)

    def shown(day):
        response = client.get(url("as_of", past.pk), at(start + timedelta(days=day)))
        found = response.context["found"]
        return found.stage, str(found.tree.total), scenes.VA_REASON in response.content.decode()

    assert shown(0) == ("em", "20.00", False)
    assert shown(1) == ("em", "20.00", False)
    assert shown(2) == ("va", "15.00", True)
    assert shown(3) == ("em", "20.00", False)
    assert shown(4) == ("em", "20.00", False)
    now = as_of(past, clock.now(), by=cast.coordinator_tabalong)
    assert (now.stage_now, str(now.tree_now.total)) == ("em", "20.00")
    assert now.differences == ()


def test_who_reads_a_stage_a_second_time_waits_for_its_end(past, cast, start):
    second = person("kedua", "Verifikator Kedua", Role.PROVINCIAL_VERIFIER, province_id=KALSEL)
    moment = start + timedelta(days=1, hours=1)
    assert as_of(past, moment, by=second).stage == Stage.VA
    assign_verifier(evaluation=past, stage=Stage.VA, verifier=second, reading=2, by=cast.admin_kalsel)
    assert as_of(past, moment, by=second).stage == Stage.EM
    closed = scenes.va_closed(past, cast)
    assert as_of(closed, moment, by=second).stage == Stage.VA


def test_every_change_of_state_is_a_link_to_its_moment(past, cast):
    client = signed_in(cast.auditor_kalsel)
    page = text_of(client.get(url("as_of", past.pk)))
    assert (
        page.index("VA selesai → Diajukan")
        < page.index("Diajukan → VA selesai")
        < page.index("Pengisian → Diajukan")
    )
    assert "Salah baca." in page
    for moment, total in zip(moments(past), ("15.00", "15.00", "20.00"), strict=True):
        found = client.get(url("as_of", past.pk), {"saat": moment.at.isoformat()}).context["found"]
        assert (found.moment, str(found.tree.total)) == (moment.at, total)


def test_what_changed_since_is_listed(past, cast, start):
    closing.reopen(evaluation=past, stage=Stage.EM, reason="Data baru.", by=cast.admin_kalsel)
    by = cast.coordinator_tabalong
    save(fresh(past), "12.1", {"numerator": "90", "denominator": "100"}, by, version=1, note="diperbarui")
    slots.add_web_link(
        evaluation=fresh(past),
        code="1.1",
        slot_number=1,
        url="https://contoh.go.id/perda",
        title="Perda 4",
        by=by,
    )
    link = past.evidence_links.get(evidence__title="Rekap puskesmas")
    slots.detach(link=link, by=by)
    page = text_of(signed_in(by).get(url("as_of", past.pk), at(start)))
    changes = page[page.index("Berubah sejak saat itu") : page.index("Isi saat itu")]
    assert "Ditambah: Perda 4" in changes
    assert "Dilepas: Rekap puskesmas" in changes
    assert "Catatan berubah" in changes
    assert "3 poin" in changes
    assert "2 poin" in changes


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"tanggal": "kemarin"}, "tanggal"),
        ({"tanggal": "2026-02-30"}, "tanggal"),
        ({"tanggal": "2099-01-01", "jam": "10:00"}, "belum terjadi"),
        ({"tanggal": "2099-01-01"}, "belum terjadi"),
        ({"jam": "10:00"}, "Isi tanggal"),
        ({"saat": "lusa"}, "tidak terbaca"),
        ({"saat": "2026-01-01T00:00:00"}, "tidak terbaca"),
        ({"saat": "2099-01-01T00:00:00+00:00"}, "belum terjadi"),
        ({"saat": PROBE}, "tidak terbaca"),
        ({"tanggal": "0001-01-01"}, "Pilih tahun 2000 sampai 2100"),
        ({"tanggal": "9999-12-31"}, "Pilih tahun 2000 sampai 2100"),
        ({"saat": "0001-01-01T00:00:00+07:00"}, "Pilih tahun 2000 sampai 2100"),
        ({"saat": "9999-12-31T23:59:59-07:00"}, "Pilih tahun 2000 sampai 2100"),
    ],
)
def test_a_time_that_cannot_be_is_said(evaluation, cast, query, words):
    response = signed_in(cast.coordinator_tabalong).get(url("as_of", evaluation.pk), query)
    assert response.status_code == 422
    assert words in text_of(response)
    assert "<script>alert" not in response.content.decode()
    assert "found" not in response.context


def test_today_without_a_time_is_now(evaluation, cast):
    save(evaluation, "1.1", {"option": 0}, cast.coordinator_tabalong)
    today = timezone.now().astimezone(MAKASSAR)
    found = (
        signed_in(cast.coordinator_tabalong)
        .get(url("as_of", evaluation.pk), {"tanggal": f"{today:%Y-%m-%d}"})
        .context["found"]
    )
    assert str(found.tree.total) == "12.00"
    assert found.differences == ()
