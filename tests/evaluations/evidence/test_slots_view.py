"""The page of one question's slots, and what goes in and out there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.files import inspection
from evaluations.models import Evaluation, Evidence, EvidenceLink, State
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH, every_question

HTMX = {"HX-Request": "true"}


def url(name, evaluation, *more):
    return reverse(f"evaluations:{name}", args=[evaluation.pk, *more])


@pytest.fixture
def coordinator(cast, sign_in):
    return sign_in(cast.coordinator_tabalong)


def stands_at(evaluation, code=HEALTH, slot=1) -> list[str]:
    links = slots.slots_of(
        Evaluation.objects.with_place().get(pk=evaluation.pk), every_question(evaluation)
    ).get((code, slot), [])
    return [link.evidence.title for link in links]


def send(client, evaluation, *files, code=HEALTH, slot=1, htmx=True, **more):
    return client.post(
        url("evidence_upload", evaluation, code, slot),
        {"files": list(files), **more},
        headers=HTMX if htmx else {},
    )


def test_the_page_says_what_is_asked_and_what_is_accepted(coordinator, evaluation):
    answer = coordinator.get(url("evidence_slots", evaluation, HEALTH))
    page = answer.content.decode()
    question = answer.context["question"]
    assert all(slot.label in page for slot in question.slots)
    assert "PDF, JPEG, PNG, WebP, DOCX, XLSX, PPTX; paling besar 20,0 MB" in page
    assert page.count('type="file"') == len(question.slots)
    assert "data anak" not in page
    assert "<html" in page
    assert "no-store" in answer["Cache-Control"], "Back must not show the slots as they were before"
    fragment = coordinator.get(url("evidence_slots", evaluation, HEALTH), headers=HTMX).content.decode()
    assert fragment.lstrip().startswith('<div id="bukti"')


def test_a_question_on_children_warns_before_the_choice(coordinator, evaluation, spec):
    code = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    page = coordinator.get(url("evidence_slots", evaluation, code)).content.decode()
    assert page.index("hitamkan nama lengkap, NIK") < page.index('type="file"')


def test_uploading_shows_the_file_in_its_slot(coordinator, evaluation, upload):
    answer = send(coordinator, evaluation, upload("Rekap.pdf"), title="Rekap 2025")
    assert answer.status_code == 200
    assert stands_at(evaluation) == ["Rekap 2025"]
    assert "Rekap 2025" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_without_htmx_one_is_led_back_to_the_slot(coordinator, evaluation, upload):
    answer = send(coordinator, evaluation, upload("Rekap.pdf"), htmx=False)
    assert answer.status_code == 302
    assert answer["Location"] == url("evidence_slots", evaluation, HEALTH) + "#slot-1"
    page = coordinator.get(answer["Location"]).content.decode()
    assert "Rekap.pdf: tersimpan." in page


def test_one_refused_file_does_not_undo_the_others(coordinator, evaluation, upload, on_disk):
    answer = send(
        coordinator,
        evaluation,
        upload("satu.pdf"),
        upload("dua.pdf", corpus.picture()),
        upload("tiga.pdf", b""),
        upload("empat.pdf"),
        title="tidak dipakai untuk beberapa berkas",
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert stands_at(evaluation) == ["satu", "empat"]
    assert len(on_disk()) == 2
    assert "Nama berkas berakhiran .pdf, tetapi isinya gambar PNG." in page
    assert "Berkas ini kosong" in page
    without = send(coordinator, evaluation, upload("dua.pdf", corpus.picture()), htmx=False)
    assert without.status_code == 422
    assert "isinya gambar PNG" in without.content.decode()
    assert "<html" in without.content.decode()


def test_the_same_content_again_says_so(coordinator, evaluation, upload, on_disk):
    send(coordinator, evaluation, upload("a.pdf", mark="sama"), title="Rekap")
    answer = send(coordinator, evaluation, upload("b.pdf", mark="sama"), slot=2)
    assert "sudah ada di pustaka sebagai “Rekap”" in answer.content.decode()
    assert len(on_disk()) == 1


def test_sending_the_same_again_after_a_lost_reply_is_no_failure(coordinator, evaluation, upload, on_disk):
    for _ in range(2):
        answer = send(coordinator, evaluation, upload("a.pdf", mark="sama"))
        assert answer.status_code == 200
    assert "sudah ada di slot ini" in answer.content.decode()
    assert EvidenceLink.objects.count() == len(on_disk()) == 1


def test_nothing_chosen_and_too_many(coordinator, evaluation, upload):
    answer = coordinator.post(url("evidence_upload", evaluation, HEALTH, 1), {}, headers=HTMX)
    assert answer.status_code == 422
    assert "Pilih berkas dahulu." in answer.content.decode()
    answer = send(coordinator, evaluation, *(upload(f"{n}.pdf", b"x") for n in range(21)))
    assert answer.status_code == 422
    assert "Paling banyak 20 berkas" in answer.content.decode()


def test_a_file_over_the_limit_stops_filling_the_disk(
    coordinator, evaluation, upload, settings, nothing_left, monkeypatch
):
    settings.EVIDENCE_MAX_BYTES = 100_000
    settings.FILE_UPLOAD_HANDLERS = [
        "evaluations.forms.uploads.StopAtLimit",
        "django.core.files.uploadhandler.TemporaryFileUploadHandler",
    ]
    seen = []
    real = inspection.inspect

    def watch(name, file, *more):
        seen.append(file.size)
        return real(name, file, *more)

    monkeypatch.setattr("evaluations.domain.evidence.intake.inspection.inspect", watch)
    large = corpus.picture("PNG", (800, 800))
    assert len(large) > 900_000
    answer = send(coordinator, evaluation, upload("besar.png", large))
    assert answer.status_code == 422
    assert "lebih besar dari 100 kB" in answer.content.decode()
    assert 100_000 < seen[0] < 300_000
    nothing_left()
    good = send(coordinator, evaluation, upload("kecil.pdf"), upload("lagi.pdf"))
    assert good.status_code == 200
    assert stands_at(evaluation) == ["kecil", "lagi"]


def test_a_web_link(coordinator, evaluation):
    place = url("evidence_link", evaluation, HEALTH, 1)
    refused = coordinator.post(place, {"url": "javascript:alert(1)", "title": "Berita"}, headers=HTMX)
    assert refused.status_code == 422
    assert "diawali https://" in refused.content.decode()
    assert 'value="Berita"' in refused.content.decode(), "what was typed stays"
    assert not Evidence.objects.exists()
    answer = coordinator.post(place, {"url": "tabalong.go.id/kla", "title": "Berita"}, headers=HTMX)
    assert answer.status_code == 200
    assert Evidence.objects.get().url == "https://tabalong.go.id/kla"
    assert stands_at(evaluation) == ["Berita"]
    again = coordinator.post(place, {"url": "tabalong.go.id/kla"}, headers=HTMX)
    assert again.status_code == 422
    assert "sudah ada di slot ini" in again.content.decode()


def test_picking_from_the_library_and_letting_go(coordinator, evaluation, upload, neighbour_evaluation, cast):
    send(coordinator, evaluation, upload("Rekap.pdf"), code="12.2")
    document = Evidence.objects.get()
    page = coordinator.get(url("evidence_slots", evaluation, HEALTH) + "?pilih=1").content.decode()
    assert str(document.pk) in page
    assert (
        str(document.pk)
        not in coordinator.get(
            url("evidence_slots", evaluation, HEALTH) + "?pilih=1&q=notu%00len"
        ).content.decode()
    )
    place = url("evidence_pick", evaluation, HEALTH, 1)
    assert coordinator.post(place, {}, headers=HTMX).status_code == 422
    answer = coordinator.post(place, {"evidence": document.pk, "pages": "4"}, headers=HTMX)
    assert answer.status_code == 200
    assert "hlm. 4" in answer.content.decode()
    link = EvidenceLink.objects.get(slot=loaded(evaluation.edition.instrument).slot_ids[HEALTH, 1])
    answer = coordinator.post(url("evidence_detach", evaluation, link.pk), headers=HTMX)
    assert answer.status_code == 200
    assert "tetap ada di pustaka" in answer.content.decode()
    assert stands_at(evaluation) == []
    foreign = slots.add_file(
        evaluation=neighbour_evaluation,
        code=HEALTH,
        slot_number=1,
        upload=upload(),
        by=cast.coordinator_tanahbumbu,
    )
    answer = coordinator.post(place, {"evidence": foreign.evidence_id}, headers=HTMX)
    assert answer.status_code == 422
    assert "tidak ada di pustaka Anda" in answer.content.decode()
    assert coordinator.post(url("evidence_detach", evaluation, foreign.pk)).status_code == 404


@pytest.fixture
def attempt(evaluation, upload, cast):
    """Every way to change the slots, as ``client``; the answers' status codes."""
    placed = slots.add_file(
        evaluation=evaluation, code=HEALTH, slot_number=2, upload=upload(), by=cast.coordinator_tabalong
    )

    def run(client) -> set[int]:
        codes = {send(client, evaluation, upload(), htmx=htmx).status_code for htmx in (True, False)}
        codes.add(
            client.post(url("evidence_link", evaluation, HEALTH, 1), {"url": "https://a.go.id/"}).status_code
        )
        codes.add(
            client.post(
                url("evidence_pick", evaluation, HEALTH, 1), {"evidence": placed.evidence_id}
            ).status_code
        )
        codes.add(client.post(url("evidence_detach", evaluation, placed.pk)).status_code)
        assert Evidence.objects.count() == 1
        assert EvidenceLink.objects.get().removed_at is None
        return codes

    return run


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("coordinator_tanahbumbu", 404),
        ("coordinator_gunungmas", 404),
        ("verifier_kalteng", 404),
        ("contributor_registry_tabalong", 404),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
        ("verifier_kalsel", 403),
        ("admin_national", 403),
    ],
)
def test_who_may_not_change_anything(attempt, cast, sign_in, evaluation, on_disk, who, status):
    client = sign_in(getattr(cast, who))
    assert attempt(client) == {status}
    assert len(on_disk()) == 1
    seen = client.get(url("evidence_slots", evaluation, HEALTH)).status_code
    assert seen == (404 if status == 404 else 200)


