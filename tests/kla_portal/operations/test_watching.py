"""Ids, access lines and figures of requests and of background work."""

from __future__ import annotations

import json
import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.urls import reverse
from django_tasks import task
from prometheus_client import REGISTRY

from kla_portal import measures
from kla_portal.operations import logs, watching
from tests.cast import PASSWORD
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH
from tests.evaluations.views.common import HTMX


def sample(name, **labels):
    return REGISTRY.get_sample_value(name, {key: str(value) for key, value in labels.items()}) or 0.0


@pytest.fixture
def lines(caplog):
    """``lines()``: what was logged so far, as the machine's objects."""
    caplog.set_level(logging.INFO)
    formatter, kept = logs.JsonFormatter(), []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(json.loads(formatter.format(record)))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield lambda: [line for line in kept if line["logger"] == "kla_portal.access"]
    logging.getLogger().removeHandler(handler)


def test_one_line_says_who_asked_what_and_how_it_went(sign_in, cast, evaluation, lines):
    client = sign_in(cast.coordinator_tabalong)
    answer = client.get(reverse("evaluations:overview", args=[evaluation.pk]), {"cari": "kata-rahasia"})
    (line,) = lines()
    assert (line["view"], line["method"], line["status"]) == ("evaluations:overview", "GET", 200)
    assert (line["user"], line["pk"]) == (cast.coordinator_tabalong.pk, evaluation.pk)
    assert line["request"] == answer["X-Request-ID"]
    assert line["ms"] > 0
    assert "address" not in line
    assert "kata-rahasia" not in json.dumps(line)


def test_nothing_of_a_form_and_no_secret_is_written(client, cast, lines):
    client.post(reverse("accounts:login"), {"username": "verifikator.kalsel", "password": PASSWORD})
    written = json.dumps(lines())
    assert lines()[0]["address"] == "127.0.0.1", "signing in is a security event"
    for secret in (PASSWORD, "verifikator.kalsel", *Session.objects.values_list("pk", flat=True)):
        assert secret not in written


def test_a_refusal_names_the_address(client, db, lines):
    client.post("/akun/profil/", {"email": "orang@contoh.id"}, REMOTE_ADDR="203.0.113.9")
    (line,) = lines()
    assert (line["status"], line["address"]) == (401, "203.0.113.9")
    assert "contoh.id" not in json.dumps(line)


def test_probes_and_static_files_are_not_told(client, db, lines):
    client.get("/kesehatan/hidup/")
    client.get("/static/tidak-ada.css")
    assert lines() == []


def test_an_id_comes_from_the_proxy_only_behind_one(client, db, settings):
    given = {"HTTP_X_REQUEST_ID": "dari-nginx-0001"}
    settings.PROXY_COUNT = 0
    assert client.get("/akun/masuk/", **given)["X-Request-ID"] != "dari-nginx-0001"
    settings.PROXY_COUNT = 1
    assert client.get("/akun/masuk/", **given)["X-Request-ID"] == "dari-nginx-0001"
    forged = {"HTTP_X_REQUEST_ID": "a" * 300}
    assert len(client.get("/akun/masuk/", **forged)["X-Request-ID"]) == 16


def test_a_crash_shows_its_code_and_the_log_finds_it(sign_in, cast, evaluation, monkeypatch, lines, caplog):
    def crash(evaluation):
        raise DatabaseError("koneksi putus")

    monkeypatch.setattr("evaluations.views.overview.at_a_glance", crash)
    client = sign_in(cast.coordinator_tabalong)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR, logger="django.request"):
        answer = client.get(reverse("evaluations:overview", args=[evaluation.pk]))
    code = answer["X-Request-ID"]
    assert f"<code>{code}</code>" in answer.content.decode()
    assert "koneksi putus" not in answer.content.decode()
    (line,) = lines()
    assert (line["status"], line["request"]) == (500, code)


def test_after_the_request_nothing_is_being_done(client, db):
    client.get("/akun/masuk/")
    assert logs.doing() is None


# Figures


