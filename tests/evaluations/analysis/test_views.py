"""The pages of analysis: who sees them, what they say, and how many queries they take."""

from __future__ import annotations

import re

import pytest

from evaluations.domain.analysis import ties
from evaluations.models import Evaluation, Stage
from kla_portal import clock
from tests.cast import GUNUNG_MAS, KALSEL, TABALONG
from tests.evaluations.analysis.stored import in_province, stored
from tests.evaluations.analysis.test_ties import second_readings
from tests.evaluations.domain.claims import best, fill, result, results
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url

PAGES = ["analysis", "analysis_questions", "analysis_training", "analysis_movement", "analysis_compare"]
IN_PROVINCE = ("2026", KALSEL)


@pytest.fixture
def province(edition, cast):
    return signed_in(cast.admin_kalsel)


@pytest.fixture
def nation(edition, cast):
    return signed_in(cast.admin_national)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("verifier_kalsel", "63", 200), ("auditor_kalsel", "63", 200), ("admin_national", "nasional", 200),
        ("admin_kalsel", "nasional", 404), ("admin_kalteng", "63", 404), ("admin_national", "99", 404),
        ("coordinator_tabalong", "63", 403), ("leader_tabalong", "63", 403), ("stranger", "63", 403),
    ],
)  # fmt: skip
def test_who_sees_them(edition, cast, page, who, place, status):
    assert signed_in(getattr(cast, who)).get(url(page, "2026", place)).status_code == status