def test_anonymous_people_are_sent_to_sign_in(client, evaluation, upload, nothing_left):
    assert client.get(url("evidence_slots", evaluation, HEALTH)).status_code == 302
    assert send(client, evaluation, upload()).status_code == 401
    nothing_left()


def test_after_submission_nothing_changes(attempt, coordinator, cast, evaluation, on_disk):
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=cast.coordinator_tabalong
    )
    assert attempt(coordinator) == {403}
    assert len(on_disk()) == 1
    page = coordinator.get(url("evidence_slots", evaluation, HEALTH)).content.decode()
    assert "terkunci" in page
    assert 'type="file"' not in page


def test_a_contributor_fills_their_own_slot(cast, sign_in, evaluation, upload):
    client = sign_in(cast.contributor_health_tabalong)
    assert send(client, evaluation, upload("Rekap.pdf")).status_code == 200
    assert stands_at(evaluation) == ["Rekap"]


def test_what_does_not_exist(coordinator, evaluation, upload):
    assert coordinator.get(url("evidence_slots", evaluation, "99.9")).status_code == 404
    assert send(coordinator, evaluation, upload(), slot=9).status_code == 404
    assert coordinator.post(url("evidence_detach", evaluation, 999_999)).status_code == 404
    assert coordinator.get(url("evidence_upload", evaluation, HEALTH, 1)).status_code == 405


