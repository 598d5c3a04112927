"""Files on their way: through dead networks, reloads and closed laptops, every byte arrives, and the page says how."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Dialog, Locator, Page, Route, expect
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from tests.browser.conftest import OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import evaluation_of

COORDINATOR, NEIGHBOUR = "koordinator.tanahbumbu", "koordinator.gunungmas"
MB = 1_000_000
ROOM = b"\x00" * MB


@pytest.fixture(autouse=True)
def _expected(watch: Watch) -> None:
    watch.expect("net::ERR_", "status of (401|404|409|422)")


@pytest.fixture
def page(page_as: PageAs) -> Page:
    return page_as(COORDINATOR)


@pytest.fixture(scope="module")
def empty_pdf() -> bytes:
    """A valid PDF that carries a megabyte of zeros."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    stream = StreamObject()
    stream.set_data(ROOM)
    writer.pages[0][NameObject("/Isi")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.fixture
def paper(empty_pdf: bytes, tmp_path: Path) -> Callable[..., Path]:
    """``paper("a.pdf", seed=1)``: a valid PDF of a megabyte, unlike any other seed's."""

    def make(name: str, seed: object) -> Path:
        content = random.Random(str(seed)).randbytes(MB).replace(b"endstream", b"endstrean")
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(empty_pdf.replace(ROOM, content))
        return path

    return make


class Line:
    """The network under a page: ``kbps`` bytes a second up, or cut."""

    def __init__(self, page: Page, rate: int) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.rate = rate
        self.mend()

    def _set(self, *, offline: bool) -> None:
        self.session.send(
            "Network.emulateNetworkConditions",
            {"offline": offline, "latency": 10, "downloadThroughput": -1, "uploadThroughput": self.rate},
        )

    def cut(self) -> None:
        self._set(offline=True)

    def mend(self) -> None:
        self._set(offline=False)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def slot_page(page: Page, code: str) -> int:
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/bukti/{code}/")
    return pk


def bulk_page(page: Page) -> int:
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/data-dukung/unggah/")
    return pk


def stored(portal: Portal, sha256: str) -> bool:
    """Whether the library has a file with this hash, and the storage the very bytes."""
    found = portal.rows("SELECT storage_name FROM evaluations_evidencefile WHERE source_sha256 = ?", sha256)
    return len(found) == 1 and digest(portal.folder / "data" / "evidence" / str(found[0][0])) == sha256


KEPT = """async () => {
    const database = await new Promise((resolve) => {
        const opening = indexedDB.open("kla-unggahan");
        opening.onsuccess = () => resolve(opening.result);
    });
    const all = database.transaction("notes").objectStore("notes").getAllKeys();
    return new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
}"""
"""What the browser keeps of files on their way."""


def forget(page: Page) -> None:
    """The browser loses what it kept, as on another computer."""
    page.goto("/akun/profil/")
    page.evaluate(
        "new Promise((done) => (indexedDB.deleteDatabase('kla-unggahan').onsuccess = done)).then(() => 1)"
    )


def hold(page: Page) -> None:
    """Only the first piece of a file gets through, until ``release``."""

    def pass_first(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(PIECES, pass_first)


def release(page: Page) -> None:
    page.unroute(PIECES)


def send(page: Page, slot: int, file: Path) -> Locator:
    """Choose the file in a slot and send it; its row."""
    place = page.locator(f"#slot-{slot}")
    # Where another test's file lies already, the form is folded.
    folded = place.locator("details:not([open]) > summary", has_text="Tambah dokumen lain")
    if folded.count():
        folded.click()
    place.locator("[data-upload] input[type=file]").set_input_files(file)
    place.get_by_role("button", name="Unggah").click()
    return place.locator("[data-queue] .slot")


def wait_for(page: Page, done: Callable[[], bool], seconds: int = 10) -> None:
    """Until ``done``: the pages' CSP forbids what ``wait_for_function`` does."""
    for _ in range(seconds * 20):
        if done():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about")


def until_received(page: Page, portal: Portal, path: str) -> None:
    """Until the portal has the first piece, and not all, of the file."""
    half = "SELECT count(*) FROM evaluations_upload WHERE path = ? AND received BETWEEN 1 AND size - 1"
    wait_for(page, lambda: portal.rows(half, path) == [(1,)])


def arrived(portal: Portal, names: str) -> dict[str, str]:
    """File name -> sha256 of the bytes that lie in the storage, of every complete upload that is called so (LIKE)."""
    folder = portal.folder / "data" / "evidence"
    pieces = portal.rows(
        "SELECT u.path, p.storage_name FROM evaluations_upload u JOIN evaluations_uploadpiece p ON p.upload_id = u.id"
        " WHERE u.path LIKE ? AND u.state = 'received' ORDER BY u.path, p.offset",
        names,
    )
    found: dict[str, hashlib._Hash] = {}
    for path, name in pieces:
        found.setdefault(str(path), hashlib.sha256()).update((folder / str(name)).read_bytes())
    return {path: digest.hexdigest() for path, digest in found.items()}


def row_of(page: Page, name: str) -> Locator:
    return page.locator("[data-row]").filter(has=page.get_by_text(name, exact=True))


PIECES = "**/unggah/*-*/"
"""Addresses of uploads, as a pattern for ``page.route``."""


# One file into a slot


def test_a_file_survives_the_network_and_a_reload(
    page: Page, portal: Portal, paper: Callable[..., Path]
) -> None:
    slot_page(page, "12.1")
    line = Line(page, 300_000)
    file = paper("rekap.pdf", "putus")
    row = send(page, 1, file)
    expect(row).to_contain_text("% dari 1,0 MB")
    expect(row).to_contain_text(re.compile("kira-kira .* lagi"))
    line.cut()
    expect(row).to_contain_text("jaringan terputus; dilanjutkan sendiri begitu tersambung")
    line.mend()
    expect(row.locator(".state")).to_have_text("diunggah")
    page.reload()
    Line(page, 2 * MB)
    expect(row.locator(".state")).to_contain_text("tersimpan", timeout=20_000)
    expect(page.locator("#slot-1 [data-files]")).to_contain_text("rekap")
    assert stored(portal, digest(file))
    assert page.evaluate(KEPT) == []


def test_choosing_the_file_again_continues_where_the_browser_lost_it(
    page: Page, portal: Portal, paper: Callable[..., Path]
) -> None:
    pk = slot_page(page, "12.2")
    hold(page)
    file, other = paper("kia.pdf", "lagi"), paper("lain/kia.pdf", "lain")
    row = send(page, 1, file)
    until_received(page, portal, file.name)
    forget(page)
    release(page)
    page.goto(f"/evaluasi/{pk}/bukti/12.1/")
    elsewhere = page.locator("[data-unfinished]")
    expect(elsewhere).to_contain_text("1 unggahan belum selesai")
    elsewhere.get_by_role("link", name="12.2").click()
    expect(row).to_contain_text("Pilih lagi berkas “kia.pdf” untuk melanjutkan dari 51%.")
    again = row.locator("input[type=file]")
    again.set_input_files(other)
    expect(row).to_contain_text("Itu berkas lain.")
    with page.expect_request(lambda request: request.method == "PATCH") as first:
        again.set_input_files(file)
    assert first.value.headers["upload-offset"] == "512000", "what the portal has is not sent again"
    expect(row.locator(".state")).to_contain_text("tersimpan")
    assert stored(portal, digest(file))
    assert not stored(portal, digest(other))


def test_an_ended_session_and_a_swept_upload_only_delay(
    page: Page, portal: Portal, paper: Callable[..., Path]
) -> None:
    slot_page(page, "12.3")
    hold(page)
    file = paper("imunisasi.pdf", "sesi")
    row = send(page, 1, file)
    until_received(page, portal, file.name)
    portal.end_sessions()
    release(page)
    expect(row).to_contain_text("Sesi berakhir. Masuk lagi di tab lain")
    upload = portal.rows("SELECT id FROM evaluations_upload WHERE path = ?", file.name)[0][0]
    portal.rows("DELETE FROM evaluations_uploadpiece WHERE upload_id = ?", upload)
    portal.rows("DELETE FROM evaluations_upload WHERE id = ?", upload)
    sign_in(page.context.new_page(), COORDINATOR)
    expect(row.locator(".state")).to_contain_text("tersimpan", timeout=20_000)
    assert stored(portal, digest(file))
    expect(page.locator(".outbox-bar")).to_be_hidden()


def test_a_file_that_is_never_taken_asks_for_another(
    page: Page, portal: Portal, watch: Watch, paper: Callable[..., Path]
) -> None:
    watch.expect("status of 422")
    slot_page(page, "15.2")
    other = paper("pengganti.pdf", "pengganti")
    wrong = other.parent / "catatan.txt"
    wrong.write_text("bukan dokumen", encoding="utf-8")
    large = other.parent / "besar.pdf"
    large.write_bytes(other.read_bytes() + bytes(20_000_000))
    for file in (wrong, large):
        row = send(page, 1, file)
        expect(row.get_by_role("button", name="Pilih berkas lain")).to_be_visible()
        expect(row.get_by_role("button", name="Coba lagi")).to_have_count(0)
        if file is wrong:
            row.get_by_role("button", name="Tutup").click()
    with page.expect_file_chooser() as chooser:
        row.get_by_role("button", name="Pilih berkas lain").click()
    chooser.value.set_files(other)
    expect(page.locator("#slot-1 [data-queue] .slot")).to_have_count(1)
    expect(page.locator("#slot-1 [data-queue] .state")).to_contain_text("tersimpan")
    assert stored(portal, digest(other))


def test_calling_off_leaves_nothing(page: Page, portal: Portal, paper: Callable[..., Path]) -> None:
    slot_page(page, "12.4")
    hold(page)
    file = paper("salah.pdf", "batal")
    row = send(page, 1, file)
    until_received(page, portal, file.name)
    row.get_by_role("button", name="Batal: salah.pdf").click()
    expect(page.locator("#slot-1 [data-queue]")).to_be_hidden()
    left = "SELECT count(*) FROM evaluations_upload WHERE path = 'salah.pdf'"
    wait_for(page, lambda: portal.rows(left) == [(0,)])
    assert page.evaluate(KEPT) == []


def test_the_same_content_does_not_travel_twice(
    page: Page, portal: Portal, paper: Callable[..., Path]
) -> None:
    slot_page(page, "12.5")
    file = paper("sekali.pdf", "sekali")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    expect(send(page, 1, file).locator(".state")).to_contain_text("tersimpan.")
    assert sent.count("PATCH") == 2
    said = "isinya sudah ada di pustaka sebagai “sekali”"
    expect(send(page, 2, file).locator(".state")).to_contain_text(said)
    assert sent.count("PATCH") == 2
    assert stored(portal, digest(file))


def test_without_the_browsers_own_hash_the_bytes_are_checked_all_the_same(
    open_context: OpenContext, portal: Portal, paper: Callable[..., Path]
) -> None:
    context = open_context()
    context.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });")
    page = sign_in(context.new_page(), COORDINATOR)
    slot_page(page, "12.6")
    file = paper("tanpa-https.pdf", "sha256")
    with page.expect_request(lambda request: request.method == "PATCH") as piece:
        row = send(page, 1, file)
    first = hashlib.sha256(file.read_bytes()[:512_000]).digest()
    assert piece.value.headers["upload-checksum"] == f"sha256 {base64.b64encode(first).decode()}"
    expect(row.locator(".state")).to_contain_text("tersimpan.")
    assert stored(portal, digest(file))