def test_requests_are_counted_by_the_name_of_the_view(sign_in, cast, evaluation):
    labels = {"view": "evaluations:overview", "method": "GET", "status": "200"}
    before = sample("kla_requests_total", **labels)
    seconds = sample("kla_request_seconds_count", view="evaluations:overview")
    client = sign_in(cast.coordinator_tabalong)
    client.get(reverse("evaluations:overview", args=[evaluation.pk]))
    assert sample("kla_requests_total", **labels) == before + 1
    assert sample("kla_request_seconds_count", view="evaluations:overview") == seconds + 1


def test_no_stranger_can_make_a_series(client, db):
    """Neither a made-up path nor a made-up method is a label."""
    for number in range(3):
        client.get(f"/tidak/ada/{number}/")
        client.generic(f"METODE{number}", "/akun/masuk/")
    found = {
        tuple(sample.labels.values())
        for metric in REGISTRY.collect()
        if metric.name == "kla_requests"
        for sample in metric.samples
    }
    assert not [labels for labels in found if "tidak" in labels[0] or "METODE" in labels[1]]
    assert ("", "GET", "404") in found


def test_saves_and_their_refusals(sign_in, cast, evaluation):
    """Through the real address: saved, against a version that is gone, and one that cannot be read."""
    client = sign_in(cast.coordinator_tabalong)
    address = reverse("evaluations:answer_save", args=[evaluation.pk, HEALTH])

    def counted():
        return {name: sample("kla_saves_total", kind="answer", outcome=name) for name in OUTCOMES}

    before = counted()
    value = ONE_OF_EACH["percentage"][1]
    for change in ({}, {"note": "Lain"}, {"version": "1", "numerator": "banyak"}):
        client.post(address, {**value, "version": "0", **change}, headers=HTMX)
    grown = {name: count - before[name] for name, count in counted().items()}
    assert grown == {"accepted": 1, "conflict": 1, "refused": 1, "failed": 0}


OUTCOMES = ("accepted", "conflict", "refused", "failed")


@pytest.mark.parametrize(
    ("status", "word"),
    [(200, "accepted"), (302, "accepted"), (409, "conflict"), (412, "conflict"), (422, "refused"),
     (403, "refused"), (429, "locked"), (503, "failed")],
)  # fmt: skip
def test_what_a_status_says(status, word):
    assert measures.outcome(status) == word


def test_a_wrong_password_counts_although_its_page_is_fine(client, cast):
    before = sample("kla_sign_ins_total", outcome="refused")
    client.post(reverse("accounts:login"), {"username": "tidak.ada", "password": "salah-sekali"})
    assert sample("kla_sign_ins_total", outcome="refused") == before + 1


def test_printing_is_measured_even_when_it_fails():
    before = sample("kla_report_seconds_count", report="uji")
    with pytest.raises(ValueError, match="rusak"), measures.printing("uji"):
        raise ValueError("rusak")
    assert sample("kla_report_seconds_count", report="uji") == before + 1


# Background work


@task(queue_name="reports")
def some_work() -> str:
    return logs.doing().id if logs.doing() else ""


def test_work_in_a_worker_has_a_line_and_an_id_of_its_own(lines):
    result = some_work.enqueue()
    assert result.return_value == f"task-{result.id}"
    (line,) = lines()
    assert (line["method"], line["view"], line["status"]) == ("TASK", f"{__name__}.some_work", "successful")
    assert line["request"] == f"task-{result.id}"
    assert logs.doing() is None, "the next task is not this one"


def test_work_done_at_once_belongs_to_its_request(lines):
    before = sample("kla_task_seconds_count", queue="reports", outcome="successful")
    with logs.work(logs.Doing("abcdef123456", "GET", "evaluations:report")):
        assert some_work.enqueue().return_value == "abcdef123456"
    assert lines() == []
    assert sample("kla_task_seconds_count", queue="reports", outcome="successful") == before + 1


def test_connecting_twice_tells_once(lines):
    watching.connect()
    some_work.enqueue()
    assert len(lines()) == 1
