"""The list of a bulk upload: what is proposed, and what saving makes of it."""

from __future__ import annotations

import pytest

from evaluations.domain.evidence import bulk, slots, uploads
from evaluations.domain.evidence.bulk import Wish
from evaluations.models import Evidence, EvidenceLink, Upload, UploadState
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.sending import arrived, sha256


@pytest.fixture
def stage(evaluation, cast):
    """``stage("1.2a SK.pdf")``: a complete upload without a question; its content is unlike any other."""

    def put(path: str, data: bytes | None = None, by=None) -> Upload:
        data = data or corpus.pdf(mark=path)
        return arrived(
            evaluation, by or cast.coordinator_tabalong, data, path, place=None, sha256=sha256(data)
        )

    return put


def listed(evaluation, by, **more):
    return {row.name: row for row in bulk.proposals(evaluation, by=by, **more)}


def wish(upload, place="", title="Judul", wanted=True):
    return Wish(upload.pk, title, place, wanted)


def standing(evaluation):
    slots_by_id = loaded(evaluation.edition.instrument).slots_by_id
    links = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    return {(*slots_by_id[link.slot_id], link.evidence.title) for link in links.select_related("evidence")}


def test_each_file_has_a_proposal_before_anything_is_saved(evaluation, cast, stage):
    stage("K1/12.1/rekap per puskesmas.pdf")
    stage("1.2a_SK_Bupati.pdf")
    stage("foto rapat.pdf")
    rows = listed(evaluation, cast.coordinator_tabalong)
    assert rows["rekap per puskesmas.pdf"].place.startswith("12.1/1 Rekapitulasi persalinan")
    assert rows["1.2a_SK_Bupati.pdf"].place.startswith("1.2a/1 ")
    assert rows["1.2a_SK_Bupati.pdf"].title == "SK Bupati"
    assert (rows["foto rapat.pdf"].place, rows["foto rapat.pdf"].wanted) == ("", True)
    assert not Evidence.objects.exists()


def test_what_the_library_has_is_offered_for_linking(evaluation, cast, stage, upload):
    by = cast.coordinator_tabalong
    data = corpus.pdf(mark="sama")
    slots.add_file(evaluation=evaluation, code="12.1", slot_number=1, upload=upload("Rekap.pdf", data), by=by)
    stage("12.2 rekap.pdf", data)
    stage("salinan.pdf", corpus.pdf(mark="lain"))
    rows = listed(evaluation, by)
    assert rows["12.2 rekap.pdf"].known.title == "Rekap"
    assert rows["12.2 rekap.pdf"].wanted
    assert rows["salinan.pdf"].known is None
    # A colleague of another agency has the same file, and is told nothing of the document.
    other = cast.contributor_registry_tabalong
    stage("4.1 tabel.pdf", data, by=other)
    assert listed(evaluation, other)["4.1 tabel.pdf"].known is None


def test_known_content_without_a_question_needs_no_saving(evaluation, cast, stage, upload):
    data = corpus.pdf(mark="sama")
    slots.add_file(
        evaluation=evaluation,
        code="12.1",
        slot_number=1,
        upload=upload("Rekap.pdf", data),
        by=cast.coordinator_tabalong,
    )
    stage("tanpa kode.pdf", data)
    assert not listed(evaluation, cast.coordinator_tabalong)["tanpa kode.pdf"].wanted


def test_twins_in_the_list_become_one_document(evaluation, cast, stage):
    by, data = cast.coordinator_tabalong, corpus.pdf(mark="kembar")
    first, second = stage("12.1 a.pdf", data), stage("12.2 b.pdf", data)
    rows = listed(evaluation, by)
    assert (rows["12.1 a.pdf"].twin, rows["12.2 b.pdf"].twin) == ("", "12.1 a.pdf")
    (alone,) = bulk.proposals(evaluation, by=by, only=second.pk)
    assert alone == rows["12.2 b.pdf"]
    bulk.save(evaluation=evaluation, wishes=[wish(first, "12.1/1"), wish(second, "12.2/1")], by=by)
    assert Evidence.objects.count() == 1
    assert {place[:2] for place in standing(evaluation)} == {("12.1", 1), ("12.2", 1)}