def test_where_the_browser_keeps_nothing_leaving_asks(
    open_context: OpenContext, paper: Callable[..., Path]
) -> None:
    context = open_context()
    context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined });")
    page = sign_in(context.new_page(), COORDINATOR)
    slot_page(page, "12.7")
    hold(page)
    row = send(page, 1, paper("pribadi.pdf", "pribadi"))
    expect(row).to_contain_text("51% dari")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.evaluate("void setTimeout(() => location.reload(), 0)")
    wait_for(page, lambda: asked == ["beforeunload"])
    release(page)
    expect(row.locator(".state")).to_contain_text("tersimpan.", timeout=20_000)


def test_dropping_a_file_and_a_picture_on_a_phone(
    phone_as: PageAs, portal: Portal, paper: Callable[..., Path]
) -> None:
    page = phone_as(COORDINATOR)
    slot_page(page, "18.1")
    expect(page.get_by_text("Dokumen di sini dapat memuat data anak")).to_be_visible()
    expect(page.get_by_role("button", name="Ambil foto").first).to_be_visible()
    file = paper("SK tim.pdf", "jatuh")
    transfer = page.evaluate_handle(
        """(text) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "SK tim.pdf", { type: "application/pdf" }));
            return transfer;
        }""",
        base64.b64encode(file.read_bytes()).decode(),
    )
    slot = page.locator("#slot-1")
    slot.dispatch_event("dragover", {"dataTransfer": transfer})
    expect(slot).to_have_class(re.compile("is-over"))
    slot.dispatch_event("drop", {"dataTransfer": transfer})
    expect(slot.locator("[data-queue] .state")).to_contain_text("tersimpan.")
    assert stored(portal, digest(file))


