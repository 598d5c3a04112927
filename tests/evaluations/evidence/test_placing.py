"""File names to slots: only proposals, and only what a person may choose."""

from __future__ import annotations

import pytest

from evaluations.domain.evidence import placing
from evaluations.domain.evidence.uploads import Place
from evaluations.files.faults import EvidenceRefused


@pytest.fixture
def codes(spec):
    return frozenset(spec.by_code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("1.2a SK Bupati.pdf", [("1.2a", 1)]),
        ("1.2a kutipan pasal pencatatan kelahiran.pdf", [("1.2a", 2)]),
        ("Klaster 1/1.2a/SK Bupati.pdf", [("1.2a", 1)]),
        ("1.2b, 1.2c SK.pdf", [("1.2b", 1), ("1.2c", 1)]),
        ("SK Bupati 12.3.2025.pdf", []),
        ("foto kegiatan.jpg", []),
    ],
)
def test_a_name_speaks_of_questions_and_slots(spec, codes, path, places):
    assert placing.proposed(path, spec, codes) == tuple(Place(*place) for place in places)


@pytest.mark.django_db
def test_a_picture_goes_where_photos_are_asked_for(spec, codes):
    question = next(
        q
        for q in spec.questions()
        if "photo" in (kinds := [s.kind for s in q.slots])
        and kinds[0] != "photo"
        and kinds.count("photo") == 1
    )
    photo = next(slot.number for slot in question.slots if slot.kind == "photo")
    assert placing.proposed(f"{question.code} IMG_2231.jpg", spec, codes) == (Place(question.code, photo),)
    assert placing.proposed(f"{question.code} xyz.pdf", spec, codes) != (Place(question.code, photo),)


@pytest.mark.django_db
def test_only_the_persons_own_questions_are_proposed(spec):
    assert placing.proposed("1.2a SK.pdf", spec, frozenset({"1.2b"})) == ()


@pytest.mark.django_db
def test_what_is_written_into_the_field_is_read_back(spec, codes):
    for label in placing.all_labels(spec, codes):
        (place,) = placing.places_in(label, "x.pdf", spec, codes)
        assert placing.label(place, spec) == label
    assert len(placing.all_labels(spec, codes)) == sum(len(question.slots) for question in spec.questions())
    several = (Place("1.2a", 2), Place("1.2b", 1))
    assert placing.written(several, spec) == "1.2a/2; 1.2b/1"
    assert placing.places_in("1.2a/2; 1.2b/1;", "x.pdf", spec, codes) == several
    assert placing.written((), spec) == ""
    assert placing.places_in("  ", "x.pdf", spec, codes) == ()


@pytest.mark.django_db
def test_a_bare_code_takes_the_slot_that_the_name_fits(spec, codes):
    assert placing.places_in("1.2A", "kutipan pasal.pdf", spec, codes) == (Place("1.2a", 2),)
    assert placing.places_in("1.2a; 1.2a", "SK.pdf", spec, codes) == (Place("1.2a", 1),)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("99.9", "“99.9” bukan pertanyaan yang terbuka bagi Anda"),
        ("SK Bupati", "bukan pertanyaan"),
        ("1.2a/9", "Pertanyaan 1.2a tidak mempunyai slot 9"),
        ("1.2a/²", "Pertanyaan 1.2a tidak mempunyai slot"),
        ("1.2a/1; zzz", "“zzz” bukan pertanyaan"),
    ],
)
def test_what_names_no_slot_is_refused_with_the_way_on(spec, codes, text, reason):
    with pytest.raises(EvidenceRefused, match=reason):
        placing.places_in(text, "x.pdf", spec, codes)
    with pytest.raises(EvidenceRefused, match="bukan pertanyaan yang terbuka"):
        placing.places_in("1.2a", "x.pdf", spec, frozenset({"1.2b"}))
