"""What docs/panduan shows and promises of data dukung: the library in every state, and files on their way."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PageAs, Watch
from tests.browser.steps import evaluation_of

COORDINATOR, OFFICER, BEFORE = "koordinator.tabalong", "kesehatan.tabalong", "koordinator.hulusungaiselatan"
REASON = "Perjanjian diperpanjang dengan adendum; pindaiannya menyusul pada dokumen yang sama."
DECREES = "Himpunan keputusan dan SOP kelembagaan KLA 2023"
PIECES = "**/unggah/*-*/"

Shot = Callable[..., None]


def library(page: Page, query: str = "") -> int:
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/data-dukung/{query}")
    expect(page.locator("h1")).to_have_text("Data dukung")
    return pk


def photo() -> bytes:
    """More than one piece of an upload, and less than two."""
    out = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(out, "JPEG", quality=95)
    return out.getvalue()


def row(page: Page, title: str) -> Locator:
    return page.locator("main tbody tr").filter(has=page.get_by_role("link", name=title, exact=True))


def open_document(page: Page, title: str) -> None:
    """Found by its words, opened from its row."""
    library(page)
    page.locator("main input[name=q]").fill(title)
    page.locator("main input[name=q]").press("Enter")
    # The row stands on the whole list, too: a click there would cross with the search.
    page.wait_for_url(re.compile(r"[?&]q="))
    row(page, title).get_by_role("link", name=title, exact=True).click()
    expect(page.locator("h1")).to_have_text(title)


# What stands in the library


def test_a_document_keeps_its_versions_and_says_where_it_is_used(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    open_document(page, "Laporan kegiatan triwulan (pindaian)")
    expect(page.get_by_role("heading", name="Dipakai di 1 slot")).to_be_visible()
    files = page.locator("section[aria-labelledby=berkas]")
    expect(files).to_contain_text("laporan-kegiatan-revisi.pdf")
    expect(files).to_contain_text("versi 2")
    shot(page, "koordinator-dokumen")
    files.locator("summary", has_text="1 versi lama").click()
    expect(files).to_contain_text(re.compile("diganti Koordinator"))


def test_the_basket_gives_back_and_the_list_says_what_waits(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    library(page)
    expect(page.locator("[data-unfinished]")).to_contain_text("unggahan belum selesai")
    expect(row(page, "Surat undangan rapat evaluasi")).to_contain_text("belum dipakai")
    page.get_by_role("link", name="Keranjang").click()
    thrown = row(page, "Konsep laporan (salah unggah)")
    expect(thrown.get_by_role("button", name="Pulihkan")).to_be_visible()
    expect(page.locator("main")).to_contain_text("dihapus untuk selamanya")


def test_a_warning_is_answered_and_the_answer_taken_back(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    open_document(page, "Perjanjian kerja sama dengan lembaga masyarakat")
    warning = page.locator("main .callout-warn").filter(has=page.get_by_text("Jelaskan kepada verifikator"))
    expect(warning).to_have_count(1)
    warning.locator("summary").click()
    warning.locator("textarea").fill(REASON)
    shot(page, "koordinator-peringatan")
    warning.get_by_role("button", name="Simpan penjelasan").click()
    answered = page.locator("main .callout-ok", has_text=REASON)
    expect(answered).to_contain_text("dijawab")
    open_document(page, "Perjanjian kerja sama dengan lembaga masyarakat")
    expect(answered).to_contain_text("dijawab")
    expect(warning).to_have_count(0)
    answered.get_by_role("button", name="Tarik jawaban").click()
    expect(answered).to_have_count(0)
    open_document(page, "Perjanjian kerja sama dengan lembaga masyarakat")
    expect(warning).to_have_count(1)


def test_the_safe_score_says_what_is_missing(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/skor/?tahap=em&nilai=aman")
    expect(page.locator(".score-hero")).to_contain_text("Nilai aman evaluasi mandiri")
    cluster = page.locator(".score-tree > details").first
    cluster.locator("summary").first.click()
    indicator = cluster.locator("details").filter(has_text="Tidak dihitung aman").first
    indicator.locator("summary").click()
    expect(indicator.locator("small", has_text="Tidak dihitung aman: ").first).to_be_visible()
    shot(page, "koordinator-nilai-aman")


# Many at once, again, and all together


def test_many_files_are_looked_through_before_they_are_saved(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    library(page)
    page.get_by_role("link", name="Unggah banyak berkas", exact=True).click()
    expect(page.locator("[data-row]")).to_have_count(2)
    places = page.locator("[name^=tempat]")
    for place, code in zip(places.all(), ("1.2f", "12.1"), strict=True):
        expect(place).to_have_value(re.compile(rf"^{re.escape(code)}/"))
    page.get_by_role("heading", name="Periksa, lalu simpan").scroll_into_view_if_needed()
    shot(page, "koordinator-unggah-banyak")


def test_what_was_accepted_before_is_proposed_again(page_as: PageAs, shot: Shot) -> None:
    """Once it is said since when a decree holds: then for every question, and only by a click."""
    page = page_as(BEFORE)
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/data-dukung/pakai-ulang/")
    expect(page.locator("input[name=usulan]")).to_have_count(0)
    expect(page.get_by_role("heading", name="Perlu diperbarui")).to_be_visible()
    open_document(page, DECREES)
    page.locator("select[name=kind]").select_option(label="Produk hukum")
    page.locator("input[name=valid_from]").fill("2023-02-01")
    page.get_by_role("button", name="Simpan keterangan").click()
    expect(page.locator("main")).to_contain_text("Berlaku")
    library(page)
    page.get_by_role("link", name=re.compile(r"\d+ usulan pakai ulang")).click()
    proposed = page.locator("input[name=usulan]")
    expect(proposed.first).to_be_checked()
    count = proposed.count()
    assert count > 1
    shot(page, "koordinator-pakai-ulang")
    proposed.first.uncheck()
    page.get_by_role("button", name="Pasang yang dicentang").click()
    expect(page.locator("body")).to_contain_text(f"{count - 1} dokumen dipasang")
    expect(proposed).to_have_count(1)


def test_the_zip_says_first_what_it_will_hold(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    library(page)
    page.get_by_role("link", name="Unduh semua").click()
    expect(page.get_by_role("link", name=re.compile(r"^Unduh ZIP \([\d,]+ [kM]B\)$"))).to_be_visible()
    shot(page, "koordinator-unduh")
    whole = page.locator(".facts dd").first.inner_text()
    page.locator("input[name=klaster]").first.check()
    page.get_by_role("button", name="Hitung isinya").click()
    expect(page.locator(".facts dd").first).not_to_have_text(whole)


# On its way


def test_an_upload_goes_on_where_it_stopped(phone_as: PageAs, watch: Watch, shot: Shot) -> None:
    watch.expect("net::ERR_", "status of 404")
    page = phone_as(OFFICER)
    page.goto(f"/evaluasi/{evaluation_of(page)}/bukti/12.5/")

    def first_piece_only(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(PIECES, first_piece_only)
    place = page.locator("#slot-1")
    place.locator("[data-upload] input[type=file]").set_input_files(
        {"name": "kelas ibu hamil.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    place.get_by_role("button", name="Unggah").click()
    waiting = place.locator("[data-queue] .slot")
    expect(waiting).to_contain_text("jaringan terputus; dilanjutkan sendiri begitu tersambung")
    expect(waiting).to_contain_text(re.compile(r"\d\d% dari \d{3} kB"))
    waiting.scroll_into_view_if_needed()
    shot(page, "petugas-unggahan")
    page.unroute(PIECES)
    expect(waiting.locator(".state")).to_contain_text("tersimpan", timeout=20_000)
    expect(place.locator(".file-row[id^=l-]").last).to_contain_text("kelas ibu hamil")
