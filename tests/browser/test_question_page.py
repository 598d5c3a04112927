"""The question's own page: its story keeps up with the saves, what was emptied can come back, the next is one tap away."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import (
    bar,
    desk_of,
    evaluation_of,
    is_saved,
    nothing_kept,
    number,
    status,
    write_note,
)

COORDINATOR = "koordinator.tanahbumbu"
CODE, FOLLOWING = "20.2", "20.3"


def open_question(page: Page, code: str) -> int:
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/pertanyaan/{code}/")
    return pk


def answer(page: Page, text: str) -> None:
    number(page, CODE, "value").fill(text)
    number(page, CODE, "value").blur()
    is_saved(page, CODE)


def test_the_story_and_the_way_on_follow_each_save(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_question(page, CODE)
    story = page.locator("#riwayat")
    expect(story).to_contain_text("Belum ada yang menjawab pertanyaan ini.")
    answer(page, "12")
    expect(story).not_to_contain_text("Belum ada yang menjawab")
    expect(story.locator("tbody tr")).to_have_count(1)
    answer(page, "13")
    expect(story.locator("tbody tr")).to_have_count(2)
    page.locator("#berikutnya a").click()
    expect(page.locator("h1")).not_to_contain_text(CODE)
    expect(page.locator("h1")).to_contain_text("Pertanyaan ")


def test_an_emptied_answer_comes_back_at_one_tap(phone_as: PageAs, portal: Portal) -> None:
    page = phone_as(COORDINATOR)
    pk = open_question(page, CODE)
    answer(page, "12")
    write_note(page, CODE, "dari laporan")
    nothing_kept(page)
    page.get_by_role("button", name="Kosongkan jawaban").tap()
    expect(status(page, CODE)).to_contain_text("Jawaban dikosongkan")
    nothing_kept(page)
    assert portal.saved(pk, CODE)[0] is None
    status(page, CODE).get_by_role("button", name="Kembalikan jawaban lama").tap()
    expect(page.locator(".messages")).to_contain_text("dikembalikan seperti semula")
    expect(number(page, CODE, "value")).to_have_value("12")
    nothing_kept(page)
    value, text, _ = portal.saved(pk, CODE)
    assert (json.loads(value), text) == ({"value": "12"}, "dari laporan")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_emptying_and_putting_back_without_javascript(open_context: OpenContext, portal: Portal) -> None:
    page = sign_in(open_context(java_script_enabled=False).new_page(), COORDINATOR)
    pk = open_question(page, CODE)
    number(page, CODE, "value").fill("12")
    page.get_by_role("button", name="Simpan").click()
    page.goto(f"/evaluasi/{pk}/pertanyaan/{CODE}/")
    page.get_by_role("button", name="Kosongkan jawaban").click()
    assert portal.saved(pk, CODE)[0] is None
    page.get_by_role("button", name="Kembalikan jawaban lama").click()
    expect(number(page, CODE, "value")).to_have_value("12")
    assert json.loads(portal.saved(pk, CODE)[0]) == {"value": "12"}


def test_ones_own_other_window_is_not_somebody_else(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 409")
    first = page_as(COORDINATOR)
    pk = open_question(first, CODE)
    second = first.context.new_page()
    watch.page(second)
    second.goto(f"/evaluasi/{pk}/pertanyaan/{CODE}/")
    answer(second, "7")
    number(first, CODE, "value").fill("8")
    number(first, CODE, "value").blur()
    expect(status(first, CODE)).to_contain_text("Berubah di jendela lain")
    expect(status(first, CODE)).to_contain_text("Jawaban Anda di jendela lain")
    expect(first.locator("main")).not_to_contain_text("orang lain")
    first.goto("/akun/profil/")
    bar(first).get_by_text("Lihat daftar").click()
    expect(bar(first)).to_contain_text("Berubah di jendela lain; pilih mana yang dipakai.")


def test_running_totals_stay_in_sight_on_a_phone(phone_as: PageAs) -> None:
    page = phone_as(COORDINATOR)
    pk = open_question(page, CODE)
    for path in (f"/evaluasi/{pk}/pertanyaan/{CODE}/", f"/evaluasi/{pk}/indikator/1/"):
        page.goto(path)
        wide, shown, strip, line = page.evaluate(
            """() => {
              const running = document.querySelector(".running");
              window.scrollTo(0, 1500);
              const strip = document.querySelector(".jump")?.getBoundingClientRect().top ?? 1000;
              return [running.scrollWidth, running.clientWidth, strip, running.getBoundingClientRect().bottom];
            }"""
        )
        assert wide <= shown
        assert strip >= line - 1, "the strip does not lie under the totals"


def test_the_desk_says_on_a_phone_what_is_left(phone_as: PageAs, portal: Portal) -> None:
    page = phone_as("verifikator.kalsel")
    page.goto(desk_of(portal, "/evaluasi/DESK/meja/va/1.2a/"))
    left = page.locator("#running").get_by_text("butir lagi")
    expect(left).to_be_visible()
    box = left.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 360
