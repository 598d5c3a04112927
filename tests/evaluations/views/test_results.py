"""The score with its reasons, and the receipt."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.evidence import readiness
from evaluations.domain.progress import current_score
from evaluations.models import Answer, Evidence, PublishedResult, StageResult
from evaluations.scoring.score import tree_from_dict
from kla_portal.indonesian import angka
from tests.cast import TABALONG, TANAH_BUMBU
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, hand_in, save
from tests.evaluations.evidence.raising import fill_slots
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, url


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def test_the_tree_from_total_to_question(evaluation, by, sign_in, spec):
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by)
    response = sign_in(by).get(url("score", evaluation.pk))
    page, main = text_of(response), main_of(response)
    assert "klaim sementara, belum diajukan" in page
    assert "20,50 Inisiasi" in page
    assert "Menuju Pratama: kurang 479,50 poin" in page
    assert "91,39% ≥ 85%: 2 dari 3 poin" in page
    assert "K0 Kelembagaan 11,50 / 164" in page
    for question in spec.questions():
        assert f'href="{url("question", evaluation.pk, question.code)}"' in main
    for indicator in spec.indicators():
        assert f"{indicator.number}. {indicator.name}" in page


def test_after_submission_it_shows_what_was_stored(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    hand_in(evaluation, by=by)
    # Not even a row that was changed behind the portal's back shows.
    Answer.objects.update(value={"numerator": "4508", "denominator": "4508"})
    page = text_of(sign_in(by).get(url("score", evaluation.pk)))
    assert "hasil Evaluasi Mandiri yang diajukan" in page
    assert "91,39% ≥ 85%: 2 dari 3 poin" in page
    assert "100% ≥ 95%" not in page


def test_a_gap_between_two_bands_is_noted(evaluation, by, sign_in, spec):
    """600.5 lies between the published 500-600 and 601-700."""
    sums: dict[Decimal, tuple[str, ...]] = {Decimal(0): ()}
    for question in spec.questions():
        for total, codes in list(sums.items()):
            sums.setdefault(total + question.weight, (*codes, question.code))
    values = best(spec)
    fill(evaluation, {code: values[code] for code in sums[Decimal("600.5")]}, by=by)
    response = sign_in(by).get(url("score", evaluation.pk))
    assert "600,50 Madya" in text_of(response)
    note = response.context["tree"].note
    assert note
    assert note in text_of(response)


def test_what_was_published_elsewhere_stands_apart_with_its_source(evaluation, by, sign_in):
    PublishedResult.objects.all().delete()
    PublishedResult.objects.create(
        district_id=TABALONG, year=2022, stage="em", total=Decimal("731.50"), predikat="nindya",
        source=f"Berita daerah {PROBE}",
    )  # fmt: skip
    PublishedResult.objects.create(
        district_id=TANAH_BUMBU, year=2021, stage="em", total=Decimal("222.22"), source="Berita tetangga"
    )
    response = sign_in(by).get(url("score", evaluation.pk))
    page = text_of(response)
    assert "bukan dari portal ini" in page
    assert "731,50" in page
    assert "Berita daerah" in page
    assert "222,22" not in page
    assert "Berita tetangga" not in page
    assert "<script>alert" not in response.content.decode()


def test_as_many_queries_full_as_nearly_empty(evaluation, by, sign_in, spec):
    PublishedResult.objects.all().delete()
    save(evaluation, "1.1", {"option": 0}, by=by)

    def published(year):
        PublishedResult.objects.create(
            district_id=TABALONG, year=year, stage="em", total=Decimal(700), source="Berita"
        )

    published(2019)

    def more():
        values = best(spec)
        values.pop("1.1")
        fill(evaluation, values, by=by)
        published(2021)
        published(2022)

    assert same_queries(sign_in(by), url("score", evaluation.pk), more) <= 15


# The receipt


def test_number_time_score_and_digest(evaluation, by, sign_in, spec):
    fill(evaluation, best(spec), by=by)
    result = StageResult.objects.get(pk=hand_in(evaluation, by=by).pk)
    response = sign_in(by).get(url("receipt", result.pk))
    page = text_of(response)
    tree = tree_from_dict(result.snapshot["score"])
    for words in (
        result.receipt_number,
        result.digest,
        f"{angka(tree.total, 2)} KLA",
        "274 dari 274 pertanyaan",
        "Koordinator Tabalong",
        "Kabupaten Tabalong",
        "WITA",
    ):
        assert words in page
    assert f'href="{url("receipt_pdf", result.pk)}"' in main_of(response)
    assert f'href="{url("district_pdf", result.pk)}"' in main_of(response)


def test_page_live_tree_and_stored_total_are_one(evaluation, by, sign_in):
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by)
    live = current_score(evaluation)
    result = hand_in(evaluation, by=by)
    shown = f"{angka(live.total, 2)} {live.predikat.name}"
    client = sign_in(by)
    assert shown in text_of(client.get(url("receipt", result.pk)))
    assert shown in text_of(client.get(url("score", evaluation.pk)))
    assert Decimal(result.total) == live.total


def test_everyone_who_reads_the_whole_reads_the_receipt(evaluation, cast, by):
    result = hand_in(evaluation, by=by)
    for who in ("leader_tabalong", "verifier_kalsel", "auditor_kalsel", "admin_national"):
        assert result.digest in text_of(signed_in(getattr(cast, who)).get(url("receipt", result.pk)))


def test_a_persons_name_is_text(evaluation, by, sign_in):
    by.name = PROBE
    by.save()
    result = hand_in(evaluation, by=by)
    assert "<script>alert" not in sign_in(by).get(url("receipt", result.pk)).content.decode()


def test_the_same_tree_for_what_is_safe(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    save(evaluation, "1.1", {"option": 0}, by=by)
    fill_slots(evaluation, HEALTH, by=by)
    client = sign_in(by)
    claim = client.get(url("score", evaluation.pk))
    assert "Klaim 14,00 Aman 2,00" in text_of(claim)
    assert "Tidak dihitung aman" not in text_of(claim)
    response = client.get(url("score", evaluation.pk), {"tahap": "em", "nilai": "aman"})
    page = text_of(response)
    assert "Nilai aman evaluasi mandiri 2,00 Inisiasi" in page
    assert "Tidak dihitung aman: data dukung wajib kosong: “Peraturan KLA yang berlaku" in page
    assert "Nilai klaim tetap 14,00" in page
    assert response.context["tree"].total == 2


def test_what_was_safe_when_it_was_submitted(evaluation, by, sign_in):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    fill_slots(evaluation, HEALTH, by=by)
    hand_in(evaluation, by=by)
    Evidence.objects.update(years=[])
    readiness.refresh(fresh(evaluation))
    address = {"tahap": "em", "nilai": "aman"}
    assert sign_in(by).get(url("score", evaluation.pk), address).context["tree"].total == 2
    older = StageResult.objects.get()
    older.pk, older.sequence, older.receipt_number = None, 2, "EM/tanpa"
    older.safe_total = older.unready = None
    older.save(force_insert=True)
    response = sign_in(by).get(url("score", evaluation.pk), address)
    assert response.context["safe"] is None, "an older result does not say"
    assert response.context["tree"].total == 2
    assert "Nilai aman" not in text_of(response)
