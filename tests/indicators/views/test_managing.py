"""The administrator checks a file, loads it as a draft, publishes and retires it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from indicators.forms.importing import MAX_BYTES
from indicators.models import Instrument, InstrumentState
from kla_portal.events.models import Event, EventAction
from tests.cast import enter
from tests.indicators.small import SMALL, changed, small

pytestmark = pytest.mark.django_db

IMPORT = "/instrumen/muat/"


@pytest.fixture
def admin(sign_in, cast):
    return sign_in(cast.admin_national)


def file(text=SMALL, name="kecil.yaml"):
    content = text if isinstance(text, bytes) else text.encode()
    return SimpleUploadedFile(name, content, content_type="application/yaml")


def test_check_shows_a_preview_and_writes_nothing(admin):
    page = admin.post(IMPORT, {"file": file()}).content.decode()
    assert "2 klaster, 2 indikator, 7 pertanyaan, 3 slot data dukung" in page
    assert "6 pertanyaan dengan nilai pilihan atau batas perkiraan" in page
    assert small().digest in page
    assert "Instrumen baru." in page
    assert not Instrument.objects.filter(code="kecil").exists()


def test_what_was_checked_can_be_loaded_without_choosing_the_file_again(admin, cast):
    context = admin.post(IMPORT, {"file": file()}).context
    # A browser sends the carried text back with its own line ends.
    text = context["text"].replace("\n", "\r\n")
    response = admin.post(IMPORT, {"text": text, "name": context["name"], "load": "1"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("indicators:detail", args=["kecil"])
    assert "dimuat sebagai rancangan" in response.content.decode()
    row = Instrument.objects.get(code="kecil")
    assert (row.state, row.digest) == (InstrumentState.DRAFT, small().digest)
    assert (
        Event.objects.get(action=EventAction.INSTRUMENT_LOADED, subject="instrumen:kecil").by
        == cast.admin_national
    )


def test_carried_text_is_checked_again(admin):
    response = admin.post(
        IMPORT, {"text": SMALL.replace("total: 12", "total: 13"), "name": "x.yaml", "load": "1"}
    )
    assert "bobot klaster berjumlah 12" in response.content.decode()
    assert not Instrument.objects.filter(code="kecil").exists()


def test_faults_are_listed_with_their_lines_and_escaped(admin):
    text = changed(("points: 4}", "points: 3}"), ("theme: data", "theme: <b>gizi</b>"))
    page = admin.post(IMPORT, {"file": file(text), "load": "1"}).content.decode()
    assert "kecil.yaml belum dapat dimuat: 2 kesalahan" in page
    assert '<td class="num">44</td><td>pertanyaan 1.1: nilai terbaik 3, bobot pertanyaan 4</td>' in page
    assert "<b>gizi</b>" not in page
    assert "&lt;b&gt;gizi" in page
    assert not Instrument.objects.filter(code="kecil").exists()


def test_says_when_a_draft_will_be_replaced_or_nothing_changes(admin, draft):
    page = admin.post(IMPORT, {"file": file()}).content.decode()
    assert "Isi yang sama sudah ada" in page
    assert "Muat sebagai rancangan" not in page
    other = changed(("Peraturan contoh", "Peraturan lain"))
    assert (
        "Rancangan kecil yang ada akan diganti" in admin.post(IMPORT, {"file": file(other)}).content.decode()
    )
    response = admin.post(IMPORT, {"file": file(), "load": "1"}, follow=True)
    assert "tidak ada yang berubah" in response.content.decode()


def test_a_published_code_is_refused_with_the_way_out(admin, published):
    text = changed(("code: kecil", "code: terbit"), ("Peraturan contoh", "Peraturan lain"))
    page = admin.post(IMPORT, {"file": file(text)}).content.decode()
    assert "sudah terbit dengan isi lain" in page
    assert "beri versi baru kode" in page


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Pilih berkas instrumen"),
        ({"file": b"\xff\xfe\x00\x01"}, "Berkas bukan UTF-8"),
        ({"file": b"#" * (MAX_BYTES + 1)}, "Berkas lebih besar dari 1 MB"),
        ({"file": b"bukan instrumen"}, "berkas: harus berisi pasangan nama dan nilai"),
        ({"file": b"a: &x [*x]"}, "jangkar dan alias YAML"),
    ],
)
def test_bad_uploads_are_answered_with_the_reason(admin, data, message):
    response = admin.post(IMPORT, {name: file(content) for name, content in data.items()})
    assert message in response.content.decode()


@pytest.mark.parametrize("who", ["coordinator_tabalong", "admin_kalsel", "verifier_national"])
def test_others_cannot_load_publish_or_retire(sign_in, cast, draft, published, who):
    client = sign_in(getattr(cast, who))
    assert client.post(IMPORT, {"file": file(), "load": "1"}).status_code == 403
    assert client.post("/instrumen/kecil/terbitkan/").status_code == 404
    assert client.post("/instrumen/terbit/tarik/").status_code == 403
    assert client.get("/instrumen/terbit/tarik/").status_code == 403
    states = dict(Instrument.objects.values_list("code", "state"))
    assert (states["kecil"], states["terbit"]) == ("draft", "published")


def test_publish_asks_first_and_then_freezes(admin, cast, draft):
    page = admin.get("/instrumen/kecil/terbitkan/").content.decode()
    assert "tidak dapat diubah atau dihapus oleh siapa pun" in page
    draft.refresh_from_db()
    assert draft.state == InstrumentState.DRAFT
    response = admin.post("/instrumen/kecil/terbitkan/", follow=True)
    assert "terbit dan tidak dapat diubah lagi" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == (InstrumentState.PUBLISHED, cast.admin_national)


def test_retire_asks_first(admin, cast, published):
    assert "Tarik instrumen terbit?" in admin.get("/instrumen/terbit/tarik/").content.decode()
    published.refresh_from_db()
    assert published.state == InstrumentState.PUBLISHED
    assert "ditarik" in admin.post("/instrumen/terbit/tarik/", follow=True).content.decode()
    published.refresh_from_db()
    assert (published.state, published.retired_by) == (InstrumentState.RETIRED, cast.admin_national)


@pytest.mark.parametrize(
    ("path", "message"),
    [("/instrumen/terbit/terbitkan/", "hanya rancangan"), ("/instrumen/kecil/tarik/", "hanya yang terbit")],
)
def test_a_step_out_of_order_is_refused_in_words(admin, draft, published, path, message):
    assert message in admin.post(path, follow=True).content.decode()
    assert 'method="post">' not in admin.get(path).content.decode().partition('id="isi"')[2]


def test_the_pages_need_a_token(cast, draft):
    client = Client(enforce_csrf_checks=True)
    enter(client, cast.admin_national)
    assert client.post("/instrumen/kecil/terbitkan/").status_code == 403
    draft.refresh_from_db()
    assert draft.state == InstrumentState.DRAFT