def test_a_contributor_matches_only_their_questions(evaluation, cast, stage):
    by = cast.contributor_health_tabalong
    mine = stage("12.1 rekap.pdf", by=by)
    foreign = stage("4.1 tabel.pdf", by=by)
    rows = listed(evaluation, by)
    assert rows["12.1 rekap.pdf"].place
    assert rows["4.1 tabel.pdf"].place == ""
    saved = bulk.save(evaluation=evaluation, wishes=[wish(mine, "12.1"), wish(foreign, "4.1/1")], by=by)
    assert [(o.name, o.ok) for o in saved.outcomes] == [("12.1 rekap.pdf", True), ("4.1 tabel.pdf", False)]
    assert "bukan pertanyaan yang terbuka bagi Anda" in saved.faults[foreign.pk]
    assert standing(evaluation) == {("12.1", 1, "Judul")}
    kept = listed(evaluation, by, wishes=[wish(foreign, "4.1/1", "Tabel saya")], saved=saved)
    assert set(kept) == {"4.1 tabel.pdf"}, "what failed stays, with what was typed and why"
    row = kept["4.1 tabel.pdf"]
    assert (row.title, row.place, row.wanted) == ("Tabel saya", "4.1/1", False)
    assert row.fault == saved.faults[foreign.pk]


def test_saving_says_what_became_of_each(evaluation, cast, stage):
    by = cast.coordinator_tabalong
    placed, several, idle, left = stage("a.pdf"), stage("b.pdf"), stage("c.pdf"), stage("d.pdf")
    wishes = [
        wish(placed, "12.1/2", "Profil"),
        wish(several, "1.2a; 1.2b/1", "SK"),
        wish(idle, "", "Notulen"),
        wish(left, "12.1/1", wanted=False),
    ]
    saved = bulk.save(evaluation=evaluation, wishes=wishes, by=by)
    assert [outcome.text for outcome in saved.outcomes] == [
        "tersimpan dan dipasang di 12.1.",
        "tersimpan dan dipasang di 1.2a. Dipasang juga di 1.2b.",
        "tersimpan di pustaka, belum dipasang di pertanyaan.",
    ]
    assert standing(evaluation) == {("12.1", 2, "Profil"), ("1.2a", 1, "SK"), ("1.2b", 1, "SK")}
    assert sorted(Evidence.objects.values_list("title", flat=True)) == ["Notulen", "Profil", "SK"]
    assert set(listed(evaluation, by)) == {"d.pdf"}
    again = bulk.save(evaluation=evaluation, wishes=wishes, by=by)
    assert again.outcomes == [], "sent again after a lost reply, nothing is saved twice"


def test_a_bad_file_is_refused_in_the_list(evaluation, cast, stage):
    by = cast.coordinator_tabalong
    bad = stage("12.1 rekap.pdf", corpus.pdf_with_javascript())
    uploads.inspect_only(upload=bad, by=by)
    row = listed(evaluation, by)["12.1 rekap.pdf"]
    assert row.refused
    assert "JavaScript" in row.fault
    assert bulk.save(evaluation=evaluation, wishes=[wish(bad, "12.1/1")], by=by).outcomes == []
    assert not Evidence.objects.exists()


def test_a_bad_file_that_nobody_looked_at_is_refused_when_saved(evaluation, cast, stage):
    by = cast.coordinator_tabalong
    bad, good = stage("12.1 a.pdf", corpus.pdf_with_javascript()), stage("12.1 b.pdf")
    saved = bulk.save(evaluation=evaluation, wishes=[wish(bad, "12.1/1"), wish(good, "12.1/1")], by=by)
    assert [outcome.ok for outcome in saved.outcomes] == [False, True], "one bad file stops no other"
    assert listed(evaluation, by)["12.1 a.pdf"].refused


def test_saving_stops_in_time_and_goes_on_with_the_next_press(evaluation, cast, stage, monkeypatch):
    by = cast.coordinator_tabalong
    wishes = [wish(stage(f"12.1 {n}.pdf"), "12.1/1", f"Nomor {n}") for n in range(3)]
    monkeypatch.setattr(bulk, "SECONDS", 0)
    saved = bulk.save(evaluation=evaluation, wishes=wishes, by=by)
    assert (len(saved.outcomes), saved.left) == (1, 2), "at least one, or it would never end"
    saved = bulk.save(evaluation=evaluation, wishes=wishes, by=by)
    assert (len(saved.outcomes), saved.left) == (1, 1)
    monkeypatch.setattr(bulk, "SECONDS", 3600)
    assert bulk.save(evaluation=evaluation, wishes=wishes, by=by).left == 0
    assert len(standing(evaluation)) == 3


def test_another_persons_uploads_are_neither_listed_nor_saved(evaluation, cast, stage):
    theirs = stage("12.1 rekap.pdf", by=cast.contributor_health_tabalong)
    by = cast.coordinator_tabalong
    assert listed(evaluation, by) == {}
    assert bulk.save(evaluation=evaluation, wishes=[wish(theirs, "12.1/1")], by=by).outcomes == []
    assert Upload.objects.get().state == UploadState.RECEIVED


def test_those_who_only_read_save_nothing(evaluation, cast):
    with pytest.raises(Refused):
        bulk.save(evaluation=evaluation, wishes=[], by=cast.leader_tabalong)