# Many files at once


def test_a_folder_is_matched_looked_at_and_saved(
    page: Page, portal: Portal, paper: Callable[..., Path]
) -> None:
    pk = slot_page(page, "13.1")
    known = paper("rapat.pdf", "rapat")
    expect(send(page, 1, known).locator(".state")).to_contain_text("tersimpan.")
    bulk_page(page)
    papers = [
        paper("kirim/12.1/rekap persalinan.pdf", "m1"),
        paper("kirim/1.2a SK Bupati.pdf", "m2"),
        paper("kirim/notulen rapat.pdf", "m3"),
    ]
    bad = papers[0].parent / "program.pdf"
    bad.write_bytes(b"MZ" + bytes(2000))
    (papers[0].parent / "Thumbs.db").write_bytes(b"x")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Pilih folder").click()
    chooser.value.set_files(papers[1].parent)
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(4)
    expect(page.locator("[data-queue]")).to_contain_text("1 berkas sistem")
    expect(row_of(page, "rekap persalinan.pdf").locator("[name^=tempat]")).to_have_value(
        re.compile("^12.1/1 ")
    )
    expect(row_of(page, "1.2a SK Bupati.pdf").locator("[name^=tempat]")).to_have_value(re.compile("^1.2a/1 "))
    expect(row_of(page, "1.2a SK Bupati.pdf").locator("[name^=judul]")).to_have_value("SK Bupati")
    expect(row_of(page, "notulen rapat.pdf")).to_contain_text("pertanyaan belum dikenali")
    expect(row_of(page, "program.pdf")).to_contain_text("isinya program yang dapat dijalankan")
    page.locator("#berkas").set_input_files(known)
    page.get_by_role("button", name="Unggah", exact=True).click()
    expect(row_of(page, "rapat.pdf")).to_contain_text("sudah ada di pustaka")
    assert not any(stored(portal, digest(file)) for file in papers), "nothing is saved before the button"
    expect(page.locator("[data-ticked]")).to_have_text("3")
    row_of(page, "rapat.pdf").locator("[name^=tempat]").fill("12.7")
    expect(page.locator("[data-ticked]")).to_have_text("4")
    row_of(page, "notulen rapat.pdf").locator("[name^=tempat]").fill("99.9")
    page.get_by_role("button", name="Simpan 4 dokumen").click()
    outcomes = page.locator("[data-outcomes]")
    expect(outcomes).to_contain_text("3 berkas")
    expect(outcomes).to_contain_text("“99.9” bukan pertanyaan yang terbuka bagi Anda")
    outcomes.locator("summary").click()
    expect(outcomes).to_contain_text(
        "isinya sudah ada di pustaka sebagai “rapat”; dokumen itu dipasang di 12.7."
    )
    row_of(page, "notulen rapat.pdf").locator("[name^=tempat]").fill("")
    page.get_by_role("button", name="Simpan 1 dokumen").click()
    expect(rows).to_have_count(1)
    row_of(page, "program.pdf").get_by_role("button", name="Buang").click()
    expect(rows).to_have_count(0)
    assert all(stored(portal, digest(file)) for file in papers)
    page.goto(f"/evaluasi/{pk}/bukti/12.7/")
    expect(page.locator("[data-files]").first).to_contain_text("rapat")


def test_a_folder_arrives_though_the_network_is_cut_ten_times(
    page_as: PageAs, portal: Portal, paper: Callable[..., Path]
) -> None:
    """Fifty files; that the portal holds two hundred at once is tested without a browser."""
    page = page_as(NEIGHBOUR)
    bulk_page(page)
    dice = random.Random(20260401)
    files = [paper(f"banyak/{number:03} berkas.pdf", f"banyak {number}") for number in range(50)]
    line = Line(page, 10 * MB)
    page.locator("#berkas").set_input_files(files)
    page.get_by_role("button", name="Unggah", exact=True).click()
    total = page.locator("[data-total] p")
    for place in sorted(dice.sample(range(2, 48), 10)):
        wait_for(page, lambda place=place: page.locator("[data-row]").count() >= place, seconds=60)
        page.wait_for_timeout(dice.randrange(200))
        line.cut()
        page.wait_for_timeout(dice.randrange(100, 600))
        line.mend()
    expect(total).to_contain_text("50 dari 50 berkas sampai", timeout=60_000)
    expect(page.locator("[data-row]")).to_have_count(50)
    assert arrived(portal, "___ berkas.pdf") == {file.name: digest(file) for file in files}
    assert page.evaluate(KEPT) == []
