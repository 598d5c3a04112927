"""Two application hosts before one PostgreSQL and one S3 store, requests in turn; what one keeps, the other has."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from tests.endurance.hands import Hands
from tests.endurance.hosts import Host, Proxy

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed (requirements-extras.lock)")
pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def store():
    """EVIDENCE_STORAGE of a store that both reach."""
    server = pytest.importorskip("moto.server", reason="moto is not installed (requirements-dev.lock)")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    bucket = f"bukti-{uuid.uuid4().hex[:8]}"
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", aws_access_key_id="KUNCI", aws_secret_access_key="RAHASIA",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_bucket(Bucket=bucket)
    yield f"s3://KUNCI:RAHASIA@{host}:{port}/{bucket}?secure=0"
    running.stop()


@pytest.fixture(scope="module")
def hosts(cluster, store, tmp_path_factory):
    both = [Host(tmp_path_factory.mktemp("host"), cluster.url, store, workers=1) for _ in range(2)]
    for host in both:
        host.begin()
    for host in both:
        host.wait()
    yield both
    for host in both:
        host.stop()


@pytest.fixture(scope="module")
def hands(hosts):
    return Hands(Proxy(*hosts), hosts[0].module("building"))


def test_a_paper_of_one_host_is_served_by_the_other(hands, hosts):
    """Byte by byte the same, under the same number; and nothing lies on either host's own disk."""
    path = f"/evaluasi/{hands.evaluations['tabalong']}/laporan/konsep.pdf"
    one, other = (hands.proxy.ask(hands.sessions["koor"], "GET", path, host=place) for place in (0, 1))
    assert (one.status, one.body[:5]) == (200, b"%PDF-")
    assert other.status == 200, other.text[:500]
    assert hashlib.sha256(one.body).digest() == hashlib.sha256(other.body).digest()
    for host in hosts:
        assert {path.name for path in host.folder.iterdir()} <= {"portal.log", "tmp", "limits"}


def test_work_goes_on_while_one_host_is_killed_and_comes_back(hands, hosts):
    """Sessions, uploads in pieces and stages alternate between the hosts all the time."""
    hands.begin()
    hands.wait_for_more()
    hosts[1].kill()
    hands.wait_for_more(than=hands.counts())
    hosts[1].start()
    hands.wait_for_more(than=hands.counts())
    hands.end()
    assert hands.strange == []
    assert set(hands.statuses) <= {200, 201, 202, 204, 302, 403, 409}, "the proxy goes to the other host"
    told = {kind: getattr(hands, kind) for kind in ("saved", "files", "moved", "papers")}
    assert hosts[0].module("proving", told) == []
