"""So many tries of one address in a span of time, counted for every worker."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from evaluations.domain.sealing.limits import FOLDER, TooMany, add_byte, count_try
from kla_portal import clock
from kla_portal.accounts.client_address import network_of

START = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few(settings, tmp_path):
    settings.DATA_DIR, settings.CHECK_LIMIT, settings.CHECK_SECONDS = tmp_path, 3, 600
    return tmp_path / FOLDER


def tries(address, times):
    with clock.at(START):
        for _ in range(times):
            count_try(address)


def test_the_fourth_try_of_three_waits_until_the_span_ends():
    tries("203.0.113.7", 3)
    with clock.at(START + timedelta(seconds=90)), pytest.raises(TooMany) as refused:
        count_try("203.0.113.7")
    assert refused.value.wait == 510
    with clock.at(START + timedelta(seconds=600)):
        count_try("203.0.113.7")


def test_another_address_has_its_own_count():
    tries("203.0.113.7", 3)
    tries("203.0.113.8", 3)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("", "tidak jelas", False),
    ],
)
def test_who_counts_as_one(one, other, same):
    assert (network_of(one) == network_of(other)) is same


def test_no_address_is_kept_and_old_counts_go(few):
    tries("203.0.113.7", 1)
    (span,) = few.iterdir()
    assert "203.0.113.7" not in "".join(str(path) for path in span.rglob("*"))
    with clock.at(START + timedelta(seconds=601)):
        count_try("203.0.113.7")
    assert span not in list(few.iterdir())
    assert len(list(few.iterdir())) == 1


def test_threads_at_once_count_exactly(settings):
    settings.CHECK_LIMIT = 20

    def one(_):
        with clock.at(START):
            try:
                count_try("203.0.113.9")
            except TooMany:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 20


def test_other_processes_count_in_the_same_place(few):
    """Another worker appends to the same file as this one."""
    tries("203.0.113.7", 1)
    (file,) = [path for path in few.rglob("*") if path.is_file()]
    subprocess.run([sys.executable, "-c", f"open({str(file)!r}, 'ab').write(b'..')"], check=True)
    with pytest.raises(TooMany):
        tries("203.0.113.7", 1)


def test_a_folder_that_was_taken_away_meanwhile_is_made_again(tmp_path):
    """Another worker began the next span between our look and our byte."""
    line = tmp_path / "3" / "alamat"
    assert [add_byte(line), add_byte(line)] == [1, 2]
