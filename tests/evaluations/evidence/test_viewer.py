"""Evidence page by page: who sees it, what it shows, what is kept of the pictures, and what is written down."""

from __future__ import annotations

import io
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from evaluations.domain.evidence import previews, readings, slots
from evaluations.models import Evidence, EvidenceFile, EvidenceLink, FileReading, Scan
from kla_portal import clock
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.files import papers
from tests.evaluations.papers import file_row
from tests.evaluations.views.common import main_of, queries, same_queries, signed_in, text_of

NAMES = ("evidence_page", "evidence_picture", "evidence_thumbnail")


def path(name, file, *more) -> str:
    more = more or (() if name == "evidence_thumbnail" else (1,))
    return reverse(f"evaluations:{name}", args=[file.evidence_id, file.pk, *more])


@pytest.fixture
def stored(evaluation, cast, upload):
    """``stored(data)`` -> the file of a document at a health question, read."""

    def put(data=None, name="sk.pdf", code=HEALTH) -> EvidenceFile:
        data = data or papers.letter("Menimbang", "Gugus tugas dibentuk", "Ditetapkan")
        link = slots.add_file(
            evaluation=evaluation,
            code=code,
            slot_number=1,
            upload=upload(name, data),
            by=cast.coordinator_tabalong,
        )
        file = link.evidence.files.get()
        readings.take(str(file.pk))
        return EvidenceFile.objects.select_related("evidence", "reading").get(pk=file.pk)

    return put


@pytest.fixture
def client(cast):
    return signed_in(cast.verifier_kalsel)


def size_of(answer) -> tuple[int, int]:
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "WEBP"
        return picture.size


# The page


def test_a_page_shows_its_picture_its_place_and_its_neighbours(stored, client):
    file = stored()
    answer = client.get(path("evidence_page", file, 2))
    main = main_of(answer)
    assert "halaman 2 dari 3" in text_of(answer)
    assert f'src="{path("evidence_picture", file, 2)}?lebar=720"' in main
    assert f"{path('evidence_picture', file, 2)}?lebar=360 360w" in main
    assert f'href="{path("evidence_page", file, 1)}" rel="prev"' in main
    assert f'href="{path("evidence_page", file, 3)}" rel="next"' in main
    assert f"{reverse('evaluations:evidence_file', args=[file.evidence_id, file.pk])}#page=2" in main


def test_the_ends_have_one_neighbour(stored, client):
    file = stored()
    assert 'rel="prev"' not in main_of(client.get(path("evidence_page", file, 1)))
    assert 'rel="next"' not in main_of(client.get(path("evidence_page", file, 3)))


@pytest.mark.parametrize("page", [0, 4, 10**9])
@pytest.mark.parametrize("read", [True, False])
def test_there_is_no_such_page(stored, client, page, read):
    file = stored()
    if not read:
        FileReading.objects.all().delete()
    assert client.get(path("evidence_page", file, page)).status_code == 404
    assert client.get(path("evidence_picture", file, page)).status_code == 404


def test_a_photo_is_one_page(stored, client):
    file = stored(corpus.picture("JPEG"), "foto.jpg")
    answer = client.get(path("evidence_page", file))
    assert "halaman 1 dari 1" in text_of(answer)
    assert size_of(client.get(path("evidence_picture", file)))[0] > 0


def test_an_office_file_is_named_and_saved(stored, client):
    file = stored(corpus.workbook(), "hitungan.xlsx")
    answer = client.get(path("evidence_page", file))
    assert "tidak tampil sebagai halaman" in text_of(answer)
    assert "<img" not in main_of(answer)
    assert "Buka berkas asli" in text_of(answer)
    assert client.get(path("evidence_picture", file)).status_code == 404
    assert client.get(path("evidence_thumbnail", file)).status_code == 404


