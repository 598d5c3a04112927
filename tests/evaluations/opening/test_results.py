"""Open data: what is published, in a shape that stays, and nothing beside it."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.domain.opening.results import open_results
from evaluations.domain.publication import public_results
from evaluations.models import Edition, Evaluation, State
from evaluations.reports.open_data import COLUMNS, MEANINGS, OpenResults, OpenRow, open_csv, open_json
from kla_portal import clock
from tests.cast import GUNUNG_MAS, TABALONG, TANAH_BUMBU
from tests.evaluations.history.test_publication import BARITO, final, of, old, public_from, scene  # noqa: F401
from tests.evaluations.views.common import text_of, url

SECRETS = ("955.25", "811.11", "812.22", "999.01", "998.02", "997.03", "888.88", "123.45", BARITO)
"""An older final result, one of another stage, one taken back, the other stages, another edition, a safe score."""


@pytest.fixture
def published(scene):  # noqa: F811
    """2024 with all that could leak: results of other stages and editions, one taken back, safe scores."""
    Evaluation.objects.filter(edition=scene).update(claimed_total="999.99", safe_total="123.45")
    public_from(scene, timezone.now() - timedelta(minutes=1))
    scene.refresh_from_db()
    return scene


def get(client, form, **headers):
    return client.get(url("open_file", "2024", form), headers=headers)


def rows_of(response):
    return list(csv.DictReader(StringIO(response.content.decode())))


def test_csv_and_json_hold_the_same_rows(client, published):
    table, whole = rows_of(get(client, "csv")), json.loads(get(client, "json").content)
    assert [{name: str(value) for name, value in row.items()} for row in whole["results"]] == table
    assert [(row["district_code"], row["total"]) for row in table] == [
        (GUNUNG_MAS, "701.00"),
        (TABALONG, "944.11"),
        (TANAH_BUMBU, "944.11"),
    ]
    assert [(row["rank_province"], row["rank_national"]) for row in table] == [
        ("1", "3"),
        ("1", "1"),
        ("1", "1"),
    ]
    first = table[1]
    assert (first["province_code"], first["province"], first["district"]) == (
        "63", "Kalimantan Selatan", "Kabupaten Tabalong",
    )  # fmt: skip
    assert (first["stage"], first["maximum"], first["edition"]) == ("vf", "1000", "2024")
    assert whole["schema"] == "kla-hasil/1"
    assert whole["licence"]["id"] == "CC-BY-4.0"


def test_nothing_unpublished_is_in_it(client, published):
    for form in ("csv", "json"):
        content = get(client, form).content.decode()
        for secret in (*SECRETS, "999.99"):
            assert secret not in content, secret
    page = client.get(url("open_data")).content.decode()
    assert "Evaluasi KLA 2026" not in page
    assert "/data/2024/hasil.csv" in page


def test_a_result_taken_back_goes_at_once(client, published, cast):
    Evaluation.objects.filter(pk=of(TABALONG).pk).update(state=State.VL_CLOSED)
    for form in ("csv", "json"):
        assert "Tabalong" not in get(client, form).content.decode()
    assert rows_of(get(client, "csv"))[1]["rank_national"] == "1"


def test_it_says_what_the_public_page_says(published):
    page = {
        (row.district, f"{row.total:.2f}", row.rank)
        for part in public_results(published)
        for row in part.rows
    }
    data = open_results(published)
    assert {(row.district, row.total, row.rank_province) for row in data.rows} == page


def test_before_its_time_there_is_nothing(client, published):
    moment = timezone.now() + timedelta(hours=1)
    public_from(published, moment)
    for now, status in ((moment - timedelta(seconds=1), 404), (moment, 200)):
        with clock.at(now):
            assert get(client, "csv").status_code == get(client, "json").status_code == status
            assert ("Evaluasi KLA 2024" in text_of(client.get(url("open_data")))) == (status == 200)


@pytest.mark.parametrize(
    "path",
    ["/data/2026/hasil.csv", "/data/2099/hasil.json", "/data/2024/hasil.xlsx", "/data/2024/", "/data/x/y"],
)
def test_any_other_name_is_not_found(client, published, path):
    assert client.get(path).status_code == 404


def test_only_reading(client, published):
    assert client.post(url("open_file", "2024", "csv")).status_code == 405
    assert client.post(url("open_data")).status_code == 405
    assert client.head(url("open_file", "2024", "csv")).status_code == 200


@pytest.mark.parametrize("form", ["csv", "json"])
def test_caches_may_keep_it_and_ask_again_cheaply(client, published, form):
    response = get(client, form)
    sha256 = hashlib.sha256(response.content)
    assert response["ETag"] == f'"{sha256.hexdigest()}"'
    assert response["Repr-Digest"] == f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:"
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Last-Modified"].endswith("GMT")
    assert not response.cookies
    again = get(client, form, If_None_Match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    Evaluation.objects.filter(pk=of(TABALONG).pk).update(state=State.VL_CLOSED)
    changed = get(client, form, If_None_Match=response["ETag"], If_Modified_Since=response["Last-Modified"])
    assert changed.status_code == 200


def test_the_page_says_columns_digest_and_licence(client, published):
    page = text_of(client.get(url("open_data")))
    for column in COLUMNS:
        assert column in page
    assert open_results(published).digest in page
    assert "CC-BY-4.0" in page


def test_without_published_editions_the_page_says_so(client, db):
    assert "Belum ada hasil yang diumumkan" in text_of(client.get(url("open_data")))


def test_as_many_queries_for_one_district_as_for_many(published, cast):
    def count():
        with CaptureQueriesContext(connection) as seen:
            open_results(published)
        return len(seen)

    open_results(published)
    before = count()
    for evaluation in Evaluation.objects.filter(edition=published, state=State.FILLING)[:5]:
        final(evaluation, "600.00", cast.admin_national)
    assert count() == before == 1


def test_an_unpublished_edition_gives_nothing_to_code_either(db):
    assert open_results(Edition.objects.get(code="2026")) is None


# The shape: schema kla-hasil/1 must not change


ROW = OpenRow(
    "2024", "vf", "63", "Kalimantan Selatan", "63.09", 'Kabupaten "Contoh", Uji', "944.10", "1000", "kla", "KLA", 1, 2
)  # fmt: skip
RESULTS = OpenResults(
    "2024", "Evaluasi KLA 2024", datetime(2024, 8, 1, 3, tzinfo=UTC), datetime(2024, 8, 2, tzinfo=UTC), [ROW]
)


def test_the_csv_to_the_letter():
    assert open_csv(RESULTS).decode() == (
        "edition,stage,province_code,province,district_code,district,total,maximum,predikat_code,predikat,"
        "rank_province,rank_national\n"
        '2024,vf,63,Kalimantan Selatan,63.09,"Kabupaten ""Contoh"", Uji",944.10,1000,kla,KLA,1,2\n'
    )


def test_the_json_and_its_digest():
    whole = json.loads(open_json(RESULTS))
    assert list(whole) == ["schema", "edition", "published_at", "licence", "digest", "results"]
    assert whole["published_at"] == "2024-08-01T03:00:00Z"
    canonical = json.dumps(whole["results"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert whole["digest"] == hashlib.sha256(canonical.encode()).hexdigest()


def test_every_column_has_its_meaning():
    assert tuple(name for name, _ in MEANINGS) == COLUMNS
