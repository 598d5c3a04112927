"""A question saves by itself, with and without JavaScript, by mouse and by keyboard."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import (
    SAVES,
    bar,
    card,
    evaluation_of,
    is_saved,
    kept,
    note,
    nothing_kept,
    number,
    open_indicator,
    status,
    write_note,
)

COORDINATOR = "koordinator.tanahbumbu"


def test_an_answer_saves_itself_and_stands_after_a_reload(page_as: PageAs, portal: Portal) -> None:
    page = page_as(COORDINATOR)
    pk = open_indicator(page, "12")
    expect(card(page, "12.1").get_by_role("button", name="Simpan")).to_be_hidden()
    number(page, "12.1", "numerator").fill("4120")
    number(page, "12.1", "denominator").fill("4508")
    number(page, "12.1", "denominator").blur()
    is_saved(page, "12.1")
    expect(status(page, "12.1")).to_contain_text("91,39%")
    expect(card(page, "12.1").locator(".question-points")).to_contain_text("2 dari 3 poin")
    nothing_kept(page)
    page.reload()
    expect(number(page, "12.1", "numerator")).to_have_value("4.120")
    value, _, version = portal.saved(pk, "12.1")
    assert json.loads(value) == {"numerator": "4120", "denominator": "4508"}
    write_note(page, "12.1", "dari laporan puskesmas")
    is_saved(page, "12.1")
    assert portal.saved(pk, "12.1")[1:] == ("dari laporan puskesmas", version + 1)


def test_a_choice_saves_at_the_click_and_moves_the_running_claim(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_indicator(page, "12")
    before = page.locator("#running").inner_text()
    card(page, "12.6").locator("input[type=radio]").first.check()
    is_saved(page, "12.6")
    expect(page.locator("#running")).not_to_have_text(before)


def test_two_fast_edits_end_with_the_last_value(page_as: PageAs, portal: Portal) -> None:
    page = page_as(COORDINATOR)
    pk = open_indicator(page, "14")
    sent = []

    def slowly(route: Route) -> None:
        sent.append(route.request.post_data)
        time.sleep(0.6)
        route.continue_()

    page.route(SAVES, slowly)
    number(page, "14.7", "value").fill("3")
    number(page, "14.7", "value").blur()
    number(page, "14.8", "value").fill("7")
    number(page, "14.8", "value").blur()
    number(page, "14.7", "value").fill("4")
    number(page, "14.7", "value").blur()
    expect(status(page, "14.7")).to_contain_text("Menyimpan")
    nothing_kept(page)
    is_saved(page, "14.7")
    is_saved(page, "14.8")
    assert json.loads(portal.saved(pk, "14.7")[0]) == {"value": "4"}
    assert json.loads(portal.saved(pk, "14.8")[0]) == {"value": "7"}
    assert "value=4&" in sent[-1]


def test_edits_during_a_save_follow_it_one_by_one(page_as: PageAs, portal: Portal) -> None:
    """No reply is taken for a dead network: what changed meanwhile goes out once, against the new version."""
    page = page_as(COORDINATOR)
    pk = open_indicator(page, "3")
    before = portal.saved(pk, "3.1a")
    version = before[2] if before else 0
    sent = []

    def slowly(route: Route) -> None:
        sent.append(parse_qs(route.request.post_data or "")["version"])
        time.sleep(0.5)
        route.continue_()

    page.route(SAVES, slowly)
    page.evaluate(
        """() => {
          window.seen = [];
          const status = document.querySelector("#q-3-1a .question-status");
          const note = () => seen.push(status.textContent);
          new MutationObserver(note).observe(status, { childList: true, subtree: true });
        }"""
    )
    rows = card(page, "3.1a").locator(".matrix-rows select")
    for row in range(3):
        rows.nth(row).select_option(index=2)
        page.wait_for_timeout(100)
    nothing_kept(page)
    is_saved(page, "3.1a")
    assert not [words for words in page.evaluate("seen") if "Menunggu dikirim" in words or "Gagal" in words]
    assert sent == [[str(version + step)] for step in range(len(sent))]
    assert len(sent) <= 3
    assert portal.saved(pk, "3.1a")[2] == version + len(sent)


def test_nothing_is_sent_when_nothing_changed(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_indicator(page, "14")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    note(page, "14.1").click()
    note(page, "14.1").press("a")
    note(page, "14.1").press("Backspace")
    note(page, "14.1").blur()
    page.wait_for_timeout(1200)
    assert sent == []
    assert kept(page) == []


def test_thousands_are_read_and_shown_again_as_they_are_written_here(page_as: PageAs, portal: Portal) -> None:
    page = page_as(COORDINATOR)
    pk = open_indicator(page, "14")
    number(page, "14.1", "numerator").fill("1.000")
    number(page, "14.1", "denominator").fill("2000")
    number(page, "14.1", "denominator").blur()
    is_saved(page, "14.1")
    assert json.loads(portal.saved(pk, "14.1")[0]) == {"numerator": "1000", "denominator": "2000"}
    page.reload()
    expect(number(page, "14.1", "numerator")).to_have_value("1.000")
    expect(number(page, "14.1", "denominator")).to_have_value("2.000")
    # What stands there is read again with the next save of this card.
    write_note(page, "14.1", "seribu")
    is_saved(page, "14.1")
    assert json.loads(portal.saved(pk, "14.1")[0]) == {"numerator": "1000", "denominator": "2000"}


def test_a_refused_answer_says_why_and_comes_back_after_a_reload(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 422")
    page = page_as(COORDINATOR)
    open_indicator(page, "14")
    number(page, "14.2", "numerator").fill("120")
    number(page, "14.2", "denominator").fill("4508")
    number(page, "14.2", "denominator").blur()
    is_saved(page, "14.2")
    reached = card(page, "14.2").locator(".rule-lines .is-here")
    expect(reached).to_contain_text("(di sini)")
    number(page, "14.2", "numerator").fill("4620")
    number(page, "14.2", "denominator").blur()
    expect(reached).to_have_count(0)
    expect(card(page, "14.2")).not_to_contain_text("(di sini)")
    reason = "Pembilang tidak boleh lebih besar dari penyebut (4.620 > 4.508)."
    expect(status(page, "14.2")).to_contain_text(reason)
    page.reload()
    expect(number(page, "14.2", "numerator")).to_have_value("4620")
    expect(status(page, "14.2")).to_contain_text(reason)
    number(page, "14.2", "numerator").fill("4420")
    number(page, "14.2", "numerator").blur()
    is_saved(page, "14.2")
    expect(reached).to_have_count(1)
    nothing_kept(page)


def test_by_keyboard_alone(page_as: PageAs, portal: Portal) -> None:
    page = page_as(COORDINATOR)
    pk = open_indicator(page, "14")
    number(page, "14.5", "numerator").focus()
    page.keyboard.type("1.000")
    page.keyboard.press("Tab")
    page.keyboard.type("4000")
    expect(number(page, "14.5", "denominator")).to_be_focused()
    page.keyboard.press("Tab")
    is_saved(page, "14.5")
    # The swap below took nothing away: the focus stands where the person went.
    expect(card(page, "14.5").locator("textarea[name=note]")).to_be_focused()
    assert json.loads(portal.saved(pk, "14.5")[0]) == {"numerator": "1000", "denominator": "4000"}


def test_enter_in_a_field_saves_and_keeps_the_focus(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_indicator(page, "14")
    number(page, "14.6", "numerator").fill("5")
    number(page, "14.6", "denominator").fill("10")
    number(page, "14.6", "denominator").press("Enter")
    is_saved(page, "14.6")
    expect(number(page, "14.6", "denominator")).to_be_focused()


def test_the_percentage_is_computed_while_typing(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 422")
    page = page_as(COORDINATOR)
    open_indicator(page, "13")
    live = card(page, "13.1").locator(".percent-live")
    for numerator, denominator, words in (
        ("4120", "4508", "= 91,39%"),
        ("95", "100", "= 95,00%"),
        # 94,998%: written as 95,00% it would contradict the points.
        ("47499", "50000", "= 94,998%"),
        ("12,5", "50", "= 25,00%"),
        ("1.234.567", "1.234.567", "= 100,00%"),
        ("2", "3", "= 66,67%"),
        ("1.000", "2,000", "= 50,00%"),
        ("7", "0", ""),
        ("9", "8", ""),
        ("dua", "8", ""),
    ):
        number(page, "13.1", "numerator").fill(numerator)
        number(page, "13.1", "denominator").fill(denominator)
        expect(live).to_have_text(words)


def test_last_editions_answer_is_saved_only_when_the_person_says_so(page_as: PageAs, portal: Portal) -> None:
    page = page_as(COORDINATOR)
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/pertanyaan/20.1/?usul")
    expect(status(page, "20.1")).to_contain_text("Usulan, belum disimpan")
    proposed = number(page, "20.1", "value").input_value()
    assert proposed
    write_note(page, "20.1", "sama seperti periode lalu")
    page.wait_for_timeout(1200)
    assert portal.saved(pk, "20.1") is None
    # Left behind it waits, unsent, on every page.
    page.goto("/akun/profil/")
    expect(bar(page)).to_contain_text("1 jawaban perlu Anda periksa")
    bar(page).get_by_text("Lihat daftar").click()
    bar(page).get_by_role("link", name="Pertanyaan 20.1").click()
    expect(note(page, "20.1")).to_have_value("sama seperti periode lalu")
    expect(number(page, "20.1", "value")).to_have_value(proposed)
    status(page, "20.1").get_by_role("button", name="Simpan").click()
    is_saved(page, "20.1")
    nothing_kept(page)
    value, text, _ = portal.saved(pk, "20.1")
    assert (json.loads(value), text) == ({"value": proposed}, "sama seperti periode lalu")


def test_an_answer_can_be_cleared_and_does_not_come_back(page_as: PageAs, portal: Portal) -> None:
    page = page_as(COORDINATOR)
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/pertanyaan/20.2/")
    number(page, "20.2", "value").fill("12")
    number(page, "20.2", "value").blur()
    is_saved(page, "20.2")
    page.get_by_role("button", name="Kosongkan jawaban").click()
    expect(number(page, "20.2", "value")).to_have_value("")
    nothing_kept(page)
    write_note(page, "20.2", "belum ada data")
    nothing_kept(page)
    assert portal.saved(pk, "20.2")[:2] == (None, "belum ada data")


def test_without_javascript_the_button_saves(open_context: OpenContext, portal: Portal) -> None:
    page: Page = sign_in(open_context(java_script_enabled=False).new_page(), COORDINATOR)
    pk = open_indicator(page, "15")
    number(page, "15.3", "value").fill("6")
    note(page, "15.3").fill("tanpa skrip")
    card(page, "15.3").get_by_role("button", name="Simpan").click()
    expect(page.locator(".messages")).to_contain_text("Jawaban 15.3 tersimpan.")
    expect(number(page, "15.3", "value")).to_have_value("6")
    value, text, _ = portal.saved(pk, "15.3")
    assert (json.loads(value), text) == ({"value": "6"}, "tanpa skrip")


def test_on_a_phone_the_card_saves_and_nothing_stands_out_sideways(phone_as: PageAs) -> None:
    page = phone_as(COORDINATOR)
    open_indicator(page, "15")
    card(page, "15.2").locator("input[type=radio]").nth(1).tap()
    is_saved(page, "15.2")
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= shown


def test_the_slash_key_reaches_the_search_field_but_not_while_typing(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_indicator(page, "15")
    note(page, "15.1").press("/")
    expect(note(page, "15.1")).to_have_value("/")
    note(page, "15.1").fill("")
    note(page, "15.1").blur()
    page.keyboard.press("/")
    expect(page.locator("#cari")).to_be_focused()


def test_the_person_menu_closes_on_escape_and_outside(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    menu = page.locator("details.menu-person")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")
