"""The rapor: two pages, whatever there is to say, and nothing that a head of district has to look up."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluations.reports.card import LONGEST, Change, Deadline, Rank, build_card, shortened
from evaluations.reports.keys import report_key
from evaluations.reports.pdf import card_pdf
from kla_portal.indonesian import persen
from tests.evaluations.reports import build, tags
from tests.evaluations.reports import papers_build as papers
from tests.evaluations.reports.test_pdf import EVIL, Printed, squeeze


@pytest.fixture(scope="module")
def card():
    return papers.card()


@pytest.fixture(scope="module")
def printed(card):
    return Printed(card_pdf(card))


# Two pages


@pytest.mark.parametrize("seal", [None, papers.SEAL], ids=["plain", "sealed"])
@pytest.mark.parametrize("make", [papers.fullest_card, papers.emptiest_card], ids=["fullest", "emptiest"])
def test_it_is_exactly_two_pages(make, seal):
    printed = Printed(card_pdf(make(), seal))
    assert tags.faults(printed.content) == []
    assert len(printed.pages) == 2
    assert all("KONSEP" in text for text in printed.pages)
    assert "Tanggalpenting" in squeeze(printed.pages[1])


def test_the_fullest_is_full():
    """Else the two pages above would prove nothing."""
    card = papers.fullest_card()
    assert (len(card.decisions), len(card.missing), len(card.deadlines)) == (5, 4, 4)
    assert card.missing_count > 200
    assert any(len(step.words) > LONGEST for step in card.decisions)


def test_long_texts_are_cut_with_a_sign():
    assert shortened("a" * LONGEST) == "a" * LONGEST
    assert shortened("a" * (LONGEST + 1)) == "a" * (LONGEST - 1) + "…"


# What it says


def test_page_one_says_where_the_district_stands(printed, card):
    page = squeeze(printed.pages[0])
    assert squeeze("878,70 dari 1.000") in page
    assert "PredikatUtama" in page
    assert squeeze("Naik 3,3 poin persen dari 80,0% (Evaluasi KLA 2024)") in page
    assert squeeze("Ke-3 dari 11 kabupaten/kota yang mempunyai nilai (13 seluruhnya)") in page
    assert squeeze("Predikat KLA: kurang 21,31 poin") in page
    for part in [*card.strongest, *card.weakest]:
        assert squeeze(part.name) in page


def test_page_two_says_what_to_decide(printed, card):
    page = squeeze(printed.pages[1])
    assert "Limahaluntukdiputuskan" in page
    for step in card.decisions:
        assert squeeze(step.title) in page
    assert squeeze("sampai 31 Desember 2026 23.59 WITA") in page


def test_no_code_stands_without_a_name(printed):
    """Question codes such as 12.1a or 1.2za mean nothing to its reader; 2.026 and 23.59 are numbers."""
    codes = {
        question.code for question in build.instrument().questions() if re.search("[a-zA-Z]", question.code)
    }
    words = set(re.findall(r"[\w.]+", " ".join(printed.pages)))
    assert codes
    assert not codes & words
    for abbreviation in ("EM", "VA", "VL", "VF", "RAD"):
        assert abbreviation not in words


def test_strongest_and_weakest_never_name_the_same(card):
    strongest, weakest = [p.number for p in card.strongest], [p.number for p in card.weakest]
    assert len(strongest) == len(weakest) == 3
    assert not set(strongest) & set(weakest)
    assert min(p.percent for p in card.strongest) >= max(p.percent for p in card.weakest)


def test_nothing_answered_has_no_strong_side_and_asks_for_no_document():
    card = papers.emptiest_card()
    assert card.strongest == ()
    assert len(card.weakest) == 3
    assert (card.missing, card.missing_points) == ((), 0)
    text = squeeze("".join(Printed(card_pdf(card)).pages))
    assert "Belumadajawabanyangbernilai" in text
    assert "Belumadausulanperbaikan" in text


def test_a_full_score_has_no_weak_side():
    best = {q.code: build.best_answer(q.rule) for q in build.instrument().questions()}
    card = papers.card(build.snapshot(answers=best), advice=None)
    assert card.weakest == ()
    assert squeeze("Predikat tertinggi telah dicapai") in squeeze(Printed(card_pdf(card)).pages[0])


# Lists


def test_few_steps_are_filled_up_with_what_else_brings_points():
    steps = papers.steps(8)
    card = papers.card(advice=papers.advice(steps=steps[:2], others=steps[2:]))
    codes = [step.code for step in card.decisions]
    assert set(codes[:2]) == {step.code for step in steps[:2]}, "the way to the goal first"
    assert len(set(codes)) == 5
    assert papers.card(advice=None).decisions == ()


def test_missing_documents_begin_with_most_points_and_are_counted_whole():
    card = papers.fullest_card()
    points = [row.points for row in card.missing]
    assert points == sorted(points, reverse=True)
    assert card.more_missing == card.missing_count - 4
    questions = build.instrument().by_code
    scored = {part.code: part.points for part in card.district.tree.questions()}
    lacking = [
        code for code, worth in scored.items() if worth and any(s.required for s in questions[code].slots)
    ]
    assert card.missing_count == len(lacking)
    assert card.missing_points == sum(scored[code] for code in lacking)


def test_titles_of_evidence_never_travel():
    content = build.snapshot()
    for found in content["evidence"].values():
        for slot in found:
            for item in slot["items"]:
                item["title"] = "Rahasia"
    assert any(slot["items"] for found in content["evidence"].values() for slot in found)
    assert "Rahasia" not in Printed(card_pdf(papers.card(content))).squeezed


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (Fraction(80), Fraction(80), "tetap"),
        (Fraction(80), Fraction("83.25"), "naik 3,3 poin persen"),
        (Fraction(80), Fraction("79.5"), "turun 0,5 poin persen"),
    ],
)
def test_a_change_in_words(before, now, words):
    assert Change("2024", before, now).words == words


def test_the_key_changes_with_all_that_is_printed(card):
    def key(given):
        return report_key("card.pdf", given.payload())

    others = [
        replace(card, rank=Rank(4, 11, 13)),
        replace(card, change=None),
        replace(card, advice=None),
        replace(card, decisions=card.decisions[1:]),
        replace(card, deadlines=(Deadline("Lain", "besok"),)),
        replace(card, district=papers.district(build.snapshot(answers={}))),
    ]
    assert len({key(given) for given in [card, *others]}) == 7
    assert key(papers.card()) == key(card)


def test_typed_text_is_shown_and_never_obeyed(card):
    step = replace(card.decisions[0], words=EVIL[:60])
    printed = Printed(card_pdf(replace(card, decisions=(step,), deadlines=(Deadline(EVIL, "besok"),))))
    assert printed.squeezed.count(squeeze("<script>alert('x')</script>")) == 2
    assert b"/JavaScript" not in printed.content


def test_the_percentage_of_the_total_has_one_decimal_like_those_of_the_clusters():
    card = build_card(
        district=papers.district(build.snapshot()), advice=None, change=None, rank=None, deadlines=()
    )
    assert persen(card.percent, 1) == "87,9%"
    nearly = replace(
        card, district=replace(card.district, tree=replace(card.district.tree, total=Decimal("439.85")))
    )
    assert persen(nearly.percent, 1) == "44,0%"
