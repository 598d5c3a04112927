"""A coordinator takes the questions home: out as a workbook, filled in, saved by LibreOffice, and back in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs
from tests.browser.portal import Portal
from tests.browser.steps import card, evaluation_of
from tests.evaluations.workbooks.libreoffice import converted
from tests.evaluations.workbooks.paper import Filled

WHO = "koordinator.tanahlaut"

Shot = Callable[..., None]


def download(page: Page, cluster: str) -> tuple[str, bytes]:
    page.get_by_label("Klaster").select_option(cluster)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Unduh buku kerja").click()
    return caught.value.suggested_filename, Path(caught.value.path()).read_bytes()


def upload(page: Page, content: bytes) -> None:
    page.get_by_label("Buku kerja yang sudah diisi").set_input_files(
        {"name": "isian saya.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Periksa isinya").click()


def answer_online(page: Page, pk: int) -> None:
    """Someone is faster in the portal while the workbook is out."""
    page.goto(f"/evaluasi/{pk}/pertanyaan/12.2/")
    question = card(page, "12.2")
    question.locator("input[name=numerator]").fill("50")
    question.locator("input[name=denominator]").fill("60")
    question.locator("input[name=denominator]").blur()
    expect(question.locator(".question-status")).to_contain_text("Tersimpan")


def test_out_filled_in_and_back(page_as: PageAs, portal: Portal, tmp_path: Path, shot: Shot) -> None:
    page = page_as(WHO)
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/pengisian/")
    page.get_by_role("link", name="Isian Excel").click()
    name, content = download(page, "K3")
    assert name.startswith("Isian KLA 2026 Kabupaten Tanah Laut - K3")

    filled = Filled(content)
    filled.put("12.1", "numerator", 4120).put("12.1", "denominator", "=4500+8").note(
        "12.1", "Diisi di lapangan"
    )
    filled.put("12.2", "numerator", 1).put("12.2", "denominator", 7)
    filled.put("12.3", "numerator", "banyak")
    back = converted(filled.content, tmp_path)
    answer_online(page, pk)

    page.goto(f"/evaluasi/{pk}/excel/")
    upload(page, back)
    expect(page.get_by_role("heading", name="Periksa isian Excel")).to_be_visible()
    expect(page.get_by_text("4.120 persalinan di fasilitas pelayanan kesehatan dari 4.508")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="12.3 Cakupan")).to_contain_text("Tulis angka saja")
    conflict = page.get_by_role("row").filter(has_text="12.2 Kepemilikan")
    expect(conflict).to_contain_text("Koordinator Tanah Laut")
    conflict.get_by_role("checkbox").check()
    page.evaluate("scrollTo(0, 0)")
    shot(page, "koordinator-excel")
    page.get_by_role("button", name="Terapkan ke portal").click()

    expect(page.get_by_role("heading", name="2 jawaban tersimpan")).to_be_visible()
    for code, value in (("12.1", ("4120", "4508")), ("12.2", ("1", "7"))):
        stored = portal.saved(pk, code)
        assert stored
        assert tuple(json.loads(str(stored[0])).values()) == value
    sources = portal.rows(
        "SELECT DISTINCT r.source FROM evaluations_answerrevision r"
        " JOIN evaluations_answer a ON a.id = r.answer_id WHERE a.evaluation_id = ? AND r.version ="
        " (SELECT max(version) FROM evaluations_answerrevision WHERE answer_id = a.id) AND a.note = ?",
        pk,
        "Diisi di lapangan",
    )
    assert sources == [("workbook",)]
