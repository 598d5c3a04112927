"""The target page, the efforts page, and the line on the first page."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from evaluations.domain.planning.efforts import own_efforts, set_efforts
from evaluations.domain.planning.targets import set_target, target_of
from evaluations.models import ActionQuestion, Effort, Target
from evaluations.scoring.planner import Ease
from evaluations.scoring.planner.solving import OPTIONS
from evaluations.views.planning_page import FEW
from indicators.domain.spec import loaded
from kla_portal.indonesian import angka
from tests.cast import TABALONG, agency
from tests.evaluations.domain.claims import best, fill, save
from tests.evaluations.views.common import main_of, same_queries, signed_in, text_of, url


@pytest.fixture
def page(half, by, sign_in):
    """``page(**query)`` -> the target page for the coordinator."""
    client = sign_in(by)
    return lambda **query: client.get(url("target", half.pk), query)


def efforts_of(evaluation, spec, **changed):
    """What the form of K0 sends, one field changed or more."""
    data = {"klaster": "K0"}
    for question in spec.clusters[0].questions():
        data |= {f"usaha-{question.code}": "3", f"perlu-{question.code}": "data"}
    return data | changed


# The target page


def test_without_a_target_the_way_to_the_next_predikat(page):
    found = text_of(page())
    assert "Jalan ke Madya" in found
    assert "belum ada target; yang tampil jalan ke predikat berikutnya, mulai 600,01" in found
    assert "Tetapkan target" in found
    assert "Lepas target" not in found
    assert page().context["form"].initial == {"predikat": "madya"}


def test_the_proof_and_the_steps(half, by, page):
    set_target(evaluation=half, predikat="nindya", by=by)
    response = page()
    plan = response.context["outcome"]
    found = text_of(response)
    assert "Jalan ke Nindya" in found
    assert f"585,00 + {angka(plan.gain)} = {angka(plan.reached, 2)} ≥ 700,01" in found
    effort = f"jumlah usaha {angka(plan.effort)} (tiap pertanyaan 1 sampai 5)"
    assert f"{len(plan.steps)} pertanyaan, {effort}. Minimal: tidak ada susunan lain" in found
    for step in plan.steps:
        assert f'href="{url("question", half.pk, step.code)}"' in main_of(response)
        assert step.words in found
    assert "Perlu kegiatan" in found
    groups = response.context["groups"]
    assert main_of(response).count("<tr>") == len(plan.steps) + len(groups), (
        "each step, and a head per cluster"
    )


def test_steps_stand_by_cluster_and_many_are_folded_below_the_button(half, by, page):
    """A hundred steps were 31,000 pixels on a phone, and the button stood below them."""
    set_target(evaluation=half, predikat="utama", by=by)
    response = page()
    plan, groups = response.context["outcome"], response.context["groups"]
    assert len(plan.steps) > FEW
    assert [row.step for group in groups for row in group.rows] == list(plan.steps)
    assert sum(group.gain for group in groups) == plan.gain
    main = main_of(response)
    assert "<details open>" not in main
    assert main.index("Jadikan rencana aksi") < main.index("Yang dikerjakan")
    assert f"{groups[0].cluster.code} {groups[0].cluster.name} +{angka(groups[0].gain)} poin" in text_of(
        response
    )
    set_target(evaluation=half, total=Decimal(586), by=by)
    few = page()
    assert len(few.context["outcome"].steps) <= FEW
    assert main_of(few).count("<details open>") == len(few.context["groups"])


def test_every_way_has_its_tab_and_reason(page):
    tabs = main_of(page())
    for mode in ("least_effort", "fewest_questions", "own_agency", "no_regulation", "safe_first"):
        assert f'href="?cara={mode}"' in tabs
    assert "pertanyaan lebih sedikit" in text_of(page(cara="fewest_questions"))
    assert "tidak memerlukan produk hukum" in text_of(page(cara="no_regulation"))
    safe = page(cara="safe_first")
    assert "Angka pertama adalah nilai aman" in text_of(safe)
    assert "Dokumen saja" in text_of(safe)
    assert page(cara="tebakan").context["choice"].mode == "least_effort"


def test_one_agency_is_chosen_first(half, page):
    asked = page(cara="own_agency")
    assert "Pilih satu perangkat daerah untuk melihat" in text_of(asked)
    assert asked.context["outcome"] is None
    mine = agency(TABALONG, "sosial")
    found = page(cara="own_agency", perangkat=mine.pk)
    assert f'<option value="{mine.pk}" selected>' in main_of(found)
    assert found.context["outcome"] is not None
    assert page(cara="own_agency", perangkat="999999999999999999999").context["outcome"] is None


def test_what_holds_one_agency_back_is_its_own(half, page, spec):
    """Two hundred questions of other agencies said nothing to the one that was chosen."""
    mine = agency(TABALONG, "sosial")
    response = page(cara="own_agency", perangkat=mine.pk)
    outcome, found = response.context["outcome"], text_of(response)
    others = {row.code for row in outcome.blocked if row.why == "agency"}
    assert len(others) > 20, "there is something to leave out"
    assert not others & {row.blocked.code for row in response.context["blocked"]}
    assert f"Dengan semua perbaikan pada pertanyaan {mine}, nilai" in found
    assert "pertanyaan lain." not in found
    assert f'href="{url("filling", half.pk)}?opd={mine.pk}"' in main_of(response)


def test_out_of_reach(half, by, page, spec):
    set_target(evaluation=half, predikat="kla", by=by)
    codes = [q.code for q in spec.clusters[4].questions() if q.weight]
    set_efforts(evaluation=half, efforts=dict.fromkeys(codes, Ease(3, "impossible")), by=by)
    response = page()
    outcome = response.context["outcome"]
    found = text_of(response)
    assert "900,01 tidak tercapai dengan cara ini" in found
    assert f"masih kurang {outcome.missing}".replace(".", ",") in found
    assert "ditandai tidak mungkin sebelum batas waktu" in found
    assert len(response.context["blocked"]) == min(20, len(outcome.blocked))
    more = len(outcome.blocked) - 20
    assert (f"Dan {more} pertanyaan lain." in found) is (more > 0)


def test_reached_already_by_the_claim(half, by, page):
    set_target(evaluation=half, total=Decimal(500), by=by)
    found = text_of(page())
    assert "Nilai klaim 585,00 sudah mencapai 500,00" in found
    assert "Tidak ada yang perlu ditambah" in found


def test_as_many_queries_for_three_targets_steps_and_efforts(half, by, sign_in, spec):
    set_target(evaluation=half, total=Decimal("586"), by=by)
    set_efforts(evaluation=half, efforts={"1.1": Ease(1, "")}, by=by)

    def more():
        set_target(evaluation=half, predikat="utama", by=by)
        set_efforts(evaluation=half, efforts={code: Ease(1, "") for code in ("1.2a", "1.2b", "1.2c")}, by=by)

    assert same_queries(sign_in(by), url("target", half.pk), more) <= 18


def test_without_proof_the_page_does_not_claim_it(half, by, page, monkeypatch):
    monkeypatch.setitem(OPTIONS, "time_limit", 0.0)
    set_target(evaluation=half, predikat="utama", by=by)
    response = page()
    assert response.context["outcome"].proven is False
    assert "belum terbukti yang terkecil" in text_of(response)
    assert "Minimal:" not in text_of(response)


def test_the_steps_become_planned_actions(half, by, sign_in):
    """The button sends what the plan was made of, in numbers that a machine reads."""
    set_target(evaluation=half, predikat="nindya", by=by)
    client = sign_in(by)
    response = client.get(url("target", half.pk), {"cara": "fewest_questions"})
    fields = dict(re.findall(r'type="hidden" name="(mode|target)" value="([^"]*)"', main_of(response)))
    assert fields == {"mode": "fewest_questions", "target": "700.01"}
    steps = response.context["outcome"].steps
    client.post(url("actions_from_plan", half.pk), fields)
    codes = loaded(half.edition.instrument).question_codes
    planned = ActionQuestion.objects.filter(action__evaluation=half)
    assert {codes[row.question_id]: row.aim for row in planned} == {step.code: step.aim for step in steps}


# Setting


def test_setting_a_predikat_and_letting_go(evaluation, by, sign_in):
    client = sign_in(by)
    response = client.post(url("target_set", evaluation.pk), {"predikat": "nindya", "total": ""}, follow=True)
    assert "Target ditetapkan: Nindya" in text_of(response)
    assert target_of(evaluation).total == Decimal("700.01")
    assert "Target dilepas" in text_of(client.post(url("target_clear", evaluation.pk), follow=True))
    assert target_of(evaluation) is None
    client.post(url("target_set", evaluation.pk), {"predikat": "", "total": "712,5"})
    assert target_of(evaluation).total == Decimal("712.50")
    form = client.get(url("target", evaluation.pk)).context["form"]
    assert form.initial == {"predikat": "", "total": "712,50"}


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"predikat": "", "total": ""}, "predikat", "Pilih predikat, atau tulis nilai"),
        ({"predikat": "juara"}, "predikat", "Pilih salah satu predikat dari daftar."),
        ({"predikat": "nindya", "total": "700"}, "total", "jangan keduanya"),
        ({"total": "1.000"}, "total", "Yang mana yang Anda maksud?"),
        ({"total": "tujuh ratus"}, "total", "Tulis angka saja"),
        ({"total": "1000,01"}, "total", "antara 0,01 dan 1.000"),
        ({"total": "700,0055"}, "total", "dua angka di belakang koma"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(evaluation, by, sign_in, data, field, words):
    response = sign_in(by).post(url("target_set", evaluation.pk), data)
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    assert words in text_of(response)
    assert not Target.objects.exists()


def test_who_may_read_and_who_may_set(half, cast, by):
    set_target(evaluation=half, predikat="madya", by=by)
    for who in ("leader_tabalong", "verifier_kalsel", "auditor_kalsel", "admin_national"):
        client = signed_in(getattr(cast, who))
        page = client.get(url("target", half.pk))
        assert "Jalan ke Madya" in text_of(page)
        assert "Simpan target" not in text_of(page)
        assert "Simpan K0" not in text_of(client.get(url("efforts", half.pk)))
        for name in ("target_set", "target_clear", "efforts_save"):
            refused = client.post(url(name, half.pk), {"predikat": "kla", "klaster": "K0"})
            assert refused.status_code == 403
            assert "Anda tidak dapat menyusun target dan rencana aksi" in text_of(refused)
    assert target_of(half).predikat == "madya"


def test_a_contributor_reads_no_plan_of_the_whole(half, cast):
    client = signed_in(cast.contributor_health_tabalong)
    for name in ("target", "efforts"):
        refused = client.get(url(name, half.pk))
        assert refused.status_code == 403
        assert "membaca seluruh evaluasi ini" in text_of(refused)


def test_it_does_not_exist_for_strangers(half, cast):
    for who in ("coordinator_tanahbumbu", "verifier_kalteng", "stranger"):
        client = signed_in(getattr(cast, who))
        assert client.get(url("target", half.pk)).status_code == 404
        assert client.get(url("efforts", half.pk)).status_code == 404
        assert client.post(url("target_set", half.pk), {"predikat": "kla"}).status_code == 404


# Efforts


def test_the_efforts_of_a_cluster_are_kept(evaluation, by, sign_in, spec):
    client = sign_in(by)
    data = efforts_of(evaluation, spec) | {"usaha-1.1": "5", "perlu-1.1": "impossible"}
    response = client.post(url("efforts_save", evaluation.pk), data, follow=True)
    assert response.redirect_chain[0][0] == f"{url('efforts', evaluation.pk)}?klaster=K0"
    assert "pertanyaan berubah" in text_of(response)
    assert own_efforts(evaluation)["1.1"] == Ease(5, "impossible")
    assert '<option value="impossible" selected>' in main_of(response)
    assert "ukuran daerah , semula 4, perlu produk hukum" in text_of(response)
    groups = response.context["groups"]
    assert [group.indicator.number for group in groups] == ["1", "2", "3"]
    assert sum(group.own for group in groups) == response.context["own"] > 0
    back = client.post(url("efforts_save", evaluation.pk), {"klaster": "K0", "semula": "1"}, follow=True)
    assert "kembali ke ukuran semula" in text_of(back)
    assert not Effort.objects.exists()


def test_a_choice_that_does_not_exist_is_said_beside_its_field(evaluation, by, sign_in, spec):
    data = efforts_of(evaluation, spec) | {"usaha-1.1": "9", "perlu-1.2a": "uang"}
    response = sign_in(by).post(url("efforts_save", evaluation.pk), data)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "usaha-1.1": ["Pilih usaha 1 sampai 5."],
        "perlu-1.2a": ["Pilih keperluan dari daftar."],
    }
    assert "Pilih usaha 1 sampai 5." in text_of(response)
    assert main_of(response).count("<details open>") == 1, "only the indicator with the two messages"
    assert not Effort.objects.exists()


def test_one_cluster_at_a_time(evaluation, by, sign_in):
    client = sign_in(by)
    assert "K0 Kelembagaan" in text_of(client.get(url("efforts", evaluation.pk)))
    assert "12.1" in main_of(client.get(url("efforts", evaluation.pk), {"klaster": "K3"}))
    assert client.get(url("efforts", evaluation.pk), {"klaster": "K9"}).status_code == 404
    assert client.post(url("efforts_save", evaluation.pk), {"klaster": "K9"}).status_code == 404


def test_efforts_read_as_many_queries_with_one_own_word_as_with_three(evaluation, by, sign_in):
    set_efforts(evaluation=evaluation, efforts={"1.1": Ease(1, "")}, by=by)

    def more():
        set_efforts(evaluation=evaluation, efforts={c: Ease(1, "") for c in ("1.2a", "1.2b")}, by=by)

    assert same_queries(sign_in(by), url("efforts", evaluation.pk), more) <= 14


# The first page


def test_the_line_on_the_first_page(evaluation, by, sign_in, spec):
    client = sign_in(by)
    link = f'href="{url("target", evaluation.pk)}"'
    assert link in main_of(client.get(url("overview", evaluation.pk))), "without a target too"
    set_target(evaluation=evaluation, predikat="nindya", by=by)
    save(evaluation, "1.1", {"option": 0}, by=by)
    response = client.get(url("overview", evaluation.pk))
    assert "Target Nindya: kurang 688,01 poin. Lihat jalan termurah" in text_of(response)
    assert link in main_of(response)
    assert link not in main_of(client.get(url("score", evaluation.pk)))
    set_target(evaluation=evaluation, total=Decimal(12), by=by)
    assert "Target 12,00: tercapai menurut klaim" in text_of(client.get(url("overview", evaluation.pk)))


def test_nothing_left_to_gain(evaluation, by, sign_in, spec):
    full = fill(evaluation, best(spec), by=by)
    response = sign_in(by).get(url("target", full.pk))
    assert "Jalan ke KLA" in text_of(response)
    assert "sudah mencapai 900,01" in text_of(response)