def test_the_other_addresses_have_the_same_gate(edition, cast):
    own, other = signed_in(cast.admin_kalsel), signed_in(cast.admin_kalteng)
    for name, *more in (("analysis_question", "12.1"), ("analysis_questions_download", "csv")):
        assert other.get(url(name, "2026", KALSEL, *more)).status_code == 404
    assert own.get(url("analysis_question", "2026", KALSEL, "12.1")).status_code == 200
    assert own.get(url("analysis_question", "2026", KALSEL, "99.9")).status_code == 404
    assert own.get(url("analysis_nation", "2026", KALSEL)).status_code == 404
    assert own.get(url("analysis", "1999", KALSEL)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nothing_stored_says_what_comes_next(province, page):
    text = text_of(province.get(url(page, *IN_PROVINCE)))
    assert "Belum ada" in text or "Bandingkan kabupaten/kota" in text


# The board


def test_the_board_labels_claims_as_claims(province, evaluation):
    Evaluation.objects.filter(pk=evaluation.pk).update(
        claimed_total="695", claimed_predikat="madya", safe_total="600", last_activity_at=clock.now()
    )
    text = text_of(province.get(url("analysis", *IN_PROVINCE)))
    assert "Klaim, bukan hasil" in text
    assert "95,00 poin belum aman" in text
    assert "Kabupaten Tabalong kurang 5,01 ke Nindya (nilai 695,00)" in text
    assert "12 belum punya nilai" in text
    assert "13 dari 13 kabupaten/kota perlu ditanyakan" in text


def test_the_board_shows_the_newest_stage_and_can_go_back(province, cast):
    first, second = in_province(2)
    result(first, "701.11", by=cast.admin_kalsel)
    result(second, "495", by=cast.admin_kalsel)
    result(first, "655", by=cast.admin_kalsel, stage=Stage.VA)
    page = province.get(url("analysis", *IN_PROVINCE))
    assert "hanya 1,10" not in text_of(page)
    assert "Klaim, bukan hasil" not in text_of(page)
    text = text_of(province.get(url("analysis", *IN_PROVINCE), {"tahap": "em"}))
    assert f"{first.district.name} hanya 1,10 di atas batas Nindya (nilai 701,11)" in text
    assert f"{second.district.name} kurang 5,00 ke Pratama" in text
    assert "1 dari 13 kabupaten/kota di bawah Pratama, bersama-sama kurang 5,00 poin" in text
    assert text_of(province.get(url("analysis", *IN_PROVINCE), {"tahap": "xx"})) == text_of(page)


def test_the_board_is_of_its_own_province(province, cast):
    result(
        Evaluation.objects.with_place().get(edition__code="2026", district=GUNUNG_MAS),
        "700",
        by=cast.admin_kalteng,
    )
    assert "Gunung Mas" not in main_of(province.get(url("analysis", *IN_PROVINCE)))


def test_too_few_second_readings_are_said(province, cast):
    result(in_province(1)[0], "700", by=cast.admin_kalsel, stage=Stage.VA)
    text = text_of(province.get(url("analysis", *IN_PROVINCE)))
    assert "Belum ada pita seri: baru 0 pertanyaan dibaca dua verifikator, perlu paling sedikit 30" in text


def test_ranks_that_cannot_be_told_apart_are_named(province, evaluation, cast, spec):
    second_readings(evaluation, cast, spec, ties.ENOUGH, 1)
    rows = in_province(3)
    for row, total in zip(rows, ["900", "700", "695"], strict=True):
        result(row, total, by=cast.admin_kalsel, stage=Stage.VA)
    text = text_of(province.get(url("analysis", *IN_PROVINCE)))
    assert "Dari 30 pertanyaan yang dibaca dua verifikator" in text
    assert "2 kabupaten/kota yang peringkatnya tidak dapat dibedakan" in text
    assert f"{rows[2].district.name} peringkat 3, nilai 695,00: peringkat 2–3 tidak dapat dibedakan" in text


def test_the_ranking_leads_to_the_tie_bands(province, cast):
    result(in_province(1)[0], "700", by=cast.admin_kalsel)
    assert f"{url('analysis', *IN_PROVINCE)}?tahap=em#seri" in main_of(
        province.get(url("ranking", *IN_PROVINCE))
    )


# Questions


@pytest.fixture
def two(edition, cast):
    first, second = in_province(2)
    stored(first, {"12.1": "3", "1.1": "6"}, by=cast.admin_kalsel)
    stored(second, {"1.1": "6"}, by=cast.admin_kalsel)
    return first, second


def test_questions_with_their_average_loss(province, two, spec):
    text = text_of(province.get(url("analysis_questions", *IN_PROVINCE)))
    title = spec.by_code["1.1"].title
    assert "2 kabupaten/kota yang punya hasil" in text
    assert text.index(f"1.1 {title}") < text.index("12.1 ")
    assert "6,00 12 100%" in text
    assert "1,50 3 50%" in text


def test_one_theme_alone(province, two, spec):
    theme = spec.by_code["12.1"].theme
    page = main_of(province.get(url("analysis_questions", *IN_PROVINCE), {"tema": theme}))
    assert url("analysis_question", *IN_PROVINCE, "12.1") in page
    assert url("analysis_question", *IN_PROVINCE, "1.1") not in page
    assert "Belum ada hasil" not in page


def test_one_question_names_the_best_and_those_who_lack_points(province, two):
    first, second = two
    response = province.get(url("analysis_question", *IN_PROVINCE, "12.1"))
    text = text_of(response)
    assert "1 dari 2 kabupaten/kota bernilai penuh (3 poin)" in text
    assert f"Bernilai penuh {second.district.name}" in text
    assert f"Belum penuh: 1 kabupaten/kota {first.district.name} 0,00 dari 3 poin" in text
    assert f"{url('score', first.pk)}?tahap=em" in main_of(response)


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("analysis", ()),
        ("analysis_questions", ()),
        ("analysis_training", ()),
        ("analysis_question", ("12.1",)),
    ],
)
def test_what_was_handed_in_is_still_a_claim(province, two, cast, page, more):
    address = url(page, *IN_PROVINCE, *more)
    assert "Klaim yang diajukan, belum diverifikasi" in text_of(province.get(address))
    stored(two[0], {"12.1": "3"}, by=cast.admin_kalsel, stage=Stage.VA)
    assert "belum diverifikasi" not in text_of(province.get(address)), "verified now"
    assert "Klaim yang diajukan" in text_of(province.get(address, {"tahap": "em"}))


