"""The figures of kla_portal/measures.py in Prometheus' text format, for whoever may read them."""

from __future__ import annotations

import os
from hmac import compare_digest
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from kla_portal.accounts.client_address import client_address
from kla_portal.operations import health

CONTENT_TYPE = CONTENT_TYPE_LATEST


def may_read(request: HttpRequest) -> bool:
    """By bearer token (``METRICS_TOKEN``), or from one of ``METRICS_ADDRESSES``. Neither set: nobody."""
    token = settings.METRICS_TOKEN
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and kind.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode()):
        return True
    try:
        address = ip_address(client_address(request) or "")
    except ValueError:
        return False
    return any(address in ip_network(network) for network in settings.METRICS_ADDRESSES)


def text() -> bytes:
    """All figures: of every process of this host with ``PROMETHEUS_MULTIPROC_DIR``, else of this one."""
    return generate_latest(_processes()) + generate_latest(_queues())


def _processes() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    summed = CollectorRegistry()
    MultiProcessCollector(summed)
    return summed


def _queues() -> CollectorRegistry:
    """Asked at each reading; a database that does not answer shows in ``kla_database_up``."""
    fresh = CollectorRegistry()
    up = Gauge("kla_database_up", "Whether the queue could be read.", registry=fresh)
    length = Gauge("kla_tasks_waiting", "Tasks that wait for a worker.", ["queue"], registry=fresh)
    age = Gauge("kla_tasks_oldest_seconds", "Age of the first of them.", ["queue"], registry=fresh)
    try:
        for name in settings.TASKS["default"]["QUEUES"] if settings.TASKS_IN_WORKER else ():
            length.labels(name).set(0)
            age.labels(name).set(0)
        for queue in health.queues():
            length.labels(queue.name).set(queue.length)
            age.labels(queue.name).set(queue.oldest)
        up.set(1)
    except DatabaseError:
        up.set(0)
    return fresh
