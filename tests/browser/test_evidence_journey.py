"""Evidence from the officer's slot to the verifier's question: a decree proves an answer and is seen at its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from kla_portal.web.demo.files import pdf
from kla_portal.web.demo.writing import decree
from tests.browser.conftest import PHONE, PageAs, Watch
from tests.browser.portal import PASSWORD, Portal
from tests.browser.steps import card, evaluation_of, is_saved

DISTRICT, OTHER, NEIGHBOUR = "koordinator.tapin", "koordinator.hulusungaitengah", "koordinator.tanahbumbu"
VERIFIER = "verifikator.kalsel"
CODE = "1.1"
TITLE = "Peraturan Bupati tentang Kabupaten Layak Anak"
QUOTE = "melibatkan Forum Anak dalam perencanaan"
"""Stands on the second page of a decree."""

MISSING = "menyediakan rumah singgah di setiap kecamatan"
QUESTION = "Berkas yang sama juga dipakai Kabupaten Tanah Bumbu untuk 1.1. Tanyakan mana yang aslinya."

Shot = Callable[..., None]


@pytest.fixture(autouse=True)
def _expected(watch: Watch) -> None:
    """The upload asks for an upload that the portal has not heard of yet."""
    watch.expect("status of 404")


def regulation(number: str) -> bytes:
    """Three pages; another number, another file."""
    pages = decree(
        head="PERATURAN BUPATI",
        number=number,
        subject="Kabupaten Layak Anak",
        place="Rantau",
        signed=date(2025, 3, 17),
    )
    return pdf(*pages)


def hero(page: Page, claimed: str, safe: str) -> None:
    """Both scores of the home page."""
    page.goto("/")
    shown = page.locator(".score-hero")
    expect(shown).to_contain_text(re.compile(rf"Nilai klaim evaluasi mandiri\s*{claimed}"))
    expect(shown).to_contain_text(re.compile(rf"Nilai aman\s*{safe}"))


def open_slots(page: Page) -> None:
    page.goto(f"/evaluasi/{evaluation_of(page)}/bukti/{CODE}/")


def slot(page: Page) -> Locator:
    return page.locator("#slot-1")


def fits(page: Page) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# What an officer does


def claim(page: Page) -> int:
    """A regulation of the head of district: nine points, and not one of them safe yet."""
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/pertanyaan/{CODE}/")
    card(page, CODE).locator("input[type=radio][value='1']").check()
    is_saved(page, CODE)
    expect(card(page, CODE).locator(".question-points")).to_have_text(
        "9 dari 12 poin belum aman: slot wajib kosong"
    )
    hero(page, "9,00", "0,00")
    return pk


def send(page: Page, content: bytes) -> Locator:
    """Into the slot that must be filled; the row of the stored document."""
    open_slots(page)
    before = slot(page).locator(".file-row[id^=l-]").count()
    page.locator("#slot-1-unggah-title").fill(TITLE)
    slot(page).locator("input[type=file]").set_input_files(
        {"name": "perbup kla.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    slot(page).get_by_role("button", name="Unggah").click()
    rows = slot(page).locator(".file-row[id^=l-]")
    expect(rows).to_have_count(before + 1)
    return rows.last


def quote(page: Page, pages: str, text: str) -> None:
    slot(page).locator("summary", has_text="Halaman dan kutipan").click()
    slot(page).locator("input[name=pages]").fill(pages)
    slot(page).locator("textarea[name=quote]").fill(text)
    slot(page).get_by_role("button", name="Simpan").click()


def prove(page: Page, content: bytes) -> None:
    """The year with one click, then where to look; a phrase that is not there is said to be missing."""
    expect(send(page, content)).to_contain_text(TITLE)
    expect(slot(page)).to_contain_text("tahun belum diisi")
    hero(page, "9,00", "0,00")
    open_slots(page)
    year = slot(page).locator("button[name=tahun]", has_text="2025")
    year.click()
    expect(year).to_have_attribute("aria-pressed", "true")
    expect(slot(page)).not_to_contain_text("tahun belum diisi")
    quote(page, "2", MISSING)
    expect(slot(page).locator(".state-warn", has_text="tidak ditemukan dalam teks")).to_be_visible()
    quote(page, "2", QUOTE)
    expect(slot(page).locator(".state-ok", has_text="ditemukan di hlm. 2")).to_be_visible()
    fits(page)


def safe_now(page: Page) -> None:
    hero(page, "9,00", "9,00")
    fits(page)
    page.goto(f"/evaluasi/{evaluation_of(page)}/pertanyaan/{CODE}/")
    expect(card(page, CODE).locator(".question-points")).to_have_text("9 dari 12 poin aman")


def submit(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/periksa/")
    expect(page.locator("main")).not_to_contain_text("Tanah Bumbu")
    page.locator("input[name=incomplete]").check()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Ajukan evaluasi mandiri").click()
    expect(page.locator("h1")).to_have_text("Tanda terima")


# What a verifier sees


def sees_the_page(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/meja/va/{CODE}/")
    viewer = page.locator("#dokumen")
    expect(viewer).to_contain_text("Halaman 2 dari 3")
    expect(viewer).to_contain_text(QUOTE)
    expect(viewer.locator(".state-ok", has_text="ditemukan di hlm. 2")).to_be_visible()
    picture = viewer.get_by_role("img", name=f"Halaman 2 dari {TITLE}")
    expect(picture).to_have_attribute("src", re.compile(r"/halaman/2\.webp\?lebar="))
    picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    width, height = picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert width > 500
    assert round(height / width, 1) == 1.4, "a sheet of A4, upright"


def is_asked(page: Page) -> None:
    """A question, with the other district's name; the desk's own warnings aside."""
    asked = page.get_by_role("heading", name="Untuk ditanyakan").locator("xpath=..").get_by_role("listitem")
    expect(asked.filter(has_text=QUESTION)).to_have_count(1)
    expect(asked.filter(has_text=QUESTION)).to_contain_text(TITLE)


def test_a_decree_makes_points_safe_and_opens_at_its_page(
    page_as: PageAs, portal: Portal, shot: Shot
) -> None:
    content = regulation("188.45/31/2025")
    page = page_as(DISTRICT)
    pk = claim(page)
    prove(page, content)
    shot(slot(page), "petugas-kutipan")
    safe_now(page)
    stored = portal.rows(
        "SELECT l.pages, l.quote, e.years FROM evaluations_evidencelink l"
        " JOIN evaluations_evidence e ON e.id = l.evidence_id WHERE l.evaluation_id = ? AND l.removed_at IS NULL",
        pk,
    )
    assert stored == [("2", QUOTE, "[2025]")]

    send(page_as(NEIGHBOUR), content)
    page.goto(f"/evaluasi/{pk}/bukti/{CODE}/")
    expect(page.locator("main")).to_contain_text(TITLE)
    expect(page.locator("main")).not_to_contain_text("Tanah Bumbu")
    hero(page, "9,00", "9,00")
    submit(page, pk)

    verifier = page_as(VERIFIER)
    sees_the_page(verifier, pk)
    is_asked(verifier)
    shot(verifier.locator(".desk-sides"), "verifikator-dokumen")


def test_the_officer_does_the_same_on_a_phone(phone_as: PageAs) -> None:
    page = phone_as(OTHER)
    assert page.viewport_size == PHONE
    claim(page)
    prove(page, regulation("188.45/32/2025"))
    safe_now(page)
