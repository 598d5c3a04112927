"""Fill, hand in, verify and rank with Tab, arrows, Enter and Space alone; what is read out after each step."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenContext, PageAs
from tests.browser.keys import pick, seen, stop, tab_to
from tests.browser.portal import PASSWORD, Portal
from tests.browser.steps import card, evaluation_of, is_saved, note, nothing_kept, number, status

COORDINATOR, VERIFIER, PROVINCE = "koordinator.kotabaru", "verifikator.kalsel", "admin.kalsel"
CALM = {"reduced_motion": "reduce"}
"""Pages then jump to the focus instead of gliding, and each stop can be judged at once."""

PLACE = "Kabupaten Kotabaru"
REASON = "Surat keputusan belum bertanda tangan."


def enter(page: Page, target: Locator) -> None:
    """Go there and press it."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    tab_to(page, target)
    page.keyboard.type(text)


def to_menu(page: Page, name: str) -> None:
    enter(page, page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=name, exact=True))
    page.wait_for_load_state("networkidle")


def sign_in_by_keyboard(page: Page, username: str) -> None:
    page.goto("/akun/masuk/")
    write(page, page.locator("input[name=username]"), username)
    write(page, page.locator("input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/akun/masuk/" not in url)


def test_the_first_tab_skips_to_the_content(page_as: PageAs) -> None:
    page = page_as(COORDINATOR, **CALM)
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    seen(page)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    seen(page)


def test_keys_without_ctrl_can_be_switched_off(page_as: PageAs) -> None:
    """For who speaks to the machine; it holds on the pages that follow."""
    page = page_as(COORDINATOR, **CALM)
    enter(page, page.locator("details.menu-person summary"))
    enter(page, page.locator("[data-keys-switch]"))
    expect(page.locator("[data-keys-switch]")).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#cari")).not_to_be_focused()
    page.locator("details.menu-person summary").click()
    page.locator("[data-keys-switch]").click()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#cari")).to_be_focused()


# Fill and hand in


def fill_one_of_each_kind(page: Page, portal: Portal, pk: int) -> None:
    """A ratio, a choice, a matrix and a number; the focus stays where it was while each is saved."""
    page.goto(f"/evaluasi/{pk}/indikator/12/")
    write(page, number(page, "12.1", "numerator"), "4120")
    page.keyboard.press("Tab")
    page.keyboard.type("4508")
    tab_to(page, note(page, "12.1"))
    is_saved(page, "12.1")
    expect(note(page, "12.1")).to_be_focused()
    choice = card(page, "12.6").locator("input[type=radio]")
    tab_to(page, choice.first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(choice.nth(1)).to_be_checked()
    is_saved(page, "12.6")
    expect(choice.nth(1)).to_be_focused()
    page.goto(f"/evaluasi/{pk}/indikator/3/")
    for row in range(3):
        pick(page, card(page, "3.1a").locator(".matrix-rows select").nth(row))
    is_saved(page, "3.1a")
    assert stop(page)
    page.goto(f"/evaluasi/{pk}/indikator/20/")
    write(page, number(page, "20.1", "value"), "12")
    page.keyboard.press("Enter")
    is_saved(page, "20.1")
    expect(number(page, "20.1", "value")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    seen(page)
    nothing_kept(page)
    stored = [json.loads(str(portal.saved(pk, code)[0])) for code in ("12.1", "12.6", "20.1")]  # type: ignore[index]
    assert stored == [{"numerator": "4120", "denominator": "4508"}, {"option": 1}, {"value": "12"}]


def test_a_coordinator_fills_and_hands_in(open_context: OpenContext, portal: Portal) -> None:
    page = open_context(**CALM).new_page()
    sign_in_by_keyboard(page, COORDINATOR)
    pk = evaluation_of(page)
    fill_one_of_each_kind(page, portal, pk)
    to_menu(page, "Periksa & ajukan")
    tab_to(page, page.locator("#ajukan input[name=incomplete]"))
    page.keyboard.press("Space")
    write(page, page.locator("#ajukan input[name=password]"), PASSWORD)
    enter(page, page.get_by_role("button", name="Ajukan evaluasi mandiri"))
    expect(page.locator("h1")).to_have_text("Tanda terima")


# The desk


def decision(page: Page, value: str) -> Locator:
    return page.locator(f"form.verdict-form input[name=decision][value={value}]")


def choose(page: Page, value: str) -> None:
    """Along the radio buttons by arrows, from the first one."""
    tab_to(page, decision(page, "accept"))
    page.keyboard.press("Space")
    for _ in range(4):
        if decision(page, value).is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(decision(page, value)).to_be_checked()
    expect(decision(page, value)).to_be_focused()
    seen(page)


def decided(page: Page, code: str) -> None:
    expect(status(page, code)).to_contain_text("Tersimpan")
    nothing_kept(page)
    assert stop(page), "the focus is lost"


def next_question(page: Page, code: str) -> None:
    enter(page, page.locator("[data-key=j]"))
    page.wait_for_url(f"**/{code}/")
    page.wait_for_load_state("networkidle")


def test_a_verifier_accepts_changes_and_rejects(page_as: PageAs, portal: Portal) -> None:
    page = page_as(VERIFIER, **CALM)
    page.goto("/verifikasi/2024/63/")
    row = page.locator("main tbody tr").filter(has_text=PLACE)
    enter(page, row.get_by_role("link", name="Buka meja verifikasi"))
    page.wait_for_url("**/meja/va/1.1/")
    pk = int(re.findall(r"/evaluasi/(\d+)/", page.url)[0])
    choose(page, "accept")
    decided(page, "1.1")
    next_question(page, "1.2a")
    choose(page, "change")
    pick(page, page.locator(".verdict-change input:checked, .verdict-change select").first)
    write(page, page.locator("textarea[name=reason]"), REASON)
    page.keyboard.press("Tab")
    decided(page, "1.2a")
    next_question(page, "1.2b")
    choose(page, "reject")
    write(page, page.locator("textarea[name=reason]"), REASON)
    page.keyboard.press("Tab")
    decided(page, "1.2b")
    rows = portal.rows(
        "SELECT q.code, v.decision, v.reason FROM evaluations_verdict v JOIN indicators_question q"
        " ON q.id = v.question_id WHERE v.evaluation_id = ? AND q.code IN ('1.1', '1.2a', '1.2b') ORDER BY q.code",
        pk,
    )
    assert rows == [("1.1", "accept", ""), ("1.2a", "change", REASON), ("1.2b", "reject", REASON)]


def test_the_focus_stays_in_the_document_that_is_opened(page_as: PageAs, portal: Portal) -> None:
    """The viewer beside the claim is replaced as a whole."""
    page = page_as(VERIFIER, **CALM)
    [(pk, code)] = portal.rows(
        "SELECT l.evaluation_id, q.code FROM evaluations_evidencelink l JOIN indicators_slot s ON s.id = l.slot_id"
        " JOIN indicators_question q ON q.id = s.question_id JOIN evaluations_evaluation e ON e.id = l.evaluation_id"
        " WHERE e.state = 'submitted' AND e.district_id LIKE '63%' AND l.removed_at IS NULL"
        " GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"
    )
    page.goto(f"/evaluasi/{pk}/meja/va/{code}/")
    page.wait_for_load_state("networkidle")
    paper = page.locator(".paper-list a[href^='?']").first
    page.evaluate("document.querySelector('#dokumen').dataset.old = ''")
    enter(page, paper)
    expect(page.locator("#dokumen:not([data-old])")).to_be_visible()
    expect(page.locator("#dokumen:focus, #dokumen :focus")).to_have_count(1)
    seen(page)


# Ranking


def test_a_province_prints_its_ranking(open_context: OpenContext) -> None:
    page = open_context(**CALM).new_page()
    sign_in_by_keyboard(page, PROVINCE)
    editions = page.locator("details.menu-edition")
    enter(page, editions.locator("summary"))
    past = editions.get_by_role("link", name="Evaluasi KLA 2024")
    tab_to(page, past)
    page.keyboard.press("Escape")
    expect(past).to_be_hidden()
    expect(editions.locator("summary")).to_be_focused()
    page.keyboard.press("Space")
    enter(page, past)
    page.wait_for_load_state("networkidle")
    to_menu(page, "Peringkat")
    expect(page.locator("h1")).to_have_text("Peringkat Provinsi Kalimantan Selatan")
    tab_to(page, page.get_by_role("link", name="XLSX"))
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    assert started.value.suggested_filename.endswith(".xlsx")
    tab_to(page, page.get_by_role("link", name="PDF", exact=True), "Shift+Tab")
    with page.expect_request(lambda request: "/unduh/pdf/" in request.url or request.url.endswith(".pdf")):
        page.keyboard.press("Enter")
