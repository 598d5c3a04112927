"""Results become public at a set time, on one page, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.domain import closing
from evaluations.domain.publication import is_public, public_results
from evaluations.models import Edition, Evaluation, Stage, State
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event
from kla_portal.indonesian import NATIONAL_ZONE, tanggal_jam
from tests.cast import GUNUNG_MAS, TABALONG, TANAH_BUMBU
from tests.evaluations.domain.claims import result
from tests.evaluations.views.common import main_of, signed_in, text_of, url

BARITO = "63.04"


def of(district: str, edition: str = "2024") -> Evaluation:
    return Evaluation.objects.with_place().get(edition__code=edition, district=district)


def final(evaluation, total, by, sequence=1):
    """A final result that stands."""
    result(evaluation, total, by=by, stage=Stage.VF, sequence=sequence)
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.FINAL, submitted_at=clock.now(), submitted_by=by
    )


@pytest.fixture
def old(db):
    return Edition.objects.select_related("instrument").get(code="2024")


@pytest.fixture
def scene(cast, old):
    """Three final results of 2024; beside them everything that must stay inside."""
    by = cast.admin_national
    final(of(TABALONG), "955.25", by)
    final(of(TABALONG), "944.11", by, sequence=2)
    final(of(TANAH_BUMBU), "944.11", by)
    final(of(GUNUNG_MAS), "701.00", by)
    result(of(BARITO), "811.11", by=by, stage=Stage.VA)
    result(of(BARITO), "812.22", by=by, stage=Stage.VF)  # stored, then reopened: it does not stand
    Evaluation.objects.filter(pk=of(BARITO).pk).update(
        state=State.VL_CLOSED, submitted_at=clock.now(), submitted_by=by
    )
    for stage, total in ((Stage.EM, "999.01"), (Stage.VA, "998.02"), (Stage.VL, "997.03")):
        result(of(TABALONG), total, by=by, stage=stage)
    final(of(TABALONG, "2026"), "888.88", by)
    return old


def public_from(edition, moment):
    Edition.objects.filter(pk=edition.pk).update(results_public_at=moment)


def test_final_results_per_province_without_signing_in(client, scene):
    public_from(scene, timezone.now() - timedelta(minutes=1))
    response = client.get(url("public_results", "2024"))
    page = text_of(response)
    kalsel, kalteng = page.index("Kalimantan Selatan 2"), page.index("Kalimantan Tengah 1")
    assert "1 Kabupaten Tabalong" in page[kalsel:kalteng]
    assert "1 Kabupaten Tanah Bumbu" in page[kalsel:kalteng], "equal totals share a rank"
    assert "944,11" in page
    assert "701,00" in page[kalteng:]
    for inside in ("955,25", "811,11", "812,22", "999,01", "998,02", "997,03", "888,88", "Barito Kuala"):
        assert inside not in response.content.decode()
    assert "/evaluasi/" not in main_of(response)


def test_the_page_says_how_many_are_final_and_leads_to_the_data(client, scene):
    public_from(scene, timezone.now() - timedelta(minutes=1))
    response = client.get(url("public_results", "2024"))
    assert "3 kabupaten/kota sudah selesai; yang belum selesai tidak ada di sini" in text_of(response)
    for address in (url("open_file", "2024", "csv"), url("open_data")):
        assert address in main_of(response)
        assert client.get(address).status_code == 200


def test_before_its_time_the_page_does_not_exist(client, scene, cast):
    path = url("public_results", "2024")
    assert client.get(path).status_code == 404
    moment = timezone.now() + timedelta(hours=1)
    public_from(scene, moment)
    for now, status in (
        (moment - timedelta(seconds=1), 404),
        (moment, 200),
        (moment + timedelta(seconds=1), 200),
    ):
        with clock.at(now):
            assert client.get(path).status_code == status


def test_before_its_time_who_is_signed_in_reads_the_moment_and_no_result(client, scene, cast):
    """The message about it goes out days earlier, and leads here."""
    path, moment = url("public_results", "2024"), timezone.now() + timedelta(days=3)
    people = (cast.coordinator_tabalong, cast.leader_tabalong, cast.admin_national, cast.stranger)
    assert {signed_in(who).get(path).status_code for who in people} == {404}
    public_from(scene, moment)
    for who in people:
        response = signed_in(who).get(path)
        assert response.status_code == 200
        assert "Hasil diumumkan mulai" in text_of(response)
        for inside in ("Tabalong", "944,11", "701,00", "kabupaten/kota sudah selesai"):
            assert inside not in main_of(response)
    assert tanggal_jam(moment, ZoneInfo("Asia/Makassar")) in text_of(signed_in(people[0]).get(path))


def test_the_frame_names_the_edition_whose_results_these_are(scene, cast):
    public_from(scene, timezone.now() - timedelta(minutes=1))
    for who in ("coordinator_tabalong", "admin_kalsel", "admin_national"):
        response = signed_in(getattr(cast, who)).get(url("public_results", "2024"))
        editions = response.context["frame"].editions
        assert [entry.label for entry in editions if entry.active] == ["Evaluasi KLA 2024"]


def test_another_editions_results_stay_inside(client, scene):
    public_from(scene, timezone.now() - timedelta(minutes=1))
    assert client.get(url("public_results", "2026")).status_code == 404
    assert client.get(url("public_results", "2099")).status_code == 404
    assert client.post(url("public_results", "2024")).status_code == 405


def test_the_other_pages_stay_closed(client, scene):
    public_from(scene, timezone.now() - timedelta(minutes=1))
    for path in (url("ranking", "2024", "63"), url("stages", of(TABALONG).pk), url("score", of(TABALONG).pk)):
        assert client.get(path).status_code == 302


def test_a_page_without_results_says_so(client, old):
    public_from(old, timezone.now() - timedelta(minutes=1))
    assert "Belum ada hasil akhir" in text_of(client.get(url("public_results", "2024")))


def test_as_many_queries_for_one_district_as_for_many(scene, cast):
    def count():
        with CaptureQueriesContext(connection) as seen:
            public_results(scene)
        return len(seen)

    public_results(scene)
    before = count()
    for evaluation in Evaluation.objects.filter(edition=scene, state=State.FILLING)[:5]:
        final(evaluation, "600.00", cast.admin_national)
    assert count() == before == 1


# Setting the time


def typed(moment):
    local = moment.astimezone(NATIONAL_ZONE)
    return {"publish_on": f"{local:%Y-%m-%d}", "publish_time": f"{local:%H:%M}"}


def test_the_ministry_sets_and_moves_the_time(scene, cast):
    client, moment = signed_in(cast.admin_national), timezone.now() + timedelta(days=2)
    page = client.get(url("edition", "2024"))
    assert "Belum dijadwalkan" in text_of(page)
    assert "3 kabupaten/kota yang Verifikasi Finalnya selesai" in text_of(page)
    shown = client.post(url("edition_publish", "2024"), typed(moment), follow=True)
    scene.refresh_from_db()
    assert scene.results_public_at == moment.replace(second=0, microsecond=0)
    assert tanggal_jam(moment, NATIONAL_ZONE) in text_of(shown)
    assert "waktunya masih dapat diubah" in text_of(shown)
    client.post(url("edition_publish", "2024"), typed(moment + timedelta(days=1)))
    scene.refresh_from_db()
    assert scene.results_public_at == (moment + timedelta(days=1)).replace(second=0, microsecond=0)
    assert Event.objects.filter(action="results.published", subject="periode:2024").count() == 2
    assert not is_public(scene)


def test_what_is_public_cannot_be_taken_back(scene, cast):
    public_from(scene, timezone.now() - timedelta(minutes=1))
    client = signed_in(cast.admin_national)
    page = client.get(url("edition", "2024"))
    assert f'href="{url("public_results", "2024")}"' in main_of(page)
    assert "edition_publish" not in main_of(page)
    assert "umumkan/" not in main_of(page)
    response = client.post(url("edition_publish", "2024"), typed(timezone.now() + timedelta(days=1)))
    assert response.status_code == 422
    scene.refresh_from_db()
    with pytest.raises(Refused, match="sudah diumumkan"):
        closing.publish(edition=scene, at=timezone.now() + timedelta(days=1), by=cast.admin_national)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"publish_on": "2999-01-01"},
        {"publish_on": "besok", "publish_time": "10:00"},
        {"publish_on": "2999-01-01", "publish_time": "25:00"},
        {"publish_on": "2020-01-01", "publish_time": "10:00"},
    ],
)
def test_a_time_that_cannot_be_is_refused(scene, cast, data):
    response = signed_in(cast.admin_national).post(url("edition_publish", "2024"), data)
    assert response.status_code == 422
    scene.refresh_from_db()
    assert scene.results_public_at is None


def test_a_past_time_is_said_and_nothing_is_published(scene, cast):
    data = {"publish_on": "2020-01-01", "publish_time": "10:00"}
    assert "Waktu pengumuman harus di depan." in text_of(
        signed_in(cast.admin_national).post(url("edition_publish", "2024"), data)
    )


@pytest.mark.parametrize(
    "who", ["admin_kalsel", "verifier_national", "auditor_kalsel", "coordinator_tabalong", "stranger"]
)
def test_nobody_else_publishes(scene, cast, who):
    client = signed_in(getattr(cast, who))
    response = client.post(url("edition_publish", "2024"), typed(timezone.now() + timedelta(days=1)))
    assert response.status_code == 403
    scene.refresh_from_db()
    assert scene.results_public_at is None


def test_an_unknown_edition_is_404(cast, db):
    assert signed_in(cast.admin_national).post(url("edition_publish", "2099"), {}).status_code == 404


# The ranking, stage by stage


@pytest.mark.parametrize(
    ("stage", "order"),
    [
        ("em", [("Kabupaten Tabalong", "700.00"), ("Kabupaten Tanah Bumbu", "650.00")]),
        ("va", [("Kabupaten Tanah Bumbu", "640.00"), ("Kabupaten Tabalong", "600.00")]),
        ("vl", [("Kabupaten Tabalong", "610.00")]),
        ("vf", [("Kabupaten Tabalong", "615.00")]),
    ],
)
def test_each_stage_ranks_its_own_newest_results(cast, edition, stage, order):
    by = cast.admin_national
    for district, name, total, sequence in (
        (TABALONG, Stage.EM, "700", 1), (TANAH_BUMBU, Stage.EM, "650", 1),
        (TABALONG, Stage.VA, "599", 1), (TABALONG, Stage.VA, "600", 2), (TANAH_BUMBU, Stage.VA, "640", 1),
        (TABALONG, Stage.VL, "610", 1), (TABALONG, Stage.VF, "615", 1), (GUNUNG_MAS, Stage.VF, "990", 1),
    ):  # fmt: skip
        result(of(district, "2026"), total, by=by, stage=name, sequence=sequence)
    client = signed_in(cast.admin_kalsel)
    response = client.get(url("ranking", "2026", "63"), {"tahap": stage})
    report = response.context["report"]
    assert [(row.district, str(row.total)) for row in report.rows] == order
    assert [row.rank for row in report.rows] == list(range(1, len(order) + 1))
    assert len(report.rows) + len(report.absent) == 13
    assert "990,00" not in response.content.decode()
    exported = client.get(url("ranking_download", "2026", "63", "csv"), {"tahap": stage})
    content = b"".join(exported.streaming_content).decode()
    assert all(total.replace(".", ",") in content for _, total in order)
