"""Background work in the log and the figures: the queue tells by Django's signals, its only voice."""

from __future__ import annotations

import logging
from typing import Any

from django_tasks import TaskResult
from django_tasks.signals import task_finished, task_started

from kla_portal import measures
from kla_portal.operations import logs

log = logging.getLogger("kla_portal.access")

TASK = "TASK"


def connect() -> None:
    task_started.connect(on_start, dispatch_uid="kla_portal.operations.start")
    task_finished.connect(on_finish, dispatch_uid="kla_portal.operations.finish")


def on_start(*, task_result: TaskResult[Any], **_: Any) -> None:
    """In a worker every line of a task names the task; work done at once keeps its request's id."""
    now = logs.doing()
    if now is None or now.method == TASK:
        logs.begin(logs.Doing(f"task-{task_result.id}", TASK, task_result.task.module_path))


def on_finish(*, task_result: TaskResult[Any], **_: Any) -> None:
    started, finished = task_result.started_at, task_result.finished_at
    seconds = (finished - started).total_seconds() if started and finished else 0.0
    outcome = task_result.status.value.lower()
    measures.task_seconds.labels(task_result.task.queue_name, outcome).observe(seconds)
    now = logs.doing()
    if now and now.method == TASK:
        facts = {"status": outcome, "ms": round(seconds * 1000, 1)}
        log.info("%s %s %s", TASK, now.view, outcome, extra={"facts": facts})
        logs.begin(None)
