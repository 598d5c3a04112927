"""The three journeys: a district fills and submits, an agency does its part, a province prints its ranking."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import yaml
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import PageAs, Watch
from tests.browser.papers import VIEWER_COMPLAINT, needs_poppler, open_pdf
from tests.browser.portal import PASSWORD, ROOT, Portal
from tests.browser.steps import card, evaluation_of, is_saved, number, open_indicator, status
from tests.evaluations.evidence import corpus

COORDINATOR = "koordinator.balangan"
CONTRIBUTOR = "kesehatan.tabalong"
PROVINCE = "admin.kalsel"
INSTRUMENT = ROOT / "fixtures" / "instruments" / "kla-2023.yaml"

Shot = Callable[..., None]


def menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=name, exact=True).click()


def claim(page: Page) -> str:
    found = re.search(r"Klaim:\s*([\d.,]+)", page.locator("#running").inner_text())
    assert found
    return found[1]


def counts(page: Page) -> list[int]:
    """What the check page counts: must be mended, should be mended, notes."""
    return [int(text) for text in page.locator(".counts b").all_inner_texts()]


def choose_file(page: Page, slot: int, name: str, content: bytes) -> None:
    section = page.locator(f"#slot-{slot}")
    section.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    section.get_by_role("button", name="Unggah").click()


# A coordinator fills and submits


def answer_one_of_each_kind(page: Page, shot: Shot) -> None:
    """Percentage, choice and matrix; points and claim follow each save."""
    menu(page, "Pengisian")
    page.get_by_role("link", name="12. Persalinan di Fasilitas Kesehatan").click()
    assert claim(page) == "0,00"
    number(page, "12.1", "numerator").fill("4120")
    number(page, "12.1", "denominator").fill("4508")
    number(page, "12.1", "denominator").blur()
    is_saved(page, "12.1")
    expect(card(page, "12.1").locator(".question-points")).to_have_text(
        "2 dari 3 poin belum aman: slot wajib kosong"
    )
    expect(card(page, "12.1").locator(".rule-lines .is-here")).to_contain_text("≥ 85%: 2")
    expect(page.locator("#running")).to_contain_text("Klaim: 2,00")
    card(page, "12.6").locator("input[type=radio]").first.check()
    is_saved(page, "12.6")
    expect(page.locator("#running")).to_contain_text("Klaim: 6,00")
    page.evaluate("scrollTo(0, 0)")
    shot(page, "koordinator-indikator")
    # The numerator alone: kept, without points, and to be mended before submitting.
    number(page, "12.2", "numerator").fill("23028")
    number(page, "12.2", "numerator").blur()
    is_saved(page, "12.2")
    expect(status(page, "12.2")).to_contain_text("Belum lengkap: 0 dari 3 poin; belum diisi: penyebut")
    menu(page, "Pengisian")
    page.get_by_role("link", name=re.compile("^3. Peran Lembaga Masyarakat")).click()
    rows = card(page, "3.1a").locator(".matrix-rows select")
    expect(rows).to_have_count(3)
    for row in range(3):
        rows.nth(row).select_option(index=1)
    is_saved(page, "3.1a")
    expect(card(page, "3.1a").locator(".question-points")).to_have_text(
        "4,5 dari 4,5 poin belum aman: slot wajib kosong"
    )
    expect(page.locator("#running")).to_contain_text("Klaim: 10,50")


def prove_12_1(page: Page, portal: Portal, pk: int) -> None:
    content = corpus.pdf(mark="Rekapitulasi persalinan Balangan")
    open_indicator(page, "12")
    expect(card(page, "12.1").locator(".slot.is-missing")).to_have_count(1)
    card(page, "12.1").get_by_role("link", name="tambah data dukung").click()
    page.locator("#slot-1-unggah-title").fill("Rekap persalinan 2025")
    choose_file(page, 1, "rekap persalinan.pdf", content)
    expect(page.locator("#slot-1 .file-row[id^=l-]")).to_contain_text("Rekap persalinan 2025")
    page.get_by_role("link", name="Kembali ke pertanyaan").click()
    expect(card(page, "12.1").locator(".file-row")).to_contain_text("Rekap persalinan 2025")
    expect(card(page, "12.1").locator(".slot.is-missing")).to_have_count(0)
    stored = portal.rows(
        "SELECT f.sha256 FROM evaluations_evidencefile f JOIN evaluations_evidencelink l ON l.evidence_id = f.evidence_id"
        " WHERE l.evaluation_id = ?",
        pk,
    )
    assert stored == [(hashlib.sha256(content).hexdigest(),)]


def mend_what_must_be_mended(page: Page, shot: Shot) -> None:
    menu(page, "Periksa & ajukan")
    assert counts(page)[0] == 1
    expect(page.locator("main")).to_contain_text("Belum dapat diajukan")
    expect(page.locator("main input[type=password]")).to_have_count(0)
    errors = page.locator("section[aria-labelledby=t-ERROR] li")
    expect(errors).to_have_count(1)
    errors.get_by_role("link", name="12.2").click()
    number(page, "12.2", "denominator").fill("24000")
    number(page, "12.2", "denominator").blur()
    is_saved(page, "12.2")
    page.locator("nav.page-actions").get_by_role("link", name="Periksa & ajukan").click()
    assert counts(page)[0] == 0
    expect(page.locator("main")).to_contain_text(
        "klaim 13,50 (Inisiasi), aman 0,00 (Inisiasi; mengapa?), 4 dari 274 terjawab"
    )
    shot(page, "koordinator-ajukan")


def submit(page: Page) -> None:
    """First with a password that is not theirs: nothing is frozen, and the page says so."""
    button = page.get_by_role("button", name="Ajukan evaluasi mandiri")
    expect(page.locator("#ajukan")).to_contain_text("270 pertanyaan belum dijawab dan dihitung 0.")
    page.locator("input[name=incomplete]").check()
    page.locator("input[name=password]").fill("bukan-kata-sandi-saya")
    button.click()
    expect(page.locator("main")).to_contain_text("Kata sandi tidak cocok.")
    expect(page.locator("input[name=incomplete]")).to_be_checked()
    expect(button).to_be_visible()
    page.locator("input[name=password]").fill(PASSWORD)
    button.click()
    expect(page.locator("h1")).to_have_text("Tanda terima")


@needs_poppler
def test_a_coordinator_fills_checks_submits_and_keeps_the_receipt(
    page_as: PageAs, portal: Portal, watch: Watch, shot: Shot, tmp_path: Path
) -> None:
    watch.expect("status of 422", VIEWER_COMPLAINT)
    page = page_as(COORDINATOR)
    pk = evaluation_of(page)
    expect(page.locator(".score-hero")).to_contain_text("0,00")
    expect(page.get_by_role("link", name=re.compile("^Mulai mengisi: 1.1 "))).to_be_visible()
    answer_one_of_each_kind(page, shot)
    prove_12_1(page, portal, pk)
    mend_what_must_be_mended(page, shot)
    submit(page)

    [(receipt, total, digest)] = portal.rows(
        "SELECT receipt_number, total, digest FROM evaluations_stageresult WHERE evaluation_id = ?", pk
    )
    assert str(total) == "13.5"
    expect(page.locator(".receipt-number")).to_have_text(str(receipt))
    expect(page.locator(".digest")).to_have_text(f"sha256 {digest}")
    expect(page.locator(".receipt")).to_contain_text("13,50")
    shot(page, "koordinator-tanda-terima")
    paper = open_pdf(page, page.get_by_role("link", name="Tanda terima (PDF)"), tmp_path)
    for words in (str(receipt), "13,50", "Kabupaten Balangan"):
        assert words in paper
    assert str(digest) in paper.replace(" ", ""), "long digests are broken into lines"

    locked_for_good(page, portal, pk)


def locked_for_good(page: Page, portal: Portal, pk: int) -> None:
    """The cards say so, and a save past the page is refused and changes nothing."""
    before = portal.saved(pk, "12.1")
    open_indicator(page, "12")
    expect(card(page, "12.1")).to_contain_text("Terkunci")
    expect(card(page, "12.1")).to_contain_text("Rekap persalinan 2025")
    expect(page.locator("main .answer-form, main input, main textarea")).to_have_count(0)
    expect(page.get_by_role("link", name="tambah data dukung")).to_have_count(0)
    token = json.loads(str(page.locator("body").get_attribute("hx-headers")))
    answer = page.request.post(
        f"/evaluasi/{pk}/pertanyaan/12.1/simpan/",
        headers=token,
        form={"numerator": "4508", "denominator": "4508", "version": str(before[2] if before else 0)},
    )
    assert answer.status == 403
    assert portal.saved(pk, "12.1") == before
    page.goto("/")
    expect(page.locator("main")).to_contain_text("Sudah diajukan")


# A contributor's task with evidence


def own_codes() -> set[str]:
    """The questions that the instrument gives to the health agency first."""
    instrument = yaml.safe_load(INSTRUMENT.read_text(encoding="utf-8"))
    return {
        str(question["code"])
        for cluster in instrument["clusters"]
        for indicator in cluster["indicators"]
        for question in indicator["questions"]
        if (question.get("agencies") or [""])[0] == "kesehatan"
    }


def codes_under(page: Page, group: str) -> set[str]:
    links = page.locator(f"section[aria-labelledby=g-{group}] th a").all_inner_texts()
    return {text.split()[0] for text in links}


def test_a_contributor_answers_proves_and_sees_the_task_done(
    page_as: PageAs, portal: Portal, watch: Watch, shot: Shot
) -> None:
    watch.expect("status of 422", "status of 403", "status of 404")
    page = page_as(CONTRIBUTOR)
    expect(page.locator("h1")).to_have_text("Tugas saya")
    pk = int(re.findall(r"/evaluasi/(\d+)/tugas/", page.url)[0])
    shot(page, "petugas-tugas")
    groups = [codes_under(page, group) for group in ("unanswered", "incomplete", "evidence", "done")]
    assert set().union(*groups) == own_codes()
    assert sum(len(group) for group in groups) == len(own_codes())
    code = "12.3"
    assert code in groups[0]

    page.get_by_role("link", name=f"{code} ").last.click()
    number(page, code, "numerator").fill("4620")
    number(page, code, "denominator").fill("4508")
    number(page, code, "denominator").blur()
    expect(status(page, code)).to_contain_text(
        "Pembilang tidak boleh lebih besar dari penyebut (4.620 > 4.508)."
    )
    number(page, code, "numerator").fill("4420")
    number(page, code, "numerator").blur()
    is_saved(page, code)
    expect(status(page, code)).to_contain_text("98,05%")
    shot(page, "petugas-pertanyaan")
    page.locator("nav.page-actions").get_by_role("link", name="Tugas saya").click()
    assert code in codes_under(page, "evidence")

    prove(page, code, shot)
    menu(page, "Tugas saya")
    assert code in codes_under(page, "done")
    nothing_of_others(page, pk)


def prove(page: Page, code: str, shot: Shot) -> None:
    """First a page of script in a PDF's clothes: refused, with the reason and what to do."""
    page.get_by_role("link", name=f"{code} ").last.click()
    page.get_by_role("link", name="tambah data dukung").click()
    queue = page.locator("#slot-1 [data-queue] li")
    choose_file(page, 1, "tabel imunisasi.pdf", corpus.HTML)
    expect(queue.locator(".state-block")).to_be_visible()
    expect(page.locator("#slot-1 .file-row[id^=l-]")).to_have_count(0)
    shot(page, "petugas-berkas-ditolak")
    queue.get_by_role("button", name="Tutup").click()
    choose_file(page, 1, "tabel imunisasi.pdf", corpus.pdf(mark="Tabel imunisasi"))
    expect(page.locator("#slot-1 .file-row[id^=l-]")).to_contain_text("tabel imunisasi")
    expect(queue.locator(".state-ok")).to_be_visible()
    shot(page, "petugas-data-dukung")


