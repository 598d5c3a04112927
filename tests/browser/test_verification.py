"""Verification from the queue to the objection: verifier, district and provincial admin, each in their own browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import EXPECT_MS, PageAs, Watch
from tests.browser.papers import VIEWER_COMPLAINT
from tests.browser.portal import PASSWORD, Portal
from tests.browser.steps import card, is_saved, nothing_kept, number, status
from tests.evaluations.evidence import corpus

DISTRICT, VERIFIER, ADMIN = "koordinator.baritokuala", "verifikator.kalsel", "admin.kalsel"
PLACE = "Kabupaten Barito Kuala"
WAIT_MS = 15_000
STEP_MS = 2_500
"""Longer than the desk waits for a verdict that is on its way before it steps on."""

REJECTED, ACCEPTED, DISPUTED, DEFERRED = "1.1", "1.2a", "1.2b", "12.2"
"""Disputed: both verifiers decide it at once. Disputed and deferred go back to the district."""

UNSIGNED = "Surat edaran belum bertanda tangan dan berstempel."
NO_CHILDREN = "Instruksi tidak menyebut anak secara khusus."
OLD_FIGURES = "Lampirkan rekapitulasi Buku KIA sampai Desember."
PLEA = "Tanda tangan ada pada halaman terakhir berkas yang sama."
GRANT = "Tanda tangan dan stempel ada pada halaman terakhir."


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    expect.set_options(timeout=WAIT_MS)
    yield
    expect.set_options(timeout=EXPECT_MS)


def angka(points: Decimal) -> str:
    return f"{points:.2f}".replace(".", ",")


def points(page: Page, code: str) -> Decimal:
    """What the card or the desk says that the question has: "0,75 dari 1 poin"."""
    found = re.search(r"([\d,]+) dari", card(page, code).locator(".question-points").inner_text())
    assert found
    return Decimal(found[1].replace(",", "."))


# The verifier's desk


def open_desk(page: Page, pk: int, code: str) -> None:
    page.goto(f"/evaluasi/{pk}/meja/va/{code}/")
    expect(card(page, code)).to_be_visible()


def chosen(page: Page, decision: str) -> Locator:
    return page.locator(f"form.verdict-form input[name=decision][value={decision}]")


def reason(page: Page) -> Locator:
    return page.locator("form.verdict-form textarea[name=reason]")


def ready(page: Page) -> None:
    """The keys do nothing while a person types, or while the document beside the claim has the focus."""
    page.wait_for_load_state("networkidle")
    page.locator(".question-title").click()


def press(page: Page, key: str, code: str) -> None:
    """A key of the desk that steps to another question, again where the document took the key."""
    for _ in range(4):
        ready(page)
        page.keyboard.press(key)
        with suppress(PlaywrightTimeout):
            page.wait_for_url(f"**/{code}/", timeout=STEP_MS)
            break
    expect(card(page, code)).to_be_visible()


def decided_by(page: Page, code: str, name: str) -> None:
    expect(status(page, code)).to_contain_text("Tersimpan")
    expect(status(page, code)).to_contain_text(f"oleh {name}")
    nothing_kept(page)


def reject(page: Page, text: str) -> None:
    ready(page)
    page.keyboard.press("t")
    expect(chosen(page, "reject")).to_be_checked()
    expect(reason(page)).to_be_focused()
    if not reason(page).input_value():
        # Nothing is sent, and so nothing refused, until its reason stands there.
        expect(page.locator(".reason-first")).to_be_visible()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def accept(page: Page, code: str, name: str) -> None:
    ready(page)
    page.keyboard.press("a")
    expect(chosen(page, "accept")).to_be_checked()
    page.keyboard.press("Control+Enter")
    decided_by(page, code, name)


def verdict(portal: Portal, pk: int, code: str) -> tuple[object, ...] | None:
    """(decision, reason, user name) of the stored verdict."""
    found = portal.rows(
        "SELECT v.decision, v.reason, u.username FROM evaluations_verdict v"
        " JOIN indicators_question q ON q.id = v.question_id JOIN accounts_user u ON u.id = v.updated_by_id"
        " WHERE v.evaluation_id = ? AND v.stage = 'va' AND v.reading = 1 AND q.code = ?",
        pk,
        code,
    )
    return found[0] if found else None


def begin(page: Page, portal: Portal) -> tuple[int, Decimal]:
    """From the queue to the first question, then by keyboard. The evaluation's id; the points at stake."""
    page.goto("/verifikasi/2024/63/")
    row = page.locator("main tbody tr").filter(has_text=PLACE)
    expect(row).to_contain_text("0/274")
    row.get_by_role("link", name="Buka meja verifikasi").click()
    page.wait_for_url(f"**/meja/va/{REJECTED}/")
    pk = int(re.findall(r"/evaluasi/(\d+)/", page.url)[0])
    at_stake = points(page, REJECTED)
    expect(page.locator("#running")).to_contain_text("274 butir lagi")
    reject(page, UNSIGNED)
    decided_by(page, REJECTED, "Verifikator Kalimantan Selatan")
    expect(page.locator("#running")).to_contain_text("273 butir lagi")
    press(page, "j", ACCEPTED)
    accept(page, ACCEPTED, "Verifikator Kalimantan Selatan")
    press(page, "j", DISPUTED)
    press(page, "k", ACCEPTED)
    expect(chosen(page, "accept")).to_be_checked()
    assert verdict(portal, pk, REJECTED) == ("reject", UNSIGNED, VERIFIER)
    assert verdict(portal, pk, ACCEPTED) == ("accept", "", VERIFIER)
    return pk, at_stake


