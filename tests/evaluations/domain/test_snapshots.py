"""The sealed whole of an evaluation: live, stored and computed by the command are one score."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.evidence import slots
from evaluations.domain.progress import answer_values, current_score, current_totals
from evaluations.domain.snapshots import snapshot
from evaluations.models import Stage, StageResult
from evaluations.scoring.score import canonical_json, digest, tree_from_dict, tree_to_dict, tree_to_summary
from indicators.domain.spec import loaded
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, fill, hand_in, save, some_value

MOMENT = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)


def taken(evaluation, **more):
    return snapshot(evaluation, **{"stage": Stage.EM, "taken_at": MOMENT, "draft": False} | more)


@pytest.fixture
def mixed(evaluation, spec, cast):
    """Every question drawn by lot; none half filled, so that it can be submitted."""
    random = Random(2026)
    values = {}
    for question in spec.questions():
        value = some_value(question, random)
        whole = value is not None and None not in [part for p in value.values() for part in _parts(p)]
        values[question.code] = value if whole else None
    return fill(evaluation, values, by=cast.coordinator_tabalong, note="Menurut profil daerah.")


def _parts(part: object) -> list[object]:
    return part if isinstance(part, list) else [part]


def test_the_same_content_has_the_same_digest(mixed):
    assert digest(taken(mixed)) == digest(taken(mixed))


def test_every_part_of_it_counts(evaluation, cast):
    by = cast.coordinator_tabalong
    seen = [digest(taken(evaluation))]

    def is_new(**more):
        seen.append(digest(taken(evaluation, **more)))
        assert len(set(seen)) == len(seen)

    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by)
    is_new()
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=by, note="x")
    is_new()
    link = slots.add_web_link(
        evaluation=evaluation, code=HEALTH, slot_number=1, url="https://contoh.go.id/a", title="A", by=by
    )
    is_new()
    slots.detach(link=link, by=by)
    assert digest(taken(evaluation)) == seen[-2], "a document taken out is not part of it"
    is_new(draft=True)
    is_new(stage=Stage.VA)
    is_new(taken_at=MOMENT.replace(second=1))


def test_it_says_what_it_is_about(evaluation, cast):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong, note="Profil 2025")
    content = taken(evaluation, draft=True)
    assert content["schema"] == 1
    assert content["district"] == {"code": "63.09", "name": "Kabupaten Tabalong"}
    assert content["province"]["timezone"] == "Asia/Makassar"
    assert content["edition"]["evidence_years"] == [2024, 2025]
    assert content["instrument"]["digest"] == evaluation.edition.instrument.digest
    assert (content["stage"], content["draft"]) == ("em", True)
    assert content["taken_at"] == "2026-06-30T15:59:00.000000+00:00"
    answer = content["answers"][HEALTH]
    assert (answer["value"], answer["note"], answer["version"], answer["updated_by"]) == (
        {"numerator": "4120", "denominator": "4508"},
        "Profil 2025",
        1,
        f"akun:{cast.coordinator_tabalong.pk}",
    )
    assert list(content["answers"]) == [HEALTH], "what was never touched is not in it"


def test_it_lists_every_slot_and_what_stands_there(evaluation, cast, spec):
    slots.add_web_link(
        evaluation=evaluation,
        code=HEALTH,
        slot_number=1,
        url="https://contoh.go.id/a",
        title="Rekap",
        by=cast.coordinator_tabalong,
    )
    content = taken(evaluation)["evidence"]
    assert sum(len(slots) for slots in content.values()) == sum(len(q.slots) for q in spec.questions())
    first, second = content[HEALTH]
    assert (first["slot"], first["required"]) == (1, True)
    assert first["items"] == [
        {
            "title": "Rekap",
            "filename": "",
            "size": 0,
            "sha256": "",
            "url": "https://contoh.go.id/a",
            "pages": "",
        }
    ]
    assert second["items"] == []


def test_it_is_plain_json(mixed):
    content = taken(mixed)
    assert json.loads(canonical_json(content)) == content


def test_live_and_stored_and_command_are_one_score(mixed, cast, tmp_path):
    live = current_score(mixed)
    assert 0 < live.total < 1000
    stored = StageResult.objects.get(pk=hand_in(mixed, by=cast.coordinator_tabalong).pk)
    assert stored.snapshot["score"] == tree_to_dict(live)
    assert tree_from_dict(stored.snapshot["score"]) == live
    assert (stored.total, stored.predikat) == (live.total, live.predikat.code)
    assert current_totals(mixed).total == live.total

    values = {
        code: value
        for code, value in answer_values(mixed, loaded(mixed.edition.instrument)).items()
        if value is not None
    }
    assert len(values) > 150
    file = tmp_path / "jawaban.json"
    file.write_text(json.dumps(values))
    out = io.StringIO()
    call_command("score", instrument="kla-2023", answers=str(file), stdout=out)
    assert json.loads(out.getvalue()) == tree_to_summary(tree_from_dict(stored.snapshot["score"]))


def test_as_few_queries_however_much_is_filled(mixed, neighbour_evaluation):
    def queries(evaluation) -> int:
        with CaptureQueriesContext(connection) as seen:
            taken(evaluation)
        return len(seen)

    loaded(mixed.edition.instrument)
    assert queries(mixed) == queries(neighbour_evaluation) <= 3
