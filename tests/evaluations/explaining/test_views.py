"""The pages behind Skor: who reads them, what they say, and that none of them changes anything."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import pytest
from django.apps import apps
from openpyxl import load_workbook

from evaluations.models import Evidence, StageResult
from evaluations.views.explaining.losses import FIRST
from kla_portal.events.models import Event, EventAction
from kla_portal.indonesian import angka
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, hand_in, save
from tests.evaluations.evidence.raising import fill_slots
from tests.evaluations.explaining import build
from tests.evaluations.history.scenes import VA_REASON, judged, submitted, va_closed
from tests.evaluations.views.common import HTMX, PROBE, main_of, same_queries, signed_in, text_of, url

PAGES = ("losses", "what_if", "calculation", "tree_json", "tree_xlsx")


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def claimed(evaluation, by):
    """20.5 points claimed, one question of each kind."""
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by)
    return fresh(evaluation)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("name", PAGES)
def test_who_reads_the_whole_and_nobody_else(claimed, cast, name):
    for who in ("coordinator_tabalong", "leader_tabalong", "verifier_kalsel", "auditor_kalsel"):
        assert signed_in(getattr(cast, who)).get(url(name, claimed.pk)).status_code == 200, who
    refused = signed_in(cast.contributor_health_tabalong).get(url(name, claimed.pk))
    assert refused.status_code == 403
    assert "Anda tidak dapat membaca seluruh evaluasi ini" in text_of(refused)
    for who in ("coordinator_tanahbumbu", "verifier_kalteng", "stranger"):
        assert signed_in(getattr(cast, who)).get(url(name, claimed.pk)).status_code == 404, who


# Calculation and tree


def test_the_claim_to_take_away(claimed, by, sign_in, tmp_path):
    response = sign_in(by).get(url("calculation", claimed.pk))
    code, said = build.run(build.files_of(body(response)), tmp_path)
    assert (code, said.splitlines()[-1]) == (0, "Cocok: 20,50 (Inisiasi)")
    assert response["Cache-Control"] == "private, no-store"
    assert "Perhitungan" in response["Content-Disposition"]
    event = Event.objects.get(action=EventAction.CALCULATION_EXPORTED)
    assert (event.by, event.subject) == (by, f"evaluasi:{claimed.pk}")
    assert event.data == {"stage": "em", "total": "20.50"}


def test_the_claim_is_the_same_file_until_it_changes(claimed, by, sign_in):
    client = sign_in(by)
    first, second = (body(client.get(url("calculation", claimed.pk))) for _ in range(2))
    assert first == second
    save(claimed, "2.3", {"value": "6"}, by=by)
    assert body(client.get(url("calculation", claimed.pk))) != first


def test_a_stored_result_with_its_verdicts(evaluation, cast, by, sign_in, tmp_path):
    evaluation = va_closed(judged(submitted(evaluation, cast), cast), cast)
    result = StageResult.objects.get(evaluation=evaluation, stage="va")
    response = sign_in(by).get(url("calculation_of_result", result.pk))
    files = build.files_of(body(response))
    assert build.run(files, tmp_path)[1].splitlines()[-1] == "Cocok: 15,00 (Inisiasi)"
    assert json.loads(files["putusan.json"])["va"]["12.1"]["reason"] == VA_REASON
    receipt = json.loads(files["pohon.json"])["receipt"]
    assert receipt == {"number": result.receipt_number, "digest": result.digest}
    assert result.receipt_number in files["keterangan.txt"].decode()
    assert by.username not in b"".join(files.values()).decode()


def test_the_claim_says_nothing_of_a_running_verification(evaluation, cast, by):
    """What a verifier decides is not the district's to read before the stage is closed."""
    evaluation = judged(submitted(evaluation, cast), cast)
    seen = signed_in(cast.verifier_kalsel).get(url("tree_json", evaluation.pk), {"tahap": "va"})
    assert VA_REASON in seen.content.decode(), "it is there to be seen"
    client = signed_in(by)
    for name in ("tree_json", "tree_xlsx", "calculation", "score", "losses"):
        response = client.get(url(name, evaluation.pk), {"tahap": "va", "nilai": "putusan"})
        content = body(response)
        if name == "calculation":
            content = b"".join(build.files_of(content).values())
        if name == "tree_xlsx":
            book = load_workbook(io.BytesIO(content))
            content = str([[cell.value for cell in row] for sheet in book for row in sheet]).encode()
        assert VA_REASON not in content.decode(), name
        assert "12.1" in content.decode(), name


def test_titles_of_sensitive_questions_stay_in_the_portal(evaluation, by, sign_in, spec):
    code = next(q.code for q in spec.questions() if q.sensitive and any(slot.required for slot in q.slots))
    fill(evaluation, {code: best(spec)[code], HEALTH: best(spec)[HEALTH]}, by=by)
    for question in (code, HEALTH):
        fill_slots(fresh(evaluation), question, by=by)
    assert Evidence.objects.count() >= 2
    for number, evidence in enumerate(Evidence.objects.order_by("added_at", "pk")):
        at_health = evidence.links.filter(slot__question__code=HEALTH).exists()
        Evidence.objects.filter(pk=evidence.pk).update(
            title="Rekap" if at_health else f"Daftar anak {number}"
        )
    rows = {
        row["code"]: row
        for row in json.loads(sign_in(by).get(url("tree_json", evaluation.pk)).content)["questions"]
    }
    assert rows[HEALTH]["titles"] == ["Rekap"]
    assert (rows[code]["titles"], rows[code]["documents"] > 0) == ([], True)