def nothing_of_others(page: Page, pk: int) -> None:
    page.goto(f"/evaluasi/{pk}/pengisian/")
    expect(page.locator("main table tbody tr").first).to_be_visible()
    shown = set(page.locator("main table tbody th a").evaluate_all("links => links.map(link => link.href)"))
    assert {url.rstrip("/").rsplit("/", 1)[1] for url in shown if "/indikator/" in url} == {
        re.match(r"\d+[A-C]?", code)[0]  # type: ignore[index]
        for code in own_codes()
    }
    assert page.request.get(f"/evaluasi/{pk}/pertanyaan/1.1/").status == 404
    expect(page.get_by_role("navigation", name="Menu utama")).not_to_contain_text("ajukan")
    answer = page.goto(f"/evaluasi/{pk}/periksa/")
    assert answer
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("Anda tidak dapat membaca seluruh evaluasi ini.")
    page.goto("/")
    token = json.loads(str(page.locator("body").get_attribute("hx-headers")))
    refused = page.request.post(f"/evaluasi/{pk}/ajukan/", headers=token, form={"password": PASSWORD})
    assert refused.status == 403


# A province prints its ranking


def table_of(download: Download, folder: Path) -> list[tuple[object, ...]]:
    file = folder / download.suggested_filename
    download.save_as(file)
    sheet = openpyxl.load_workbook(file, data_only=True).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


