"""What stands behind the question mark: every field that any page reads, with what nobody should send it."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest
from django.db import transaction

from tests.evaluations.history import scenes
from tests.hostile.doors import MORE_FIELDS, Door, doors

NASTY = (
    "", " ", "0", "-1", "-0", "1.5", "1e9", "NaN", "inf", "9" * 20, "9" * 5000, "0x10", "1_0", "+1", "٣", "１", "²",
    "True", "None", "[]", "{}", "null", "x" * 20_000, "😀", "\u202e63", "\ufffd", "e\u0301" * 50, "\ud7ff\uffff", "\r\nX: y",
    "'", "\"'><svg/onload=x>", "' OR 1=1--", "%", "_", "\\", "%25", "../../etc/passwd", "javascript:alert(1)",
    "//jahat.contoh", "http://[", "{{7*7}}", "2026-02-30", "9999-12-31", "0000-00-00", "31/02/2026 25:61", "10000-01-01",
    "63.09", "63.99.99", "00000000-0000-0000-0000-000000000000", "em", "va", "K9", "12.1", "12.1:1", "\t", "\x01", "&=&", ";",
)  # fmt: skip
ALLOWED = {200, 302, 400, 403, 404, 409, 410, 414, 422}
ALL_AT_ONCE, ONE_BY_ONE = 1, 1
"""How many of the texts each page and each field gets in one run; every run draws others."""
IN_VERIFICATION = {
    "evaluations:desk", "evaluations:as_of", "evaluations:stages", "evaluations:close_stage", "evaluations:queue",
    "evaluations:calibration", "evaluations:send_back", "evaluations:objections",
}  # fmt: skip


def query(pairs) -> str:
    return "&".join(f"{quote(name)}={quote(text, errors='surrogatepass')}" for name, text in pairs)


def attacks(door: Door):
    """Queries: every field at once, twice over; then each field alone."""
    for text in random.sample(NASTY, ALL_AT_ONCE):
        yield query([(name, part) for name in door.fields for part in (text, "x")][::-1])
    for field in set(door.fields) - MORE_FIELDS["home"]:
        for text in random.sample(NASTY, ONE_BY_ONE):
            yield query([(field, text)])


def survives(found: list[Door]) -> list[str]:
    """What went wrong, as a path to try by hand. Each request has a savepoint, so that one fault hides no other."""
    faults = []
    for door in found:
        client = door.client()
        for asked in attacks(door):
            try:
                with transaction.atomic():
                    answer = client.get(f"{door.path}?{asked}")
                    status = answer.status_code
                    answer.close()  # one that streams would keep its place among the busy ones
            except Exception as fault:
                faults.append(f"{door} {door.path}?{asked[:300]}: {type(fault).__name__}: {fault}"[:900])
                continue
            if status not in ALLOWED:
                faults.append(f"{door} {door.path}?{asked[:300]}: {status}")
    return faults


def test_no_page_breaks_over_its_query(cast, things):
    found = doors(things, cast)
    assert len(found) > 85
    assert sum(len(door.fields) for door in found) > 120
    by_name = {door.address.name: door for door in found}
    assert set(by_name["evaluations:library"].fields) >= {"q", "page", "opd", "status", "tahun"}
    faults = survives(found)
    assert not faults, "\n".join(faults)


def test_nor_while_the_stages_run(cast, evaluation):
    evaluation = scenes.judged(scenes.submitted(evaluation, cast), cast)
    values = {"evaluation": evaluation.pk, "result": 0, "document": 0, "link": 0, "file": 0, "upload": 0}
    found = doors(values | {"practice": 0, "action": 0, "sheet": "x"}, cast, IN_VERIFICATION)
    assert {door.address.name for door in found} > {"evaluations:desk", "evaluations:as_of"}
    faults = survives(found)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("page", ["9" * 20, "9" * 5000, "-1", "0", "NaN", "１", "1.0", "", "x"])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(cast, sign_in, page):
    """More agencies and people than one page holds: nonsense shows the first page, beyond the end the last."""
    answer = sign_in(cast.admin_national).get("/catatan/", {"page": page})
    shown = answer.context["page_obj"]
    assert answer.status_code == 200
    assert shown.number == (shown.paginator.num_pages if page not in {"NaN", "", "x", "1.0", "１"} else 1)


def test_a_view_that_breaks_would_be_told(cast, things, monkeypatch):
    """The net holds: with a page that takes its field as a number, the fault is named with its query."""
    found = [door for door in doors(things, cast, {"evaluations:messages"}) if door.fields]
    monkeypatch.setattr(
        "evaluations.views.messages.Paginator.get_page", lambda self, number: self.page(int(number))
    )
    assert any("ValueError" in fault for fault in survives(found))


@pytest.mark.parametrize(
    "wanted",
    [";", "[]", "home", "accounts:logout", "javascript:alert(1)", "//jahat.contoh/", "\\\\jahat.contoh"],
)
def test_the_way_onward_is_a_path_of_this_portal(cast, sign_in, wanted):
    """Found by the queries above: a text that is neither path nor address was looked up as the name of a page."""
    answer = sign_in(cast.coordinator_tabalong).get("/akun/kode/", {"next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, "/")
