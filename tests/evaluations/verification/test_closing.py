"""Closing a stage, taking one up again, more time for one district."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain import deadlines, returns
from evaluations.forms.closing import CloseVAForm
from evaluations.models import Decision, Extension, Stage, StageRecord, StageResult, State
from kla_portal import clock
from tests.cast import PASSWORD
from tests.evaluations.cycle import close_va, decide, fresh, letter
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url


def va_fields(**changes):
    return {
        "letter_number": "100.3/17/DP3A",
        "letter_date": "2026-06-01",
        "letter": letter(),
        "password": PASSWORD,
    } | changes


def vl_fields(**changes):
    return {
        "mode": "hybrid",
        "held_on": "2026-07-01",
        "role_0": "Gugus Tugas KLA",
        "count_0": "14",
        "role_1": "Forum Anak",
        "count_1": "12",
        "role_2": "Kepala daerah",
        "note_K3": "Data per puskesmas lengkap.",
        "password": PASSWORD,
    } | changes


@pytest.fixture
def verifier(cast):
    return signed_in(cast.verifier_kalsel)


@pytest.fixture
def nation(cast):
    return signed_in(cast.verifier_national)


def test_open_questions_come_as_links_and_there_is_no_form(submitted, verifier, cast):
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, cast.verifier_kalsel)
    address = url("close_stage", submitted.pk, "va")
    response = verifier.get(address)
    assert "2 pertanyaan belum diputuskan" in text_of(response)
    assert f'href="{url("desk", submitted.pk, "va", "12.1")}"' in main_of(response)
    assert 'name="password"' not in main_of(response)
    refused = verifier.post(address, va_fields())
    assert refused.status_code == 422
    assert f'href="{url("desk", submitted.pk, "va", "2.3")}"' in main_of(refused)
    assert fresh(submitted).state == State.SUBMITTED
    assert not StageRecord.objects.exists()


def test_va_closes_with_the_governors_letter(decided, verifier, cast):
    page = verifier.get(url("close_stage", decided.pk, "va"))
    assert "klaim 20,00 → 20,00" in text_of(page)
    response = verifier.post(url("close_stage", decided.pk, "va"), va_fields())
    result = StageResult.objects.get(evaluation=decided, stage="va")
    assert response["Location"] == url("receipt", result.pk)
    record = StageRecord.objects.get(evaluation=decided, stage="va")
    assert (record.letter_number, record.letter_date) == ("100.3/17/DP3A", date(2026, 6, 1))
    assert record.letter.current_files[0].filename == "surat.pdf"
    assert fresh(decided).state == State.VA_CLOSED
    receipt = text_of(verifier.get(response["Location"]))
    assert "Verifikasi Administrasi" in receipt
    assert "Ditutup oleh" in receipt
    assert "Diajukan oleh" not in receipt
    assert "seluruh jawaban, data dukung, putusan" in receipt


def test_the_claims_receipt_keeps_its_words(submitted, cast):
    result = StageResult.objects.get(evaluation=submitted, stage="em")
    receipt = text_of(signed_in(cast.coordinator_tabalong).get(url("receipt", result.pk)))
    assert "Diajukan oleh Koordinator Tabalong" in receipt
    assert "saat diajukan" in receipt


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"password": "salah"}, "Kata sandi tidak cocok"),
        ({"password": ""}, "Tulis kata sandi Anda untuk menutup tahap ini."),
        ({"letter_number": " "}, "Tulis nomor surat gubernur."),
        ({"letter_date": ""}, "Pilih tanggal surat gubernur."),
        ({"letter_date": "9999-12-31"}, "Pilih tahun 2000 sampai 2100"),
        ({"letter_date": "2099-01-01"}, "belum tiba"),
        ({"letter_date": "kemarin"}, "tanggal"),
        ({"letter": ""}, "Pilih berkas surat gubernur."),
        ({"letter": SimpleUploadedFile("surat.pdf", b"bukan pdf sama sekali", "application/pdf")}, "surat"),
        ({"letter": SimpleUploadedFile("surat.exe", b"MZ")}, "surat"),
        ({"letter_number": "x" * 81}, "80"),
    ],
    ids=str,
)
def test_va_is_not_closed_with(decided, verifier, changes, message):
    response = verifier.post(url("close_stage", decided.pk, "va"), va_fields(**changes))
    assert response.status_code == 422
    assert message.lower() in text_of(response).lower()
    assert fresh(decided).state == State.SUBMITTED
    assert not StageRecord.objects.exists()


@pytest.mark.parametrize(
    ("zone", "ahead"), [("Asia/Jakarta", False), ("Asia/Makassar", True), ("Asia/Jayapura", True)]
)
def test_a_day_comes_in_the_districts_own_time(rf, zone, ahead):
    """Half an hour after midnight in Makassar it is still yesterday in Jakarta."""
    form = CloseVAForm(request=rf.get("/"), zone=ZoneInfo(zone))
    with clock.at(datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Asia/Makassar"))):
        if ahead:
            assert form.not_ahead(date(2026, 7, 1)) == date(2026, 7, 1)
        else:
            with pytest.raises(ValidationError, match="belum tiba"):
                form.not_ahead(date(2026, 7, 1))


def test_a_stage_closes_with_a_letter_of_the_morning(decided, verifier):
    """The portal's clock runs in Jakarta's yesterday when the day begins in Tabalong."""
    tomorrow = datetime.now(ZoneInfo("Asia/Jakarta")).date() + timedelta(days=1)
    with clock.at(datetime.combine(tomorrow, time(0, 10), tzinfo=ZoneInfo("Asia/Makassar"))):
        response = verifier.post(
            url("close_stage", decided.pk, "va"), va_fields(letter_date=f"{tomorrow:%Y-%m-%d}")
        )
    assert response.status_code == 302


@pytest.fixture
def settled(va_closed, settings):
    """VA is closed, and the days in which it can be contested are over."""
    settings.OBJECTION_DAYS = 0
    return va_closed


def test_vl_records_mode_date_participants_and_notes(settled, nation):
    page = nation.get(url("close_stage", settled.pk, "vl"))
    assert "tanpa nama anak" in text_of(page)
    response = nation.post(url("close_stage", settled.pk, "vl"), vl_fields())
    assert response.status_code == 302
    record = StageRecord.objects.get(evaluation=settled, stage="vl")
    assert (record.mode, record.held_on) == ("hybrid", date(2026, 7, 1))
    assert record.participants == [
        {"role": "Gugus Tugas KLA", "count": 14},
        {"role": "Forum Anak", "count": 12},
    ], "nobody came as head of the district"
    assert record.notes == {"K3": "Data per puskesmas lengkap."}
    assert fresh(settled).state == State.VL_CLOSED


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": "telepon"}, "pilihan"),
        ({"held_on": ""}, "Pilih tanggal pelaksanaan."),
        ({"mode": ""}, "Pilih cara verifikasi lapangan"),
        ({"held_on": "2099-01-01"}, "belum tiba"),
        ({"role_1": ""}, "Tulis perannya"),
        ({"count_0": "0"}, "lebih besar"),
        ({"count_0": "banyak"}, "bilangan"),
        ({"count_0": "", "count_1": ""}, "sekurang-kurangnya"),
        ({"password": "salah"}, "Kata sandi tidak cocok"),
    ],
    ids=str,
)
def test_vl_is_not_closed_with(settled, nation, changes, message):
    response = nation.post(url("close_stage", settled.pk, "vl"), vl_fields(**changes))
    assert response.status_code == 422
    assert message in text_of(response)
    assert fresh(settled).state == State.VA_CLOSED


def test_vf_asks_for_the_password_alone_and_is_final(settled, nation):
    nation.post(url("close_stage", settled.pk, "vl"), vl_fields())
    address = url("close_stage", settled.pk, "vf")
    assert "letter_number" not in main_of(nation.get(address))
    assert nation.post(address, {"password": "salah"}).status_code == 422
    response = nation.post(address, {"password": PASSWORD})
    assert fresh(settled).state == State.FINAL
    assert "Verifikasi Final" in text_of(nation.get(response["Location"]))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator_tabalong", 403),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
        ("verifier_national", 403),
        ("verifier_kalteng", 404),
        ("coordinator_tanahbumbu", 404),
        ("stranger", 404),
    ],
)
def test_who_does_not_close_va(decided, cast, who, status):
    client, address = signed_in(getattr(cast, who)), url("close_stage", decided.pk, "va")
    assert client.get(address).status_code == status
    assert client.post(address, va_fields()).status_code == status
    assert fresh(decided).state == State.SUBMITTED


@pytest.mark.parametrize("name", ["close_stage", "reopen"])
def test_a_stage_that_does_not_exist(decided, verifier, name):
    assert verifier.get(url(name, decided.pk, "xx")).status_code == 404


def test_em_has_nothing_to_close(decided, verifier):
    assert verifier.get(url("close_stage", decided.pk, "em")).status_code == 404


# Taking a stage up again


def test_reopening_needs_a_reason_and_a_password(va_closed, cast):
    client, address = signed_in(cast.admin_kalsel), url("reopen", va_closed.pk, "va")
    assert "harus ditutup ulang" in text_of(client.get(address))
    for fields in (
        {"reason": "", "password": PASSWORD},
        {"reason": "Salah putus.", "password": "salah"},
        {"reason": "  ", "password": PASSWORD},
    ):
        assert client.post(address, fields).status_code == 422
    assert fresh(va_closed).state == State.VA_CLOSED
    response = client.post(address, {"reason": "Salah putus 1.1.", "password": PASSWORD})
    assert response["Location"] == url("overview", va_closed.pk)
    assert fresh(va_closed).state == State.SUBMITTED
    assert va_closed.state_changes.order_by("-id").first().reason == "Salah putus 1.1."
    assert StageResult.objects.filter(evaluation=va_closed, stage="va").count() == 1, "kept"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("verifier_kalsel", 403),
        ("coordinator_tabalong", 403),
        ("admin_kalteng", 404),
        ("stranger", 404),
    ],
)
def test_who_does_not_reopen(va_closed, cast, who, status):
    address = url("reopen", va_closed.pk, "va")
    client = signed_in(getattr(cast, who))
    assert client.post(address, {"reason": "x", "password": PASSWORD}).status_code == status
    assert fresh(va_closed).state == State.VA_CLOSED


def test_only_the_last_stage_reopens(va_closed, cast):
    response = signed_in(cast.admin_kalsel).get(url("reopen", va_closed.pk, "em"))
    assert response.status_code == 403


# More time


def extension(evaluation, days=70, lock_days=72, **changes):
    zone = evaluation.district.province.zone
    due = datetime.now(zone) + timedelta(days=days)
    locks = datetime.now(zone) + timedelta(days=lock_days)
    return {
        "due_on": f"{due:%Y-%m-%d}",
        "due_time": "16:00",
        "locks_on": f"{locks:%Y-%m-%d}",
        "locks_time": "23:59",
        "reason": "Banjir di tujuh kecamatan.",
    } | changes


def test_both_moments_are_named_and_taken_in_the_districts_own_time(evaluation, cast):
    client, address = signed_in(cast.admin_kalsel), url("extend", evaluation.pk)
    page = text_of(client.get(address))
    assert "Tepat waktu sampai" in page
    assert "Dikunci mulai" in page
    assert "WITA. Sampai waktu itu pengajuan terhitung tepat waktu." in page
    assert "mulai waktu itu tidak lagi" in page
    client.post(address, extension(evaluation))
    found = Extension.objects.get(evaluation=evaluation)
    zone = evaluation.district.province.zone
    assert found.due_at.astimezone(zone).strftime("%H:%M") == "16:00"
    assert found.locks_at.astimezone(zone).strftime("%H:%M") == "23:59"
    assert zone.key == "Asia/Makassar"
    assert found.reason == "Banjir di tujuh kecamatan."
    assert deadlines.limit_of(fresh(evaluation), Stage.EM).extended
    assert "sudah diperpanjang: Banjir di tujuh kecamatan." in text_of(client.get(address))


def as_shown(client, address):
    """The fields as the page proposes them."""
    form = client.get(address).context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def test_a_lock_at_the_deadline_goes_along_when_only_the_deadline_is_moved(evaluation, cast):
    client, address = signed_in(cast.admin_kalsel), url("extend", evaluation.pk)
    assert "ikut mundur bersama batas tepat waktu" in text_of(client.get(address))
    later = evaluation.edition.windows.get(stage="em").closes_on + timedelta(days=10)
    typed = as_shown(client, address) | {"due_on": f"{later:%Y-%m-%d}", "reason": "Banjir."}
    assert client.post(address, typed).status_code == 302
    found = Extension.objects.get()
    assert found.due_at == found.locks_at
    assert found.due_at.astimezone(evaluation.district.province.zone).date() == later


def test_a_lock_that_was_moved_too_stays_where_it_was_put(evaluation, cast):
    client, address = signed_in(cast.admin_kalsel), url("extend", evaluation.pk)
    end = evaluation.edition.windows.get(stage="em").closes_on
    moved = {"due_on": f"{end + timedelta(days=10):%Y-%m-%d}", "reason": "Banjir."}
    short = moved | {"locks_on": f"{end + timedelta(days=5):%Y-%m-%d}"}
    refused = client.post(address, as_shown(client, address) | short)
    assert refused.status_code == 422
    assert "Penguncian tidak boleh sebelum batas tepat waktu." in text_of(refused)
    long = moved | {"locks_on": f"{end + timedelta(days=12):%Y-%m-%d}"}
    assert client.post(address, as_shown(client, address) | long).status_code == 302
    found = Extension.objects.get()
    assert (found.locks_at - found.due_at).days == 2


def test_a_lock_apart_from_the_deadline_is_left_alone(evaluation, cast):
    client, address = signed_in(cast.admin_kalsel), url("extend", evaluation.pk)
    client.post(address, extension(evaluation, 70, 72))
    page = client.get(address)
    assert "ikut mundur" not in text_of(page)
    beyond = datetime.now(evaluation.district.province.zone) + timedelta(days=80)
    typed = as_shown(client, address) | {"due_on": f"{beyond:%Y-%m-%d}", "reason": "Lagi."}
    assert client.post(address, typed).status_code == 422


def test_after_the_deadline_too(evaluation, cast):
    client = signed_in(cast.admin_kalsel)
    late = clock.now() + timedelta(days=61)
    with clock.at(late):
        assert deadlines.refusal(fresh(evaluation), Stage.EM, late)
    assert client.post(url("extend", evaluation.pk), extension(evaluation, 80, 80)).status_code == 302
    assert deadlines.refusal(fresh(evaluation), Stage.EM, late) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "Tulis alasan perpanjangannya."),
        ({"due_on": "2020-01-01"}, "sudah lewat"),
        ({"due_on": "0001-01-01"}, "Pilih tahun 2000 sampai 2100"),
        ({"locks_on": "9999-12-31"}, "Pilih tahun 2000 sampai 2100"),
        ({"locks_on": "2026-01-01"}, "tidak boleh sebelum"),
        ({"due_time": "25:99"}, "waktu"),
        ({"due_on": ""}, "Pilih tanggal batas tepat waktu."),
    ],
    ids=str,
)
def test_what_is_no_extension(evaluation, cast, changes, message):
    response = signed_in(cast.admin_kalsel).post(
        url("extend", evaluation.pk), extension(evaluation) | changes
    )
    assert response.status_code == 422
    assert message in text_of(response)
    assert not Extension.objects.exists()


def test_less_time_than_every_district_has_is_none(evaluation, cast):
    response = signed_in(cast.admin_kalsel).post(url("extend", evaluation.pk), extension(evaluation, days=2))
    assert response.status_code == 422
    message = "Tanpa perpanjangan pun waktunya sampai"
    assert response.context["form"].errors["due_on"][0].startswith(message)
    assert not Extension.objects.exists()


def test_a_return_gets_its_own_extension(submitted, cast):
    sent = returns.send_back(
        evaluation=submitted,
        stage=Stage.VA,
        needed={"12.1": "Lampirkan rekapitulasi."},
        due_at=clock.now() + timedelta(hours=48),
        by=cast.verifier_kalsel,
    )
    client = signed_in(cast.admin_kalsel)
    assert "Untuk pengembalian ke-1" in text_of(client.get(url("extend", submitted.pk)))
    client.post(url("extend", submitted.pk), extension(submitted))
    assert Extension.objects.get().sent_back == sent


def test_nothing_to_extend_while_the_province_verifies(submitted, cast):
    assert signed_in(cast.admin_kalsel).get(url("extend", submitted.pk)).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("verifier_kalsel", 403),
        ("coordinator_tabalong", 403),
        ("auditor_kalsel", 403),
        ("admin_kalteng", 404),
        ("coordinator_tanahbumbu", 404),
        ("stranger", 404),
    ],
)
def test_who_does_not_extend(evaluation, cast, who, status):
    client = signed_in(getattr(cast, who))
    assert client.post(url("extend", evaluation.pk), extension(evaluation)).status_code == status
    assert not Extension.objects.exists()


def test_what_was_typed_is_never_interpreted(evaluation, cast):
    response = signed_in(cast.admin_kalsel).post(
        url("extend", evaluation.pk), extension(evaluation, reason=PROBE, due_on="")
    )
    assert response.status_code == 422
    assert PROBE not in response.content.decode()


def test_closing_takes_the_same_queries_with_more_open_questions(submitted, verifier, cast):
    address = url("close_stage", submitted.pk, "va")
    three = queries(verifier, address)
    for code in ("1.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
    assert queries(verifier, address) == three
    decide(submitted, Stage.VA, "12.1", Decision.ACCEPT, cast.verifier_kalsel)
    close_va(fresh(submitted), cast.verifier_kalsel)
    assert verifier.get(address).status_code == 403
