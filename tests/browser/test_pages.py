"""Every page that a role reaches from its menu: whole at both widths, quiet, and there without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.conftest import DESKTOP, PHONE, OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal

DISTRICT = {"Beranda", "Pengisian", "Data dukung", "Periksa & ajukan", "Skor", "Laporan"}
ROLES = {
    "koordinator.tabalong": DISTRICT | {"Rencana aksi"},
    "koordinator.gunungmas": DISTRICT | {"Rencana aksi"},
    "kesehatan.tabalong": {"Tugas saya", "Data dukung"},
    "pimpinan.tabalong": {"Beranda", "Skor", "Laporan"},
    "verifikator.kalsel": {"Kabupaten/Kota", "Peringkat", "Analisis"},
    "admin.kalsel": {"Kabupaten/Kota", "Peringkat", "Analisis", "Akun"},
    "auditor.kalsel": {"Kabupaten/Kota", "Peringkat", "Analisis"},
    "verifikator.pusat": {"Provinsi", "Kabupaten/Kota", "Peringkat", "Analisis"},
    "admin.pusat": {"Provinsi", "Kabupaten/Kota", "Peringkat", "Analisis", "Instrumen", "Periode", "Akun"},
}
NO_SCRIPTS = [
    name for name in ROLES if name not in {"koordinator.gunungmas", "auditor.kalsel", "verifikator.pusat"}
]
"""Without those whose menu is another role's, or a part of it."""

