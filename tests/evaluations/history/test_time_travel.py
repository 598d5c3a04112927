"""The past recomputed from the append-only history: random histories against a second bookkeeping."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.domain.history import as_of, position_at
from evaluations.domain.snapshots import snapshot_at
from evaluations.models import Stage, State
from evaluations.scoring.rules import read_answer
from evaluations.scoring.score import digest, plain, score
from evaluations.scoring.stages import Ruling, stage_tree
from tests.evaluations.history.shadow import History

HISTORIES, STEPS, LOOKS = 30, 30, 3
INSTANT = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def seen_steps():
    """What the histories were made of, all together."""
    return Counter()


def total_of(spec, book, stage):
    """The score of a book, from the scoring rules alone."""
    tree = score(spec, {code: row["value"] for code, row in book.answers.items()})
    for name in list(Stage)[1 : list(Stage).index(stage) + 1]:
        rulings = {
            code: Ruling(row["decision"], read_answer(spec.by_code[code].rule, row["value"]), row["reason"])
            for code, row in book.verdicts.get(name, {}).items()
            if row["decision"] != "defer"
        }
        tree = stage_tree(spec, tree, rulings, name.upper())
    return tree


def same(snapshot, book, spec, stage):
    """The snapshot says what the book says."""
    assert snapshot["answers"] == book.answers
    held = {
        (code, slot["slot"]): slot["items"]
        for code, slots in snapshot["evidence"].items()
        for slot in slots
        if slot["items"]
    }
    assert held == {key: items for key, items in book.documents.items() if items}
    included = list(Stage)[1 : list(Stage).index(stage) + 1]
    assert snapshot["verdicts"] == {name: book.verdicts[name] for name in included if name in book.verdicts}
    tree = total_of(spec, book, stage)
    assert snapshot["score"]["total"] == f"{tree.total:.2f}"
    points = {
        q["code"]: q["points"]
        for cluster in snapshot["score"]["clusters"]
        for indicator in cluster["indicators"]
        for q in indicator["questions"]
    }
    assert points == {q.code: plain(q.points) for q in tree.questions()}


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_any_moment_is_recomputed_as_it_was(evaluation, cast, spec, seed, seen_steps):
    history = History(evaluation, cast, seed, timezone.now() - timedelta(days=20))
    history.run(STEPS)
    seen_steps.update(history.done)
    now = history.evaluation
    results = list(now.results.order_by("taken_at"))
    for result in results:
        again = snapshot_at(now, result.taken_at, stage=Stage(result.stage))
        assert again == result.snapshot
        assert digest(again) == result.digest
    for _ in range(LOOKS):
        place = history.random.randrange(len(history.pages))
        moment, book = history.pages[place]
        stage = history.random.choice(list(Stage))
        following = [later for later, _ in history.pages[place + 1 : place + 2]]
        for look in (moment, *(later - INSTANT for later in following)):
            same(snapshot_at(now, look, stage=stage), book, spec, stage)
            position = position_at(now, look)
            assert (position.state, position.stage, position.closed) == (book.state, book.stage, book.closed)
    shown = as_of(now, moment, by=cast.coordinator_tabalong)
    assert shown.stage == max((Stage.EM, *book.closed), key=list(Stage).index)
    assert set(shown.snapshot["verdicts"]) <= book.closed
    outside = as_of(now, moment, by=cast.auditor_kalsel)
    assert outside.stage == book.stage
    assert outside.tree.total == total_of(spec, book, book.stage).total


def test_before_anything_happened_there_is_nothing(evaluation, cast, spec):
    start = timezone.now() - timedelta(days=20)
    history = History(evaluation, cast, 1, start)
    history.run(6)
    early = snapshot_at(history.evaluation, start, stage=Stage.VF)
    assert (early["answers"], early["verdicts"], early["score"]["total"]) == ({}, {}, "0.00")
    assert position_at(history.evaluation, start).state == State.FILLING


def test_the_histories_did_everything(seen_steps):
    """Else the property would prove less than it says. Holds when the whole module runs."""
    if sum(seen_steps.values()) < HISTORIES * STEPS:
        return
    assert set(seen_steps) == {
        "save", "link", "attach_file", "unlink", "annotate", "revise", "describe", "withdraw",
        "submit", "resubmit", "judge", "close", "send_back", "reopen", "contest",
    }  # fmt: skip
    assert min(seen_steps.values()) >= 5, seen_steps