@needs_poppler
def test_a_province_opens_the_ranking_and_prints_it(
    page_as: PageAs, watch: Watch, shot: Shot, tmp_path: Path
) -> None:
    watch.expect(VIEWER_COMPLAINT)
    page = page_as(PROVINCE)
    expect(page.locator("h1")).to_have_text("Kabupaten/Kota di Kalimantan Selatan")
    expect(page.locator("main tbody tr")).to_have_count(13)
    shot(page, "provinsi-kabupaten-kota")
    page.locator("details.menu-edition summary").click()
    page.get_by_role("link", name="Evaluasi KLA 2024").click()
    menu(page, "Peringkat")
    expect(page.locator("h1")).to_have_text("Peringkat Provinsi Kalimantan Selatan")
    expect(page.locator(".tabs [aria-current]")).to_have_text("VF")
    page.locator(".tabs").get_by_role("link", name="EM").click()
    first = page.locator("main tbody tr").first
    assert first.locator("td.num").first.inner_text() == "1"
    for words in ("Kabupaten Tabalong", "955,25", "KLA"):
        expect(first).to_contain_text(words)
    expect(page.locator("main")).to_contain_text("12 dari 13 berpredikat; kurang: Kabupaten Kotabaru")
    shot(page, "provinsi-peringkat")
    ranking = page.url

    paper = open_pdf(page, page.get_by_role("link", name="PDF", exact=True), tmp_path)
    for words in ("Peringkat Kabupaten/Kota Layak Anak", "Kabupaten Tabalong", "955,25", "Halaman 1 dari 2"):
        assert words in paper
    page.goto(ranking)
    with page.expect_download() as started:
        page.get_by_role("link", name="XLSX").click()
    numbers_are_numbers(table_of(started.value, tmp_path))
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename.endswith(".csv")
    print_a_district(page, shot, tmp_path)


