from __future__ import annotations

import pytest
from django.test import RequestFactory

from kla_portal.accounts.client_address import client_address, client_network, network_of

PROXY = "10.0.0.1"


def asked(forwarded=None, remote=PROXY):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **headers)


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "203.0.113.7", PROXY),
        (0, None, PROXY),
        (1, None, PROXY),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1,2.2.2.2,127.0.0.1,203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        (2, "203.0.113.7", PROXY),
        (3, "1.1.1.1, 2.2.2.2", PROXY),
        (1, "", PROXY),
        (1, "203.0.113.7,", PROXY),
        (1, "unknown", PROXY),
        (1, "203.0.113.7.9", PROXY),
        (1, "<script>", PROXY),
        (1, "' OR 1=1 --", PROXY),
        (1, "203.0.113.7\t", "203.0.113.7"),
        (1, "203.0.113.7:4711", "203.0.113.7"),
        (1, "2001:DB8:0:0::1", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "fe80::1%eth0", PROXY),
        (1, "٢٠٣.0.113.7", PROXY),
        (1, "0x7f.1", PROXY),
        (1, "2001:db8::1" + "0" * 5000, PROXY),
        (1, "1.1.1.1;203.0.113.7", PROXY),
    ],
)
def test_the_entry_that_the_outermost_proxy_wrote(settings, count, forwarded, address):
    settings.PROXY_COUNT = count
    assert client_address(asked(forwarded)) == address


def test_more_entries_of_ones_own_change_nothing(settings):
    settings.PROXY_COUNT = 1
    seen = {client_address(asked(f"{'9.9.9.9, ' * n}203.0.113.7")) for n in range(40)}
    assert seen == {"203.0.113.7"}


@pytest.mark.parametrize("header", ["HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CLIENT_IP", "HTTP_X_CLIENT_IP"])
def test_no_other_header_counts(settings, header):
    settings.PROXY_COUNT = 1
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=PROXY, **{header: "203.0.113.7"})) == PROXY


@pytest.mark.parametrize("remote", ["", "unix:", "/run/kla.sock"])
def test_nobody_told_an_address(settings, remote):
    settings.PROXY_COUNT = 0
    assert client_address(asked(remote=remote)) is None
    assert client_network(asked(remote=remote)) is None


def test_one_subscriber_of_ipv6_is_one_network():
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::ffff") == "2001:db8:1:2::"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("::ffff:203.0.113.7") == "203.0.113.7"
    assert network_of("203.0.113.7") != network_of("203.0.113.8")
