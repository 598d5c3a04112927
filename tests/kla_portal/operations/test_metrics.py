"""Who may read the figures, and what stands in them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import OperationalError

from kla_portal.operations import health
from tests.architecture.tree import ROOT

PATH = "/kesehatan/metrik/"
TOKEN = "sebuah-token-yang-cukup-panjang-untuk-uji"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_off_it_does_not_exist(client, db):
    assert client.get(PATH).status_code == 404
    assert client.get(PATH, headers=bearer("")).status_code == 404
    assert client.get(PATH, REMOTE_ADDR="127.0.0.1").status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer é",
    ],
)
def test_a_wrong_token_finds_nothing(client, db, settings, given):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get(PATH, headers={"Authorization": given})
    assert answer.status_code == 404
    assert b"kla_" not in answer.content


def test_the_token_opens(client, db, settings):
    settings.METRICS_TOKEN = TOKEN
    client.get("/akun/masuk/")
    answer = client.get(PATH, headers=bearer(TOKEN))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert 'kla_requests_total{method="GET",status="200",view="accounts:login"}' in text
    assert "kla_database_up 1.0" in text
    assert client.post(PATH, headers=bearer(TOKEN)).status_code == 405


def test_an_address_opens_and_cannot_be_claimed(client, db, settings):
    settings.METRICS_ADDRESSES = ["10.1.0.0/16", "2001:db8::5"]
    assert client.get(PATH, REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get(PATH, REMOTE_ADDR="2001:db8::5").status_code == 200
    for other in ("10.2.0.1", "2001:db8::6", "", "bukan-alamat"):
        assert client.get(PATH, REMOTE_ADDR=other).status_code == 404
    claimed = {"REMOTE_ADDR": "10.2.0.1", "HTTP_X_FORWARDED_FOR": "10.1.2.3"}
    assert client.get(PATH, **claimed).status_code == 404


def test_queues_stand_there_also_when_empty(client, db, settings, monkeypatch):
    settings.METRICS_TOKEN, settings.TASKS_IN_WORKER = TOKEN, True
    monkeypatch.setattr(health, "queues", lambda: [health.Queue("reports", 3, 42.5)])
    text = client.get(PATH, headers=bearer(TOKEN)).content.decode()
    assert 'kla_tasks_waiting{queue="reports"} 3.0' in text
    assert 'kla_tasks_oldest_seconds{queue="reports"} 42.5' in text
    assert 'kla_tasks_waiting{queue="evidence"} 0.0' in text


def test_the_figures_come_without_the_database_too(client, db, settings, monkeypatch):
    def gone():
        raise OperationalError("putus")

    settings.METRICS_TOKEN, settings.TASKS_IN_WORKER = TOKEN, True
    monkeypatch.setattr(health, "queues", gone)
    text = client.get(PATH, headers=bearer(TOKEN)).content.decode()
    assert "kla_database_up 0.0" in text
    assert "kla_requests_total" in text


COUNT = "from kla_portal import measures; measures.count_request('home', 'GET', 200, 0.1)"
READ = (
    "import os, django; django.setup(); from kla_portal.operations import metrics; "
    "print(metrics._processes() and __import__('prometheus_client').generate_latest(metrics._processes()).decode())"
)


def test_the_workers_of_a_host_are_summed(tmp_path):
    """Three processes: two that count and are gone, one that is asked."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "KLA_MODE") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "kla_portal.settings",
        "KLA_DATA_DIR": str(tmp_path / "data"),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }

    def run(code):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    run(COUNT)
    run(COUNT)
    assert 'kla_requests_total{method="GET",status="200",view="home"} 2.0' in run(READ)
