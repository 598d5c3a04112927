"""kill -9 in the middle of everything. What was acknowledged is there afterwards; nothing is half done."""

from __future__ import annotations

import pytest

from tests.endurance.hands import Hands
from tests.endurance.hosts import Proxy

pytestmark = pytest.mark.django_db  # so that there is something to copy


@pytest.fixture(scope="module")
def hands(host, built):
    host.start()
    working = Hands(Proxy(host), built)
    working.begin()
    working.wait_for_more()
    yield working
    working.over.set()


@pytest.mark.timeout(900)
def test_what_was_acknowledged_survives_every_kill(hands, host, cluster):
    """One test, since the same hands work on through all of it and the proof comes last."""
    kill_a_worker(hands, host)
    kill_the_host(hands, host)
    if cluster:
        for blow in (cluster.stop_at_once, cluster.kill):
            take_postgresql_away(hands, host, cluster, blow)
    hands.end()
    assert hands.strange == []
    assert min(hands.counts()) >= 3, "once before, and once more after each kill"
    told = {kind: getattr(hands, kind) for kind in ("saved", "files", "moved", "papers")}
    assert host.module("proving", told) == []
    # The proof can fail: it knows of a save, a file and a paper that never were.
    evaluation, code, version, _ = hands.saved[0]
    false = {"saved": [(evaluation, code, version, "lain")], "files": ["a" * 64], "papers": ["b" * 64]}
    assert len(host.module("proving", told | false)) == 3


def kill_a_worker(hands, host):
    host.kill_worker()
    hands.wait_for_more()


def kill_the_host(hands, host):
    host.kill()
    before = hands.counts()
    host.start()
    hands.wait_for_more(than=before)


def take_postgresql_away(hands, host, cluster, blow):
    """gunicorn stays: pages say that the portal cannot now, and go on by themselves once it can."""
    workers = host.pids
    blow()
    page = hands.proxy.ask(hands.sessions["koor"], "GET", f"/evaluasi/{hands.evaluations['tabalong']}/")
    assert page.status in {500, 503}
    assert "Halaman" in page.text or "Portal" in page.text, page.text[:500]
    before = hands.counts()
    cluster.start()
    hands.wait_for_more(than=before)
    assert host.pids == workers, "without a restart"
