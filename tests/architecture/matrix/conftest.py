"""The gate is asked here, not the printer: what follows an opened gate is short, and has tests of its own."""

from __future__ import annotations

from functools import cache

import openpyxl
import pytest
from django.template.backends.django import Template

from evaluations.domain.documents import Document
from evaluations.models import ReportKind
from evaluations.reports import pdf
from evaluations.scoring.planner import choosing, solving
from tests.evaluations.evidence import corpus


@cache
def solved(items: tuple[solving.Item, ...], needed: int) -> tuple[list[int], bool]:
    return solving.solve(items, needed)


@pytest.fixture(autouse=True)
def _short_ways(monkeypatch, db):
    """Every paper is printed already, a workbook is saved empty, and the same way to a goal is sought once."""
    blank = corpus.pdf()
    monkeypatch.setattr(pdf, "_pdf", lambda template, context: blank)
    kept = Document(ReportKind.RANKING, "pdf", "uji", lambda seal: blank).ensure(by=None)
    monkeypatch.setattr(Document, "stored", lambda document: kept)
    monkeypatch.setattr(openpyxl.Workbook, "save", lambda book, stream: stream.write(b"kosong"))
    monkeypatch.setattr(choosing, "solve", lambda items, needed: solved(tuple(items), needed))


@pytest.fixture
def unwritten(monkeypatch):
    """``unwritten()``: from now on every page is empty, as quickly as its gate and its view can answer."""

    def begin():
        monkeypatch.setattr(Template, "render", lambda template, context=None, request=None: "")

    return begin