@pytest.mark.parametrize(
    ("scan", "words"), [(Scan.WAITING, "sedang diperiksa"), (Scan.INFECTED, "menolak berkas ini")]
)
def test_what_the_scanner_has_not_let_pass_is_not_shown(stored, client, scan, words):
    file = stored()
    assert client.get(path("evidence_picture", file)).status_code == 200
    EvidenceFile.objects.update(scan=scan)
    answer = client.get(path("evidence_page", file))
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert "<img" not in main_of(answer)
    assert "Buka berkas asli" not in text_of(answer)
    for name in ("evidence_picture", "evidence_thumbnail"):
        refused = client.get(path(name, file))
        assert refused.status_code == 403, "kept pictures are closed too"
        assert words in text_of(refused)


@pytest.mark.parametrize("how", ["broken", "gone", "slow"])
def test_a_page_that_cannot_be_drawn_says_so_and_names_the_file(
    stored, client, evidence_folder, monkeypatch, how
):
    file = stored()
    if how == "broken":
        (evidence_folder / file.storage_name).write_bytes(b"%PDF-1.7\nrusak")
    elif how == "gone":
        (evidence_folder / file.storage_name).unlink()
    else:
        monkeypatch.setattr(previews, "LIMITS", previews.reading.Limits(seconds=0.001))
    answer = client.get(path("evidence_page", file))
    assert answer.status_code == 200
    assert "Gambar halaman ini tidak dapat dibuat" in text_of(answer)
    assert "Buka berkas asli" in text_of(answer)
    assert "<img" not in main_of(answer)
    picture = client.get(path("evidence_picture", file))
    assert (picture.status_code, picture["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "Buka berkas aslinya" in picture.content.decode()


def test_quotes_revisions_and_what_became_of_the_document(stored, client, cast, evaluation):
    file, by = stored(), cast.coordinator_tabalong
    EvidenceLink.objects.update(quote="gugus tugas dibentuk", pages="1")
    Evidence.objects.update(
        number="188/12", withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason="Salah unggah."
    )
    old = file_row(file.evidence, number=2, filename="lama.pdf", retired_at=clock.now(), retired_by=by)
    old.save()
    answer = client.get(path("evidence_page", file))
    text = text_of(answer)
    assert "Kutipan 12.1: “gugus tugas dibentuk” ditemukan di hlm. 2, bukan hlm. 1 lihat hlm. 2" in text
    assert "Nomor 188/12." in text
    assert "Salah unggah." in text
    assert path("evidence_page", old) in main_of(answer)
    assert "versi lama" in text_of(client.get(path("evidence_page", old)))


def test_a_contributor_reads_no_quote_of_another_agencys_question(stored, cast, evaluation, spec):
    file = stored()
    EvidenceLink.objects.update(quote="gugus tugas dibentuk")
    other = next(q.code for q in spec.questions() if q.slots and q.agencies[:1] == ("dukcapil",))
    slots.attach(
        evaluation=evaluation, code=other, slot_number=1, evidence=file.evidence, by=cast.coordinator_tabalong
    )
    EvidenceLink.objects.filter(quote="").update(quote="ditetapkan")
    both = text_of(signed_in(cast.coordinator_tabalong).get(path("evidence_page", file)))
    assert f"Kutipan {other}" in both
    assert f"Kutipan {HEALTH}" in both
    mine = text_of(signed_in(cast.contributor_health_tabalong).get(path("evidence_page", file)))
    assert f"Kutipan {HEALTH}" in mine
    assert f"Kutipan {other}" not in mine


# Pictures


def test_a_picture_is_small_and_as_closed_as_the_file(stored, client):
    answer = client.get(path("evidence_picture", stored()), {"lebar": "360"})
    assert size_of(answer)[0] == 360
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("width", ["", "720", "100000", "721", "-1", "tujuh", "٧٢٠"])
def test_other_widths_are_not_drawn(stored, client, width, on_disk):
    assert size_of(client.get(path("evidence_picture", stored()), {"lebar": width}))[0] == 720
    assert next(name for name in on_disk() if name.startswith("previews/")).endswith("/1-720.webp")


def test_the_second_time_nothing_is_drawn(stored, client, evidence_folder, on_disk):
    file = stored()
    first = client.get(path("evidence_picture", file, 2)).content
    (evidence_folder / file.storage_name).write_bytes(b"%PDF-1.7\nrusak")
    assert client.get(path("evidence_picture", file, 2)).content == first
    assert client.get(path("evidence_picture", file, 3)).status_code == 422, "this one would be drawn"
    assert [name for name in on_disk() if name.startswith("previews/")] == [
        f"{previews.folder_of(file.pk)}/2-720.webp"
    ]


def test_two_who_draw_the_same_leave_one(stored, on_disk, monkeypatch):
    file = stored()
    draw = previews._drawn

    def meanwhile(*arguments):
        made = draw(*arguments)
        previews._keep(f"{previews.folder_of(file.pk)}/1-720.webp", made)
        return made

    monkeypatch.setattr(previews, "_drawn", meanwhile)
    assert previews.picture(file, 1, 720)
    assert len([name for name in on_disk() if name.startswith("previews/")]) == 1


def test_a_store_that_keeps_nothing_still_shows_the_page(stored, client, evidence_folder):
    file = stored()
    (evidence_folder / "previews").write_text("di sini tidak dapat dibuat folder")
    assert client.get(path("evidence_picture", file)).status_code == 200


def test_pictures_go_with_their_file(stored, on_disk):
    file = stored()
    previews.forget(file.pk)
    previews.picture(file, 1, 720)
    previews.picture(file, 2, 360)
    previews.forget(file.pk)
    assert not [name for name in on_disk() if name.startswith("previews/")]


def test_the_thumbnail_is_the_first_page(stored, client, evidence_folder):
    file = stored()
    assert max(size_of(client.get(path("evidence_thumbnail", file)))) <= 240
    (evidence_folder / file.reading.thumbnail).unlink()
    assert client.get(path("evidence_thumbnail", file)).status_code == 404


# Who


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator_tabalong", 200),
        ("contributor_health_tabalong", 200),
        ("verifier_kalsel", 200),
        ("auditor_kalsel", 200),
        ("verifier_national", 200),
        ("contributor_registry_tabalong", 404),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
    ],
)
def test_who_may_look(stored, cast, who, status):
    file = stored()
    previews.picture(file, 1, 720)
    client = signed_in(getattr(cast, who))
    assert {client.get(path(name, file)).status_code for name in NAMES} == {status}