def test_the_training_day(province, two, spec):
    text = text_of(province.get(url("analysis_training", *IN_PROVINCE), {"jumlah": "5"}))
    assert "rata-rata hilang 6,00 dari 12; 0 dari 2 bernilai penuh" in text
    assert "rata-rata hilang 1,50 dari 3; 1 dari 2 bernilai penuh dan dapat bercerita" in text
    assert spec.agency_names[spec.by_code["12.1"].agencies[0]] in text[text.index("Undang") :]
    assert "12,00 poin hilang di 2 kabupaten/kota pada 1 pertanyaan di bawah" in text
    page = main_of(province.get(url("analysis_training", *IN_PROVINCE)))
    for form in ("csv", "xlsx"):
        assert f"{url('analysis_questions_download', *IN_PROVINCE, form)}?tahap=em" in page


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_can_be_taken_away(province, two, form):
    response = province.get(url("analysis_questions_download", *IN_PROVINCE, form))
    assert response.status_code == 200
    assert f"Bahan pelatihan KLA 2026 EM Kalimantan Selatan.{form}" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert response.content[:2] == (b"PK" if form == "xlsx" else b"\xef\xbb")


def test_no_list_of_another_form_or_without_results(province, cast):
    assert province.get(url("analysis_questions_download", *IN_PROVINCE, "csv")).status_code == 404
    stored(in_province(1)[0], {}, by=cast.admin_kalsel)
    assert province.get(url("analysis_questions_download", *IN_PROVINCE, "pdf")).status_code == 404


# Movement, comparison, nation


def test_movement(province, two, cast):
    first, _ = two
    stored(first, {"12.1": "3", "1.1": "12"}, by=cast.admin_kalsel, stage=Stage.VA)
    text = text_of(province.get(url("analysis_movement", *IN_PROVINCE)))
    assert f"{first.district.name} 991,00 KLA 985,00 (−6,00) KLA −6,00" in text
    assert "K0 Kelembagaan −6,00" in text


def test_side_by_side(province, two):
    chosen = {"d1": two[0].district_id, "e1": "2026", "d2": two[1].district_id, "e2": "2026"}
    response = province.get(url("analysis_compare", *IN_PROVINCE), chosen)
    assert response.status_code == 200
    assert "K0 Kelembagaan 158,00 / 164 158,00 / 164" in text_of(response)
    assert "persen dari nilai maksimum" not in text_of(response)


def test_running_claims_side_by_side(province, evaluation, cast, spec):
    """What the board shows of a district, its supervisor may also compare; nothing is handed in here."""
    fill(evaluation, {"1.1": best(spec)["1.1"]}, by=cast.coordinator_tabalong)
    Evaluation.objects.filter(pk=evaluation.pk).update(last_activity_at=clock.now())
    chosen = {"d1": TABALONG, "d2": "63.10", "tahap": "klaim"}
    response = province.get(url("analysis_compare", *IN_PROVINCE), chosen)
    text = text_of(response)
    assert "Klaim, bukan hasil" in text
    assert "Nilai 12,00 belum mulai Predikat Inisiasi –" in text
    assert "K0 Kelembagaan 12,00 / 164 –" in text
    assert f"{url('score', evaluation.pk)}?tahap=em" in main_of(response)
    del chosen["tahap"]
    assert "Klaim, bukan hasil" in text_of(province.get(url("analysis_compare", *IN_PROVINCE), chosen)), (
        "newest"
    )


def test_claims_of_another_province_are_not_compared(province, cast, spec):
    other = Evaluation.objects.with_place().get(edition__code="2026", district=GUNUNG_MAS)
    fill(other, {"1.1": best(spec)["1.1"]}, by=cast.admin_kalteng)
    Evaluation.objects.filter(pk=other.pk).update(last_activity_at=clock.now())
    response = province.get(
        url("analysis_compare", *IN_PROVINCE), {"d1": TABALONG, "d2": GUNUNG_MAS, "tahap": "klaim"}
    )
    assert response.status_code == 422
    assert "12,00" not in text_of(response)
    assert "Gunung Mas" not in main_of(response)


def test_a_choice_that_is_none_keeps_what_was_typed(province):
    response = province.get(url("analysis_compare", *IN_PROVINCE), {"d1": PROBE, "d2": "62.10"})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("tidak ada di wilayah Anda") == 2
    assert PROBE not in page
    assert "&lt;script&gt;" in page