def test_names_are_shown_as_text(coordinator, evaluation, upload):
    answer = send(coordinator, evaluation, upload("<img src=x onerror=alert(1)>.pdf"), title="<b>tebal</b>")
    page = answer.content.decode()
    assert "<b>tebal</b>" not in page
    assert "<img" not in page
    assert "&lt;b&gt;tebal&lt;/b&gt;" in page


def test_queries_do_not_grow_with_the_files(coordinator, evaluation, upload):
    counts = []
    for rows in (1, 3):
        while len(stands_at(evaluation)) < rows:
            send(coordinator, evaluation, upload())
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(url("evidence_slots", evaluation, HEALTH)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_the_summary_for_cards_is_light(evaluation, spec, upload, cast):
    def summary(question, links=None):
        return render_to_string(
            "evaluations/evidence/_slot_summary.html",
            {
                "evaluation": evaluation,
                "question": question,
                "slots": slots.fills(question, links or {}),
                "may_attach": True,
            },
        )

    questions = [q for q in spec.questions() if q.slots]
    assert max(len(summary(q).encode()) for q in questions) < 700
    slots.add_file(
        evaluation=evaluation,
        code=HEALTH,
        slot_number=1,
        upload=upload("Rekap.pdf"),
        by=cast.coordinator_tabalong,
    )
    filled = summary(spec.by_code[HEALTH], slots.slots_of(evaluation, every_question(evaluation)))
    assert "Rekap</a>" in filled
    assert url("evidence_slots", evaluation, HEALTH) in filled