def test_page_json_and_workbook_are_one_tree(claimed, by, sign_in):
    client = sign_in(by)
    told = json.loads(client.get(url("tree_json", claimed.pk)).content)
    book = load_workbook(io.BytesIO(body(client.get(url("tree_xlsx", claimed.pk)))))
    assert re.search(r"; keadaan \d{1,2} [A-Z][a-z]+ \d{4} \d{2}\.\d{2} WITA$", book["Nilai"]["A3"].value)
    rows = {row[0]: row for row in book["Pertanyaan"].iter_rows(min_row=2, values_only=True)}
    page = client.get(url("score", claimed.pk)).context["why"]
    assert told["tree"]["total"] == "20.50"
    for row in told["questions"]:
        code = row["code"]
        points = [step.points for step in page.questions[code].steps]
        assert [Decimal(stage["points"]) for stage in row["stages"]] == points
        assert [Decimal(str(value)) for value in rows[code][3:5]] == points
    assert rows[HEALTH][6] == page.questions[HEALTH].answer


def test_text_in_the_workbook_is_never_a_formula(claimed, by, sign_in):
    Evidence.objects.all().delete()
    fill_slots(claimed, HEALTH, by=by)
    Evidence.objects.update(title="=HYPERLINK(1)")
    book = load_workbook(io.BytesIO(body(sign_in(by).get(url("tree_xlsx", claimed.pk)))))
    cells = [cell for row in book["Pertanyaan"] for cell in row if str(cell.value).startswith("=HYPERLINK")]
    assert cells
    assert all(cell.data_type == "s" or cell.quotePrefix for cell in cells)


# Skor


def test_every_question_says_what_stands_behind_it(claimed, by, sign_in):
    fill_slots(claimed, HEALTH, by=by)
    response = sign_in(by).get(url("score", claimed.pk))
    page = text_of(response)
    assert "≥ 95% 3 ; ≥ 85% 2" in page
    assert "Asal jawaban: diisi di portal" in page
    assert "slot wajib terisi 1 dari 1" in page
    assert "perkiraan" in page
    for name in ("losses", "what_if", "calculation", "tree_xlsx", "tree_json"):
        assert url(name, claimed.pk) in main_of(response)


def test_the_stages_stand_beside_the_claim(evaluation, cast, by, sign_in):
    evaluation = va_closed(judged(submitted(evaluation, cast), cast), cast)
    response = sign_in(by).get(url("score", evaluation.pk))
    assert [column.name for column in response.context["why"].columns] == ["EM", "aman", "VA"]
    steps = response.context["why"].questions["12.1"].steps
    assert [(step.points, step.step_text) for step in steps][-1] == (0, "−3")
    assert f"VA: ditolak, {VA_REASON}" in text_of(response)
    result = StageResult.objects.get(evaluation=evaluation, stage="va")
    assert url("calculation_of_result", result.pk) in main_of(response)


def test_a_full_page_stays_light(evaluation, by, sign_in, spec):
    fill(evaluation, best(spec), by=by)
    assert len(sign_in(by).get(url("score", evaluation.pk)).content) < 400_000


# Losses


@pytest.mark.parametrize("tab", ["pertanyaan", "tema", "perangkat", "klaster", "lain"])
def test_as_many_queries_full_as_nearly_empty(evaluation, by, sign_in, spec, tab):
    save(evaluation, "1.1", {"option": 0}, by=by)

    def more():
        values = best(spec)
        values.pop("1.1")
        fill(evaluation, values | {HEALTH: {"numerator": "0", "denominator": "9"}}, by=by)

    address = f"{url('losses', evaluation.pk)}?menurut={tab}"
    assert same_queries(sign_in(by), address, more) <= 17


def test_where_the_points_go(claimed, by, sign_in):
    client = sign_in(by)
    page = text_of(client.get(url("losses", claimed.pk)))
    assert "Klaim 20,50 hilang 979,50" in page
    assert "Untuk 3 poin: 163 persalinan lagi" in page
    themes = text_of(client.get(url("losses", claimed.pk), {"menurut": "tema"}))
    assert "Inovasi" in themes
    assert "Kemitraan" in themes
    clusters = client.get(url("losses", claimed.pk), {"menurut": "klaster"})
    assert "Median provinsi muncul sesudah hasil akhir diumumkan." in text_of(clusters)
    assert '<svg class="chart"' in main_of(clusters)
    assert "<desc>K0 Kelembagaan 7,01%;" in main_of(clusters)


def test_nothing_lost(evaluation, by, sign_in, spec):
    fill(evaluation, best(spec), by=by)
    assert "Semua pertanyaan bernilai penuh." in text_of(sign_in(by).get(url("losses", evaluation.pk)))


