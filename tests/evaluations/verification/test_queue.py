"""Verifikasi: which districts wait, how far each is, and who verifies what."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest

from evaluations.domain import desk, editions, queue, returns, verification
from evaluations.domain.evidence import slots
from evaluations.domain.queue import waiting
from evaluations.domain.rulings import standings
from evaluations.models import Decision, Evaluation, ReasonPhrase, Stage, State, VerifierAssignment
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from kla_portal.regions.models import Province
from tests.cast import KALSEL, TABALONG, person
from tests.evaluations.cycle import decide, fresh, save
from tests.evaluations.domain.claims import hand_in
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url

HERE = url("queue", "2026", KALSEL)
NATION = url("queue", "2026", "nasional")


def row_of(evaluation, by, **more):
    province = Province.objects.get(code=KALSEL)
    rows = waiting(edition=evaluation.edition, province=province, by=by, **more)
    return next((row for row in rows if row.evaluation.pk == evaluation.pk), None)


@pytest.fixture
def client(submitted, cast):
    return signed_in(cast.verifier_kalsel)


def test_my_work_stands_first_with_claim_progress_and_a_door(submitted, client, cast):
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, cast.verifier_kalsel)
    response = client.get(HERE)
    page, main = text_of(response), main_of(response)
    assert "1 kabupaten/kota menunggu verifikasi" in page
    body = main[main.index("<tbody>") :]
    first = body[: body.index("</tr>")]
    assert "Kabupaten Tabalong" in first
    assert "Diajukan" in first
    assert "20,00" in first
    assert "1/3" in first
    assert f'href="{url("desk_start", submitted.pk, "va")}"' in first
    assert f'href="{url("close_stage", submitted.pk, "va")}"' in first
    assert main.count("<tr") == 14, "thirteen districts and the head"


def test_the_nation_sees_all_and_opens_the_desk_only_at_vl(submitted, va_closed, cast):
    response = signed_in(cast.verifier_national).get(NATION)
    assert url("desk_start", va_closed.pk, "vl") in main_of(response)
    assert "VL: 0 putusan" in text_of(response)
    provincial = signed_in(cast.verifier_kalsel).get(HERE)
    assert "desk" not in main_of(provincial).replace("/meja/", "desk").split("<tbody>")[0]
    assert "/meja/" not in main_of(provincial)


def test_an_auditor_reads_and_does_nothing(submitted, cast):
    main = main_of(signed_in(cast.auditor_kalsel).get(HERE))
    assert "Kabupaten Tabalong" in main
    for of_a_verifier in ("/meja/", "/verifikator/", url("phrases"), 'name="saya"', "menunggu verifikasi"):
        assert of_a_verifier not in main
    assert text_of(signed_in(cast.auditor_kalsel).get(HERE + "?saya=1")).count("Kabupaten Tabalong") == 1
    main = main_of(signed_in(cast.verifier_kalsel).get(HERE))
    assert url("phrases") in main
    assert 'name="saya"' in main


def test_an_admin_finds_verifiers_extension_and_reopening(submitted, cast):
    main = main_of(signed_in(cast.admin_kalsel).get(HERE))
    assert url("verifiers", submitted.pk) in main
    assert url("reopen", submitted.pk, "em") in main
    other = Evaluation.objects.get(edition=submitted.edition, district="63.10")
    assert url("extend", other.pk) in main
    assert url("extend", submitted.pk) not in main


def test_filters(submitted, client, cast, colleague):
    page = text_of(client.get(HERE + "?status=submitted"))
    assert "Kabupaten Tabalong" in page
    assert "Kabupaten Tanah Bumbu" not in page
    assert "Tidak ada kabupaten/kota yang cocok" in text_of(client.get(HERE + "?status=final"))
    assert "Kabupaten Tanah Bumbu" in text_of(client.get(HERE + "?status=entah"))
    assert "Tidak ada kabupaten/kota yang cocok" in text_of(client.get(HERE + "?saya=1"))
    queue.set_verifiers(
        evaluation=submitted, stage=Stage.VA, wanted={("K3", 1): colleague}, by=cast.admin_kalsel
    )
    mine = text_of(signed_in(colleague).get(HERE + "?saya=1"))
    assert "Verifikator Kedua Kalsel (K3)" in mine
    assert "Kabupaten Tanah Bumbu" not in mine
    assert "Kabupaten Tabalong" not in text_of(client.get(HERE + "?saya=1"))


def test_every_verifier_of_the_running_stage_is_named_once(submitted, cast, colleague):
    wanted = {("", 1): cast.verifier_kalsel, ("K3", 1): colleague, ("K3", 2): cast.verifier_kalsel}
    queue.set_verifiers(evaluation=submitted, stage=Stage.VA, wanted=wanted, by=cast.admin_kalsel)
    row = row_of(submitted, cast.admin_kalsel)
    assert sorted(row.verifiers) == [
        "Verifikator Kalsel",
        "Verifikator Kalsel (K3), pembacaan kedua",
        "Verifikator Kedua Kalsel (K3)",
    ]


@pytest.mark.parametrize(
    ("who", "here", "nation"),
    [
        ("coordinator_tabalong", 403, 403),
        ("contributor_health_tabalong", 403, 403),
        ("leader_tabalong", 403, 403),
        ("verifier_kalteng", 404, 404),
        ("verifier_kalsel", 200, 404),
        ("auditor_kalsel", 200, 404),
        ("admin_national", 200, 200),
        ("stranger", 403, 403),
    ],
)
def test_who_sees_it(submitted, cast, who, here, nation):
    client = signed_in(getattr(cast, who))
    assert client.get(HERE).status_code == here
    assert client.get(NATION).status_code == nation


def test_an_unknown_edition(client):
    assert client.get(url("queue", "1999", KALSEL)).status_code == 404


# Progress


def agrees(evaluation, by):
    """The aggregate counts what closing the stage will ask."""
    found = standings(evaluation, Stage.VA).values()
    decided = sum(s.due and not s.open for s in found)
    row = row_of(evaluation, by)
    assert (row.decided, row.claimed) == (decided, sum(s.due for s in found))
    return row.decided


def test_progress_leaves_out_what_was_put_off_or_has_changed(submitted, cast, upload_to):
    by, verifier = cast.coordinator_tabalong, cast.verifier_kalsel
    assert agrees(submitted, verifier) == 0
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, verifier)
    decide(submitted, Stage.VA, "2.3", Decision.ACCEPT, verifier)
    decide(submitted, Stage.VA, "12.1", Decision.DEFER, verifier)
    assert agrees(submitted, verifier) == 2
    decide(submitted, Stage.VA, "12.1", Decision.ACCEPT, verifier, version=1)
    assert agrees(submitted, verifier) == 3
    returns.send_back(
        evaluation=submitted,
        stage=Stage.VA,
        needed={"2.3": "Hitung lagi.", "12.1": "Lampirkan rekapitulasi."},
        due_at=clock.now() + timedelta(hours=48),
        by=verifier,
    )
    back = fresh(submitted)
    assert row_of(back, verifier).due_at == back.returns.get().due_at
    save(back, "2.3", {"value": "5"}, by, version=1)
    upload_to(back, "12.1")
    returns.resubmit(evaluation=fresh(back), by=by)
    assert agrees(fresh(back), verifier) == 1, "one claim changed, one document came"


@pytest.fixture
def upload_to(cast):
    def put(evaluation, code):
        return slots.add_web_link(
            evaluation=evaluation,
            code=code,
            slot_number=1,
            url="https://tabalong.go.id/rekap",
            by=cast.coordinator_tabalong,
        )

    return put


# Deadlines


def test_days_left_are_the_running_windows_in_the_districts_own_time(submitted, client, edition):
    ends = date.today() + timedelta(days=10)
    opens = date.today() - timedelta(days=1)
    editions.set_window(
        edition=edition, stage=Stage.VA, opens=(opens, time(8)), closes=(ends, time(23, 59)), by=None
    )
    main = main_of(client.get(HERE))
    body = main[main.index("<tbody>") :]
    first = body[: body.index("</tr>")]
    assert re.search(r"VA sampai [^<]* 23\.59 WITA", first)
    assert "hari lagi" in first


def test_an_extension_counts_for_the_self_assessment_only(neighbour_evaluation, cast):
    until = clock.now() + timedelta(days=90)
    returns.extend(
        evaluation=neighbour_evaluation, due_at=until, locks_at=until, reason="Banjir.", by=cast.admin_kalsel
    )
    assert row_of(neighbour_evaluation, cast.verifier_kalsel).due_at == until


# Query counts


def test_eight_queries_whatever_the_number_of_districts(submitted, client, cast, spec):
    one = queries(client, HERE + "?status=submitted")
    for code in ("63.10", "63.01", "63.02"):
        evaluation = fresh(Evaluation.objects.get(edition=submitted.edition, district=code))
        hand_in(evaluation, by=person(f"koor.{code}", f"Koor {code}", "coordinator", district_id=code))
    assert queries(client, HERE + "?status=submitted") == one
    assert queries(client, HERE) == one
    country = signed_in(cast.verifier_national)
    assert main_of(country.get(NATION)).count("<tr") == 515
    assert queries(country, NATION) <= 8


# Who verifies what


def test_naming_verifiers(submitted, cast, colleague):
    client = signed_in(cast.admin_kalsel)
    address = url("verifiers", submitted.pk)
    main = main_of(client.get(address))
    assert main.count("<select") == 16
    assert "Verifikator Kedua Kalsel" in main
    response = client.post(
        address + "?tahap=va", {"semua-1": str(cast.verifier_kalsel.pk), "K3-2": str(colleague.pk)}
    )
    assert response["Location"].endswith("?tahap=va")
    found = {(a.cluster, a.reading): a.verifier for a in VerifierAssignment.objects.all()}
    assert found == {("", 1): cast.verifier_kalsel, ("K3", 2): colleague}
    client.post(address + "?tahap=va", {"semua-1": str(cast.verifier_kalsel.pk)})
    assert [a.cluster for a in VerifierAssignment.objects.all()] == [""]
    told = Event.objects.filter(action=EventAction.VERIFIER_ASSIGNED).order_by("number")
    assert [event.data["verifier"] for event in told] == [cast.verifier_kalsel.pk, colleague.pk, None]


def test_only_people_with_the_role_who_are_outside(submitted, cast, colleague):
    insider = person("rangkap", "Orang Rangkap", "provincial_verifier", province_id=KALSEL)
    insider.memberships.create(role="leader", district_id=TABALONG)
    closed = person("pergi", "Sudah Pergi", "provincial_verifier", province_id=KALSEL)
    closed.is_active, closed.closed_at, closed.closed_by = False, clock.now(), cast.admin_kalsel
    closed.save()
    outside = [cast.verifier_kalteng, cast.auditor_kalsel, cast.coordinator_tabalong, closed, insider]
    inside = {cast.verifier_kalsel, cast.admin_kalsel, colleague}
    nation = cast.verifier_national
    assert set(queue.people_for(submitted, Stage.VA)) == inside
    assert inside.isdisjoint(outside)
    assert queue.people_for(submitted, Stage.VF) == [nation]
    response = signed_in(cast.admin_kalsel).post(
        url("verifiers", submitted.pk) + "?tahap=va", {"semua-1": str(insider.pk)}
    )
    assert response.status_code == 422
    assert not VerifierAssignment.objects.exists()


def test_the_second_reader_is_someone_else(submitted, cast):
    client = signed_in(cast.admin_kalsel)
    pk = str(cast.verifier_kalsel.pk)
    response = client.post(url("verifiers", submitted.pk) + "?tahap=va", {"semua-1": pk, "K3-2": pk})
    assert response.status_code == 422
    assert "pilih orang lain untuk pembacaan kedua" in text_of(response)
    assert not VerifierAssignment.objects.exists()
    with pytest.raises(Refused, match="pembacaan kedua"):
        queue.set_verifiers(
            evaluation=submitted,
            stage=Stage.VA,
            wanted={("", 1): cast.verifier_kalsel, ("", 2): cast.verifier_kalsel},
            by=cast.admin_kalsel,
        )


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("verifier_kalsel", 403),
        ("auditor_kalsel", 403),
        ("coordinator_tabalong", 403),
        ("admin_kalteng", 404),
        ("coordinator_tanahbumbu", 404),
        ("stranger", 404),
        ("admin_national", 200),
    ],
)
def test_who_names_verifiers(submitted, cast, who, status):
    assert signed_in(getattr(cast, who)).get(url("verifiers", submitted.pk)).status_code == status


def test_a_stage_without_verifiers(submitted, cast):
    client = signed_in(cast.admin_kalsel)
    assert client.get(url("verifiers", submitted.pk) + "?tahap=em").status_code == 404
    assert client.get(url("verifiers", submitted.pk) + "?tahap=vf").status_code == 200


def test_the_verifiers_page_takes_the_same_queries_with_more_names(submitted, cast, colleague):
    client, address = signed_in(cast.admin_kalsel), url("verifiers", submitted.pk)
    before = queries(client, address)
    wanted = {(code, 1): colleague for code in ("", "K0", "K1", "K2")}
    queue.set_verifiers(evaluation=submitted, stage=Stage.VA, wanted=wanted, by=cast.admin_kalsel)
    assert queries(client, address) == before


# Reasons used often


def test_ones_own_reasons(cast, submitted, colleague):
    client, address = signed_in(cast.verifier_kalsel), url("phrases")
    assert "Belum ada alasan" in text_of(client.get(address))
    client.post(address, {"text": "Belum  ditandatangani pejabat."})
    assert "Belum ditandatangani pejabat." in text_of(client.get(address))
    again = client.post(address, {"text": "Belum ditandatangani pejabat."})
    assert (again.status_code, ReasonPhrase.objects.count()) == (422, 1)
    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "x" * 501}).status_code == 422
    phrase = ReasonPhrase.objects.get()
    other = signed_in(colleague)
    assert "Belum ditandatangani" not in text_of(other.get(address))
    other.post(address, {"hapus": str(phrase.pk)})
    assert ReasonPhrase.objects.filter(pk=phrase.pk).exists(), "not theirs"
    for nonsense in ("x", "", "9" * 30, "²"):
        assert client.post(address, {"hapus": nonsense}).status_code == 302
    client.post(address, {"hapus": str(phrase.pk)})
    assert not ReasonPhrase.objects.exists()


def test_a_picked_reason_goes_with_the_verdict(submitted, client, cast):
    desk.add_phrase(text="Belum ditandatangani.", by=cast.verifier_kalsel)
    assert "<option>Belum ditandatangani.</option>" in main_of(
        client.get(url("desk", submitted.pk, "va", "1.1"))
    )
    fields = {
        "version": "0-1",
        "decision": "reject",
        "reason": "Halaman 2.",
        "phrase": "Belum ditandatangani.",
    }
    client.post(url("verdict_save", submitted.pk, "va", "1.1", 1), fields)
    assert standings(submitted, Stage.VA)["1.1"].verdict.reason == "Halaman 2.\nBelum ditandatangani."


def test_a_reason_is_never_interpreted(cast, submitted):
    client = signed_in(cast.verifier_kalsel)
    desk.add_phrase(text=PROBE, by=cast.verifier_kalsel)
    assert PROBE not in client.get(url("phrases")).content.decode()
    assert PROBE not in client.get(url("desk", submitted.pk, "va", "1.1")).content.decode()


@pytest.mark.parametrize(
    "who", ["coordinator_tabalong", "contributor_health_tabalong", "auditor_kalsel", "stranger"]
)
def test_who_keeps_no_reasons(cast, submitted, who):
    client = signed_in(getattr(cast, who))
    assert client.get(url("phrases")).status_code == 403
    assert client.post(url("phrases"), {"text": "Belum ditandatangani."}).status_code == 403
    assert not ReasonPhrase.objects.exists()


# Accepting the untouched together


def test_the_list_is_confirmed_and_each_verdict_is_attributed(submitted, client, cast):
    decide(submitted, Stage.VA, "2.3", Decision.DEFER, cast.verifier_kalsel)
    address = url("accept_all", submitted.pk, "va")
    main = main_of(client.get(address))
    assert 'value="1.1" checked' in main
    assert 'value="12.1" checked' in main
    assert 'value="2.3"' not in main, "it was touched"
    assert "12 dari 12 poin" in text_of(client.get(address))
    response = client.post(address, {"code": ["1.1", "2.3", "99.9"]})
    assert response["Location"] == url("desk_start", submitted.pk, "va")
    found = standings(submitted, Stage.VA)
    assert found["1.1"].verdict.updated_by == cast.verifier_kalsel
    assert found["12.1"].verdict is None, "its tick was taken away"
    assert found["2.3"].verdict.decision == Decision.DEFER


def test_reading_the_list_accepts_nothing(submitted, client):
    client.get(url("accept_all", submitted.pk, "va"))
    client.post(url("accept_all", submitted.pk, "va"))
    assert all(s.verdict is None for s in standings(submitted, Stage.VA).values())


def test_another_verifiers_cluster_is_not_on_the_list(submitted, client, cast, colleague):
    verification.assign_verifier(
        evaluation=submitted, stage=Stage.VA, cluster="K3", verifier=colleague, by=cast.admin_kalsel
    )
    address = url("accept_all", submitted.pk, "va")
    assert 'value="12.1"' not in main_of(client.get(address))
    client.post(address, {"code": ["12.1"]})
    assert standings(submitted, Stage.VA)["12.1"].verdict is None


def test_nothing_left_to_accept(decided, cast):
    response = signed_in(cast.verifier_kalsel).get(url("accept_all", decided.pk, "va"))
    assert "Tidak ada yang belum disentuh" in text_of(response)


def test_states_without_a_stage_show_no_progress(evaluation, cast):
    Evaluation.objects.filter(pk=evaluation.pk).update(state=State.FILLING)
    row = row_of(evaluation, cast.verifier_kalsel)
    assert (row.may_verify, row.may_close, row.reopens) == (False, False, None)
