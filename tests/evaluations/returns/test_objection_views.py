"""Sanggah on both sides: filing, deciding, and the trace of the recount."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings

from evaluations.domain import closing, objections, workflow
from evaluations.domain.contests import RANK, contests
from evaluations.models import Decision, Evidence, EvidenceForm, Objection, Stage, Verdict
from kla_portal import clock
from tests.evaluations.cycle import close_vl, decide, fresh
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url

REASON = "Perda diundangkan 3 Maret; lihat halaman 1."


@pytest.fixture
def page(va_closed):
    return url("objections", va_closed.pk, "va")


@pytest.fixture
def coordinator(cast):
    return signed_in(cast.coordinator_tabalong)


@pytest.fixture
def document(va_closed, cast):
    return library_document(va_closed.district, cast.coordinator_tabalong)


def library_document(district, by, title="Perda 3/2026"):
    return Evidence.objects.create(
        district=district, form=EvidenceForm.LINK, title=title, url="https://contoh.go.id/perda",
        added_at=clock.now(), added_by=by,
    )  # fmt: skip


def file(evaluation, code, by, reason=REASON, evidence=()):
    return objections.object_to(
        evaluation=fresh(evaluation), stage=Stage.VA, code=code, reason=reason, evidence=evidence, by=by
    )


@pytest.fixture
def filed(va_closed, cast, document):
    return file(va_closed, "1.1", cast.coordinator_tabalong, evidence=[document])


def test_whoever_rules_decides_or_objects_has_a_role_to_be_named_by():
    deeds = [*workflow.VERIFY.values(), *workflow.OBJECT.values(), *workflow.DECIDE.values()]
    assert set(RANK) == {role for deed in deeds for role in workflow.TABLE[deed].roles}
    assert [role.label for role in RANK[:2]] == ["Verifikator nasional", "Admin nasional (KemenPPPA)"]


def test_what_can_be_contested_and_until_when(coordinator, va_closed, page):
    response = coordinator.get(page)
    text = text_of(response)
    assert [contest.question.code for contest in response.context["found"]] == ["1.1", "12.1"]
    assert "Perda belum diundangkan." in text
    assert "Delapan puluh terbukti." in text
    assert "Verifikator provinsi" in text
    assert "Verifikator Kalsel" not in text, "people are named by their role"
    assert "Dapat disanggah sampai" in text
    assert "WITA" in text
    assert url("objection_file", va_closed.pk, "va", "1.1") in main_of(response)
    assert "12 → 0 dari 12 poin" in text


def test_not_before_the_stage_is_closed(coordinator, submitted, cast):
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason="Rahasia dulu.")
    text = text_of(coordinator.get(url("objections", submitted.pk, "va")))
    assert "Tahap ini belum ditutup" in text
    assert "Rahasia dulu." not in text


def test_a_reopened_stage_is_not_seen_either(coordinator, va_closed, cast, page):
    closing.reopen(evaluation=va_closed, stage=Stage.VA, reason="Salah.", by=cast.admin_kalsel)
    text = text_of(coordinator.get(page))
    assert "Tahap ini belum ditutup" in text
    assert "Perda belum diundangkan." not in text


@pytest.mark.parametrize("stage", ["em", "vl", "xx"])
def test_only_va_and_vf_are_contested(coordinator, va_closed, stage):
    assert coordinator.get(url("objections", va_closed.pk, stage)).status_code == 404
    assert coordinator.get(url("objection_file", va_closed.pk, stage, "1.1")).status_code == 404


def test_beranda_and_menu_lead_there(coordinator, va_closed, page):
    response = coordinator.get(url("overview", va_closed.pk))
    assert "putusannya dapat disanggah sampai" in text_of(response)
    assert response.content.decode().count(f'href="{page}"') == 2


def test_filing(coordinator, va_closed, page, document):
    path = url("objection_file", va_closed.pk, "va", "1.1")
    assert "Perda 3/2026" in text_of(coordinator.get(path))
    response = coordinator.post(path, {"reason": REASON, "evidence": [str(document.pk)]})
    assert response.headers["Location"] == f"{page}#q-1-1"
    objection = Objection.objects.get()
    assert (objection.reason, objection.stage, objection.granted) == (REASON, "va", None)
    assert list(objection.evidence.all()) == [document]
    text = text_of(coordinator.get(page))
    assert "Sanggah menunggu putusan" in text
    assert REASON in text
    assert "Perda 3/2026" in text
    assert coordinator.get(path).status_code == 302, "once per question"
    assert coordinator.post(path, {"reason": "Lagi."}).status_code == 302
    assert Objection.objects.count() == 1


def test_searching_the_library_keeps_what_was_written(coordinator, va_closed, cast, document):
    library_document(va_closed.district, cast.coordinator_tabalong, "Laporan lain")
    path = url("objection_file", va_closed.pk, "va", "1.1")
    response = coordinator.post(
        path, {"reason": REASON, "evidence": [str(document.pk)], "cari": "1", "q": "lain"}
    )
    content = response.content.decode()
    assert response.status_code == 200
    assert REASON in content
    assert f'value="{document.pk}" checked' in content
    assert "Laporan lain" in content
    assert not Objection.objects.exists()


@pytest.mark.parametrize("which", ["empty", "foreign", "nonsense", "unknown", "long"])
def test_what_cannot_be_filed(coordinator, va_closed, neighbour_evaluation, cast, which):
    foreign = library_document(neighbour_evaluation.district, cast.coordinator_tanahbumbu, "Tetangga")
    data = {
        "empty": {"reason": "  "},
        "foreign": {"reason": REASON, "evidence": [str(foreign.pk)]},
        "nonsense": {"reason": REASON, "evidence": ["x' OR 1=1"]},
        "unknown": {"reason": REASON, "evidence": [str(uuid4())]},
        "long": {"reason": "x" * 4001},
    }[which]
    response = coordinator.post(url("objection_file", va_closed.pk, "va", "1.1"), data)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert "Tetangga" not in response.content.decode()
    assert not Objection.objects.exists()


@pytest.mark.parametrize("code", ["4.1", "2.3", "tidak-ada"])
def test_an_accepted_or_unknown_question_is_not_contested(coordinator, va_closed, code):
    path = url("objection_file", va_closed.pk, "va", code)
    assert coordinator.get(path).status_code == 404
    assert coordinator.post(path, {"reason": REASON}).status_code == 404


def test_after_the_window(va_closed, cast, page):
    with time_machine.travel(clock.now() + timedelta(days=settings.OBJECTION_DAYS, seconds=5)):
        client = signed_in(cast.coordinator_tabalong)
        response = client.get(page)
        assert "Masa sanggah sudah berakhir" in text_of(response)
        assert url("objection_file", va_closed.pk, "va", "1.1") not in response.content.decode()
        response = client.post(url("objection_file", va_closed.pk, "va", "1.1"), {"reason": REASON})
    assert response.status_code == 403
    assert "sudah berakhir" in text_of(response)
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    ("who", "reads", "files"),
    [
        ("leader_tabalong", 200, 403),
        ("contributor_health_tabalong", 403, 403),
        ("verifier_kalsel", 200, 403),
        ("auditor_kalsel", 200, 403),
        ("verifier_national", 200, 403),
        ("coordinator_tanahbumbu", 404, 404),
        ("verifier_kalteng", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_who_reads_and_who_files(va_closed, cast, page, who, reads, files):
    client, path = signed_in(getattr(cast, who)), url("objection_file", va_closed.pk, "va", "1.1")
    assert client.get(page).status_code == reads
    assert client.get(path).status_code == files
    assert client.post(path, {"reason": REASON}).status_code == files
    assert not Objection.objects.exists()


def test_anonymous(client, va_closed, filed, page):
    for path in (
        page,
        url("objection_file", va_closed.pk, "va", "12.1"),
        url("objection_decide", va_closed.pk, filed.pk),
    ):
        assert client.get(path).status_code == 302
        assert client.post(path, {"choice": "accept", "reason": "x"}).status_code == 401
    filed.refresh_from_db()
    assert filed.granted is None


def test_the_decider_sees_both_sides(va_closed, cast, filed):
    text = text_of(signed_in(cast.admin_kalsel).get(url("objection_decide", va_closed.pk, filed.pk)))
    for words in ("Perda belum diundangkan.", REASON, "Perda 3/2026", "Kabulkan: klaim diterima"):
        assert words in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("verifier_kalsel", 403),
        ("coordinator_tabalong", 403),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
        ("verifier_national", 403),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
    ],
)
def test_who_does_not_decide(va_closed, cast, filed, who, status):
    client, path = signed_in(getattr(cast, who)), url("objection_decide", va_closed.pk, filed.pk)
    assert client.get(path).status_code == status
    assert client.post(path, {"choice": "accept", "reason": "Benar."}).status_code == status
    filed.refresh_from_db()
    assert filed.granted is None


def test_an_objection_of_another_district_does_not_exist(filed, neighbour_evaluation, cast):
    path = url("objection_decide", neighbour_evaluation.pk, filed.pk)
    assert signed_in(cast.admin_kalsel).get(path).status_code == 404


def test_granting_recounts_and_shows_the_trace(va_closed, coordinator, cast, filed, page):
    path = url("objection_decide", va_closed.pk, filed.pk)
    response = signed_in(cast.admin_kalsel).post(path, {"choice": "accept", "reason": "Sudah diundangkan."})
    assert response.headers["Location"] == f"{page}#q-1-1"
    filed.refresh_from_db()
    assert filed.granted is True
    text = text_of(coordinator.get(page))
    before, after = va_closed.results.filter(stage="va").order_by("sequence")
    assert "Sanggah dikabulkan" in text
    # Both decisions, both reasons.
    for words in (
        "Perda belum diundangkan.",
        REASON,
        "Dikabulkan: klaim diterima",
        "Sudah diundangkan.",
    ):
        assert words in text, words
    assert "Tolak" in text
    assert "Admin provinsi (DP3A)" in text
    assert before.receipt_number in text
    assert after.receipt_number in text
    assert (after.total - before.total) == 12
    assert "selisih 12,00" in text
    assert "12 → 12 dari 12 poin" in text
    # A recount opens no new window.
    assert objections.window_ends(fresh(va_closed), Stage.VA) == before.taken_at + timedelta(
        days=settings.OBJECTION_DAYS
    )
    assert signed_in(cast.admin_kalsel).post(path, {"choice": "refuse", "reason": "x"}).status_code == 302
    filed.refresh_from_db()
    assert filed.granted is True


def test_granting_another_value(va_closed, cast):
    filed = file(va_closed, "12.1", cast.coordinator_tabalong)
    path = url("objection_decide", va_closed.pk, filed.pk)
    client = signed_in(cast.admin_kalsel)
    response = client.post(
        path, {"choice": "change", "numerator": "110", "denominator": "100", "reason": "Sebagian."}
    )
    assert response.status_code == 422
    assert "Pembilang tidak boleh lebih besar" in text_of(response)
    assert 'value="110"' in response.content.decode()
    assert "Sebagian." in response.content.decode()
    response = client.post(path, {"choice": "change", "reason": "Sebagian."})
    assert response.status_code == 422
    data = {"choice": "change", "numerator": "90", "denominator": "100", "reason": "Sebagian."}
    assert client.post(path, data).status_code == 302
    verdict = Verdict.objects.get(evaluation=va_closed, question=filed.question_id, stage="va")
    assert (verdict.decision, verdict.value) == ("change", {"numerator": "90", "denominator": "100"})
    contest = {one.question.code: one for one in contests(fresh(va_closed), Stage.VA)}["12.1"]
    assert [contest.claim.points, contest.verdict.points.points, contest.after.points] == [3, 1, 2]
    assert contest.trace.gain == 1


def test_refusing_leaves_the_score(va_closed, coordinator, cast, filed, page):
    path = url("objection_decide", va_closed.pk, filed.pk)
    response = signed_in(cast.admin_kalsel).post(path, {"choice": "refuse", "reason": "Belum berlaku."})
    assert response.status_code == 302
    assert va_closed.results.filter(stage="va").count() == 1
    text = text_of(coordinator.get(page))
    for words in ("Sanggah ditolak", "Ditolak: putusan tetap", "Belum berlaku.", "Perda belum diundangkan."):
        assert words in text
    assert "Penghitungan ulang" not in text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"choice": "accept"},
        {"choice": "accept", "reason": " "},
        {"choice": "x", "reason": "y"},
        {"reason": "y"},
    ],
)
def test_what_is_no_decision(va_closed, cast, filed, data):
    response = signed_in(cast.admin_kalsel).post(url("objection_decide", va_closed.pk, filed.pk), data)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    filed.refresh_from_db()
    assert filed.granted is None


def test_the_final_stage_is_contested_too(va_closed, cast, coordinator):
    nation = cast.verifier_national
    close_vl(va_closed, nation)
    evaluation = fresh(va_closed)
    decide(evaluation, Stage.VF, "4.1", Decision.REJECT, nation, reason="Tidak terbukti.")
    closing.close_vf(evaluation=evaluation, by=nation)
    page = url("objections", evaluation.pk, "vf")
    assert "Tidak terbukti." in text_of(coordinator.get(page))
    coordinator.post(url("objection_file", evaluation.pk, "vf", "4.1"), {"reason": REASON})
    objection = Objection.objects.get(stage="vf")
    path = url("objection_decide", evaluation.pk, objection.pk)
    assert signed_in(cast.admin_kalsel).get(path).status_code == 403
    data = {"choice": "accept", "reason": "Terbukti."}
    assert signed_in(nation).post(path, data).status_code == 403
    assert signed_in(cast.admin_national).post(path, data).status_code == 302
    assert "VF/2026/63.09/02" in text_of(coordinator.get(page))


def test_texts_are_text(va_closed, coordinator, cast, page):
    filed = file(va_closed, "1.1", cast.coordinator_tabalong, reason=PROBE)
    assert PROBE not in coordinator.get(page).content.decode()
    client = signed_in(cast.admin_kalsel)
    path = url("objection_decide", va_closed.pk, filed.pk)
    assert PROBE not in client.get(path).content.decode()
    client.post(path, {"choice": "refuse", "reason": PROBE})
    assert PROBE not in coordinator.get(page).content.decode()


def test_as_many_queries_for_one_objection_as_for_two(va_closed, coordinator, cast, page, document):
    file(va_closed, "1.1", cast.coordinator_tabalong, evidence=[document])
    before = queries(coordinator, page)
    file(va_closed, "12.1", cast.coordinator_tabalong, evidence=[document])
    assert queries(coordinator, page) == before <= 25
