"""No cell of any export is a formula, whatever people typed; and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from functools import lru_cache
from types import SimpleNamespace

import pytest
from openpyxl import Workbook, load_workbook

from evaluations.models import Evaluation, Message, State
from evaluations.reports import open_data
from kla_portal import clock
from tests.architecture.addresses import addresses
from tests.evaluations.history import scenes
from tests.evaluations.models.rows import Rows
from tests.hostile.doors import doors
from tests.hostile.planting import plant, seen_in

STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\x0b=")
EXPORTS = {
    "accounts:import_template": "csv",
    "evaluations:actions_xlsx": "xlsx",
    "evaluations:analysis_questions_download": "xlsx",
    "evaluations:calculation": "zip",
    "evaluations:calculation_of_result": "zip",
    "evaluations:events_csv": "csv",
    "evaluations:evidence_zip": "zip",
    "evaluations:ranking_download": "xlsx",
    "evaluations:stages_download": "xlsx",
    "evaluations:tree_xlsx": "xlsx",
    "evaluations:units_book_file": "xlsx",
    "evaluations:workbook_download": "xlsx",
}
"""Every address that answers with a table, and its kind here."""
ELSEWHERE = {"evaluations:open_file", "accounts:import_result", "indicators:export", "evaluations:tree_json"}
"""Open data stands below; new accounts with tests/kla_portal/accounts; YAML and JSON are no tables."""
NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def sheets_in(content: bytes):
    """(name, bytes) of every table in an export: itself, or what it packs."""
    if content[:2] != b"PK":
        yield "csv", content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        if "xl/workbook.xml" in names:
            yield "xlsx", content
        else:
            for name in names:
                if name.endswith((".csv", ".xlsx")):
                    yield name.rpartition(".")[2], packed.read(name)


@lru_cache(maxsize=8)
def book_of(table: bytes) -> Workbook:
    """Read once for all that is asked of it."""
    return load_workbook(io.BytesIO(table))


def live_cells(content: bytes) -> list[str]:
    """Cells that a spreadsheet would compute."""
    found = []
    for kind, table in sheets_in(content):
        if kind == "csv":
            text = table.decode("utf-8-sig")
            mark = ";" if text.split("\n", 1)[0].count(";") else ","
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
                found += [
                    c
                    for c in row
                    if c.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and not NUMBER.fullmatch(c)
                ]
        else:
            book = book_of(table)
            found += [
                f"{s.title}!{c.coordinate}={c.value!r}"
                for s in book
                for row in s.iter_rows()
                for c in row
                if c.data_type == "f"
            ]
            with zipfile.ZipFile(io.BytesIO(table)) as packed:
                parts = [
                    name
                    for name in packed.namelist()
                    if name.startswith(("xl/worksheets/", "xl/externalLinks"))
                ]
                found += [
                    name for name in parts if re.search(rb"<f[ >]|<hyperlink|externalLink", packed.read(name))
                ]
    return found


def numbers_in(content: bytes) -> int:
    book = book_of(content)
    return sum(
        cell.data_type == "n" and cell.value is not None
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    )


def words_in(content: bytes) -> str:
    """All text of all tables, as it is read."""
    out = []
    for kind, table in sheets_in(content):
        if kind == "csv":
            out.append(table.decode("utf-8-sig").replace('""', '"'))
        else:
            out += [str(cell.value) for sheet in book_of(table) for row in sheet.iter_rows() for cell in row]
    return "\n".join(out)


def test_every_export_is_in_the_list():
    """A new address that ends like a table, or that downloads, needs a row."""
    named = {
        address.name
        for address in addresses()
        if re.search(
            r"(unduh|download|csv|xlsx|\.zip|export|template)",
            address.name + address.route.rpartition("/")[2],
        )
    }
    assert (
        named - {"evaluations:evidence_download", "evaluations:evidence_archive"}
        <= EXPORTS.keys() | ELSEWHERE
    )
    assert {address.name for address in addresses()} >= EXPORTS.keys() | ELSEWHERE


def test_the_judge_sees_a_formula():
    book, out = Workbook(), io.BytesIO()
    book.active.append(["=1+1", "x"])
    book.save(out)
    assert len(live_cells(out.getvalue())) == 2
    assert live_cells(b"a;b\r\n=1;2\r\n") == ["=1"]
    assert live_cells(b"a;b\r\n'=1;-2,5\r\n") == []


@pytest.mark.parametrize("start", STARTS, ids=repr)
def test_no_export_has_a_live_cell(cast, evaluation, things, start):
    Rows(evaluation, cast)
    now = clock.now()
    Message.objects.create(
        user=cast.admin_national,
        kind="submitted",
        subject="s",
        body="b",
        url="/",
        once_key="k",
        created_at=now,
    )
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=now, submitted_by=cast.coordinator_tabalong
    )
    plant(start)
    found = doors(things, cast, EXPORTS)
    seen = set()
    for door in found:
        content = body(door.client().get(door.path))
        assert live_cells(content) == [], door
        seen |= seen_in(words_in(content))
    assert {door.address.name for door in found} == EXPORTS.keys()
    assert len(seen) > 3


def test_the_stages_keep_reasons_as_text_and_points_as_numbers(cast, evaluation, monkeypatch):
    monkeypatch.setattr(scenes, "VA_REASON", "=1+1\x0bx\x01y")
    evaluation = scenes.whole_way(evaluation, cast)
    plant("=", rows=20)
    last = evaluation.results.order_by("pk").last()
    values = {
        "evaluation": evaluation.pk,
        "result": last.pk,
        "practice": 0,
        "action": 0,
        "sheet": "x",
        "document": 0,
    }
    wanted = {
        "evaluations:stages_download",
        "evaluations:tree_xlsx",
        "evaluations:ranking_download",
        "evaluations:calculation",
    }
    found = doors(values | {"link": 0, "file": 0, "upload": 0}, cast, wanted)
    assert {door.address.name for door in found} == wanted
    for door in found:
        content = body(door.client().get(door.path))
        assert live_cells(content) == [], door
        if door.address.name == "evaluations:stages_download":
            assert "=1+1" in words_in(content)
            assert numbers_in(content) > 20


def test_open_data_has_no_formula_either():
    row = dict.fromkeys(open_data.COLUMNS, "=1+1") | {
        "total": "955.25",
        "rank_province": 1,
        "rank_national": 1,
    }
    content = open_data.open_csv(SimpleNamespace(content=[row]))
    assert live_cells(content) == []
    assert ",955.25," in content.decode()
