"""Dead networks, ended sessions, closed tabs: not one character is lost, and the page says what waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from kla_portal.accounts.domain.second_factor import new_key
from tests.browser.conftest import OpenContext, PageAs, Watch, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import (
    SAVES,
    bar,
    card,
    evaluation_of,
    is_saved,
    kept,
    note,
    nothing_kept,
    open_indicator,
    status,
    write_note,
)
from tests.kla_portal.accounts.telephone import shown

COORDINATOR, NEIGHBOUR = "koordinator.tanahbumbu", "koordinator.tabalong"


@pytest.fixture(autouse=True)
def _expected(watch: Watch) -> None:
    watch.expect("net::ERR_", "htmx:", "status of (401|403|404|500|503)", "Response Status Error Code")


@pytest.fixture
def page(page_as: PageAs) -> Page:
    return page_as(COORDINATOR)


def again(page: Page) -> Page:
    """The tab is closed; the same browser, online, opens a new one."""
    page.close()
    page.context.set_offline(False)
    return page.context.new_page()


def test_a_dead_network_keeps_the_text_and_sends_it_when_it_is_back(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "16")
    page.context.set_offline(True)
    write_note(page, "16.1", "ditulis di desa tanpa sinyal")
    expect(status(page, "16.1")).to_contain_text("Menunggu dikirim: tersimpan di peramban ini")
    expect(bar(page)).to_contain_text("1 jawaban menunggu dikirim")
    expect(note(page, "16.1")).to_have_value("ditulis di desa tanpa sinyal")
    assert portal.saved(pk, "16.1") is None
    page.context.set_offline(False)
    is_saved(page, "16.1")
    expect(bar(page)).to_be_hidden()
    assert portal.saved(pk, "16.1")[1] == "ditulis di desa tanpa sinyal"


def test_a_closed_or_crashed_tab_loses_nothing(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "16")
    page.context.set_offline(True)
    card(page, "16.3").locator("input[type=radio]").first.check()
    note(page, "16.3").fill("baris satu\nbaris dua")
    fresh = again(page)
    fresh.goto(f"/evaluasi/{pk}/indikator/16/")
    expect(note(fresh, "16.3")).to_have_value("baris satu\nbaris dua")
    is_saved(fresh, "16.3")
    nothing_kept(fresh)
    expect(card(fresh, "16.3").locator("input[type=radio]").first).to_be_checked()
    assert portal.saved(pk, "16.3")[:2] == ('{"option": 0}', "baris satu\nbaris dua")


def test_words_typed_in_the_last_moment_are_kept(page: Page) -> None:
    pk = open_indicator(page, "16")
    page.context.set_offline(True)
    note(page, "16.2").fill("sedetik sebelum menutup")
    fresh = again(page)
    fresh.goto(f"/evaluasi/{pk}/indikator/16/")
    expect(note(fresh, "16.2")).to_have_value("sedetik sebelum menutup")
    is_saved(fresh, "16.2")


def test_where_the_browser_has_no_locks_a_left_page_loses_nothing(open_context: OpenContext) -> None:
    context = open_context()
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });")
    page = sign_in(context.new_page(), COORDINATOR)
    pk = open_indicator(page, "16")
    context.set_offline(True)
    note(page, "16.6").fill("tanpa https")
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(f"/evaluasi/{pk}/indikator/16/")
    expect(note(page, "16.6")).to_have_value("tanpa https")
    is_saved(page, "16.6")


def test_a_second_tab_leaves_the_first_ones_text_alone(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "16")
    page.route(SAVES, lambda route: route.abort())
    write_note(page, "16.7", "di tab pertama")
    expect(status(page, "16.7")).to_contain_text("tersimpan di peramban ini")
    second = page.context.new_page()
    second.goto(f"/evaluasi/{pk}/indikator/16/")
    second.wait_for_timeout(1000)
    expect(note(second, "16.7")).to_have_value("")
    expect(bar(second)).to_be_hidden()
    assert portal.saved(pk, "16.7") is None
    page.close()
    second.reload()
    expect(note(second, "16.7")).to_have_value("di tab pertama")
    is_saved(second, "16.7")
    assert portal.saved(pk, "16.7")[1] == "di tab pertama"


def test_another_page_sends_what_waits(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "16")
    page.context.set_offline(True)
    write_note(page, "16.4", "dikirim dari halaman lain")
    write_note(page, "16.5", "ini juga")
    expect(bar(page)).to_contain_text("2 jawaban menunggu dikirim")
    fresh = again(page)
    fresh.goto("/akun/profil/")
    nothing_kept(fresh)
    expect(bar(fresh)).to_be_hidden()
    assert portal.saved(pk, "16.4")[1] == "dikirim dari halaman lain"
    assert portal.saved(pk, "16.5")[1] == "ini juga"


def test_an_ended_session_says_so_and_sends_after_signing_in(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "17")
    portal.end_sessions()
    write_note(page, "17.1", "sesudah istirahat siang")
    expect(bar(page)).to_contain_text("Sesi berakhir. Masuk lagi; tulisan Anda aman di peramban ini.")
    expect(status(page, "17.1")).to_contain_text("Menunggu dikirim: tersimpan di peramban ini")
    expect(note(page, "17.1")).to_have_value("sesudah istirahat siang")
    bar(page).get_by_role("link", name="Masuk").click()
    page.fill("input[name=username]", COORDINATOR)
    page.fill("input[name=password]", "kla-demo-2026")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**/evaluasi/{pk}/indikator/17/**")
    is_saved(page, "17.1")
    nothing_kept(page)
    assert portal.saved(pk, "17.1")[1] == "sesudah istirahat siang"


def test_signing_in_in_another_tab_is_enough(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "17")
    portal.end_sessions()
    write_note(page, "17.2", "tab pertama")
    expect(bar(page)).to_contain_text("Sesi berakhir")
    sign_in(page.context.new_page(), COORDINATOR)
    is_saved(page, "17.2")
    expect(bar(page)).to_be_hidden()
    assert portal.saved(pk, "17.2")[1] == "tab pertama"


def test_half_signed_in_is_not_signed_in(page: Page, portal: Portal) -> None:
    """The password alone sends nothing: the text waits for the code, and goes by itself after it."""
    pk = open_indicator(page, "17")
    portal.end_sessions()
    key = new_key()
    portal.rows(
        "INSERT INTO otp_totp_totpdevice (user_id, name, confirmed, key, step, t0, digits, tolerance, drift, last_t,"
        " throttling_failure_count, created_at) SELECT id, 'Telepon', 1, ?, 30, 0, 6, 1, 0, -1, 0, created_at"
        " FROM accounts_user WHERE username = ?",
        key,
        COORDINATOR,
    )
    try:
        other = sign_in(page.context.new_page(), COORDINATOR)
        expect(other.get_by_role("heading", name="Satu langkah lagi")).to_be_visible()
        write_note(page, "17.4", "sebelum kode diisi")
        expect(bar(page)).to_contain_text("Sesi berakhir. Masuk lagi; tulisan Anda aman di peramban ini.")
        assert portal.saved(pk, "17.4") is None
        bar(page).get_by_role("link", name="Masuk").click()
        page.fill("input[name=one_time_code]", shown(key))
        page.press("input[name=one_time_code]", "Enter")
        page.wait_for_url(f"**/evaluasi/{pk}/indikator/17/**")
        is_saved(page, "17.4")
        nothing_kept(page)
        assert portal.saved(pk, "17.4")[1] == "sebelum kode diisi"
    finally:
        portal.rows("DELETE FROM otp_totp_totpdevice")


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_a_stale_token_is_renewed_without_a_word(page: Page, portal: Portal, change: str) -> None:
    code = {"changed": "17.3a", "gone": "17.3b"}[change]
    pk = open_indicator(page, "17")
    page.context.clear_cookies(name="csrftoken")
    if change == "changed":
        page.context.add_cookies([{"name": "csrftoken", "value": "x" * 32, "url": portal.url}])
    write_note(page, code, f"token {change}")
    is_saved(page, code)
    nothing_kept(page)
    assert portal.saved(pk, code)[1] == f"token {change}"


def test_another_person_on_this_computer_neither_sees_nor_sends(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "17")
    page.context.set_offline(True)
    write_note(page, "17.5", "rahasia penulisnya")
    expect(bar(page)).to_contain_text("1 jawaban")
    page.context.clear_cookies()
    fresh = again(page)
    sign_in(fresh, NEIGHBOUR)
    open_indicator(fresh, "17")
    fresh.wait_for_timeout(1500)
    expect(bar(fresh)).to_be_hidden()
    assert "rahasia penulisnya" not in fresh.content()
    assert portal.saved(pk, "17.5") is None
    assert len(kept(fresh)) == 1
    fresh.context.clear_cookies()
    sign_in(fresh, COORDINATOR)
    nothing_kept(fresh)
    assert portal.saved(pk, "17.5")[1] == "rahasia penulisnya"


def test_an_old_page_does_not_send_as_the_person_who_signed_in_since(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "17")
    other = page.context.new_page()
    page.context.clear_cookies()
    sign_in(other, NEIGHBOUR)
    write_note(page, "17.6", "bukan milik tetangga")
    expect(bar(page)).to_contain_text("Peramban ini sekarang dipakai akun lain")
    assert portal.saved(pk, "17.6") is None
    assert portal.saved(evaluation_of(other), "17.6") is None
    assert len(kept(page)) == 1


def test_a_failing_server_is_tried_again(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "18")
    page.route(SAVES, lambda route: route.fulfill(status=500, body="<h1>Server Error</h1>"))
    write_note(page, "18.1", "dua kali")
    expect(status(page, "18.1")).to_contain_text("Gagal: coba lagi")
    assert "Server Error" not in page.content()
    page.unroute(SAVES)
    status(page, "18.1").get_by_role("button", name="Coba lagi").click()
    is_saved(page, "18.1")
    assert portal.saved(pk, "18.1")[1] == "dua kali"


def test_a_failing_server_is_tried_again_without_a_click(page: Page) -> None:
    open_indicator(page, "18")
    page.route(SAVES, lambda route: route.fulfill(status=503, body="sibuk"), times=1)
    write_note(page, "18.2", "dengan sendirinya")
    is_saved(page, "18.2")
    nothing_kept(page)


def test_maintenance_is_told_and_the_text_waits(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "18")
    sentence = "Portal sedang dalam pemeliharaan: Pembaruan portal."
    page.route(SAVES, lambda route: route.fulfill(status=503, content_type="text/plain", body=sentence))
    write_note(page, "18.4", "saat pemeliharaan")
    expect(status(page, "18.4")).to_contain_text(f"Menunggu dikirim {sentence} Tulisan Anda tersimpan")
    expect(bar(page)).to_contain_text("1 jawaban menunggu dikirim")
    page.unroute(SAVES)
    is_saved(page, "18.4")
    assert portal.saved(pk, "18.4")[1] == "saat pemeliharaan"
    nothing_kept(page)


def test_a_strange_page_acknowledges_nothing(page: Page, portal: Portal) -> None:
    """A hotspot's sign-in page answers 200 to everything."""
    pk = open_indicator(page, "18")

    def hotspot(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Selamat datang di WiFi hotel</h1>")

    page.route(SAVES, hotspot)
    write_note(page, "18.3", "di hotel")
    expect(status(page, "18.3")).to_contain_text("Gagal")
    assert "WiFi hotel" not in page.content()
    assert len(kept(page)) == 1
    page.unroute(SAVES)
    is_saved(page, "18.3")
    assert portal.saved(pk, "18.3")[1] == "di hotel"


def test_a_closed_stage_keeps_the_text_and_says_why(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "18")
    windows = portal.rows("SELECT opens_on, closes_on, id FROM evaluations_stagewindow")
    portal.rows("UPDATE evaluations_stagewindow SET opens_on = '2020-02-01', closes_on = '2020-06-30'")
    try:
        write_note(page, "18.4", "terlambat satu menit")
        expect(status(page, "18.4")).to_contain_text("Terkunci: ")
        expect(note(page, "18.4")).to_have_value("terlambat satu menit")
        page.reload()
        expect(bar(page)).to_contain_text("1 jawaban perlu Anda periksa")
        bar(page).get_by_text("Lihat daftar").click()
        expect(bar(page)).to_contain_text("terlambat satu menit")
        assert portal.saved(pk, "18.4") is None
    finally:
        for window in windows:
            portal.rows(
                "UPDATE evaluations_stagewindow SET opens_on = ?, closes_on = ? WHERE id = ?", *window
            )
    # The deadline was extended: the text goes back into its field and is sent.
    page.reload()
    is_saved(page, "18.4")
    assert portal.saved(pk, "18.4")[1] == "terlambat satu menit"


def test_a_held_answer_can_be_thrown_away(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "19")
    page.route(
        SAVES, lambda route: route.fulfill(status=403, content_type="text/plain", body="Sudah diajukan.")
    )
    write_note(page, "19.1", "tidak jadi")
    expect(status(page, "19.1")).to_contain_text("Terkunci: Sudah diajukan.")
    page.unroute(SAVES)
    page.goto("/akun/profil/")
    bar(page).get_by_text("Lihat daftar").click()
    bar(page).get_by_role("button", name="Buang").click()
    assert len(kept(page)) == 1
    bar(page).get_by_role("button", name="Yakin buang tulisan ini?").click()
    expect(bar(page)).to_be_hidden()
    assert kept(page) == []
    assert portal.saved(pk, "19.1") is None


def test_without_storage_the_page_warns_before_it_is_left(open_context: OpenContext) -> None:
    context = open_context()
    context.add_init_script("Storage.prototype.setItem = () => { throw new Error('QuotaExceededError'); };")
    page = sign_in(context.new_page(), COORDINATOR)
    open_indicator(page, "19")
    context.set_offline(True)
    write_note(page, "19.5", "tidak tersimpan di mana pun")
    expect(status(page, "19.5")).to_contain_text("Gagal: belum tersimpan")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    context.set_offline(False)
    is_saved(page, "19.5")


def test_signing_out_with_waiting_answers_asks_first(page: Page, portal: Portal) -> None:
    pk = open_indicator(page, "19")
    page.route(SAVES, lambda route: route.abort())
    write_note(page, "19.3", "belum terkirim")
    expect(bar(page)).to_contain_text("1 jawaban menunggu dikirim")
    page.locator("details.menu-person summary").click()
    page.get_by_role("button", name="Keluar").click()
    expect(bar(page)).to_contain_text("1 jawaban belum terkirim")
    expect(bar(page).get_by_role("button", name="Batal, kirim dahulu")).to_be_focused()
    bar(page).get_by_role("button", name="Tetap keluar").click()
    page.wait_for_url("**/akun/masuk/**")
    assert len(kept(page)) == 1
    page.unroute(SAVES)
    sign_in(page, COORDINATOR)
    nothing_kept(page)
    assert portal.saved(pk, "19.3")[1] == "belum terkirim"


def test_signing_out_with_nothing_waiting_does_not_ask(page: Page) -> None:
    open_indicator(page, "19")
    write_note(page, "19.4", "sudah terkirim")
    page.locator("details.menu-person summary").click()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/akun/masuk/**")
    assert kept(page) == []
