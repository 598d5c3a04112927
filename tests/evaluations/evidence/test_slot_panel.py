"""What a slot says and offers before a file is chosen."""

from __future__ import annotations

import pytest
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.models import Evaluation, State
from kla_portal import clock
from tests.evaluations.evidence import corpus

SENSITIVE, PLAIN = "18.1", "12.1"


@pytest.fixture
def page(sign_in, cast, evaluation):
    """``page("12.1")``: the text of the question's slots for the coordinator."""
    client = sign_in(cast.coordinator_tabalong)
    return lambda code: client.get(
        reverse("evaluations:evidence_slots", args=[evaluation.pk, code])
    ).content.decode()


def test_what_is_accepted_and_how_much_room_is_left(page, evaluation, cast, upload, settings):
    settings.EVIDENCE_QUESTION_MAX_BYTES = 2_000_000
    text = page(PLAIN)
    assert "paling besar 20,0 MB per berkas" in text
    assert "Ruang tersisa: 2,0 MB untuk pertanyaan ini, 10,0 GB di pustaka." in text
    big = upload("besar.jpg", corpus.picture("JPEG", size=(1500, 1500)))
    slots.add_file(evaluation=evaluation, code=PLAIN, slot_number=1, upload=big, by=cast.coordinator_tabalong)
    assert "Ruang tersisa: 2,0 MB untuk pertanyaan ini" not in page(PLAIN)


def test_photos_can_be_shrunk_and_taken(page):
    text = page(PLAIN)
    assert (
        text.count('name="shrink" value="1"') == text.count("data-upload ") + text.count("data-upload>") == 2
    )
    assert text.count("data-camera hidden") == 2, "a script shows it where there is a finger"


def test_a_question_on_children_says_at_each_slot_what_to_blank_out(page):
    text = page(SENSITIVE)
    assert (
        text.count("Hitamkan dahulu nama lengkap, NIK, alamat, dan wajah anak.")
        == text.count("<section")
        == 3
    )
    assert text.index("Cara menghitamkan") < text.index('type="file"')
    assert "Hitamkan" not in page(PLAIN)


def test_the_scripts_know_where_to_send(page, evaluation):
    text = page(PLAIN)
    assert f'data-uploads="/evaluasi/{evaluation.pk}/unggah/"' in text
    assert 'data-piece="512000" ' in text
    assert 'data-max="20000000"' in text
    assert f'data-question="{PLAIN}"' in text


def test_where_nothing_can_be_changed_nothing_is_offered(page, evaluation, cast):
    assert "data-drop" in page(PLAIN)
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=cast.coordinator_tabalong
    )
    text = page(PLAIN)
    for offer in ("data-drop", "data-upload", "data-camera", "shrink"):
        assert offer not in text
