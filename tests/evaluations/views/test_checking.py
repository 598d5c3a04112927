"""The public check: with the paper or the file one learns what it is, and nothing of what it says."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain import documents
from evaluations.models import StoredReport
from evaluations.reports.seal import new_code
from kla_portal.accounts.models import User
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, hand_in, save
from tests.evaluations.sealing.papers import folder, stored  # noqa: F401
from tests.evaluations.views.common import main_of, text_of, url

CONTENT = b"%PDF-1.7 laporan yang asli"


@pytest.fixture(autouse=True)
def counters(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "limits"


@pytest.fixture
def paper(evaluation) -> StoredReport:
    return stored(evaluation, CONTENT)


def page_of(report):
    return url("check_report", report.code)


def upload(content, name="laporan.pdf"):
    return {"file": SimpleUploadedFile(name, content, content_type="application/pdf")}


def test_the_qr_leads_to_what_the_paper_is(client, paper):
    page = text_of(client.get(page_of(paper)))
    for part in (paper.number, paper.title, "Kabupaten Tabalong", "Evaluasi KLA 2026", "Evaluasi Mandiri"):
        assert part in page
    assert "masih berlaku" in page
    assert "Tanda tangan elektronik Tidak ada" in page
    assert paper.sha256 in page


def test_a_paper_of_no_single_result_says_as_of_when(client, evaluation, paper):
    """A ranking or a comparison of stages stays in force when a stage is reopened: it tells of its own moment."""
    moment = "Isinya keadaan data pada"
    assert moment in text_of(client.get(page_of(paper)))
    bound = stored(evaluation, b"%PDF hasil", series="hasil", receipt="EM/2026/63.09/01")
    page = text_of(client.get(page_of(bound)))
    assert "masih berlaku" in page
    assert moment not in page


def test_a_typed_code_leads_to_the_same_page(client, paper):
    typed = f"{paper.code[:9].lower()} {paper.code[9:]}"
    response = client.post(url("check_reports"), {"code": typed})
    assert (response.status_code, response["Location"]) == (302, page_of(paper))


def test_the_file_tells_whether_it_is_the_one(client, paper):
    same = client.post(page_of(paper), upload(CONTENT))
    assert "Berkas asli, tidak berubah" in text_of(same)
    changed = client.post(page_of(paper), upload(CONTENT + b" "))
    assert "Bukan berkas yang diterbitkan dengan nomor ini" in text_of(changed)
    assert "Berkas asli" not in text_of(changed)


def test_another_papers_file_is_named(client, paper, evaluation):
    other = stored(evaluation, b"%PDF lain", series="lain")
    assert f"Berkas itu adalah laporan {other.number}" in text_of(
        client.post(page_of(paper), upload(b"%PDF lain"))
    )


def test_without_a_code_the_file_or_its_hash_is_enough(client, paper):
    for sent in (upload(CONTENT), {"sha256": f" {paper.sha256.upper()} "}):
        response = client.post(url("check_reports"), sent)
        assert response.status_code == 200
        assert paper.number in text_of(response)
        assert "Berkas asli, tidak berubah" in text_of(response)
    assert paper.code not in response.content.decode(), "who has only a hash does not get the code"


def test_a_foreign_file_is_not_ours(client, paper):
    content = CONTENT.replace(b"asli", b"ubah")
    response = client.post(url("check_reports"), upload(content))
    assert response.status_code == 404
    assert "Bukan berkas yang diterbitkan Portal KLA" in text_of(response)
    assert hashlib.sha256(content).hexdigest() in text_of(response)


def test_nothing_that_is_sent_is_kept(client, paper, tmp_path, folder):  # noqa: F811
    client.post(url("check_reports"), upload(b"x" * 1_200_000))
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "limits" not in path.parts]
    assert kept == []
    assert not folder.exists()


def test_a_table_is_found_by_its_bytes_only(client, evaluation):
    stored(evaluation, b"a;b", number="")
    page = text_of(client.post(url("check_reports"), upload(b"a;b", "peringkat.csv")))
    assert "Tabel dari Portal KLA" in page
    assert "Berkas asli" in page


def test_drafts_superseded_and_reopened_are_said(client, evaluation, paper):
    draft = stored(evaluation, series="konsep", draft=True)
    assert "KONSEP, bukan laporan resmi" in text_of(client.get(page_of(draft)))
    newer = stored(evaluation, b"%PDF baru")
    page = text_of(client.get(page_of(paper)))
    assert f"digantikan oleh nomor {newer.number}" in page
    assert "masih berlaku" not in page


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Isi salah satu: kode, berkas, atau sha256."),
        ({"code": "ABC"}, "Kode ini tidak lengkap"),
        ({"sha256": "zz"}, "sha256 terdiri atas 64 angka"),
        ({"code": "A" * 26, "sha256": "0" * 64}, "Isi salah satu"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(client, db, sent, message):
    response = client.post(url("check_reports"), sent)
    assert response.status_code == 422
    assert message in text_of(response)


def test_comparing_without_a_file_says_so(client, paper):
    response = client.post(page_of(paper), {})
    assert response.status_code == 422
    assert "Pilih berkas yang hendak dibandingkan dahulu." in text_of(response)
    assert paper.number in text_of(response)


def test_unknown_codes_all_get_the_same_answer(client, paper):
    """Near misses and nonsense: same status, same words, so that nothing is learnt by trying."""
    tries = [
        new_code(),
        paper.code[:-1] + ("A" if paper.code[-1] != "A" else "B"),
        "ABC",
        "9" * 26,
        "%F0%9F%A6%8A",
    ]
    answers = [client.get(f"/periksa-laporan/{code}/") for code in tries]
    assert {answer.status_code for answer in answers} == {404}
    assert len({main_of(answer) for answer in answers}) == 1
    assert "Tidak ada laporan dengan kode ini" in text_of(answers[0])


def test_too_many_tries_wait(client, settings, paper):
    settings.CHECK_LIMIT = 2
    known, unknown = page_of(paper), url("check_report", new_code())
    assert [client.get(known).status_code, client.get(unknown).status_code] == [200, 404]
    for path in (known, unknown):
        refused = client.get(path)
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= settings.CHECK_SECONDS
        assert "Terlalu banyak pemeriksaan" in text_of(refused)
        assert paper.number not in text_of(refused)
    assert client.post(url("check_reports"), {"code": paper.code}).status_code == 429
    assert client.get(url("check_reports")).status_code == 200, "the empty form costs nothing"
    assert client.get(known, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_who_asks_is_told_by_the_proxy_and_not_by_the_asker(client, settings, paper):
    """Which entry counts: tests/kla_portal/accounts/test_client_address.py."""
    settings.CHECK_LIMIT, settings.PROXY_COUNT = 1, 1
    path = page_of(paper)
    assert client.get(path, HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.17").status_code == 200
    assert client.get(path, HTTP_X_FORWARDED_FOR="2.2.2.2, 203.0.113.17").status_code == 429
    assert client.get(path, HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.18").status_code == 200


def test_answers_are_not_cached(client, paper):
    assert "no-store" in client.get(page_of(paper))["Cache-Control"]
    assert client.put(page_of(paper)).status_code == 405


def test_an_account_makes_no_difference(client, sign_in, cast, paper):
    def page(browser):
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main_of(browser.get(page_of(paper))))

    anonymous = page(client)
    assert paper.number in anonymous
    assert page(sign_in(cast.stranger)) == anonymous


# A real receipt, end to end, before anything is published


@pytest.fixture
def receipt(evaluation, cast, folder):  # noqa: F811
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong, note="rahasia dapur")
    result = hand_in(evaluation, by=cast.coordinator_tabalong)
    kept = documents.receipt_document(documents.result_report(result)).ensure(by=cast.coordinator_tabalong)
    return result, kept


def test_a_real_receipt_is_checked_and_tells_no_score(client, receipt):
    result, kept = receipt
    assert kept.number == "KLA/2026/63.09/TANDA-TERIMA/0001"
    with storages["reports"].open(kept.storage_name) as file:
        content = file.read()
    response = client.post(page_of(kept), upload(content))
    page = main_of(response)
    assert "Berkas asli, tidak berubah" in page
    assert result.receipt_number in page, "its holder reads it on the paper"
    assert "masih berlaku" in page
    secrets = [
        str(result.total),
        str(result.total).replace(".", ","),
        result.predikat,
        "rahasia dapur",
        "Nilai",
    ]
    people = list(User.objects.values_list("name", flat=True))
    told = re.sub(r"\d\d\.\d\d (WIB|WITA|WIT)\b", "", page)  # at 22.00 the clock holds the total's digits
    for secret in [*secrets, *people, result.digest]:
        assert secret not in told, secret
    assert str(result.total) != "0.00"
