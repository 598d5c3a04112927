"""A kecamatan's rows on a phone: each tap saves itself, and none is lost on the way to another question."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import UNDELIVERED, bar, drop_reply, nothing_kept

OFFICER, COORDINATOR = "murungpudak.tabalong", "koordinator.tabalong"
CODE, NEXT = "26.5", "26.6"
TAPS = "**/kecamatan-desa/*/?baris=*"
"""Where taps are posted."""


def open_question(page: Page, code: str) -> None:
    page.get_by_role("navigation", name="Pertanyaan").get_by_role(
        "link", name=re.compile(rf"^{re.escape(code)}\b")
    ).click()
    expect(page.locator("main h2").first).to_contain_text(code)


def row(page: Page, place: int) -> Locator:
    return page.locator("main [data-row]").nth(place)


def tap(page: Page, place: int, word: str) -> None:
    row(page, place).get_by_text(word, exact=True).tap()


def says(page: Page, place: int, word: str) -> None:
    expect(row(page, place).locator("input[type=radio]:checked + label")).to_have_text(word)


def saved(portal: Portal, code: str = CODE) -> list[int]:
    rows = portal.rows(
        "SELECT u.holds FROM evaluations_unitanswer u JOIN indicators_question q ON q.id = u.question_id"
        " WHERE q.code = ? AND u.village_id LIKE '63.09.06%' ORDER BY u.village_id",
        code,
    )
    return [int(str(holds)) for (holds,) in rows]


def test_three_taps_and_away_are_there_when_one_comes_back(phone_as: PageAs, portal: Portal) -> None:
    page = phone_as(OFFICER)
    open_question(page, CODE)
    assert saved(portal) == []
    for place in range(3):
        tap(page, place, "ya")
    open_question(page, NEXT)
    nothing_kept(page)
    assert saved(portal) == [1, 1, 1]
    open_question(page, CODE)
    for place in range(3):
        says(page, place, "ya")
    says(page, 3, "belum")


def test_a_tap_says_that_it_is_saved_and_the_strip_counts_it(phone_as: PageAs, portal: Portal) -> None:
    page = phone_as(OFFICER)
    open_question(page, CODE)
    whole = page.locator("[data-told]")
    before = int(whole.inner_text())
    tap(page, 0, "tidak")
    expect(row(page, 0).get_by_role("status")).to_have_text(re.compile(r"^\s*Tersimpan \d\d\.\d\d WITA\s*$"))
    expect(page.locator(".jump-list .is-warn", has_text=CODE)).to_contain_text("1 dari 10")
    expect(whole).to_have_text(str(before + 1))
    expect(page.get_by_role("button", name="Simpan", exact=True)).to_be_hidden()
    tap(page, 0, "ya")
    tap(page, 0, "belum")
    nothing_kept(page)
    assert saved(portal) == []
    expect(whole).to_have_text(str(before))
    expect(page.locator(".jump-list .is-warn", has_text=CODE)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_all_the_rest_at_once(phone_as: PageAs, portal: Portal) -> None:
    page = phone_as(OFFICER)
    open_question(page, CODE)
    tap(page, 9, "tidak")
    page.locator("label[for=rest-ya]").tap()
    page.get_by_role("button", name="Isi semua").tap()
    expect(page.locator(".messages")).to_contain_text(re.compile("(9|10) isian tersimpan"))
    assert saved(portal) == [1] * 9 + [0]


def test_without_a_network_taps_wait_and_go_out_later(phone_as: PageAs, portal: Portal, watch: Watch) -> None:
    watch.expect(*UNDELIVERED)
    page = phone_as(OFFICER)
    open_question(page, CODE)
    page.context.set_offline(True)
    tap(page, 0, "ya")
    tap(page, 1, "tidak")
    expect(row(page, 0).get_by_role("status")).to_contain_text("Menunggu dikirim: tersimpan di peramban ini")
    expect(bar(page)).to_contain_text("2 jawaban menunggu dikirim")
    assert saved(portal) == []
    page.context.set_offline(False)
    nothing_kept(page)
    expect(row(page, 1).get_by_role("status")).to_contain_text("Tersimpan")
    assert saved(portal) == [1, 0]


def test_what_waits_is_sent_from_any_page_and_stands_in_its_row(
    phone_as: PageAs, portal: Portal, watch: Watch
) -> None:
    watch.expect(*UNDELIVERED)
    page = phone_as(OFFICER)
    open_question(page, CODE)
    page.route(TAPS, lambda route: route.abort("connectionreset"))
    tap(page, 2, "ya")
    expect(row(page, 2).get_by_role("status")).to_contain_text("Menunggu dikirim")
    page.reload()
    says(page, 2, "ya")
    page.unroute(TAPS)
    page.goto("/akun/profil/")
    nothing_kept(page)
    assert saved(portal) == [1]


def test_a_lost_reply_is_no_conflict_with_oneself(phone_as: PageAs, portal: Portal, watch: Watch) -> None:
    watch.expect(*UNDELIVERED)
    page = phone_as(OFFICER)
    open_question(page, CODE)
    page.route(TAPS, drop_reply, times=1)
    tap(page, 0, "ya")
    expect(row(page, 0).get_by_role("status")).to_contain_text("Menunggu dikirim")
    tap(page, 0, "tidak")
    nothing_kept(page)
    expect(row(page, 0).get_by_role("status")).to_contain_text("Tersimpan")
    assert saved(portal) == [0]


def test_the_last_of_fast_taps_counts(phone_as: PageAs, portal: Portal) -> None:
    page = phone_as(OFFICER)
    open_question(page, CODE)

    def slowly(route: Route) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route(TAPS, slowly)
    for word in ("ya", "tidak", "ya", "tidak"):
        tap(page, 0, word)
    nothing_kept(page)
    assert saved(portal) == [0]


def test_somebody_elses_change_is_told_beside_the_row(
    phone_as: PageAs, page_as: PageAs, portal: Portal, watch: Watch
) -> None:
    watch.expect("status of 409")
    page = phone_as(OFFICER)
    open_question(page, CODE)
    other = page_as(COORDINATOR)
    other.goto(page.url)
    for place in range(2):
        row(other, place).get_by_text("tidak", exact=True).click()
        expect(row(other, place).get_by_role("status")).to_contain_text("Tersimpan")
    for place in range(2):
        tap(page, place, "ya")
        expect(row(page, place).get_by_role("status")).to_contain_text(
            "Sudah diubah orang lain menjadi tidak."
        )
    assert saved(portal) == [0, 0]
    # Reloaded, it is told again and not sent over the other's.
    page.reload()
    expect(row(page, 0).get_by_role("status")).to_contain_text("Sudah diubah orang lain menjadi tidak.")
    row(page, 0).get_by_role("button", name="Simpan isian saya").tap()
    expect(row(page, 0).get_by_role("status")).to_contain_text("Tersimpan")
    row(page, 1).get_by_role("button", name="Pakai yang tersimpan").tap()
    says(page, 1, "tidak")
    nothing_kept(page)
    assert saved(portal) == [1, 0]


def test_without_javascript_the_button_saves_the_sheet(open_context: OpenContext, portal: Portal) -> None:
    page = sign_in(open_context(java_script_enabled=False).new_page(), OFFICER)
    open_question(page, CODE)
    row(page, 0).get_by_text("ya", exact=True).click()
    expect(page.get_by_role("button", name="Isi semua")).to_be_hidden()
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("1 isian tersimpan.")
    assert saved(portal) == [1]
