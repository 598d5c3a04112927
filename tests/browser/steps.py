"""What people do on the pages, by the words they see."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.portal import Portal

LANDED = re.compile(r"/evaluasi/\d+/(?:tugas/)?$")
"""Where people of a district land."""

SAVES = "**/simpan/"
"""Where answers are posted, as a pattern for ``page.route``."""

UNDELIVERED = (r"net::ERR_", r"htmx:sendError", r"htmx:afterRequest", r"htmx:timeout")
"""Complaints of a browser whose network is dead."""


def exact(text: str) -> Decimal:
    """ "1.000,25" as people read it."""
    return Decimal(text.replace(".", "").replace(",", ".").replace("−", "-"))


def evaluation_of(page: Page) -> int:
    """The id of the evaluation that the person lands on; who stands on that page does not go there again."""
    if not LANDED.search(page.url):
        page.goto("/")
    found = re.search(r"/evaluasi/(\d+)/", page.url)
    assert found, page.url
    return int(found[1])


def desk_of(portal: Portal, path: str) -> str:
    """``path`` with ``DESK`` as an evaluation of Kalimantan Selatan that is being verified."""
    [(pk,)] = portal.rows(
        "SELECT max(e.id) FROM evaluations_evaluation e WHERE e.state = 'submitted' AND e.district_id LIKE '63%'"
    )
    return path.replace("DESK", str(pk))


def open_indicator(page: Page, number: str) -> int:
    """Go to an indicator's cards; the evaluation's id."""
    pk = evaluation_of(page)
    page.goto(f"/evaluasi/{pk}/indikator/{number}/")
    return pk


def card(page: Page, code: str) -> Locator:
    return page.locator(f"#q-{code.replace('.', '-')}")


def status(page: Page, code: str) -> Locator:
    return card(page, code).locator(".question-status")


def number(page: Page, code: str, name: str) -> Locator:
    return card(page, code).locator(f"input[name={name}]")


def note(page: Page, code: str) -> Locator:
    return card(page, code).locator("textarea[name=note]")


def write_note(page: Page, code: str, text: str) -> None:
    note(page, code).fill(text)
    note(page, code).blur()


def is_saved(page: Page, code: str) -> None:
    expect(status(page, code)).to_contain_text("Tersimpan")
    expect(status(page, code)).to_contain_text(re.compile(r"\d\d\.\d\d WI(B|TA|T)"))


def bar(page: Page) -> Locator:
    return page.locator(".outbox-bar")


def kept(page: Page) -> list[str]:
    """Keys of the answers that this browser keeps."""
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('kla-outbox/'))")


def nothing_kept(page: Page) -> None:
    """Wait until all is sent. (Asking again and again: the page's CSP forbids what wait_for_function does.)"""
    for _ in range(100):
        if not kept(page):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"still kept: {kept(page)}")


def drop_reply(route: Route) -> None:
    """The server does its work, and its reply is lost on the way."""
    route.fetch()
    route.abort("connectionreset")