def dispute(mine: Page, theirs: Page, portal: Portal, pk: int) -> None:
    """The admin was faster: nothing is replaced unseen, and what I wrote is still there."""
    open_desk(mine, pk, DISPUTED)
    open_desk(theirs, pk, DISPUTED)
    accept(theirs, DISPUTED, "Admin Kalimantan Selatan")
    reject(mine, NO_CHILDREN)
    conflict = status(mine, DISPUTED)
    expect(conflict).to_contain_text("Berubah oleh orang lain")
    expect(conflict).to_contain_text("Admin Kalimantan Selatan memutuskan pertanyaan ini")
    expect(conflict).to_contain_text(NO_CHILDREN)
    expect(reason(mine)).to_have_value(NO_CHILDREN)
    assert verdict(portal, pk, DISPUTED) == ("accept", "", ADMIN)
    conflict.get_by_role("button", name="Simpan putusan saya").click()
    decided_by(mine, DISPUTED, "Verifikator Kalimantan Selatan")
    assert verdict(portal, pk, DISPUTED) == ("reject", NO_CHILDREN, VERIFIER)


# Sent back, mended, handed in again


def send_back(page: Page, pk: int) -> None:
    """What was rejected or put off is proposed; the first stays with the verifier."""
    open_desk(page, pk, DEFERRED)
    ready(page)
    page.keyboard.press("d")
    expect(status(page, DEFERRED)).to_contain_text("Ditunda")
    nothing_kept(page)
    page.get_by_role("link", name="Kembalikan pertanyaan").click()
    picked = page.locator("input[name=pilih]:checked")
    expect(picked).to_have_count(3)
    page.locator(f"input[name=pilih][value='{REJECTED}']").uncheck()
    expect(page.locator(f"textarea[name='perlu-{DISPUTED}']")).to_have_value(NO_CHILDREN)
    page.locator(f"textarea[name='perlu-{DEFERRED}']").fill(OLD_FIGURES)
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    expect(page.locator("h1")).to_have_text("Kembalikan 2 pertanyaan?")
    page.get_by_role("button", name="Kembalikan sekarang").click()
    expect(page.locator("main")).to_contain_text("Masih pada kabupaten/kota")