# Andaikan


def rows_of_everything():
    """Every row of the database that is about evaluations and what was done, as it stands."""
    models = [*apps.get_app_config("evaluations").get_models(), Event]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_the_heaviest_losses_stand_open_and_the_rest_is_folded(claimed, by, sign_in):
    """256 rows were 83,000 pixels on a phone."""
    response = sign_in(by).get(url("losses", claimed.pk))
    lost, main = response.context["losses"].questions, main_of(response)
    first, rest = main.split("<details", 1)
    assert first.count('<tr><th scope="row">') == FIRST < len(lost)
    assert rest.count('<tr><th scope="row">') == len(lost) - FIRST
    assert (
        f"{len(lost) - FIRST} pertanyaan lain, masing-masing hilang {angka(lost[FIRST].lost)} poin atau kurang"
        in (text_of(response))
    )


def test_it_shows_and_saves_nothing(claimed, by, sign_in):
    client = sign_in(by)
    before = rows_of_everything()
    tried = {"indikator": "12", "12.1:numerator": "4508", "12.1:denominator": "4508", "1.1:option": "0"}
    shown = client.post(url("what_if", claimed.pk), tried)
    page = text_of(shown)
    assert "Andaian 24,50" in page
    assert "Klaim sekarang 20,50" in page
    assert "Selisih +4,00" in page
    assert "3 dari 3 poin sekarang 2" in page
    assert "Peringkat tidak dapat dihitung" in page
    assert '<input type="hidden" name="1.1:option" value="0">' in main_of(shown), "it comes along"
    assert text_of(client.get(url("what_if", claimed.pk), tried)).count("24,50") == page.count("24,50")
    fragment = client.post(url("what_if", claimed.pk), tried, headers=HTMX).content.decode()
    assert "24,50" in fragment
    assert 'id="q-12-1-p" hx-swap-oob="true"' in fragment
    assert "<html" not in fragment
    assert rows_of_everything() == before


def test_what_cannot_be_read_is_told_beside_its_field(claimed, by, sign_in):
    client = sign_in(by)
    before = rows_of_everything()
    tried = {"indikator": "1", "12.1:numerator": "9", "12.1:denominator": "5", "1.1:option": "0"}
    response = client.post(url("what_if", claimed.pk), tried)
    assert response.status_code == 422
    assert response.context["indicator"].number == "12", "the indicator with the message is shown"
    place = main_of(response).split('id="q-12-1-s"')[1].split("</div>")[0]
    assert "Pembilang tidak boleh lebih besar dari penyebut (9 &gt; 5)." in place
    assert 'value="9"' in main_of(response), "what was typed stays"
    assert "Andaian 23,50" in text_of(response), "the others count"
    told = client.post(url("what_if", claimed.pk), {"1.1:option": "77"}, headers=HTMX)
    assert told.status_code == 422
    assert "Pilihan harus nomor 0 sampai" in text_of(told)
    assert rows_of_everything() == before


def test_an_emptied_answer_is_carried_along(claimed, by, sign_in):
    emptied = {"12.1:numerator": "", "12.1:denominator": "", "indikator": "1"}
    shown = main_of(sign_in(by).post(url("what_if", claimed.pk), emptied))
    assert '<input type="hidden" name="12.1:clear" value="1">' in shown
    again = sign_in(by).post(url("what_if", claimed.pk), {"12.1:clear": "1", "indikator": "12"})
    assert again.context["found"].after.total == Decimal("18.50")


def test_the_province_sees_the_rank_move(claimed, neighbour_evaluation, cast):
    fill(neighbour_evaluation, {"1.1": {"option": 0}, "2.3": {"value": "6"}, HEALTH: {"numerator": "9", "denominator": "9"}},
         by=cast.coordinator_tanahbumbu)  # fmt: skip
    page = text_of(signed_in(cast.verifier_kalsel).post(url("what_if", claimed.pk), {"1.1:option": "3"}))
    assert "Peringkat 2 dari 2 di provinsi (sekarang 1)" in page
    assert "klaim kabupaten/kota lain sekarang" in page


def test_what_is_typed_comes_back_as_text(claimed, by, sign_in):
    response = sign_in(by).post(url("what_if", claimed.pk), {"12.1:numerator": PROBE, "indikator": "12"})
    assert response.status_code == 422
    assert "<script>alert" not in response.content.decode()


def test_queries_do_not_grow_with_the_changes(claimed, by, sign_in, spec):
    client, address = sign_in(by), url("what_if", claimed.pk)

    def more():
        fill(claimed, {code: value for code, value in best(spec).items() if code[:2] in {"20", "21"}}, by=by)

    assert same_queries(client, f"{address}?1.1:option=0", more) <= 8


def test_a_result_of_another_district_does_not_exist(evaluation, cast, by):
    result = hand_in(evaluation, by=by)
    path = url("calculation_of_result", result.pk)
    assert signed_in(by).get(path).status_code == 200
    assert signed_in(cast.coordinator_tanahbumbu).get(path).status_code == 404
    assert signed_in(cast.contributor_health_tabalong).get(path).status_code == 403