def test_a_file_of_another_document_is_not_reached_through_ones_own(
    stored, upload, neighbour_evaluation, cast
):
    theirs = stored()
    own = slots.add_file(
        evaluation=neighbour_evaluation,
        code=HEALTH,
        slot_number=1,
        upload=upload(),
        by=cast.coordinator_tanahbumbu,
    ).evidence
    client = signed_in(cast.coordinator_tanahbumbu)
    for name in NAMES:
        more = [] if name == "evidence_thumbnail" else [1]
        assert client.get(reverse(f"evaluations:{name}", args=[own.pk, theirs.pk, *more])).status_code == 404
        missing = reverse(f"evaluations:{name}", args=[own.pk, uuid.uuid4(), *more])
        assert client.get(missing).status_code == 404
    assert client.get(path("evidence_page", own.files.get())).status_code == 200


def opened() -> int:
    return Event.objects.filter(action=EventAction.EVIDENCE_OPENED).count()


def test_a_page_on_children_is_one_opening_and_its_pictures_none(stored, client, spec):
    file = stored(code=next(q.code for q in spec.questions() if q.sensitive and q.slots))
    client.get(path("evidence_picture", file, 1))
    assert opened() == 1, "a picture without its page is an opening too"
    client.get(path("evidence_page", file, 1))
    assert opened() == 2
    for page in (1, 2, 3):
        client.get(path("evidence_picture", file, page))
    assert opened() == 2
    client.get(path("evidence_page", file, 2))
    assert opened() == 3


def test_queries_at_one_and_more_files_and_places(stored, client, cast, evaluation):
    file = stored()
    EvidenceLink.objects.update(quote="gugus tugas dibentuk")

    def more():
        EvidenceFile.objects.bulk_create(file_row(file.evidence, number=number) for number in (2, 3))

    assert same_queries(client, path("evidence_page", file), more) <= 14
    assert queries(client, path("evidence_picture", file)) <= 8
