"""The PDFs, read back: the snapshot's numbers, tags, fonts; nothing fetched, nothing injected."""

from __future__ import annotations

import re
import socket
from io import BytesIO

import pytest
from pypdf import PdfReader

from evaluations.reports import pdf, press
from evaluations.reports.keys import template_folder
from evaluations.reports.pdf import district_report_pdf, ranking_pdf, receipt_pdf
from evaluations.reports.press import ReportFailed
from evaluations.scoring.rules import best_answer
from evaluations.scoring.score import tree_from_dict
from kla_portal.indonesian import angka
from tests.evaluations.reports import build, tags

EVIL = (
    "<script>alert('x')</script><img src=\"http://127.0.0.1:9/x.png\"><link rel=stylesheet href=file:///etc/passwd>"
    '<a href="javascript:alert(1)">klik</a>"&amp;'
)


class Printed:
    """A PDF with its texts; ``squeezed`` is without any white space, for lines that wrap."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.reader = PdfReader(BytesIO(content))
        self.pages = [page.extract_text() for page in self.reader.pages]
        self.squeezed = squeeze("".join(self.pages))


def squeeze(text):
    return re.sub(r"\s+", "", text)


def fonts(reader):
    """Every font that draws text, as (name, descriptor)."""
    found = {}
    for page in reader.pages:
        for reference in (page["/Resources"].get("/Font") or {}).values():
            font = reference.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            found[font["/BaseFont"]] = inner["/FontDescriptor"].get_object()
    return found


@pytest.fixture(scope="module")
def taken():
    return build.snapshot(notes={"12.1": "Angka dua puskesmas menyusul.", "1.1": EVIL})


@pytest.fixture(scope="module")
def district(taken):
    return Printed(district_report_pdf(build.district_report(taken)))


@pytest.fixture(scope="module")
def draft():
    """Begun only: one answer, one with half of its numbers, one with an attack in the evidence."""
    question = build.instrument().by_code["1.1"]
    item = {
        "title": EVIL,
        "filename": "../../etc/passwd",
        "size": 1,
        "sha256": "",
        "url": "file:///etc/passwd",
    }
    slot = {"slot": 1, "label": "x", "kind": "Dokumen", "required": True, "items": [item]}
    answers = {"1.1": {"option": 1}, "12.1": {"numerator": "5", "denominator": None}}
    taken = build.snapshot(draft=True, answers=answers, evidence={question.code: [slot]})
    return Printed(district_report_pdf(build.district_report(taken)))


@pytest.fixture(scope="module")
def receipt():
    return Printed(receipt_pdf(build.district_report()))


@pytest.fixture(scope="module")
def ranking():
    return Printed(ranking_pdf(build.ranking_report()))


@pytest.fixture(params=["district", "draft", "receipt", "ranking"])
def printed(request):
    return request.getfixturevalue(request.param)


def test_tagged_in_indonesian_and_says_pdfua(printed):
    root = printed.reader.trailer["/Root"]
    assert root["/Lang"] == "id"
    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert printed.reader.metadata.title
    assert printed.reader.metadata.creation_date_raw == "D:20260630155900Z"


def test_it_can_be_read_aloud(printed):
    assert tags.faults(printed.content) == []


def test_every_font_is_embedded(printed):
    found = fonts(printed.reader)
    assert found
    for name, descriptor in found.items():
        assert any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")), name


def test_pages_are_numbered(printed, request):
    cover = 1 if request.node.callspec.params["printed"] in {"district", "draft"} else 0
    for number, text in enumerate(printed.pages[cover:], start=cover + 1):
        assert f"Halaman {number} dari {len(printed.pages)}" in text


def test_nothing_runs_and_nothing_links_out(printed):
    root = printed.reader.trailer["/Root"]
    assert "/OpenAction" not in root
    assert "/AA" not in root
    assert b"/JavaScript" not in printed.content
    for page in printed.reader.pages:
        for annotation in page.get("/Annots") or []:
            assert "/URI" not in (annotation.get_object().get("/A") or {})


def test_district_report_shows_the_snapshots_tree(district, taken):
    tree = tree_from_dict(taken["score"])
    total = angka(tree.total, 2)
    assert total in district.pages[0]
    assert tree.predikat.name in district.pages[0]
    for cluster in tree.clusters:
        assert squeeze(f"{angka(cluster.points)} dari {angka(cluster.weight)} poin") in district.squeezed
    for question in tree.questions():
        assert squeeze(question.reason) in district.squeezed, question.code
        assert squeeze(question.answer_text) in district.squeezed, question.code


def test_district_report_names_every_indicator_and_question(district):
    spec = build.instrument()
    for indicator in spec.indicators():
        assert squeeze(f"{indicator.number} {indicator.name}") in district.squeezed
    for question in spec.questions():
        assert squeeze(f"{question.code} {question.title}") in district.squeezed


def test_digest_stands_on_every_page(district, taken):
    whole = build.district_report(taken).digest
    assert all(whole in text for text in district.pages)
    assert build.RECEIPT in district.pages[0]
    assert "30 Juni 2026 23.59 WITA" in district.pages[0]


def test_notes_evidence_and_estimates_are_there(district):
    assert "Angkaduapuskesmasmenyusul." in district.squeezed
    assert "dokumen-1.1-1.pdf,1,2MB,hlm.4" in district.squeezed
    assert district.squeezed.count("perkiraan") >= 273
    assert "Pada273butir" in district.squeezed


def test_konsep_on_every_page_of_a_draft_and_nowhere_else(district, draft, receipt, ranking):
    assert all(text.count("KONSEP") >= 2 for text in draft.pages), "watermark and head"
    assert "belumdiajukan" in draft.squeezed
    for final in (district, receipt, ranking):
        assert "KONSEP" not in final.squeezed.upper()


def test_draft_says_what_is_unanswered_and_incomplete(draft):
    assert draft.squeezed.count("Belumdijawab") == 272
    assert "Belumlengkap" in draft.squeezed


@pytest.mark.parametrize("name", ["district", "draft"])
def test_typed_text_is_shown_and_never_obeyed(name, request):
    printed = request.getfixturevalue(name)
    assert squeeze("<script>alert('x')</script><img src=\"http://127.0.0.1:9/x.png\">") in printed.squeezed
    assert squeeze('javascript:alert(1)">klik</a>"&amp;') in printed.squeezed


def test_no_socket_is_opened_while_printing(monkeypatch):
    def refuse(*args):
        raise AssertionError(f"a report went to the network: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    letterhead = build.Letterhead(EVIL, address="http://127.0.0.1:9/kop.png")
    assert ranking_pdf(build.ranking_report(letterhead=letterhead, place_name=EVIL)).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x",
        "https://example.org/x.css",
        "file:///etc/passwd",
        "data:text/css,body{}",
        "ftp://127.0.0.1/x",
        "kla-report:../settings.py",
        "kla-report:/etc/passwd",
        "kla-report:",
    ],
)
def test_fetcher_serves_its_own_files_only(url):
    fetcher = press._types().fetcher(pdf.assets())
    with pytest.raises(ValueError, match="may not load"):
        fetcher(url)
    assert b"@page" in fetcher("kla-report:paper.css").read()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.png", "file:///etc/passwd", "kla-report:nothing.svg"])
def test_a_refused_resource_fails_the_report_instead_of_vanishing(monkeypatch, url):
    html = f'<!doctype html><html lang="id"><title>x</title><img alt="x" src="{url}">'
    monkeypatch.setattr(pdf, "render_to_string", lambda *args: html)
    with pytest.raises(ReportFailed, match=re.escape(url)):
        receipt_pdf(build.district_report())


def test_every_style_and_picture_that_templates_name_exists():
    named = set()
    for path in template_folder().iterdir():
        named |= set(re.findall(r"kla-report:([\w.]+)", path.read_text(encoding="utf-8")))
    assert named == set(pdf.assets())


def test_same_report_same_bytes(receipt, ranking):
    assert receipt_pdf(build.district_report()) == receipt.content
    assert ranking_pdf(build.ranking_report()) == ranking.content


def test_receipt_is_one_page_with_the_whole_proof(receipt):
    report = build.district_report()
    assert len(receipt.pages) == 1
    text = receipt.squeezed
    for part in (build.RECEIPT, "KabupatenTabalong", "EvaluasiKLA2026", "30Juni202623.59WITA", report.digest):
        assert part in text
    assert angka(report.tree.total, 2) in text
    assert report.tree.predikat.name in text
    assert f"{report.tree.answered}dari274" in text


def test_no_receipt_for_a_draft_or_without_a_number():
    with pytest.raises(ValueError, match="receipt"):
        receipt_pdf(build.district_report(build.snapshot(draft=True)))
    with pytest.raises(ValueError, match="receipt"):
        receipt_pdf(build.district_report(receipt=None))


def test_ranking_is_landscape_with_all_it_needs(ranking):
    report = build.ranking_report()
    box = ranking.reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)
    for row in report.rows:
        assert (
            squeeze(f"{row.rank} {row.district} {row.predikat.name} {angka(row.total, 2)}")
            in ranking.squeezed
        )
    for part in ("PEMERINTAHPROVINSI", "Dasarhukum", "KepalaDinas", "Banjarbaru,30Juni2026", report.digest):
        assert part in ranking.squeezed
    assert (
        "10dari13kabupaten/kotaberpredikat;kurang:KabupatenBalangan,KabupatenTapin,KotaBanjarbaru"
        in ranking.squeezed
    )
    assert "Sedangdiisi(2):KabupatenBalangan,KotaBanjarbaru." in ranking.squeezed


def test_ranking_repeats_its_head_on_every_page_of_the_table():
    entries = [build.entry(f"{n:02}", f"Kabupaten Contoh {n}", f"{400 + n}") for n in range(60)]
    printed = Printed(ranking_pdf(build.ranking_report(entries=entries, absent=[], previous_name=None)))
    tables = [text for text in printed.pages if "Kabupaten Contoh" in text]
    assert len(tables) >= 3
    assert all(re.search(r"Kabupaten/Kota\s+Predikat\s+Nilai", text) for text in tables)
    assert "poinpersen" not in printed.squeezed


def test_band_gap_is_said_on_report_and_receipt():
    half = build.instrument().by_code["1.2a"]
    answers, total = {"1.2a": {"option": 2}}, 0
    for question in build.instrument().questions():
        if question is not half and total + question.weight <= 600:
            answers[question.code] = best_answer(question.rule)
            total += question.weight
    report = build.district_report(build.snapshot(answers=answers, evidence={}))
    note = (
        "Nilai 600,50 berada di antara rentang terbitan Pratama (500-600) dan Madya (601-700); "
        "instrumen ini membacanya sebagai Madya."
    )
    assert squeeze(note) in Printed(receipt_pdf(report)).squeezed
    assert squeeze(note) in Printed(district_report_pdf(report)).squeezed
