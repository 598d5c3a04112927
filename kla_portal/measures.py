"""What the portal counts about itself, for the metrics endpoint (kla_portal/operations/metrics.py).

Any room may count here. Labels are words of the code (a view's name, an outcome), never a person, a path or an id:
each combination is a series that is kept for as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from django.db import DatabaseError, IntegrityError, OperationalError
from prometheus_client import Counter, Histogram, disable_created_metrics

disable_created_metrics()  # a series more for each, which nobody reads

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PAGE_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5, 20)
WORK_SECONDS = (0.25, 0.5, 1, 2, 4, 8, 16, 60)

requests = Counter("kla_requests", "Requests answered.", ["view", "method", "status"])
request_seconds = Histogram(
    "kla_request_seconds", "Seconds until the answer began.", ["view"], buckets=PAGE_SECONDS
)
saves = Counter("kla_saves", "Saved answers and verdicts.", ["kind", "outcome"])
uploads = Counter("kla_uploads", "Uploaded evidence files.", ["outcome"])
sign_ins = Counter("kla_sign_ins", "Tries to sign in.", ["outcome"])
report_seconds = Histogram("kla_report_seconds", "Seconds to print a PDF.", ["report"], buckets=WORK_SECONDS)
task_seconds = Histogram(
    "kla_task_seconds", "Seconds of background work.", ["queue", "outcome"], buckets=WORK_SECONDS
)
database_errors = Counter("kla_database_errors", "Requests that a database error ended.", ["kind"])

SAVES = {"evaluations:answer_save": "answer", "evaluations:verdict_save": "verdict"}
UPLOADS = frozenset({"evaluations:upload_settle", "evaluations:evidence_upload"})
SIGN_IN = "accounts:login"


def outcome(status: int) -> str:
    """What a status says about a deed: accepted, conflict, refused, locked (too many tries) or failed."""
    if status < 400:
        return "accepted"
    if status >= 500:
        return "failed"
    return {409: "conflict", 412: "conflict", 429: "locked"}.get(status, "refused")


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """One answered request; ``view`` is the name in the URLconf, empty where no address fits."""
    method = method if method in METHODS else "OTHER"
    requests.labels(view, method, str(status)).inc()
    request_seconds.labels(view).observe(seconds)
    if method != "POST":
        return
    if view in SAVES:
        saves.labels(SAVES[view], outcome(status)).inc()
    elif view in UPLOADS:
        uploads.labels(outcome(status)).inc()
    elif view == SIGN_IN:
        # The form comes back with 200 when the password was wrong.
        sign_ins.labels("refused" if status == 200 else outcome(status)).inc()


def count_database_error(error: BaseException | None) -> None:
    """Counts ``error`` when it is the database's."""
    if not isinstance(error, DatabaseError):
        return
    kinds = ((OperationalError, "operational"), (IntegrityError, "integrity"))
    kind = next((name for sort, name in kinds if isinstance(error, sort)), "other")
    database_errors.labels(kind).inc()


@contextmanager
def printing(report: str) -> Iterator[None]:
    """Around the making of a PDF; ``report`` is its template's name. A failure counts too."""
    began = perf_counter()
    try:
        yield
    finally:
        report_seconds.labels(report).observe(perf_counter() - began)
