"""A kecamatan says on a phone what its villages have; the coordinator takes the count as the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, PageAs, Watch
from tests.browser.portal import Portal
from tests.browser.steps import evaluation_of

OFFICER, COORDINATOR = "murungpudak.tabalong", "koordinator.tabalong"
PLACE, NAME, VILLAGES, ALL = "63.09.06", "Murung Pudak", 10, 131
CODE = "26.2"

Shot = Callable[..., None]


def say(page: Page, code: str) -> None:
    """Yes for every village at once, no for the last; saved, and on to the next question."""
    page.get_by_role("navigation", name="Pertanyaan").get_by_role(
        "link", name=re.compile(rf"^{re.escape(code)}\b")
    ).click()
    expect(page.locator("main tbody tr")).to_have_count(VILLAGES)
    page.locator("label[for=rest-ya]").click()
    page.locator("main tbody tr").last.get_by_text("tidak", exact=True).click()
    page.locator("h2").first.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_kecamatan_says_and_the_coordinator_takes_it(
    phone_as: PageAs, page_as: PageAs, portal: Portal, watch: Watch, shot: Shot
) -> None:
    watch.expect("status of 404")
    officer = phone_as(OFFICER)
    expect(officer.locator("h1")).to_have_text(f"Kecamatan {NAME}")
    say(officer, CODE)
    shot(officer, "kecamatan-ponsel")
    officer.get_by_role("button", name="Isi semua").click()
    step = officer.locator(".jump-list .is-done", has_text=CODE)
    expect(step).to_have_count(1)
    own = officer.url.split("?")[0]
    other = officer.goto(own.replace(PLACE, "63.09.01"))
    assert other
    assert other.status == 404, "only their own rows"

    page = page_as(COORDINATOR)
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/kecamatan-desa/")
    page.locator("summary", has_text="1 hitungan siap dipakai").click()
    row = page.get_by_role("row").filter(
        has=page.get_by_role("link", name=re.compile(rf"^{re.escape(CODE)} "))
    )
    expect(row).to_contain_text(f"{VILLAGES} dari {ALL} desa/kelurahan sudah mengisi")
    expect(row).to_contain_text(f"{VILLAGES - 1} dari {ALL}")
    row.scroll_into_view_if_needed()
    shot(page, "koordinator-kecamatan-desa")
    row.get_by_role("button", name="Pakai hitungan").click()
    expect(row).not_to_contain_text("belum dijawab")
    stored = portal.saved(pk, CODE)
    assert stored
    assert tuple(json.loads(str(stored[0])).values()) == (str(VILLAGES - 1), str(ALL))
    source = portal.rows(
        "SELECT r.source FROM evaluations_answerrevision r JOIN evaluations_answer a ON a.id = r.answer_id"
        " JOIN indicators_question q ON q.id = a.question_id WHERE a.evaluation_id = ? AND q.code = ?"
        " ORDER BY r.version DESC LIMIT 1",
        pk,
        CODE,
    )
    assert source == [("units",)]
