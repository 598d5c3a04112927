"""What docs/panduan shows and promises of targets, lost points, what-if, the action plan, rapor and the nation."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs, Watch
from tests.browser.papers import RENDER_MS, VIEWER_COMPLAINT, needs_poppler, pdf_text
from tests.browser.portal import Portal
from tests.browser.steps import evaluation_of, exact

COORDINATOR, LEADER, NATION = "koordinator.tanahbumbu", "pimpinan.tabalong", "admin.pusat"
UNTOLD = "12.6"
"""A question that Tanah Bumbu has not answered."""

Shot = Callable[..., None]


def room(page: Page, path: str) -> int:
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/{path}")
    return pk


def test_the_way_to_a_target_is_proven(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    room(page, "target/")
    expect(page.locator("h1")).to_have_text("Jalan ke Nindya")
    expect(page.get_by_text(re.compile(r"^[\d,]+ \+ [\d,]+ = 70[\d,]+ ≥ 700,01$"))).to_be_visible()
    shot(page, "koordinator-target")


def test_lost_points_add_up(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    room(page, "kehilangan/?menurut=klaster")
    claimed, lost = map(
        exact, re.findall(r"Klaim ([\d.,]+)\s+hilang ([\d.,]+)", page.locator("main").inner_text())[0]
    )
    assert claimed + lost == 1000
    cells = page.locator("main tbody td[data-label=Hilang]").all_text_contents()
    assert sum(map(exact, map(str.strip, cells)), Decimal(0)) == lost
    room(page, "kehilangan/?menurut=tema")
    shot(page, "koordinator-hilang")


def test_what_if_moves_the_score_and_stores_nothing(page_as: PageAs, portal: Portal, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    pk = room(page, "andaikan/?indikator=12")
    before = portal.saved(pk, UNTOLD)
    page.locator(f"select[name='{UNTOLD}:option']").select_option(index=1)
    page.get_by_role("button", name="Hitung", exact=True).click()
    expect(page.locator(".score-number").nth(2)).to_have_text(re.compile(r"^\+4(,0+)?$"))
    supposed, now, gain = (exact(text.strip("+")) for text in page.locator(".score-number").all_inner_texts())
    assert supposed - now == gain == 4
    shot(page, "koordinator-andaikan")
    assert portal.saved(pk, UNTOLD) == before


def test_the_calculation_comes_with_the_program_that_repeats_it(page_as: PageAs, tmp_path: Path) -> None:
    page = page_as(COORDINATOR)
    room(page, "skor/")
    shown = page.locator(".score-hero .score-number").first.inner_text()
    with page.expect_download() as caught:
        page.get_by_role("link", name=re.compile("^Unduh perhitungan")).click()
    zipfile.ZipFile(io.BytesIO(Path(caught.value.path()).read_bytes())).extractall(tmp_path)
    program = [sys.executable, "-I", "-S", "hitung_ulang.py"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"Cocok: {shown} (Inisiasi)" in done.stdout


def test_the_board_of_an_action_plan(page_as: PageAs, shot: Shot) -> None:
    page = page_as(COORDINATOR)
    room(page, "rencana/")
    expect(page.get_by_role("heading", name=re.compile(r"^Berjalan"))).to_be_visible()
    expect(page.locator("main")).to_contain_text(re.compile(r"poin tercapai dari [\d,]+ yang diharapkan"))
    shot(page, "koordinator-rencana")


@needs_poppler
def test_a_meeting_has_its_sheet(page_as: PageAs, watch: Watch, tmp_path: Path) -> None:
    """One cluster: where, when, and who brings what."""
    watch.expect(VIEWER_COMPLAINT)
    page = page_as(COORDINATOR)
    room(page, "rencana/rapat/")
    page.get_by_label("Klaster").select_option("K3")
    page.get_by_label("Tanggal rapat").fill("2026-12-03")
    page.get_by_label("Tempat").fill("Ruang rapat Bappeda")
    page.get_by_role("button", name="Buat lembar (PDF)").click(no_wait_after=True)
    page.wait_for_url("**/lembar.pdf*", wait_until="commit", timeout=RENDER_MS)
    sheet = tmp_path / "lembar.pdf"
    sheet.write_bytes(page.request.get(page.url, timeout=RENDER_MS).body())
    text = pdf_text(sheet)
    for said in ("Ruang rapat Bappeda", "3 Desember 2026", "Dinas Kesehatan", "Daftar hadir"):
        assert said.lower() in text.lower(), said


def test_a_head_of_district_reads_the_rapor(page_as: PageAs, shot: Shot) -> None:
    page = page_as(LEADER)
    page.locator("details.menu-edition summary").click()
    page.get_by_role("link", name="Evaluasi KLA 2024").click()
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Laporan").click()
    page.get_by_role("link", name="Rapor", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Rapor Kabupaten/Kota Layak Anak")
    expect(page.locator("main")).to_contain_text("906,41 dari 1.000")
    shot(page.locator("main .sheet").first, "pimpinan-rapor")


def test_the_nation_in_tiles(page_as: PageAs, shot: Shot) -> None:
    page = page_as(NATION)
    page.goto("/analisis/2024/nasional/provinsi/?tahap=vf")
    expect(page.get_by_role("heading", name="Petak provinsi")).to_be_visible()
    assert page.locator("main svg a").count() == 38
    shot(page.locator("section[aria-labelledby=judul-petak]"), "admin-nasional-petak")
