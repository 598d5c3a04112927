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


def test_a_worker_is_killed(hands, host):
    host.kill_worker()
    hands.wait_for_more()


def test_the_whole_host_is_killed(hands, host):
    host.kill()
    before = hands.counts()
    host.start()
    hands.wait_for_more(than=before)


@pytest.mark.postgresql
@pytest.mark.parametrize("how", ["stop_at_once", "kill"])
def test_postgresql_goes_and_comes_back(hands, host, cluster, how):
    """gunicorn stays: pages say that the portal cannot now, and go on by themselves once it can."""
    workers = host.pids
    getattr(cluster, how)()
    page = hands.proxy.ask(hands.sessions["koor"], "GET", f"/evaluasi/{hands.evaluations['tabalong']}/")
    assert page.status in {500, 503}
    assert "Halaman" in page.text or "Portal" in page.text, page.text[:500]
    before = hands.counts()
    cluster.start()
    hands.wait_for_more(than=before)
    assert host.pids == workers, "without a restart"


def test_nothing_is_lost(hands, host):
    """Last, of all that was acknowledged above."""
    hands.end()
    assert hands.strange == []
    assert min(hands.counts()) > 3
    told = {kind: getattr(hands, kind) for kind in ("saved", "files", "moved", "papers")}
    assert host.module("proving", told) == []
    # The proof can fail: it knows of a save, a file and a paper that never were.
    evaluation, code, version, _ = hands.saved[0]
    false = {"saved": [(evaluation, code, version, "lain")], "files": ["a" * 64], "papers": ["b" * 64]}
    assert len(host.module("proving", told | false)) == 3
