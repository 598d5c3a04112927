"""Devices in words, the secret of a browser, and what happens when a new one comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kla_portal import clock
from kla_portal.accounts.domain import devices
from kla_portal.accounts.domain.devices import device_words, digest_of, forget_devices, recognise
from kla_portal.accounts.models import KnownDevice
from kla_portal.events.models import Event, EventAction

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
NOBODYS = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36", "Chrome di Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/125.0.0.0 Mobile Safari/537.36", "Chrome di Android"),
        (f"Mozilla/5.0 (Linux; Android 13; SM-A146P; wv) {WEBKIT} Version/4.0 Chrome/124.0 Mobile", "Chrome di Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36", "Chrome di ChromeOS"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/126.0 Safari/537.36", "Chrome di Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/126.0.0.0", "Chrome di macOS"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {IOS} CriOS/126.0 Mobile/15E148", "Chrome di iPhone"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge di Windows"),
        (f"Mozilla/5.0 (Linux; Android 10) {WEBKIT} Chrome/126.0 Mobile Safari/537.36 EdgA/126.0", "Edge di Android"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/124.0 Safari/537.36 OPR/110.0.0.0", "Opera di Windows"),
        (f"Mozilla/5.0 (Linux; Android 13) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0 Mobile", "Samsung Internet di Android"),
        (f"Mozilla/5.0 (Linux; U; Android 11; id) {WEBKIT} Version/4.0 Chrome/100.0 UCBrowser/13.4", "UC Browser di Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox di Windows"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "Firefox di Android"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox di Linux"),
        (f"Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) {IOS} FxiOS/126.0 Mobile/15E148", "Firefox di iPad"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {IOS} Version/17.5 Mobile/15E148", "Safari di iPhone"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {IOS} Version/17.4.1 Safari/605.1.15", "Safari di macOS"),
        ("Mozilla/5.0 (PlayStation 5) Firefox/100.0", "Firefox di perangkat lain"),
        ("curl/8.5.0", "Peramban lain"),
        ("", "Peramban lain"),
        ("<script>alert(1)</script>", "Peramban lain"),
        (" " * 5000 + "Chrome/1 Windows", "Peramban lain"),
    ],
)  # fmt: skip
def test_a_browser_in_words(agent, words):
    assert device_words(agent) == words
    assert len(words) <= KnownDevice._meta.get_field("agent").max_length


@pytest.fixture
def person(cast):
    user = cast.coordinator_tabalong
    user.email = "koor@tabalong.go.id"
    user.save()
    return user


def is_known(user, secret: str) -> bool:
    return user.devices.filter(digest=digest_of(secret)).exists()


def news() -> int:
    return Event.objects.filter(action=EventAction.DEVICE_NEW).count()


def test_the_very_first_device_is_no_news(person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = recognise(user=person, secret="", agent="Chrome di Windows")
    assert not first.is_new
    assert (news(), mail.outbox) == (0, [])
    device = person.devices.get()
    assert (device.digest, device.agent) == (digest_of(first.secret), "Chrome di Windows")
    assert first.secret not in str(vars(device))
    assert is_known(person, first.secret)


def test_a_second_device_is_an_event_and_a_letter(person, django_capture_on_commit_callbacks):
    first = recognise(user=person, secret="", agent="Chrome di Windows")
    with django_capture_on_commit_callbacks(execute=True):
        second = recognise(user=person, secret="", agent="Firefox di Android")
    assert second.is_new
    assert second.secret != first.secret
    event = Event.objects.latest("pk")
    assert (event.action, event.by) == ("device.new", person)
    assert set(event.data) == {"memberships"}, "the log is kept for ever, the device is not"
    (letter,) = mail.outbox
    assert letter.to == ["koor@tabalong.go.id"]
    for words in ("koor.tabalong", "Firefox di Android", "Bukan Anda?", "ganti kata sandi"):
        assert words in letter.body
    assert second.secret not in letter.body + str(event.data)


def test_a_known_device_is_no_news_and_moves_its_time(person):
    secret = recognise(user=person, secret="", agent="Chrome di Windows").secret
    later = clock.now() + timedelta(days=3)
    with clock.at(later):
        again = recognise(user=person, secret=secret, agent="Edge di Windows")
    assert (again.is_new, again.secret, news()) == (False, secret, 0)
    device = person.devices.get()
    assert (device.last_seen_at, device.agent) == (later, "Edge di Windows")


def test_the_old_device_hears_of_the_new_one_once(person):
    old = recognise(user=person, secret="", agent="Chrome di Windows").secret
    with clock.at(clock.now() + timedelta(hours=1)):
        recognise(user=person, secret="", agent="Firefox di Android")
    with clock.at(clock.now() + timedelta(hours=2)):
        assert [d.agent for d in recognise(user=person, secret=old, agent="Chrome di Windows").others] == [
            "Firefox di Android"
        ]
        assert recognise(user=person, secret=old, agent="Chrome di Windows").others == ()


def test_two_people_share_a_browser_and_each_knows_it_alone(person, cast):
    secret = recognise(user=person, secret="", agent="Chrome di Windows").secret
    other = cast.contributor_health_tabalong
    assert not is_known(other, secret)
    assert recognise(user=other, secret=secret, agent="Chrome di Windows").secret == secret
    assert is_known(other, secret)
    assert KnownDevice.objects.filter(digest=digest_of(secret)).count() == 2


@pytest.mark.parametrize("planted", [NOBODYS, "x", "' OR 1=1", "A" * 5000, NOBODYS.upper(), NOBODYS + "\n"])
def test_a_secret_that_the_portal_never_gave_is_replaced(person, planted):
    seen = recognise(user=person, secret=planted, agent=devices.OTHER)
    assert seen.secret != planted
    assert len(seen.secret) == 32
    assert not is_known(person, planted)


def test_one_browser_that_signs_in_twice_at_once_is_one_device(person, django_capture_on_commit_callbacks):
    """A form sent twice: both requests left before an answer could bring the cookie."""
    recognise(user=person, secret="", agent="Firefox di Android")
    with django_capture_on_commit_callbacks(execute=True):
        first, second = (
            recognise(user=person, secret="", agent="Chrome di Windows", visit="token-formulir")
            for _ in range(2)
        )
    assert (first.device, first.secret) == (second.device, second.secret)
    assert (first.is_new, second.is_new, person.devices.count()) == (True, False, 2)
    assert (news(), len(mail.outbox)) == (1, 1)


def test_a_visit_tells_nobody_a_secret(person, cast):
    """Who planted a visit in a browser has the secret of their own account, and of no other."""
    mine = recognise(user=person, secret="", agent=devices.OTHER, visit="token-tanam").secret
    others = recognise(user=cast.verifier_kalsel, secret="", agent=devices.OTHER, visit="token-tanam").secret
    again = recognise(user=person, secret="", agent=devices.OTHER, visit="token-lain").secret
    assert len({mine, others, again, "token-tanam"}) == 4
    assert not is_known(cast.verifier_kalsel, mine)


def test_two_first_devices_at_once_are_not_both_the_first(person):
    """The account's row is taken first: the second sign-in sees what the first one wrote."""
    with CaptureQueriesContext(connection) as asked:
        recognise(user=person, secret="", agent=devices.OTHER)
    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert '"accounts_user"' in reads[0]
    assert ("FOR NO KEY UPDATE" in reads[0]) == connection.features.has_select_for_update


def test_devices_of_long_ago_are_forgotten(person):
    with clock.at(clock.now() - timedelta(days=500)):
        recognise(user=person, secret="", agent="Chrome di Windows")
    recognise(user=person, secret="", agent="Firefox di Windows")
    assert forget_devices(before=clock.now() - devices.KEPT) == 1
    assert person.devices.get().agent == "Firefox di Windows"
