"""Reading instruments: published ones are for everyone signed in, drafts for who manages them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.domain.importing import load_instrument, parse_instrument
from indicators.domain.publishing import publish
from tests.indicators.small import small

pytestmark = pytest.mark.django_db

READERS = [
    "coordinator_tabalong",
    "contributor_health_tabalong",
    "verifier_kalsel",
    "auditor_kalsel",
    "stranger",
]


def url(name, *args):
    return reverse(f"indicators:{name}", args=args)


def test_list_shows_every_state_to_the_administrator(sign_in, cast, draft, published):
    page = sign_in(cast.admin_national).get(url("list")).content.decode()
    for code, word in (("kecil", "Rancangan"), ("terbit", "Terbit"), ("kla-2023", "Terbit")):
        row = page[page.index(f">{code}</a>") :]
        assert word in row[: row.index("</tr>")]


@pytest.mark.parametrize("name", ["list", "import"])
@pytest.mark.parametrize("who", [*READERS, "admin_kalsel", "verifier_national"])
def test_managing_pages_are_for_the_national_administrator(sign_in, cast, name, who):
    response = sign_in(getattr(cast, who)).get(url(name))
    assert response.status_code == 403
    assert "mengelola instrumen" in response.content.decode()


@pytest.mark.parametrize("name", ["list", "import"])
def test_nobody_unsigned_gets_in(client, name):
    assert client.get(url(name)).status_code == 302


@pytest.mark.parametrize("who", READERS)
def test_everyone_signed_in_reads_a_published_instrument(sign_in, cast, published, who):
    page = sign_in(getattr(cast, who)).get(url("detail", "terbit")).content.decode()
    assert "Instrumen kecil" in page
    assert "1 Kebijakan" in page
    assert url("publish", "terbit") not in page
    assert url("retire", "terbit") not in page
    assert f'href="{url("list")}"' not in page


@pytest.mark.parametrize("name", ["detail", "export"])
def test_a_draft_does_not_exist_for_others(sign_in, cast, draft, name):
    assert sign_in(cast.admin_national).get(url(name, "kecil")).status_code == 200
    assert sign_in(cast.coordinator_tabalong).get(url(name, "kecil")).status_code == 404
    assert sign_in(cast.coordinator_tabalong).get(url("cluster", "kecil", "K0")).status_code == 404
    assert sign_in(cast.coordinator_tabalong).get(url(name, "tidak-ada")).status_code == 404


def test_detail_says_how_much_is_an_estimate(sign_in, cast, published):
    page = sign_in(cast.admin_national).get(url("detail", "terbit")).content.decode()
    assert "6 dari 7 pertanyaan memakai perkiraan" in page
    assert published.digest in page
    assert url("retire", "terbit") in page
    assert url("publish", "terbit") not in page
    assert "mulai 5,5" in page
    assert "di atas 9" in page


def test_cluster_page_shows_questions_with_rules_marks_and_agencies(sign_in, cast, published):
    page = sign_in(cast.coordinator_tabalong).get(url("cluster", "terbit", "K1")).content.decode()
    card = page[page.index('id="q-2-1a"') : page.index('id="q-2-1b"')]
    for text in (
        "<b>2</b> poin",
        "≥ 50,5%: 1",
        "perkiraan",
        "Dinas Kesehatan",
        "Rekapitulasi",
        "wajib",
        "data anak",
    ):
        assert text in card
    assert "informasi, tidak dinilai" in page[page.index('id="q-2-1e"') :]
    official = sign_in(cast.coordinator_tabalong).get(url("cluster", "terbit", "K0")).content.decode()
    assert "perkiraan" not in official[official.index('id="q-1-1"') : official.index('id="q-1-2"')]


def test_unknown_cluster_is_404(sign_in, cast, published):
    assert sign_in(cast.admin_national).get(url("cluster", "terbit", "K9")).status_code == 404


def test_texts_of_the_file_are_escaped(sign_in, cast):
    spec = small("usil", ("text: Apa bentuk hukumnya?", "text: <script>alert(1)</script>"))
    publish(load_instrument(spec, by=None)[0], by=None)
    page = sign_in(cast.admin_national).get(url("cluster", "usil", "K0")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_export_is_the_instrument_again(sign_in, cast, published):
    response = sign_in(cast.coordinator_tabalong).get(url("export", "terbit"))
    assert response["Content-Disposition"] == 'attachment; filename="terbit.yaml"'
    assert parse_instrument(response.content.decode(), name="x").digest == published.digest


def test_the_largest_cluster_stays_light_and_needs_no_query_per_question(
    sign_in, cast, instrument, django_assert_max_num_queries
):
    client = sign_in(cast.admin_national)
    client.get(url("detail", "kla-2023"))
    for name, args in (("detail", []), ("cluster", ["K0"])):
        # Session, person, second factor; the instrument is read once.
        with django_assert_max_num_queries(7):
            response = client.get(url(name, "kla-2023", *args))
        assert len(response.content) < 200_000
    assert response.content.decode().count("<article") == 78


def test_list_needs_as_many_queries_for_three_as_for_one(sign_in, cast, django_assert_num_queries):
    client = sign_in(cast.admin_national)
    client.get(url("list"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("list"))
    for code in ("satu", "dua"):
        publish(load_instrument(small(code), by=cast.admin_national)[0], by=cast.admin_national)
    with django_assert_num_queries(len(one)):
        client.get(url("list"))
