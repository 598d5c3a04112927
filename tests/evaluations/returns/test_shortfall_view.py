"""The district's list, handing in again, and what Beranda and Tugas saya say of it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from pypdf import PdfReader

from evaluations.domain import returns
from evaluations.models import Stage, State, StoredReport
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.events.models import Event, EventAction
from tests.cast import PASSWORD
from tests.evaluations.cycle import fresh, save
from tests.evaluations.reports import tags
from tests.evaluations.returns.conftest import NEEDED
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url


@pytest.fixture
def page(returned):
    return url("shortfall", returned.pk)


@pytest.fixture
def coordinator(cast):
    return signed_in(cast.coordinator_tabalong)


def test_what_is_needed_until_when(coordinator, returned, page):
    response = coordinator.get(page)
    text = text_of(response)
    for code, needed in NEEDED.items():
        assert needed in text
        assert url("question", returned.pk, code) in main_of(response)
    assert "1 hari 23 jam lagi" in text
    assert "Tepat waktu sampai" in text
    assert "Dikunci mulai" in text
    assert text.count("WITA") >= 3
    assert "Mohon dilengkapi." in text
    assert "0 dari 2 sudah diubah" in text
    assert response.content.decode().count("is-returned") == 2
    assert 'class="countdown"' in response.content.decode()


def test_what_was_done_is_marked(coordinator, cast, returned, page):
    save(
        returned,
        "12.1",
        {"numerator": "96", "denominator": "100"},
        cast.contributor_health_tabalong,
        version=1,
    )
    response = coordinator.get(page)
    text = text_of(response)
    assert "1 dari 2 sudah diubah" in text
    assert "jawaban diubah catatan diubah" in text
    assert response.content.decode().count("is-returned") == 1


def test_a_contributor_sees_their_own_only(cast, returned, page):
    response = signed_in(cast.contributor_health_tabalong).get(page)
    text = text_of(response)
    assert NEEDED["12.1"] in text
    assert NEEDED["4.1"] not in text
    assert "2 dikembalikan seluruhnya" in text
    assert "Koordinator mengajukan kembali" in text
    assert 'name="password"' not in response.content.decode()
    assert signed_in(cast.contributor_health_tabalong).get(url("changes", returned.pk, 1)).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader_tabalong", 200),
        ("verifier_kalsel", 200),
        ("auditor_kalsel", 200),
        ("verifier_national", 200),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
    ],
)
def test_who_reads_it(cast, returned, page, who, status):
    client = signed_in(getattr(cast, who))
    for path in (page, url("changes", returned.pk, 1)):
        response = client.get(path)
        assert response.status_code == status
        assert 'name="password"' not in response.content.decode()
    assert client.post(url("resubmit", returned.pk), {"password": PASSWORD}).status_code == (
        403 if status == 200 else 404
    )
    assert fresh(returned).state == State.RETURNED


def test_anonymous(client, returned, page):
    for path in (page, url("changes", returned.pk, 1), url("shortfall_pdf", returned.pk, 1)):
        assert client.get(path).status_code == 302
    for name, args in (("resubmit", []), ("take_back", [1])):
        assert client.post(url(name, returned.pk, *args), {"password": PASSWORD}).status_code in {302, 401}
    assert fresh(returned).state == State.RETURNED


def test_handing_in_again(coordinator, returned):
    response = coordinator.post(url("resubmit", returned.pk), {"password": PASSWORD})
    assert response.headers["Location"] == url("changes", returned.pk, 1)
    assert fresh(returned).state == State.SUBMITTED
    event = Event.objects.get(action=EventAction.EVALUATION_RESUBMITTED)
    assert event.data["late"] is False
    text = text_of(coordinator.get(url("changes", returned.pk, 1)))
    assert "Diajukan kembali" in text
    assert "tepat waktu" in text
    text = text_of(coordinator.get(url("shortfall", returned.pk)))
    assert "Pengembalian sebelumnya" in text
    assert "Ke-1, Verifikasi Administrasi" in text
    assert coordinator.post(url("resubmit", returned.pk), {"password": PASSWORD}).status_code == 403


@pytest.mark.parametrize("password", ["", "salah"])
def test_not_without_ones_password(coordinator, returned, password):
    response = coordinator.post(url("resubmit", returned.pk), {"password": password})
    assert response.status_code == 422
    assert NEEDED["12.1"] in text_of(response)
    assert fresh(returned).state == State.RETURNED


def test_late_is_possible_until_it_locks_and_said(submitted, send, cast):
    evaluation = send(submitted, locks=5)
    client, path = signed_in(cast.coordinator_tabalong), url("resubmit", evaluation.pk)
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        client = signed_in(cast.coordinator_tabalong)
        text = text_of(client.get(url("shortfall", evaluation.pk)))
        assert "sudah lewat" in text
        assert "3 jam 59 menit lagi" in text
        assert client.post(path, {"password": PASSWORD}).status_code == 302
        text = text_of(client.get(url("changes", evaluation.pk, 1)))
    assert "terlambat" in text


def test_after_it_locked_it_is_refused_with_the_reason(returned, cast):
    with time_machine.travel(clock.now() + timedelta(hours=48, seconds=5)):
        client = signed_in(cast.coordinator_tabalong)
        page = text_of(client.get(url("shortfall", returned.pk)))
        assert "Waktu melengkapi kekurangan sudah berakhir" in page
        response = client.post(url("resubmit", returned.pk), {"password": PASSWORD})
    assert response.status_code == 403
    assert fresh(returned).state == State.RETURNED


def test_the_verifier_takes_back_after_the_deadline(returned, cast):
    path = url("take_back", returned.pk, 1)
    client = signed_in(cast.verifier_kalsel)
    assert "Ambil kembali" not in text_of(client.get(url("changes", returned.pk, 1)))
    assert client.post(path).status_code == 403
    with time_machine.travel(clock.now() + timedelta(hours=48, seconds=5)):
        client = signed_in(cast.verifier_kalsel)
        assert "Ambil kembali" in text_of(client.get(url("changes", returned.pk, 1)))
        assert client.get(path).status_code == 405
        for who, status in (("coordinator_tabalong", 403), ("admin_kalteng", 404), ("auditor_kalsel", 403)):
            assert signed_in(getattr(cast, who)).post(path).status_code == status, who
        assert signed_in(cast.verifier_kalsel).post(url("take_back", returned.pk, 7)).status_code == 404
        assert fresh(returned).state == State.RETURNED
        assert client.post(path).status_code == 302
        assert "diambil kembali" in text_of(client.get(url("changes", returned.pk, 1)))
    assert fresh(returned).state == State.SUBMITTED


def test_nothing_was_returned(coordinator, evaluation):
    text = text_of(coordinator.get(url("shortfall", evaluation.pk)))
    assert "Verifikator belum mengembalikan pertanyaan apa pun" in text
    assert coordinator.get(url("changes", evaluation.pk, 1)).status_code == 404
    assert coordinator.get(url("shortfall_pdf", evaluation.pk, 1)).status_code == 404


def test_beranda_says_it_first(coordinator, returned):
    response = coordinator.get(url("overview", returned.pk))
    text = text_of(response)
    assert "2 pertanyaan dikembalikan · 1 hari 23 jam lagi" in text
    assert "Kekurangan dilengkapi tepat waktu sampai" in text
    assert f'href="{url("shortfall", returned.pk)}"' in main_of(response)
    assert "Pengembalian" in text


def test_tugas_saya_begins_with_what_came_back(cast, returned):
    response = signed_in(cast.contributor_health_tabalong).get(url("tasks", returned.pk))
    groups = {group["key"]: [c.question.code for c in group["cards"]] for group in response.context["groups"]}
    assert next(iter(groups)) == "returned"
    assert groups["returned"] == ["12.1"]
    assert "12.1" not in [code for key, codes in groups.items() if key != "returned" for code in codes]
    assert response.context["next"].question.code == "12.1"
    assert "1 pertanyaan Anda dikembalikan" in text_of(response)


def test_tugas_saya_when_nothing_of_mine_came_back(cast, submitted, send):
    evaluation = send(submitted, {"4.1": "Jelaskan."})
    response = signed_in(cast.contributor_health_tabalong).get(url("tasks", evaluation.pk))
    assert response.context["next"] is None
    assert "Tidak ada pertanyaan Anda yang dikembalikan" in text_of(response)


def test_before_a_return_nothing_is_said_of_one(coordinator, submitted):
    assert "dikembalikan" not in text_of(coordinator.get(url("overview", submitted.pk)))


def test_the_differences_are_marked(coordinator, cast, returned):
    save(
        returned, "12.1", {"numerator": "80", "denominator": "100"}, cast.coordinator_tabalong, version=1,
        note="Angka dari tiga puskesmas.",
    )  # fmt: skip
    returns.resubmit(evaluation=returned, by=cast.coordinator_tabalong)
    response = signed_in(cast.verifier_kalsel).get(url("changes", returned.pk, 1))
    content = main_of(response)
    assert "<del> dua</del><ins> tiga</ins>" in content
    assert "1 dari 2 pertanyaan berubah" in text_of(response)
    assert "3 → 1 dari 3 poin" in text_of(response)
    assert "Tidak berubah" in text_of(response)
    assert 'id="q-1-1"' not in content
    folded = content[content.index("<details") :]
    assert "1 pertanyaan tidak berubah" in folded
    assert 'id="q-4-1"' in folded
    assert 'id="q-12-1"' not in folded, "what changed comes first and open"


def test_texts_are_text(submitted, send, cast):
    evaluation = send(submitted, {"12.1": PROBE})
    save(
        evaluation, "12.1", {"numerator": "80", "denominator": "100"}, cast.coordinator_tabalong, version=1,
        note=PROBE,
    )  # fmt: skip
    client = signed_in(cast.coordinator_tabalong)
    for path in (url("shortfall", evaluation.pk), url("changes", evaluation.pk, 1)):
        assert PROBE not in client.get(path).content.decode()


@pytest.mark.parametrize("name", ["shortfall", "changes"])
def test_as_many_queries_for_one_question_as_for_three(submitted, send, cast, name):
    evaluation = send(submitted, {"12.1": "a"})
    client = signed_in(cast.verifier_kalsel)
    args = [evaluation.pk] if name == "shortfall" else [evaluation.pk, 1]
    before = queries(client, url(name, *args))
    row = evaluation.returns.get()
    ids = loaded(evaluation.edition.instrument).question_ids
    for code in ("1.1", "4.1"):
        row.items.create(question_id=ids[code], needed="b")
        save_one = {"1.1": {"option": 1}, "4.1": {"numerator": "91", "denominator": "100"}}[code]
        save(fresh(evaluation), code, save_one, cast.coordinator_tabalong, version=1)
    assert queries(client, url(name, *args)) == before <= 30


def pdf_text(response) -> str:
    content = b"".join(response.streaming_content)
    assert tags.faults(content) == []
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_list_on_paper(coordinator, cast, returned):
    path = url("shortfall_pdf", returned.pk, 1)
    response = coordinator.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert "Daftar kekurangan KLA 2026 Kabupaten Tabalong 1.pdf" in response["Content-Disposition"]
    text = squeezed(pdf_text(response))
    for words in (*NEEDED.values(), "Daftar Kekurangan", "Kabupaten Tabalong", "Mohon dilengkapi."):
        assert squeezed(words) in text
    assert "Verifikatorprovinsi" in text
    assert "WITA" in text
    own = signed_in(cast.contributor_health_tabalong).get(path)
    text = squeezed(pdf_text(own))
    assert squeezed(NEEDED["12.1"]) in text
    assert squeezed(NEEDED["4.1"]) not in text
    assert StoredReport.objects.filter(kind="return").count() == 2
    coordinator.get(path)
    assert StoredReport.objects.filter(kind="return").count() == 2
    for who in ("coordinator_tanahbumbu", "stranger"):
        assert signed_in(getattr(cast, who)).get(path).status_code == 404


def test_an_extension_is_on_the_page_and_makes_another_paper(coordinator, cast, returned):
    coordinator.get(url("shortfall_pdf", returned.pk, 1))
    later = clock.now() + timedelta(days=6)
    returns.extend(
        evaluation=fresh(returned), due_at=later, locks_at=later, reason="Banjir.", by=cast.admin_kalsel
    )
    assert "Batas waktu sudah diperpanjang: Banjir." in text_of(
        coordinator.get(url("shortfall", returned.pk))
    )
    text = squeezed(pdf_text(coordinator.get(url("shortfall_pdf", returned.pk, 1))))
    assert "sudahdiperpanjang" in text
    assert StoredReport.objects.filter(kind="return").count() == 2


def test_a_return_of_field_verification(va_closed, send, cast, settings):
    settings.OBJECTION_DAYS = 0
    evaluation = send(va_closed, {"12.1": "Tunjukkan."}, stage=Stage.VL, by=cast.verifier_national)
    text = text_of(signed_in(cast.coordinator_tabalong).get(url("shortfall", evaluation.pk)))
    assert "Verifikasi Lapangan, pengembalian ke-1" in text
    returns.resubmit(evaluation=evaluation, by=cast.coordinator_tabalong)
    assert fresh(evaluation).state == State.VA_CLOSED
