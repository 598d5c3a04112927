"""Every page that a role reaches from its menu: whole at both widths, quiet, and there without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal

ROLES = {
    "koordinator.tabalong": {"Beranda", "Pengisian", "Data dukung", "Periksa & ajukan", "Skor", "Laporan"},
    "koordinator.gunungmas": {"Beranda", "Pengisian", "Data dukung", "Periksa & ajukan", "Skor", "Laporan"},
    "kesehatan.tabalong": {"Tugas saya", "Data dukung"},
    "pimpinan.tabalong": {"Beranda", "Skor", "Laporan"},
    "verifikator.kalsel": {"Kabupaten/Kota", "Peringkat"},
    "admin.kalsel": {"Kabupaten/Kota", "Peringkat", "Akun"},
    "auditor.kalsel": {"Kabupaten/Kota", "Peringkat"},
    "verifikator.pusat": {"Provinsi", "Kabupaten/Kota", "Peringkat"},
    "admin.pusat": {"Provinsi", "Kabupaten/Kota", "Peringkat", "Instrumen", "Periode", "Akun"},
}
OWN_PAGES = ("/akun/profil/", "/akun/kata-sandi/")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NO_PAGES = re.compile(
    rf"\.(pdf|zip|webp)$|(?<!/data-dukung)/unduh/|/templat/|^/data-dukung/{UUID}/(berkas/{UUID}/)?$|^/$"
)
"""Files, and the address that only forwards. What data-dukung/unduh/ shows is a page: what the ZIP will hold."""

APART = re.compile(r"status=keranjang|pilih=\d+")
"""Queries that show another page: the basket, and the library beside a slot."""

LIBRARY = {
    "/evaluasi/N/data-dukung/",
    "/evaluasi/N/data-dukung/?status=keranjang",
    "/evaluasi/N/data-dukung/N/",
    "/evaluasi/N/data-dukung/unduh/",
    "/evaluasi/N/bukti/N/",
    "/data-dukung/N/berkas/N/halaman/N/",
}
"""What everyone who reads a district's evidence reaches from its library on."""

UPLOADING = LIBRARY | {
    "/evaluasi/N/bukti/N/?pilih=N",
    "/evaluasi/N/data-dukung/unggah/",
}
REACHED = {
    "koordinator.tabalong": UPLOADING | {"/evaluasi/N/data-dukung/pakai-ulang/"},
    "kesehatan.tabalong": UPLOADING,
    "verifikator.kalsel": LIBRARY,
    "admin.kalsel": LIBRARY,
    "auditor.kalsel": LIBRARY,
    "verifikator.pusat": LIBRARY,
    "admin.pusat": LIBRARY,
}
"""Kinds of pages that the crawl may not miss."""

LISTED = {"koordinator.tabalong": ("pakai-ulang/",)}
"""Pages of the library that are linked only while there is something to do there."""

BROKEN = """() => ({
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    wide: document.documentElement.scrollWidth,
    top: scrollY,
    violations: window.violations || [],
})"""
COLLECT = """window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(
    `${event.violatedDirective} ${event.blockedURI}`));"""


def menu_of(page: Page) -> dict[str, str]:
    """Label -> path of the role's menu."""
    links = page.locator(".nav-main a").evaluate_all(
        "links => links.map(link => [link.textContent.trim(), new URL(link.href).pathname])"
    )
    return dict(links)


def library_of_tabalong(portal: Portal) -> str:
    """Its evidence is in every state; a province's list leads to another district first."""
    [(pk,)] = portal.rows(
        "SELECT e.id FROM evaluations_evaluation e JOIN evaluations_edition n ON n.id = e.edition_id"
        " JOIN regions_district d ON d.code = e.district_id WHERE d.name = 'Kabupaten Tabalong' AND n.code = '2026'"
    )
    return f"/evaluasi/{pk}/data-dukung/"


def kind_of(path: str) -> str:
    """Pages that one view makes look alike: numbers and codes stand for each other."""
    return re.sub(rf"(?<=/){UUID}|(?<=[/=])[\dK][\w.-]*", "N", path)


def linked(page: Page) -> list[str]:
    hrefs = page.locator("main a[href]").evaluate_all("links => links.map(link => link.href)")
    own = urlsplit(page.url).netloc
    found = [url for url in map(urlsplit, hrefs) if url.netloc == own and not NO_PAGES.search(url.path)]
    paths = [f"{url.path}?{url.query}" if APART.fullmatch(url.query) else url.path for url in found]
    return list(dict.fromkeys(paths))


def faults(page: Page, path: str, status: int) -> Iterator[str]:
    """What is wrong with the page that stands in the window, at both widths."""
    if status != 200:
        yield f"{path}: status {status}"
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = page.evaluate(BROKEN)
        if found["wide"] > size["width"]:
            yield f"{path}: {found['wide']} px wide at {size['width']}"
        if found["top"]:
            yield f"{path}: begins {found['top']} px below its top"
        if found["headings"] != 1:
            yield f"{path}: {found['headings']} h1 headings"
        if not re.fullmatch(r"\S.* · Portal KLA", found["title"]):
            yield f"{path}: title {found['title']!r}"
        for violation in found["violations"]:
            yield f"{path}: content policy: {violation}"


@contextmanager
def place_of(watch: Watch, path: str) -> Iterator[None]:
    """Say on which page the console complained."""
    before = len(watch.complaints)
    yield
    watch.complaints[before:] = [f"{path}: {complaint}" for complaint in watch.complaints[before:]]


@pytest.mark.parametrize("username", ROLES)
def test_every_kind_of_page_a_role_reaches_is_whole_and_quiet(
    page_as: PageAs, portal: Portal, watch: Watch, username: str
) -> None:
    """From the menu on, through every link inside the pages, one page of each kind."""
    page = page_as(username)
    page.add_init_script(COLLECT)
    menu = menu_of(page)
    assert ROLES[username] <= set(menu)
    seen: set[str] = set()
    broken: list[str] = []
    waiting = [*menu.values(), *OWN_PAGES]
    if username in REACHED:
        library = library_of_tabalong(portal)
        waiting = [library, *(library + part for part in LISTED.get(username, ())), *waiting]
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        with place_of(watch, path):
            answer = page.goto(path)
            page.wait_for_load_state("networkidle")
            broken += faults(page, path, answer.status if answer else 0)
        waiting += linked(page)
    assert broken == []
    assert len(seen) > len(ROLES[username]), "the pages lead further than the menu"
    assert REACHED.get(username, set()) <= seen


@pytest.mark.parametrize("username", ROLES)
def test_without_javascript_the_same_pages_hold_the_same(
    open_context: OpenContext, page_as: PageAs, username: str
) -> None:
    page = page_as(username)
    plain = sign_in(open_context(java_script_enabled=False).new_page(), username)
    menu = menu_of(page)
    assert len(menu) >= 2
    for path in menu.values():
        page.goto(path)
        plain.goto(path)
        assert plain.locator("h1").inner_text() == page.locator("h1").inner_text(), path
        # Only the scripts can go on with a file that is half-way: their line on it is theirs alone.
        for part in ("main a[href]:not([data-unfinished] a)", "main tbody tr", "main form", "main h2"):
            assert plain.locator(part).count() == page.locator(part).count(), (path, part)
        shown = plain.locator("main").inner_text()
        assert len(shown) > 60, (path, shown)
