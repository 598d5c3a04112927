"""No state of a page breaks a rule of WCAG 2.2 AA: unfolded, refused, disputed, unsent, closed, locked out, failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from tests.browser import axe
from tests.browser.conftest import DESKTOP, PHONE, OpenContext, PageAs, Watch
from tests.browser.portal import PASSWORD, Portal
from tests.browser.steps import (
    SAVES,
    UNDELIVERED,
    bar,
    desk_of,
    evaluation_of,
    number,
    open_indicator,
    status,
    write_note,
)

COORDINATOR, AGENCY, VERIFIER = "koordinator.tabalong", "kesehatan.tabalong", "verifikator.kalsel"
LIGHT, DARK = "light", "dark"


def fine(page: Page, place: str) -> None:
    """In the dark on a wide page and in the light on a phone."""
    faults = []
    for scheme, size in ((LIGHT, PHONE), (DARK, DESKTOP)):
        # Colours otherwise glide from one scheme into the other.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        # The line of totals sticks to the edge: from the top it lies over nothing.
        page.evaluate("scrollTo(0, 0)")
        faults += axe.violations(page, f"{place}, {scheme}")
    page.emulate_media(color_scheme=LIGHT)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    assert not faults, "\n".join(faults)


def test_everything_unfolded(page_as: PageAs) -> None:
    page = page_as(COORDINATOR)
    pk = evaluation_of(page)
    for path in ("pertanyaan/13.2/", "bukti/2.3/", "skor/"):
        page.goto(f"/evaluasi/{pk}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        fine(page, path)


def test_refused_and_unsent(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 422", *UNDELIVERED)
    page = page_as(COORDINATOR)
    open_indicator(page, "14")
    number(page, "14.2", "numerator").fill("4620")
    number(page, "14.2", "denominator").fill("4508")
    number(page, "14.2", "denominator").blur()
    expect(status(page, "14.2")).to_contain_text("tidak boleh lebih besar")
    fine(page, "refused")
    page.goto("/akun/profil/")
    bar(page).get_by_text("Lihat daftar").click()
    fine(page, "outbox")
    open_indicator(page, "14")
    page.route(SAVES, lambda route: route.abort())
    write_note(page, "14.3", "tidak sampai")
    expect(status(page, "14.3")).to_contain_text("dikirim")
    fine(page, "unsent")


def test_disputed(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 409")
    mine, theirs = page_as(COORDINATOR), page_as(AGENCY)
    pk, code = open_indicator(mine, "12"), "12.3"
    theirs.goto(f"/evaluasi/{pk}/indikator/12/")
    write_note(theirs, code, "dari dinas")
    expect(status(theirs, code)).to_contain_text("Tersimpan")
    write_note(mine, code, "dari sekretariat")
    expect(status(mine, code)).to_contain_text("Berubah oleh orang lain")
    fine(mine, "disputed")


def test_a_verdict_that_waits_for_its_reason(page_as: PageAs, portal: Portal) -> None:
    page = page_as(VERIFIER)
    page.goto(desk_of(portal, "/evaluasi/DESK/meja/va/2.1/"))
    page.get_by_role("radio", name="Tolak").check()
    expect(page.locator("#reason-first")).to_be_visible()
    fine(page, "verdict without its reason")


def test_without_scripts(open_context: OpenContext, watch: Watch) -> None:
    """As ``no-js`` shows it; the driver needs scripts for its own look, so only the page's are left out."""
    page = open_context().new_page()
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/akun/masuk/")
    page.locator("input[name=username]").fill(COORDINATOR)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/evaluasi/*/")
    open_indicator(page, "12")
    expect(page.locator(".save-button").first).to_be_visible()
    fine(page, "without scripts")


@pytest.fixture
def closed(portal: Portal) -> Iterator[None]:
    with portal.maintained():
        yield


@pytest.mark.usefixtures("closed")
def test_closed_for_maintenance(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of 503")
    page = page_as(COORDINATOR)
    page.goto("/akun/kata-sandi/")
    fine(page, "banner")
    page.locator("main form input[type=password]").first.fill("apa saja yang panjang")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("pemeliharaan")
    fine(page, "maintenance")


def test_wrong_password_and_locked_out(open_context: OpenContext, watch: Watch) -> None:
    watch.expect("status of 4(22|29|03)")
    page = open_context().new_page()
    page.goto("/akun/masuk/")
    looked = set()
    for _ in range(12):
        page.fill("input[name=username]", "tidak.ada.orangnya")
        page.fill("input[name=password]", "bukan kata sandi")
        with page.expect_navigation() as sent:
            page.press("input[name=password]", "Enter")
        answer = sent.value
        if answer.status not in looked:
            fine(page, f"signing in, {answer.status}")
            looked.add(answer.status)
        if answer.status == 429:
            break
    assert looked == {200, 429}


def test_the_session_is_over(page_as: PageAs, portal: Portal, watch: Watch) -> None:
    watch.expect("status of 40[13]")
    page = page_as(COORDINATOR)
    page.goto("/akun/kata-sandi/")
    portal.end_sessions()
    page.locator("main form input[type=password]").first.fill("apa saja")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("h1")).not_to_have_text("Ganti kata sandi")
    fine(page, "session over")


def test_pages_of_errors(page_as: PageAs, watch: Watch) -> None:
    watch.expect("status of (4..|5..)")
    page = page_as(AGENCY)
    pk = evaluation_of(page)
    for path in (
        "/tidak-ada/",
        f"/evaluasi/{pk}/periksa/",
        f"/evaluasi/{pk}/ajukan/",
        "/akun/profil/?nul=%00",
    ):
        page.goto(path)
        fine(page, path)
    for template in ("500.html", "operations/busy.html"):
        page.route("**/galat/", bare(template))
        page.goto("/galat/")
        fine(page, template)
        page.unroute("**/galat/")


def bare(template: str) -> Callable[[Route], None]:
    """A page without the frame, as it stands there when the frame's queries fail."""
    shown = render_to_string(
        template, {"code": "a1b2c3", "seconds": 5, "typed": [("alasan", "Belum lengkap")]}
    )
    return lambda route: route.fulfill(body=shown, content_type="text/html")
