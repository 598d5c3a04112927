"""Several files read in one go: each as alone, and what depends on them recomputed once."""

from __future__ import annotations

import pytest

from evaluations.domain.evidence import readings, slots
from evaluations.models import EvidenceFile, FileReading
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence.conftest import HEALTH


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def add(evaluation, by, upload):
    def put(code=HEALTH, slot=1):
        link = slots.add_file(evaluation=evaluation, code=code, slot_number=slot, upload=upload(), by=by)
        return link.evidence.current_files[0]

    return put


@pytest.fixture
def refreshed(monkeypatch):
    """The evaluations that were recomputed, one by one."""
    seen, real = [], readings.readiness.refresh

    def watched(evaluation, **more):
        seen.append(evaluation.pk)
        return real(evaluation, **more)

    monkeypatch.setattr(readings.readiness, "refresh", watched)
    return seen


def test_what_comes_in_together_is_read_at_the_end(
    add, evaluation, refreshed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        with readings.together():
            files = [add(slot=1), add(slot=2)]
            assert not FileReading.objects.exists()
        refreshed.clear()
    assert len(callbacks) == 1
    assert set(FileReading.objects.values_list("file", flat=True)) == {file.pk for file in files}
    assert refreshed == [evaluation.pk], "once for both"
    assert not readings.pending().exists()


def test_afterwards_each_is_read_by_itself_again(add, django_capture_on_commit_callbacks):
    with readings.together():
        pass
    with django_capture_on_commit_callbacks(execute=True):
        file = add()
    assert FileReading.objects.get().file == file


def test_after_an_error_nothing_is_read(add, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        with pytest.raises(ValueError, match="berhenti"), readings.together():
            add()
            raise ValueError("berhenti")
        assert callbacks == []
    assert readings.pending().count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        add(slot=2)
    assert FileReading.objects.count() == 1


def test_a_file_that_is_gone_meanwhile_is_left_out(add, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), readings.together():
        lost, kept = add(slot=1), add(slot=2)
        EvidenceFile.objects.filter(pk=lost.pk).delete()
    assert FileReading.objects.get().file == kept


def test_a_run_recomputes_each_evaluation_once(add, evaluation, refreshed):
    for slot in (1, 2):
        add(slot=slot)
    add("12.2")
    type(evaluation).objects.filter(pk=evaluation.pk).update(slots_filled=99)
    refreshed.clear()
    assert readings.take_all(readings.pending()) == readings.Worked(read=3)
    assert refreshed == [evaluation.pk]
    assert fresh(evaluation).slots_filled < 99, "recomputed"


def test_a_bad_file_does_not_keep_the_others_from_being_recomputed(
    add, evaluation, refreshed, evidence_folder
):
    lost = add(slot=1)
    add(slot=2)
    (evidence_folder / lost.storage_name).unlink()
    refreshed.clear()
    assert readings.take_all(readings.pending()) == readings.Worked(read=1, failed=1)
    assert refreshed == [evaluation.pk]
    assert list(readings.pending()) == [lost]
