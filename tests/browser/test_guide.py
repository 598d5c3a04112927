"""What docs/panduan shows and promises. With KLA_SCREENSHOTS=1 the same run makes the guide's pictures."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from kla_portal.accounts.domain.second_factor import NewDevice
from tests.browser.conftest import IMAGES, OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import bar, card, is_saved, number, open_indicator, status, write_note
from tests.kla_portal.accounts.telephone import shown

Shot = Callable[..., None]

GUIDE = IMAGES.parent
LIMIT, LARGEST = 2_100_000, 150_000
"""Bytes of all committed pictures together, and of one."""

PRINTED = NewDevice(key=b"bukan kunci siapapun".hex(), username="admin.kalsel")
"""The key in the guide's picture. It opens nothing: what a set-up page shows is a secret, also a demo's."""

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"

PAGES = {
    "koordinator.tabalong": {
        "koordinator-beranda": "Beranda",
        "koordinator-pengisian": "Pengisian",
        "koordinator-pustaka": "Data dukung",
        "koordinator-periksa": "Periksa & ajukan",
        "koordinator-skor": "Skor",
    },
    "pimpinan.tabalong": {"pimpinan-laporan": "Laporan"},
    "auditor.kalsel": {"auditor-catatan": "Catatan"},
    "admin.kalsel": {"admin-provinsi-akun": "Akun"},
    "admin.pusat": {
        "admin-nasional-provinsi": "Provinsi",
        "admin-nasional-instrumen": "Instrumen",
        "admin-nasional-periode": "Periode",
    },
}


def menu(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=label, exact=True).click()


@pytest.mark.parametrize("username", PAGES)
def test_the_menu_says_where_one_is(page_as: PageAs, shot: Shot, username: str) -> None:
    page = page_as(username)
    for name, label in PAGES[username].items():
        menu(page, label)
        current = page.locator(".nav-main [aria-current=page]")
        expect(current).to_have_text([label])
        shot(page, name)


def test_the_way_in_names_the_next_step_on_a_phone(open_context: OpenContext, shot: Shot) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = open_context(**phone).new_page()
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Masuk")
    expect(page.get_by_label("Nama pengguna")).to_be_visible()
    shot(page, "masuk-ponsel")


def test_the_second_step_is_set_up_as_the_guide_tells(page_as: PageAs, shot: Shot) -> None:
    page = page_as("admin.kalsel")
    page.goto("/akun/profil/")
    page.get_by_role("link", name="Verifikasi dua langkah").click()
    page.get_by_role("link", name="Pasang sekarang").click()
    expect(page.locator("main h2")).to_have_text([re.compile(rf"^{step}\. ") for step in (1, 2, 3)])
    sheet, key, picture = (page.locator(part) for part in ("form.sheet", "form.sheet code", "form.sheet img"))
    secret = b32decode(key.inner_text().replace(" ", "")).hex()
    real = picture.get_attribute("src")
    key.evaluate("(code, text) => { code.textContent = text; }", PRINTED.grouped)
    picture.evaluate("(img, address) => { img.src = address; }", PRINTED.picture)
    assert real not in (None, PRINTED.picture)
    shot(sheet, "masuk-dua-langkah")
    page.get_by_label("Kode dari aplikasi di telepon").fill(shown(secret))
    page.get_by_role("button", name="Pasang").click()
    expect(page.locator("main ol code")).to_have_count(10)
    page.get_by_role("link", name="Saya sudah menyimpannya").click()
    expect(page.locator(".page-head")).to_contain_text("Terpasang")


def test_the_sessions_of_an_account_are_seen_and_ended(open_context: OpenContext, shot: Shot) -> None:
    here = sign_in(open_context().new_page(), "verifikator.kalsel")
    here.goto("/akun/sesi/")
    here.get_by_role("button", name="Akhiri semua sesi lain").click()
    telephone = sign_in(open_context(user_agent=ANDROID).new_page(), "verifikator.kalsel")
    here.goto("/akun/sesi/")
    other = here.locator("main section", has_text="Sedang berjalan").locator("tr", has_text="Android")
    expect(other).to_be_visible()
    shot(here.locator("main section").first, "masuk-sesi")
    other.get_by_role("button", name="Akhiri").click()
    expect(other).to_have_count(0)
    telephone.goto("/akun/profil/")
    expect(telephone.locator("h1")).to_have_text("Masuk")


def test_leader_and_contributor_see_their_first_page_on_a_phone(phone_as: PageAs, shot: Shot) -> None:
    page = phone_as("pimpinan.tabalong")
    expect(page.locator(".score-hero .score-number").first).to_be_in_viewport()
    shot(page, "pimpinan-ponsel")
    page = phone_as("dukcapil.tabalong")
    expect(page.locator("h1")).to_have_text("Tugas saya")
    expect(page.get_by_role("heading", name="Selesai")).to_be_visible()
    shot(page, "petugas-ponsel")


def test_a_coordinator_shares_out_questions(page_as: PageAs, portal: Portal, shot: Shot) -> None:
    page = page_as("koordinator.banjar")
    menu(page, "Pengisian")
    page.get_by_role("link", name="Pembagian tugas").click()
    indicator = page.locator("#i-15")
    indicator.locator("summary").click()
    indicator.locator("li", has_text="15.1").get_by_role("checkbox").check()
    indicator.get_by_label("Bagikan kepada").select_option(label="Dinas Sosial")
    shot(indicator, "koordinator-pembagian")
    indicator.get_by_role("button", name="Bagikan yang dicentang").click()
    expect(page.locator("#i-15 li", has_text="15.1")).to_contain_text("Dinas Sosial")
    expect(page.locator("#i-15 li", has_text="15.2")).not_to_contain_text("Dinas Sosial")


# When something goes wrong


def test_a_dead_network_is_told_and_made_good(page_as: PageAs, watch: Watch, shot: Shot) -> None:
    watch.expect("net::ERR_", "htmx:")
    page = page_as("koordinator.banjar")
    open_indicator(page, "13")
    page.context.set_offline(True)
    write_note(page, "13.1", "Menurut penimbangan bulan Agustus.")
    expect(bar(page)).to_contain_text("1 jawaban menunggu dikirim")
    shot(page, "masalah-koneksi")
    page.context.set_offline(False)
    is_saved(page, "13.1")
    expect(bar(page)).to_be_hidden()


def test_two_people_at_one_answer_choose(page_as: PageAs, watch: Watch, shot: Shot) -> None:
    watch.expect("status of 409")
    mine, theirs = page_as("koordinator.tanahbumbu"), page_as("kesehatan.tanahbumbu")
    pk = open_indicator(mine, "14")
    theirs.goto(f"/evaluasi/{pk}/indikator/14/")
    for page, count, source in ((theirs, "1620", "laporan triwulan IV"), (mine, "1580", "profil kesehatan")):
        number(page, "14.4", "numerator").fill(count)
        number(page, "14.4", "denominator").fill("2000")
        write_note(page, "14.4", f"Dari {source}.")
        if page is theirs:
            is_saved(page, "14.4")
    conflict = status(mine, "14.4")
    expect(conflict).to_contain_text("Berubah oleh orang lain")
    expect(conflict).to_contain_text("81%")
    shot(card(mine, "14.4"), "masalah-konflik")
    conflict.get_by_role("link", name="Pakai yang tersimpan").click()
    expect(card(mine, "14.4").locator("textarea[name=note]")).to_have_value("Dari laporan triwulan IV.")
    expect(number(mine, "14.4", "numerator")).to_have_value("1.620")


# A verifier


def test_a_verifier_finds_queue_desk_and_return(page_as: PageAs, shot: Shot) -> None:
    page = page_as("verifikator.kalsel")
    page.locator("details.menu-edition summary").click()
    page.get_by_role("link", name="Evaluasi KLA 2024").click()
    menu(page, "Verifikasi")
    row = page.locator("main tbody tr", has_text="Kabupaten Balangan")
    shot(page, "verifikator-antrean")
    row.get_by_role("link", name="Buka meja verifikasi").click()
    page.wait_for_url("**/meja/va/**")
    page.goto(re.sub(r"/meja/va/.*", "/meja/va/12.1/", page.url))
    expect(page.locator("main")).to_contain_text("terverifikasi sejauh ini")
    expect(page.get_by_role("radio", name="Terima")).to_be_checked()
    shot(page, "verifikator-meja")
    page.get_by_role("link", name="Kembalikan pertanyaan").click()
    expect(page.locator("main")).to_contain_text("yang lain tetap terkunci")
    shot(page, "verifikator-kembalikan")


# The guide itself


def test_the_guide_shows_every_picture_it_has_and_no_other() -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md")}
    shown = {name for text in texts.values() for name in re.findall(r"\(img/([\w-]+\.png)\)", text)}
    stored = {picture.name for picture in IMAGES.glob("*.png")}
    assert shown == stored
    assert sum(picture.stat().st_size for picture in IMAGES.glob("*.png")) < LIMIT
    for picture in IMAGES.glob("*.png"):
        assert picture.stat().st_size < LARGEST, picture.name
        with Image.open(picture) as opened:
            assert max(opened.size) <= 1600, picture.name
    linked = {name for text in texts.values() for name in re.findall(r"\]\(([\w-]+\.md)", text)}
    assert linked <= {page.name for page in texts}
    assert {page.name for page in texts} - {"README.md"} <= linked, "every page can be reached"
