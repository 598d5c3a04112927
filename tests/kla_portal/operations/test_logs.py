"""What a line says, and what can never stand in one."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import RequestFactory
from prometheus_client import REGISTRY

from kla_portal.operations import logs

FORGED = 'nama\n{"level": "ERROR", "message": "palsu"}\r\x1b[31m\u2028\u202e'


def record(message="Pesan %s", *args, facts=None, exc_info=None, request=None):
    made = logging.LogRecord("kla_portal.uji", logging.INFO, "uji.py", 1, message, args, exc_info)
    if facts:
        made.facts = facts
    if request:
        made.request = request
    return made


def failed(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_json_is_one_object_with_the_request_it_belongs_to():
    with logs.work(logs.Doing("abcdef123456", "POST", "evaluations:answer_save", 7)):
        line = logs.JsonFormatter().format(record("Pesan %s", "satu", facts={"status": 409, "ms": 1.5}))
    entry = json.loads(line)
    moment = entry.pop("time")
    assert moment.endswith("Z")
    assert entry == {
        "level": "INFO",
        "logger": "kla_portal.uji",
        "message": "Pesan satu",
        "request": "abcdef123456",
        "method": "POST",
        "view": "evaluations:answer_save",
        "user": 7,
        "status": 409,
        "ms": 1.5,
    }
    assert "request" not in json.loads(logs.JsonFormatter().format(record("Di luar")))


@pytest.mark.parametrize("formatter", [logs.JsonFormatter(), logs.LineFormatter()], ids=["json", "line"])
def test_no_message_can_write_a_second_line(formatter):
    line = formatter.format(record("Masuk: %s", FORGED, facts={"address": FORGED}))
    assert len(line.splitlines()) == 1
    assert not logs.CONTROL.search(line)
    assert "palsu" in line, "what was said is still to be read"


def test_an_error_carries_its_traceback_in_the_same_object():
    line = logs.JsonFormatter().format(record("Gagal", exc_info=failed(ValueError("rusak"))))
    entry = json.loads(line)
    assert entry["error"] == "ValueError"
    assert entry["traceback"].startswith("Traceback")
    assert entry["traceback"].endswith("ValueError: rusak")
    assert "\n" not in line


def test_for_people_no_traceback_line_looks_like_a_message():
    text = logs.LineFormatter().format(record("Gagal", exc_info=failed(ValueError("x\n2026 INFO palsu"))))
    first, *below = text.splitlines()
    assert first.endswith("Gagal")
    assert len(below) > 2
    assert all(line.startswith("  | ") for line in below)


def test_the_row_that_postgresql_quotes_stays_out():
    error = IntegrityError(
        'duplicate key value violates unique constraint "user_name"\n'
        "DETAIL:  Key (email)=(rahasia@contoh.id) already exists.\n"
    )
    for formatter in (logs.JsonFormatter(), logs.LineFormatter()):
        text = formatter.format(record("Gagal", exc_info=failed(error)))
        assert "user_name" in text
        assert "rahasia@contoh.id" not in text


def test_a_path_gives_way_to_the_view():
    """Links of a reset hold their token in the path."""
    request = RequestFactory().get("/akun/lupa/17-rahasia/")
    made = record("%s: %s", "Internal Server Error", request.path, request=request)
    with logs.work(logs.Doing("abcdef123456", "GET", "accounts:reset")):
        assert logs.message_of(made) == "Internal Server Error: accounts:reset"
    assert logs.message_of(made) == "Internal Server Error: -"


def test_database_errors_are_counted_and_pass():
    def counted():
        return REGISTRY.get_sample_value("kla_database_errors_total", {"kind": "integrity"}) or 0

    before = counted()
    assert logs.Sieve().filter(record("Gagal", exc_info=failed(IntegrityError("x"))))
    assert logs.Sieve().filter(record("Gagal", exc_info=failed(ValueError("x"))))
    assert logs.Sieve().filter(record("Baik"))
    assert counted() == before + 1


def test_an_answer_has_one_line_and_an_exception_its_own():
    answered, broken = record("Service Unavailable"), record("Gagal", exc_info=failed(ValueError("x")))
    answered.name = broken.name = "django.request"
    assert not logs.Sieve().filter(answered)
    assert logs.Sieve().filter(broken)


@pytest.mark.parametrize("offered", ["abcdef12", "7f9c-2b.a_1" * 4, "0" * 64])
def test_a_plausible_id_is_taken_over(offered):
    assert logs.request_id(offered) == offered


@pytest.mark.parametrize(
    "offered", ["", "pendek", "a" * 65, "abcdefgh\n", "abc defgh", "-abcdefgh", "<script>", "ümlaut-id-x"]
)
def test_any_other_is_made_anew(offered):
    made = logs.request_id(offered)
    assert made != offered
    assert len(made) == 16
    assert logs.request_id(offered) != made
