"""What a screen reader is told: each save once, each failure at once; nothing moves and nothing needs colour."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs, Watch
from tests.browser.steps import (
    SAVES,
    UNDELIVERED,
    card,
    is_saved,
    nothing_kept,
    number,
    open_indicator,
    status,
    write_note,
)

COORDINATOR = "koordinator.tapin"

LISTEN = """() => {
    window.spoken = [];
    const regions = "[role=status], [role=alert], [aria-live]";
    const how = (region) => region.getAttribute("aria-live") || (region.role === "alert" ? "assertive" : "polite");
    const told = (records) => new Set(records.map(({target}) => (target.closest ? target : target.parentElement).closest(regions)));
    new MutationObserver((records) => told(records).forEach((region) => {
        const text = region?.innerText.replace(/\\s+/g, " ").trim();
        if (!text || how(region) === "off") return;
        const last = window.spoken.at(-1);
        if (last?.[0] !== how(region) || last[1] !== text) window.spoken.push([how(region), text]);
    })).observe(document.body, {childList: true, characterData: true, subtree: true});
}"""


def listen(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate(LISTEN)


def spoken(page: Page) -> list[list[str]]:
    """(polite or assertive, words) of each change of a live region since ``listen``."""
    found: list[list[str]] = page.evaluate("window.spoken")
    return found


def test_a_save_is_told_once(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_indicator(page, "12")
    listen(page)
    card(page, "12.6").locator("input[type=radio]").first.check()
    is_saved(page, "12.6")
    nothing_kept(page)
    [(how, words)] = spoken(page)
    assert how == "polite"
    assert "Tersimpan" in words
    # A second save of the same card is told again.
    write_note(page, "12.6", "dari puskesmas")
    nothing_kept(page)
    is_saved(page, "12.6")
    assert {how for how, _ in spoken(page)} == {"polite"}


def test_a_refusal_interrupts_and_names_its_field(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 422")
    page = page_as(COORDINATOR)
    open_indicator(page, "14")
    listen(page)
    number(page, "14.2", "numerator").fill("4620")
    number(page, "14.2", "denominator").fill("4508")
    number(page, "14.2", "denominator").blur()
    expect(status(page, "14.2")).to_contain_text("tidak boleh lebih besar")
    told = [words for how, words in spoken(page) if how == "assertive"]
    assert len(told) == 1
    assert "Pembilang tidak boleh lebih besar dari penyebut" in told[0]
    refused = number(page, "14.2", "numerator")
    expect(refused).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{refused.get_attribute('aria-describedby')}")).to_contain_text("tidak boleh")


def test_what_was_not_sent_is_told(page_as: PageAs, watch: Watch) -> None:
    watch.expect(*UNDELIVERED)
    page = page_as(COORDINATOR)
    open_indicator(page, "15")
    listen(page)
    page.route(SAVES, lambda route: route.abort())
    write_note(page, "15.1", "tidak sampai")
    expect(status(page, "15.1")).to_contain_text("Menunggu dikirim")
    assert any("Menunggu dikirim" in words for _, words in spoken(page))
    page.unroute(SAVES)


MOVING = """() => [...document.querySelectorAll("*")].flatMap((element) => ["", "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(element, part || null);
    const longest = Math.max(...`${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat));
    return longest > 0.01 || style.scrollBehavior === "smooth" ? [`${element.localName}${part}: ${longest} s`] : [];
}))"""


def test_nothing_moves_for_who_asked_for_it(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    open_indicator(page, "12")
    assert page.evaluate(MOVING), "otherwise something does"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []


BLANK = """() => [...document.querySelectorAll(".state, .predikat, .bar")].filter((mark) => {
    const words = mark.textContent.trim() || mark.getAttribute("aria-label") || mark.getAttribute("aria-labelledby");
    return mark.checkVisibility() && !words;
}).map((mark) => mark.outerHTML.slice(0, 120))"""
DRAWN = """(mark) => [getComputedStyle(mark, "::before").backgroundColor, getComputedStyle(document.body).backgroundColor]"""
PAINTED = """(element) => ["color", "backgroundColor", "borderBottomColor", "fontWeight"].map((name) =>
    getComputedStyle(element)[name])"""


def test_with_forced_colours_states_are_told_by_words_and_drawings(page_as: PageAs) -> None:
    page = page_as("koordinator.tabalong", forced_colors="active")
    pk = open_indicator(page, "13")
    for place in ("indikator/13/", "skor/", "periksa/", "data-dukung/"):
        page.goto(f"/evaluasi/{pk}/{place}")
        assert page.evaluate(BLANK) == [], place
    page.goto(f"/evaluasi/{pk}/indikator/13/")
    drawing, ground = page.locator(".question-status .state").first.evaluate(DRAWN)
    assert drawing != ground
    here = page.locator(".nav-main [aria-current]")
    other = page.locator(".nav-main a:not([aria-current])").first
    assert here.evaluate(PAINTED) != other.evaluate(PAINTED)