OWN_PAGES = ("/akun/profil/", "/akun/kata-sandi/")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NO_PAGES = re.compile(
    rf"\.(pdf|zip|webp|xlsx|csv|json)$|(?<!/data-dukung)/unduh/|/templat/|^/data-dukung/{UUID}/(berkas/{UUID}/)?$|^/$"
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
WHY = {f"/evaluasi/N/{page}/" for page in ("andaikan", "kehilangan", "praktik", "target", "usaha")}
ANALYSIS = {"/praktik-baik/N/"} | {
    f"/analisis/N/N/{page}" for page in ("", "bandingkan/", "pergerakan/", "pertanyaan/")
}
NATION = ANALYSIS | {"/analisis/N/N/provinsi/"}
UNITS = {
    "/evaluasi/N/kecamatan-desa/",
    "/evaluasi/N/kecamatan-desa/N/",
    "/evaluasi/N/kecamatan-desa/N/buku-kerja/",
    "/evaluasi/N/kecamatan-desa/semua/buku-kerja/",
}
PLAN = {f"/evaluasi/N/rencana/{page}" for page in ("", "baca/", "baru/", "rapat/")}
BOOK = {"/evaluasi/N/excel/"}
REACHED = {
    "koordinator.tabalong": UPLOADING | {"/evaluasi/N/data-dukung/pakai-ulang/"} | WHY | UNITS | PLAN | BOOK,
    "kesehatan.tabalong": UPLOADING | BOOK,
    "verifikator.kalsel": LIBRARY | ANALYSIS,
    "admin.kalsel": LIBRARY | ANALYSIS,
    "auditor.kalsel": LIBRARY | ANALYSIS,
    "verifikator.pusat": LIBRARY | NATION,
    "admin.pusat": LIBRARY | NATION,
}
"""Kinds of pages that the crawl may not miss."""

LISTED = {"koordinator.tabalong": ("pakai-ulang/",)}
"""Pages of the library that are linked only while there is something to do there."""

FILLED = {
    "koordinator.tanahbumbu": (
        *(f"target/?cara={way}" for way in ("least_effort", "fewest_questions", "own_agency", "safe_first")),
        "usaha/?klaster=K3",
        *(f"kehilangan/?menurut={by}" for by in ("pertanyaan", "tema", "perangkat", "klaster")),
        "andaikan/?indikator=12",
        "rencana/",
        "rencana/?tampilan=daftar",
        "rencana/ACTION/",
        "rencana/ACTION/ubah/",
        "kecamatan-desa/63.10.06/?butir=26.2",
    ),
    "koordinator.tabalong": ("skor/", "praktik/", "hasil/lhe/", "hasil/rapor/"),
    "simpangempat.tanahbumbu": ("kecamatan-desa/63.10.06/", "kecamatan-desa/63.10.06/?butir=26.4"),
    "admin.kalsel": (
        "/analisis/2024/63/?tahap=em",
        "/analisis/2024/63/pertanyaan/?tahap=vf",
        "/analisis/2024/63/pertanyaan/7.2/?tahap=vf",
        "/analisis/2024/63/pelatihan/?tahap=vf&jumlah=20",
        "/analisis/2024/63/pergerakan/",
        "/analisis/2024/63/bandingkan/?d1=63.09&e1=2024&d2=63.03&e2=2024&tahap=em",
        "/praktik-baik/2024/",
    ),
    "admin.pusat": ("/analisis/2024/nasional/provinsi/", "/analisis/2024/nasional/"),
    "": ("/periksa-laporan/", "/data/", "/pengumuman/2024/"),
}
"""Pages with something on them, which the crawl finds empty or in their first form; no name, no account."""

TITLE = re.compile(r"\S.* · Portal KLA")
BROKEN = """() => ({
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    wide: document.documentElement.scrollWidth,
    top: scrollY,
    violations: window.violations || [],
})"""
ASK = """async (path) => {
    const answer = await fetch(path), read = new DOMParser().parseFromString(await answer.text(), "text/html");
    return {
        status: answer.status, url: answer.url, title: read.title, headings: read.querySelectorAll("h1").length,
        links: [...read.querySelectorAll("main a[href]")].map(
            (link) => new URL(link.getAttribute("href"), answer.url).href),
    };
}"""
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
    """Pages that one view makes look alike: numbers and codes stand for each other, and the nation for a province."""
    return re.sub(rf"(?<=/){UUID}|(?<=[/=])(?:[\dK][\w.-]*|nasional\b)", "N", path)


def own_paths(place: str, addresses: list[str]) -> list[str]:
    """The portal's pages among whole addresses, each once."""
    own = urlsplit(place).netloc
    found = [url for url in map(urlsplit, addresses) if url.netloc == own and not NO_PAGES.search(url.path)]
    paths = [f"{url.path}?{url.query}" if APART.fullmatch(url.query) else url.path for url in found]
    return list(dict.fromkeys(paths))


def linked(page: Page) -> list[str]:
    addresses = page.locator("main a[href]").evaluate_all(
        "links => links.map(link => new URL(link.getAttribute('href'), document.baseURI).href)"
    )
    return own_paths(page.url, addresses)


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
        if not TITLE.fullmatch(found["title"]):
            yield f"{path}: title {found['title']!r}"
        for violation in found["violations"]:
            yield f"{path}: content policy: {violation}"
        if size is DESKTOP:
            yield from axe.new_violations(page, path)


@contextmanager
def place_of(watch: Watch, path: str) -> Iterator[None]:
    """Say on which page the console complained."""
    before = len(watch.complaints)
    yield
    watch.complaints[before:] = [f"{path}: {complaint}" for complaint in watch.complaints[before:]]


def asked(page: Page, path: str) -> tuple[list[str], list[str]]:
    """The links of a page of a kind that was looked at before, and its faults as far as its text shows them."""
    found = page.evaluate(ASK, path)
    broken = [] if found["status"] == 200 else [f"{path}: status {found['status']}"]
    if found["headings"] != 1 or not TITLE.fullmatch(found["title"]):
        broken.append(f"{path}: {found['headings']} h1 headings, title {found['title']!r}")
    return own_paths(found["url"], found["links"]), broken


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """Kinds of pages that stood in the window for some role, whole and quiet."""
    return set()


@pytest.mark.parametrize("username", ROLES)
def test_every_kind_of_page_a_role_reaches_is_whole_and_quiet(
    page_as: PageAs, portal: Portal, watch: Watch, looked_at: set[str], username: str
) -> None:
    """From the menu on, through every link inside the pages, one page of each kind.

    Each role looks at the pages of its menu and at kinds that no role has looked at; of the others the text is enough.
    """
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
        kind = kind_of(path)
        if kind in seen:
            continue
        seen.add(kind)
        if kind in looked_at and path not in menu.values():
            links, wrong = asked(page, path)
        else:
            with place_of(watch, path):
                answer = page.goto(path)
                links, wrong = linked(page), [*faults(page, path, answer.status if answer else 0)]
                page.wait_for_load_state("networkidle")
            looked_at.add(kind)
        waiting += links
        broken += wrong
    assert not broken, "\n".join(broken)
    assert len(seen) > len(ROLES[username]), "the pages lead further than the menu"
    assert REACHED.get(username, set()) <= seen


def address_of(portal: Portal, page: Page, path: str) -> str:
    """A path of the table above; one that begins without a slash belongs to the person's own evaluation."""
    if path.startswith("/"):
        return path
    pk = re.search(r"/evaluasi/(\d+)/", page.url)
    assert pk, page.url
    if path.startswith("hasil/"):
        [(result,)] = portal.rows(
            "SELECT max(r.id) FROM evaluations_stageresult r JOIN evaluations_evaluation e"
            " ON e.id = r.evaluation_id WHERE r.stage = 'vf' AND e.district_id ="
            " (SELECT district_id FROM evaluations_evaluation WHERE id = ?)",
            int(pk[1]),
        )
        return path.replace("hasil/", f"/hasil/{result}/")
    if "ACTION" in path:
        [(action,)] = portal.rows(
            "SELECT min(id) FROM evaluations_plannedaction WHERE evaluation_id = ?", int(pk[1])
        )
        path = path.replace("ACTION", str(action))
    return f"/evaluasi/{pk[1]}/{path}"


@pytest.mark.parametrize("username", FILLED)
def test_pages_with_much_on_them_are_whole_and_quiet(
    open_context: OpenContext, portal: Portal, watch: Watch, username: str
) -> None:
    page = open_context().new_page()
    if username:
        sign_in(page, username)
    page.add_init_script(COLLECT)
    broken: list[str] = []
    for path in [address_of(portal, page, path) for path in FILLED[username]]:
        with place_of(watch, path):
            answer = page.goto(path)
            broken += faults(page, path, answer.status if answer else 0)
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("username", NO_SCRIPTS)
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
