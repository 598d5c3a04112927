"""Peringkat: page, PDF, XLSX and CSV of one ranking."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from django_tasks import TaskResultStatus

from evaluations.models import Evaluation, Stage, State
from tests.cast import GUNUNG_MAS, KALSEL, TABALONG
from tests.evaluations.domain.claims import result, results
from tests.evaluations.views.common import main_of, queries, signed_in, text_of, url

PLACE = ("2026", KALSEL)


@pytest.fixture
def ranked(evaluation, neighbour_evaluation, cast):
    """Tabalong 955.25 (900 in 2024), Tanah Bumbu 600.5; eleven districts without a result."""
    by = cast.admin_kalsel
    old = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    result(old, "900", by=by)
    result(evaluation, "955.25", by=by)
    result(neighbour_evaluation, "600.5", by=by)
    return evaluation


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_page(ranked, cast, sign_in):
    response = sign_in(cast.admin_kalsel).get(url("ranking", *PLACE))
    page, main = text_of(response), main_of(response)
    assert "Peringkat Provinsi Kalimantan Selatan" in page
    assert "Provila: belum. 2 dari 13 berpredikat; kurang: " in page
    assert "Kota Banjarmasin" in page
    rows = page[page.index("Perubahan poin persen terhadap Evaluasi KLA 2024") :]
    first, _, others = rows.partition("Kabupaten Tabalong ")[2].partition("Kabupaten Tanah Bumbu ")
    assert re.fullmatch(r"KLA 955,25 .*\+5,53 2 ", first), main[main.index("<tbody>") :][:600]
    assert "600,50" in others
    assert re.search(rf'href="{url("score", ranked.pk)}[^"]*">Kabupaten Tabalong</a>', main)
    assert main.count('class="cluster-bars"') == 2
    assert "Belum ada hasil 11" in page
    for form in ("pdf", "xlsx", "csv"):
        assert f'href="{url("ranking_download", *PLACE, form)}?tahap=em"' in main


def test_a_gap_between_bands_is_noted(ranked, cast, sign_in):
    response = sign_in(cast.admin_kalsel).get(url("ranking", *PLACE))
    assert "Kabupaten Tanah Bumbu Nilai 600,50 berada di antara rentang terbitan" in text_of(response)
    assert text_of(response).count("berada di antara") == 1


def test_stages_stand_apart(ranked, cast, sign_in):
    result(ranked, "700", by=cast.admin_kalsel, stage=Stage.VA)
    client = sign_in(cast.admin_kalsel)
    va = client.get(url("ranking", *PLACE), {"tahap": "va"})
    assert "700,00" in text_of(va)
    assert "955,25" not in text_of(va)
    assert '<a href="?tahap=va" aria-current="page">' in main_of(va)
    assert f"{url('ranking_download', *PLACE, 'pdf')}?tahap=va" in main_of(va)
    assert "Belum ada hasil pada tahap ini" in text_of(client.get(url("ranking", *PLACE), {"tahap": "vf"}))


@pytest.mark.parametrize("asked", [{}, {"tahap": "aneh"}])
def test_without_a_stage_it_opens_at_the_newest_that_stands(ranked, cast, sign_in, asked):
    """What was verified goes before what was claimed; a result elsewhere, or of a stage taken up again, does not."""
    client = sign_in(cast.admin_kalsel)
    assert "955,25" in text_of(client.get(url("ranking", *PLACE), asked))
    result(ranked, "700", by=cast.admin_kalsel, stage=Stage.VA)
    Evaluation.objects.filter(pk=ranked.pk).update(state=State.VA_CLOSED)
    elsewhere = Evaluation.objects.with_place().get(edition__code="2026", district=GUNUNG_MAS)
    result(elsewhere, "650", by=cast.admin_national, stage=Stage.VL)
    response = client.get(url("ranking", *PLACE), asked)
    assert '<a href="?tahap=va" aria-current="page">' in main_of(response)
    assert "700,00" in text_of(response)
    exported = client.get(url("ranking_download", *PLACE, "csv"), asked)
    assert "Peringkat KLA 2026 VA Kalimantan Selatan.csv" in exported["Content-Disposition"]
    Evaluation.objects.filter(pk=ranked.pk).update(state=State.SUBMITTED)
    assert '<a href="?tahap=em" aria-current="page">' in main_of(client.get(url("ranking", *PLACE), asked))


def test_without_results_the_districts_are_named_once_and_nothing_is_urged(edition, cast, sign_in):
    main = main_of(sign_in(cast.admin_kalsel).get(url("ranking", *PLACE)))
    assert main.count("Kota Banjarbaru") == 1
    assert "Provila: belum." in main
    assert "btn-primary" not in main


def test_the_nation(ranked, cast):
    national = signed_in(cast.verifier_national)
    page = text_of(national.get(url("ranking", "2026", "nasional")))
    assert "Peringkat Nasional" in page
    assert "Provila" not in page
    assert "Belum ada hasil 512" in page
    assert signed_in(cast.admin_kalsel).get(url("ranking", "2026", "nasional")).status_code == 404


def test_a_province_never_reads_anothers(ranked, cast):
    client = signed_in(cast.admin_kalteng)
    for name, more in (("ranking", ()), ("ranking_download", ("csv",))):
        assert client.get(url(name, *PLACE, *more)).status_code == 404
        response = client.get(url(name, "2026", "62", *more))
        assert response.status_code == 200
        shown = content(response) if response.streaming else response.content
        assert b"Tabalong" not in shown


def test_csv_numbers_are_numbers(ranked, cast, sign_in):
    response = sign_in(cast.admin_kalsel).get(url("ranking_download", *PLACE, "csv"))
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"].startswith("attachment")
    assert "Peringkat KLA 2026 EM Kalimantan Selatan.csv" in response["Content-Disposition"]
    text = content(response).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    line = next(row for row in rows if "Kabupaten Tabalong" in row)
    assert {"955.25", "955,25"} & set(line)


def test_xlsx_numbers_are_numbers(ranked, cast, sign_in):
    response = sign_in(cast.admin_kalsel).get(url("ranking_download", *PLACE, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(content(response)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "Kabupaten Tabalong" for cell in cells)
    (total,) = [cell for cell in cells if cell.value in (955.25,)]
    assert total.data_type == "n"


def test_pdf_waits_for_the_worker_and_keeps_its_stage(ranked, cast, sign_in, queue):
    response = sign_in(cast.admin_kalsel).get(url("ranking_download", *PLACE, "pdf"), {"tahap": "va"})
    assert response.status_code == 202
    (job,) = queue
    assert job.args[1:4] in ((("va", KALSEL, "pdf")), ["va", KALSEL, "pdf"])
    page = response.content.decode()
    assert f'{url("ranking_download", *PLACE, "pdf")}?tahap=va&amp;tugas={job.id}"' in page


def test_trying_again_keeps_the_stage(ranked, cast, sign_in, queue):
    client = sign_in(cast.admin_kalsel)
    address = url("ranking_download", *PLACE, "pdf")
    client.get(address, {"tahap": "va"})
    object.__setattr__(queue[0], "status", TaskResultStatus.FAILED)
    failed = client.get(address, {"tahap": "va", "tugas": queue[0].id})
    assert failed.status_code == 500
    assert f'<a href="{address}?tahap=va">Coba lagi</a>' in main_of(failed)


def test_the_same_ranking_is_served_again(ranked, cast):
    first = signed_in(cast.admin_kalsel).get(url("ranking_download", *PLACE, "csv"))
    again = signed_in(cast.auditor_kalsel).get(url("ranking_download", *PLACE, "csv"))
    assert first["X-Content-SHA256"] == again["X-Content-SHA256"]
    result(
        Evaluation.objects.with_place().get(edition__code="2026", district="63.01"), "1", by=cast.admin_kalsel
    )
    changed = signed_in(cast.auditor_kalsel).get(url("ranking_download", *PLACE, "csv"))
    assert changed["X-Content-SHA256"] != first["X-Content-SHA256"]


@pytest.mark.parametrize("form", ["docx", "html", "PDF", "pdf-"])
def test_forms_that_are_not_offered(cast, sign_in, form):
    assert sign_in(cast.admin_kalsel).get(url("ranking_download", *PLACE, form)).status_code == 404


def test_as_many_queries_for_one_row_as_for_all(evaluation, edition, cast):
    client, address = signed_in(cast.admin_kalsel), url("ranking", *PLACE)
    result(evaluation, "700", by=cast.admin_kalsel)
    one = queries(client, address)
    others = Evaluation.objects.with_place().filter(edition=edition, district__province=KALSEL)
    results(others.exclude(pk=evaluation.pk), "600", by=cast.admin_kalsel)
    assert queries(client, address) == one <= 12
    assert "Provila: ya. 13 dari 13 berpredikat." in text_of(client.get(address))
