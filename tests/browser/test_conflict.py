"""Two people write the same answer: nobody's words are overwritten unseen, both choices are one click away."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs, Watch
from tests.browser.portal import Portal
from tests.browser.steps import (
    SAVES,
    bar,
    card,
    drop_reply,
    is_saved,
    kept,
    note,
    nothing_kept,
    number,
    open_indicator,
    status,
    write_note,
)

COORDINATOR, CONTRIBUTOR = "koordinator.tabalong", "kesehatan.tabalong"


@pytest.fixture(autouse=True)
def _expected(watch: Watch) -> None:
    watch.expect("status of 409")


@pytest.fixture
def both(page_as: PageAs) -> tuple[Page, Page, int]:
    """The coordinator's and the health office's page of indicator 15, opened before either wrote."""
    mine, theirs = page_as(COORDINATOR), page_as(CONTRIBUTOR)
    pk = open_indicator(mine, "15")
    theirs.goto(f"/evaluasi/{pk}/indikator/15/")
    return mine, theirs, pk


def test_my_answer_is_kept_when_i_choose_it(both: tuple[Page, Page, int], portal: Portal) -> None:
    mine, theirs, pk = both
    write_note(theirs, "15.1", "dari dinas kesehatan")
    is_saved(theirs, "15.1")
    write_note(mine, "15.1", "dari sekretariat")
    conflict = status(mine, "15.1")
    expect(conflict).to_contain_text("Berubah oleh orang lain")
    expect(conflict).to_contain_text("dari dinas kesehatan")
    expect(conflict).to_contain_text("dari sekretariat")
    assert portal.saved(pk, "15.1")[1] == "dari dinas kesehatan"
    conflict.get_by_role("button", name="Simpan jawaban saya").click()
    is_saved(mine, "15.1")
    nothing_kept(mine)
    assert portal.saved(pk, "15.1")[1] == "dari sekretariat"
    # The next edit of this page is made against the new version.
    write_note(mine, "15.1", "dari sekretariat, diperbaiki")
    is_saved(mine, "15.1")
    nothing_kept(mine)
    assert portal.saved(pk, "15.1")[1] == "dari sekretariat, diperbaiki"


def test_the_others_answer_stays_when_i_choose_it(both: tuple[Page, Page, int], portal: Portal) -> None:
    mine, theirs, pk = both
    write_note(theirs, "15.2", "angka puskesmas")
    is_saved(theirs, "15.2")
    write_note(mine, "15.2", "angka lama")
    status(mine, "15.2").get_by_role("link", name="Pakai yang tersimpan").click()
    expect(note(mine, "15.2")).to_have_value("angka puskesmas")
    is_saved(mine, "15.2")
    nothing_kept(mine)
    assert portal.saved(pk, "15.2")[1] == "angka puskesmas"


def test_enter_and_further_typing_do_not_decide_a_conflict(page_as: PageAs, portal: Portal) -> None:
    mine, theirs = page_as(COORDINATOR), page_as(CONTRIBUTOR)
    pk = open_indicator(mine, "13")
    theirs.goto(f"/evaluasi/{pk}/indikator/13/")
    number(theirs, "13.1", "numerator").fill("7")
    number(theirs, "13.1", "denominator").fill("700")
    number(theirs, "13.1", "denominator").blur()
    is_saved(theirs, "13.1")
    field = number(mine, "13.1", "denominator")
    number(mine, "13.1", "numerator").fill("8")
    field.fill("800")
    expect(status(mine, "13.1")).to_contain_text("Berubah oleh orang lain")
    field.press("Enter")
    field.fill("900")
    mine.wait_for_timeout(1500)
    expect(status(mine, "13.1")).to_contain_text("900")
    expect(status(mine, "13.1")).to_contain_text("Berubah oleh orang lain")
    assert json.loads(portal.saved(pk, "13.1")[0]) == {"numerator": "7", "denominator": "700"}
    # Left alone, the question still stands after a reload, with the choice.
    mine.reload()
    expect(field).to_have_value("900")
    status(mine, "13.1").get_by_role("button", name="Simpan jawaban saya").click()
    is_saved(mine, "13.1")
    assert json.loads(portal.saved(pk, "13.1")[0]) == {"numerator": "8", "denominator": "900"}


def test_what_waited_offline_finds_the_conflict(
    both: tuple[Page, Page, int], portal: Portal, watch: Watch
) -> None:
    watch.expect("net::ERR_", "htmx:")
    mine, theirs, pk = both
    mine.context.set_offline(True)
    write_note(mine, "15.3", "ditulis tanpa jaringan")
    expect(status(mine, "15.3")).to_contain_text("Menunggu dikirim")
    write_note(theirs, "15.3", "ditulis sementara itu")
    is_saved(theirs, "15.3")
    mine.close()
    mine.context.set_offline(False)
    other = mine.context.new_page()
    other.goto("/akun/profil/")
    expect(bar(other)).to_contain_text("1 jawaban perlu Anda periksa")
    assert portal.saved(pk, "15.3")[1] == "ditulis sementara itu"
    bar(other).get_by_text("Lihat daftar").click()
    expect(bar(other)).to_contain_text("ditulis tanpa jaringan")
    bar(other).get_by_role("link", name="Pertanyaan 15.3").click()
    expect(note(other, "15.3")).to_have_value("ditulis tanpa jaringan")
    expect(status(other, "15.3")).to_contain_text("ditulis sementara itu")
    status(other, "15.3").get_by_role("button", name="Simpan jawaban saya").click()
    is_saved(other, "15.3")
    assert portal.saved(pk, "15.3")[1] == "ditulis tanpa jaringan"


def test_a_lost_reply_is_no_conflict_with_oneself(page_as: PageAs, portal: Portal, watch: Watch) -> None:
    watch.expect("net::ERR_", "htmx:")
    page = page_as(COORDINATOR)
    pk = open_indicator(page, "16")
    page.route(SAVES, drop_reply, times=1)
    write_note(page, "16.4", "versi pertama")
    note(page, "16.4").fill("versi pertama, lalu lebih")
    nothing_kept(page)
    is_saved(page, "16.4")
    expect(card(page, "16.4").locator(".conflict")).to_have_count(0)
    assert portal.saved(pk, "16.4")[1] == "versi pertama, lalu lebih"
    assert kept(page) == []


def test_the_stored_answer_discards_only_this_cards_text(both: tuple[Page, Page, int], watch: Watch) -> None:
    watch.expect("net::ERR_", "htmx:")
    mine, theirs, _ = both
    write_note(theirs, "15.4", "tersimpan")
    is_saved(theirs, "15.4")
    write_note(mine, "15.4", "punya saya")
    expect(status(mine, "15.4")).to_contain_text("Berubah oleh orang lain")
    mine.route(SAVES, lambda route: route.abort())
    write_note(mine, "15.5", "belum sampai")
    expect(status(mine, "15.5")).to_contain_text("tersimpan di peramban ini")
    mine.unroute_all()
    status(mine, "15.4").get_by_role("link", name="Pakai yang tersimpan").click()
    expect(note(mine, "15.4")).to_have_value("tersimpan")
    expect(note(mine, "15.5")).to_have_value("belum sampai")
    is_saved(mine, "15.5")