def test_the_nation(nation, cast):
    result(in_province(1)[0], "700", by=cast.admin_kalsel)
    response = nation.get(url("analysis_nation", "2026", "nasional"))
    text = text_of(response)
    assert "Kalimantan Selatan: 1 dari 13 kabupaten/kota berpredikat" in text
    assert "0 dari 38 provinsi memenuhi Provila" in text
    assert "2026 EM Portal 0 0 0 1 0 0 1" in text
    assert url("analysis", "2026", KALSEL) in main_of(response)


# Queries


@pytest.mark.parametrize(
    ("page", "most"), [("analysis", 16), ("analysis_questions", 12), ("analysis_movement", 14)]
)
def test_as_many_queries_for_one_district_as_for_thirteen(province, cast, page, most):
    address, rows = url(page, *IN_PROVINCE), in_province(13)
    counts = []
    for part in (rows[:1], rows[1:]):
        for row in part:
            stored(row, {"12.1": "1"}, by=cast.admin_kalsel)
        counts.append(queries(province, address))
    assert counts[0] == counts[1] <= most


def test_the_whole_country_takes_no_more_queries_than_one_district(nation, edition, cast):
    addresses = [url(name, "2026", "nasional") for name in ("analysis_nation", "analysis")]
    first = in_province(1)[0]
    result(first, "700", by=cast.admin_kalsel)
    before = [queries(nation, address) for address in addresses]
    rows = Evaluation.objects.with_place().filter(edition=edition).exclude(pk=first.pk)
    results(rows, "650", by=cast.admin_kalsel)
    assert [queries(nation, address) for address in addresses] == before
    assert max(before) <= 18


@pytest.mark.parametrize(("page", "heading"), [("analysis", "Terjawab"), ("analysis_movement", "Seluruhnya")])
def test_514_rows_come_in_pages(nation, edition, cast, page, heading):
    """Totals in every band and, four in six, near an edge: the lists beside the rows are as long as they get."""
    rows = list(Evaluation.objects.with_place().filter(edition=edition))
    for number, total in enumerate(("899.99", "905", "795", "702", "650", "495")):
        results(rows[number::6], total, by=cast.admin_kalsel)
    seen = []
    for number in (1, 2, 11):
        response = nation.get(url(page, "2026", "nasional"), {"page": number})
        assert len(response.content) < 160_000
        table = main_of(response)
        table = table[: table.index("</table>")]
        assert heading in table
        seen.append(set(re.findall(r'<th scope="row"><a href="([^"]+)"', table)))
    assert [len(part) for part in seen] == [50, 50, 14]
    assert len(set.union(*seen)) == 114, "no district twice"
    assert "Halaman 11 dari 11" in text_of(response)


def test_many_districts_at_an_edge_are_folded_and_few_are_not(nation, edition, cast):
    rows, address = in_province(13), url("analysis", "2026", "nasional")
    results(rows, "699.99", by=cast.admin_kalsel)
    assert "yang paling dekat di atas" not in text_of(nation.get(address))
    others = Evaluation.objects.with_place().filter(edition=edition, district__province="62")
    results(others, "699.99", by=cast.admin_kalsel)
    assert f"{13 + len(others)} kabupaten/kota, yang paling dekat di atas" in text_of(nation.get(address))


def test_the_basis_of_the_board_starts_at_its_first_page(nation, edition, cast):
    result(in_province(1)[0], "700", by=cast.admin_kalsel)
    page = main_of(nation.get(url("analysis", "2026", "nasional"), {"tahap": "em", "page": 3}))
    assert 'href="?tahap=klaim"' in page
    assert 'href="?tahap=em&amp;page=4"' in page


def test_a_menu_entry_leads_here(province, cast, evaluation):
    page = signed_in(cast.admin_kalsel).get(url("overview", evaluation.pk)).content.decode()
    assert url("analysis", *IN_PROVINCE) in page
    assert evaluation.district_id == TABALONG
    own = signed_in(cast.coordinator_tabalong).get(url("overview", evaluation.pk)).content.decode()
    assert url("analysis", *IN_PROVINCE) not in own