def numbers_are_numbers(rows: list[tuple[object, ...]]) -> None:
    """The sheet can be summed and sorted: totals and clusters are no texts, and agree with each other."""
    found = [row for row in rows if any(str(cell).startswith(("Kabupaten ", "Kota ")) for cell in row)]
    districts = [row for row in found if isinstance(row[0], int)]
    assert len(districts) == 13
    tabalong = districts[0]
    assert tabalong[0] == 1
    assert "Kabupaten Tabalong" in tabalong
    place = tabalong.index(955.25)
    totals = [row[place] for row in districts]
    assert all(isinstance(total, (int, float)) for total in totals)
    assert totals == sorted(totals, reverse=True)  # type: ignore[type-var]
    clusters = [cell for cell in tabalong[place + 1 :] if isinstance(cell, (int, float))][:7]
    assert round(sum(clusters), 2) == 955.25


def print_a_district(page: Page, shot: Shot, folder: Path) -> None:
    page.locator("main tbody").get_by_role("link", name="Kabupaten Tabalong").click()
    expect(page.locator(".score-hero")).to_contain_text("955,25")
    shot(page, "provinsi-skor")
    menu(page, "Laporan")
    handed_in = page.locator("section.sheet", has=page.get_by_role("heading", name="Evaluasi Mandiri"))
    report = open_pdf(page, handed_in.get_by_role("link", name="Laporan lengkap (PDF)"), folder)
    for words in ("Kabupaten Tabalong", "955,25", "12.1", "Halaman 2 dari"):
        assert words in report
    assert "KONSEP" not in report
