"""A province finds what to train, and anybody finds whether its paper is genuine."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenContext, PageAs, Watch
from tests.browser.papers import RENDER_MS, needs_poppler, pdf_text
from tests.browser.portal import Portal

WHO = "admin.kalsel"
BOARD = "/analisis/2024/63/"
WORST = 10
"""As many questions as the training day's page begins with."""

CODE = re.compile(r"tulis kode periksa ((?:[A-Z2-7]{5}-){4}[A-Z2-7]{6})")
"""26 characters of base 32 are 130 bits."""

Shot = Callable[..., None]


def codes(links: Locator) -> list[str]:
    return [text.split()[0] for text in links.all_inner_texts()]


def fetched(page: Page, name: str) -> bytes:
    with page.expect_download() as caught:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(caught.value.path()).read_bytes()


def test_from_the_board_to_the_list_of_a_training_day(page_as: PageAs, shot: Shot) -> None:
    page = page_as(WHO)
    page.goto(BOARD)
    expect(page.get_by_role("heading", name="Kemajuan dan risiko")).to_be_visible()
    page.get_by_role("link", name="Pertanyaan", exact=True).click()
    shown = codes(page.locator("main tbody tr").get_by_role("link"))

    rows = list(csv.DictReader(io.StringIO(fetched(page, "CSV").decode("utf-8-sig")), delimiter=";"))
    assert [row["kode"] for row in rows][: len(shown)] == shown
    lost = [float(row["rata_rata_hilang"].replace(",", ".")) for row in rows]
    assert lost == sorted(lost, reverse=True)
    assert lost[0] > 0
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(page, "XLSX"))).active
    assert sheet
    table = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [row[1] for row in table] == [row["kode"] for row in rows]
    assert [row[6] for row in table] == pytest.approx(lost, abs=0.006), "numbers, rounded on no sheet"

    page.get_by_role("link", name="Bahan hari pelatihan").click()
    expect(page.get_by_role("heading", name="Undang")).to_be_visible()
    chosen = codes(page.locator("main").get_by_role("link", name=re.compile(r"^\d+[A-C]?\.\d")))
    assert set(chosen) == set(shown[:WORST])
    shot(page.locator("main .sheet").nth(1), "provinsi-pelatihan")


def print_card(page: Page, portal: Portal) -> bytes:
    """The rapor of Tabalong's final result."""
    [(pk,)] = portal.rows(
        "SELECT r.id FROM evaluations_stageresult r JOIN evaluations_evaluation e ON e.id = r.evaluation_id"
        " JOIN evaluations_edition n ON n.id = e.edition_id"
        " WHERE e.district_id = '63.09' AND n.code = '2024' AND r.stage = 'vf'"
    )
    page.goto(f"/hasil/{pk}/rapor/")
    link = page.get_by_role("link", name=re.compile("PDF"))
    answer = page.request.get(str(link.get_attribute("href")), timeout=RENDER_MS)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-sha256"] == hashlib.sha256(answer.body()).hexdigest()
    return answer.body()


def compare(page: Page, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "rapor.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Bandingkan").click()


@needs_poppler
def test_a_paper_is_checked_by_anybody(
    page_as: PageAs, open_context: OpenContext, portal: Portal, watch: Watch, tmp_path: Path, shot: Shot
) -> None:
    """The code on the paper opens its page; the file itself is genuine, and with one byte changed it is not."""
    content = print_card(page_as(WHO), portal)
    file = tmp_path / "rapor.pdf"
    file.write_bytes(content)
    text = pdf_text(file)
    code = CODE.search(text)
    assert code, text[-400:]
    assert "/periksa-laporan/" in text

    page = open_context().new_page()
    page.goto("/periksa-laporan/")
    page.get_by_label("Kode periksa").fill(code[1].lower())
    page.get_by_role("button", name="Periksa", exact=True).click()
    facts = page.locator(".facts")
    expect(facts).to_contain_text("Kabupaten Tabalong, Evaluasi KLA 2024")
    expect(facts).to_contain_text(re.compile(r"KLA/2024/63\.09/\w+/\d{4}"))
    expect(page.locator("main")).to_contain_text("berlaku")
    for secret in ("906,41", "955,25"):
        expect(page.locator("main")).not_to_contain_text(secret)

    compare(page, content)
    expect(page.locator(".callout-ok", has_text="Berkas asli, tidak berubah")).to_be_visible()
    shot(page, "periksa-laporan")
    page.goto(f"/periksa-laporan/{code[1].replace('-', '')}/")
    compare(page, content[:-1] + b" ")
    expect(page.locator(".callout-block")).to_contain_text("Bukan berkas yang diterbitkan dengan nomor ini")

    watch.expect("status of 404")
    page.goto(f"/periksa-laporan/{'A' * 26}/")
    expect(page.locator("main")).not_to_contain_text("Tabalong")