def mend(page: Page, pk: int) -> Decimal:
    """The district changes both returned questions and nothing else; how many points that brings."""
    page.goto(f"/evaluasi/{pk}/")
    expect(page.locator("main")).to_contain_text("2 pertanyaan dikembalikan")
    page.get_by_role("link", name="Buka daftar kekurangan").click()
    expect(page.locator("main article")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("0 dari 2 sudah diubah")
    for needed in (NO_CHILDREN, OLD_FIGURES):
        expect(page.locator("main .return-needed", has_text=needed)).to_be_visible()
    page.goto(f"/evaluasi/{pk}/indikator/1/")
    expect(card(page, ACCEPTED)).to_contain_text("Terkunci")
    expect(card(page, ACCEPTED).locator("form, input, textarea")).to_have_count(0)
    page.goto(f"/evaluasi/{pk}/pertanyaan/{DISPUTED}/")
    before = points(page, DISPUTED)
    card(page, DISPUTED).locator("input[type=radio][value='1']").check()
    is_saved(page, DISPUTED)
    nothing_kept(page)
    gained = points(page, DISPUTED) - before
    page.goto(f"/evaluasi/{pk}/pertanyaan/{DEFERRED}/")
    before = points(page, DEFERRED)
    number(page, DEFERRED, "numerator").fill("27000")
    number(page, DEFERRED, "numerator").blur()
    is_saved(page, DEFERRED)
    nothing_kept(page)
    return gained + points(page, DEFERRED) - before


def resubmit(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/kekurangan/")
    expect(page.locator("main")).to_contain_text("2 dari 2 sudah diubah")
    page.locator("#ajukan input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Ajukan kembali").click()
    expect(page.locator("body")).to_contain_text("Kekurangan sudah diajukan kembali.")
    page.goto(f"/evaluasi/{pk}/indikator/12/")
    expect(card(page, DEFERRED)).to_contain_text("Terkunci")


def see_what_changed(page: Page, pk: int) -> None:
    """Old and new beside each other, of the returned questions alone."""
    page.goto(f"/evaluasi/{pk}/perubahan/1/")
    expect(page.locator("main")).to_contain_text("2 dari 2 pertanyaan berubah")
    expect(page.locator("main article")).to_have_count(2)
    for code, old, new in ((DISPUTED, "Instruksi", "Peraturan"), (DEFERRED, "16.540", "27.000")):
        expect(card(page, code).locator("del").first).to_contain_text(old)
        expect(card(page, code).locator("ins").first).to_contain_text(new)


# Closing, and the objection after it


def finish(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/meja/va/terima/")
    expect(page.locator("input[name=code]:checked")).to_have_count(270)
    page.get_by_role("button", name="Terima yang dicentang").click()
    expect(page.locator("body")).to_contain_text("270 butir diterima sesuai klaim")
    page.goto(f"/evaluasi/{pk}/tutup/va/")
    expect(page.locator("main")).to_contain_text("2 pertanyaan belum diputuskan")
    expect(page.locator("main input[type=password]")).to_have_count(0)
    for code in (DISPUTED, DEFERRED):
        open_desk(page, pk, code)
        expect(card(page, code)).to_contain_text("Yang diputuskan berubah sesudah putusan ini")
        accept(page, code, "Verifikator Kalimantan Selatan")
    expect(page.locator("#running")).to_contain_text("semua sudah diputuskan")


def close(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/tutup/va/")
    page.locator("input[name=letter_number]").fill("400.2/117/DP3A")
    page.locator("input[name=letter_date]").fill(str(date.today() - timedelta(days=1)))
    letter = corpus.pdf(mark="Surat gubernur")
    page.locator("input[name=letter]").set_input_files(
        {"name": "surat gubernur.pdf", "mimeType": "application/pdf", "buffer": letter}
    )
    page.locator("main input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Tutup tahap ini").click()
    expect(page.locator("h1")).to_have_text("Hasil Verifikasi Administrasi")


def sees_score(page: Page, pk: int, claimed: Decimal, verified: Decimal) -> None:
    page.goto(f"/evaluasi/{pk}/tahap/")
    totals = page.locator("main table").first.locator("td.total")
    expect(totals).to_have_text([angka(claimed), angka(verified)])


def object_to(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/sanggah/va/")
    expect(page.locator("main article")).to_have_count(1)
    page.get_by_role("link", name=f"Sanggah pertanyaan {REJECTED}").click()
    page.locator("textarea[name=reason]").fill(PLEA)
    page.get_by_role("button", name="Ajukan sanggah").click()
    expect(card(page, REJECTED)).to_contain_text("Sanggah menunggu putusan")


def grant(author: Page, admin: Page, pk: int) -> None:
    """Not by the person who gave the verdict."""
    author.goto(f"/evaluasi/{pk}/sanggah/va/")
    expect(card(author, REJECTED)).to_contain_text("sanggahnya diputus orang lain")
    admin.goto(f"/evaluasi/{pk}/sanggah/va/")
    admin.get_by_role("link", name=f"Putuskan sanggah {REJECTED}").click()
    expect(admin.locator("main")).to_contain_text(PLEA)
    admin.locator("input[name=choice][value=accept]").check()
    admin.locator("textarea[name=reason]").fill(GRANT)
    admin.get_by_role("button", name="Simpan putusan").click()
    expect(card(admin, REJECTED)).to_contain_text("Sanggah dikabulkan")


def test_a_district_is_verified_returned_closed_and_heard(
    page_as: PageAs, portal: Portal, watch: Watch
) -> None:
    watch.expect("status of 409", VIEWER_COMPLAINT)
    district, verifier, admin = page_as(DISTRICT), page_as(VERIFIER), page_as(ADMIN)
    pk, at_stake = begin(verifier, portal)
    dispute(verifier, admin, portal, pk)
    district.goto(f"/evaluasi/{pk}/tahap/")
    expect(district.locator("main")).to_contain_text("Baru Evaluasi Mandiri yang dapat dilihat")

    send_back(verifier, pk)
    gained = mend(district, pk)
    assert gained > 0
    resubmit(district, pk)
    see_what_changed(verifier, pk)

    finish(verifier, pk)
    close(verifier, pk)
    [(claimed,)] = portal.rows(
        "SELECT total FROM evaluations_stageresult WHERE evaluation_id = ? AND stage = 'em'", pk
    )
    claim = Decimal(str(claimed))
    verified = claim - at_stake + gained
    assert verified < claim
    sees_score(district, pk, claim, verified)
    district.goto(f"/evaluasi/{pk}/tahap/?berubah")
    row = district.locator("main .stage-table tbody tr").filter(has_text=UNSIGNED)
    expect(row).to_contain_text("Ditolak")
    expect(row.locator("td.num").nth(1)).to_have_text("0")

    object_to(district, pk)
    grant(verifier, admin, pk)
    sees_score(district, pk, claim, verified + at_stake)
    district.goto(f"/evaluasi/{pk}/sanggah/va/")
    for words in ("Sanggah dikabulkan", GRANT, angka(verified), angka(verified + at_stake)):
        expect(card(district, REJECTED)).to_contain_text(words)
