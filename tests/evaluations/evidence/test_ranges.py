"""Parts of a file: what counts as a range, and that parts put together are the whole."""

from __future__ import annotations

import io

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from evaluations.views.evidence.ranges import (
    Span,
    Unsatisfiable,
    is_continued,
    part_of,
    read_span,
    span_of,
    whole_or_part,
)

SIZE, ETAG = 1000, '"abc"'


def request(wanted="", method="GET", **headers):
    given_headers = {"Range": wanted} if wanted else {}
    return RequestFactory().generic(method, "/", headers=given_headers | headers)


@pytest.mark.parametrize(
    ("wanted", "span"),
    [
        ("bytes=0-99", Span(0, 100)),
        ("bytes=0-0", Span(0, 1)),
        ("bytes=900-", Span(900, 1000)),
        ("bytes=900-5000", Span(900, 1000)),
        ("bytes=-100", Span(900, 1000)),
        ("bytes=-5000", Span(0, 1000)),
        ("Bytes= 10 - 19 ", Span(10, 20)),
        ("", None),
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=0-9,20-29", None),
        ("items=0-9", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        # Python reads no number of more than 4300 digits.
        (f"bytes={'9' * 5000}-", None),
        (f"bytes=-{'9' * 5000}", None),
        (f"bytes=0-{'9' * 5000}", None),
        (f"bytes=0-{'9' * 18}", Span(0, 1000)),
    ],
)
def test_what_is_asked_for(wanted, span):
    assert span_of(request(wanted), SIZE, ETAG) == span


@pytest.mark.parametrize("wanted", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_behind_the_end(wanted):
    with pytest.raises(Unsatisfiable):
        span_of(request(wanted), SIZE, ETAG)
    response, span = whole_or_part(request(wanted), SIZE, ETAG, "text/plain")
    assert (response.status_code, response["Content-Range"], span) == (416, "bytes */1000", None)


def test_a_part_of_what_it_was_before_is_the_whole_of_what_it_is_now():
    assert span_of(request("bytes=5-", **{"If-Range": ETAG}), SIZE, ETAG) == Span(5, SIZE)
    for old in ('"abd"', "W/" + ETAG, "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert span_of(request("bytes=5-", **{"If-Range": old}), SIZE, ETAG) is None


def test_head_is_about_the_whole():
    response, span = whole_or_part(request("bytes=5-", "HEAD"), SIZE, ETAG, "text/plain")
    assert (response.status_code, response["Content-Length"], span) == (200, "1000", None)
    assert "Content-Range" not in response


@pytest.mark.parametrize(
    ("wanted", "continued"),
    [("", False), ("bytes=0-", False), ("bytes=0-9", False), ("bytes=-9", False), ("bytes=9-", True)],
)
def test_what_goes_on(wanted, continued):
    assert is_continued(request(wanted)) is continued


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_part_is_that_part(data, draw):
    start = draw.draw(st.integers(0, len(data) - 1))
    stop = draw.draw(st.integers(start + 1, len(data)))
    step = draw.draw(st.integers(1, 50))
    span = Span(start, stop)
    file = io.BytesIO(data)
    assert b"".join(read_span(file, span)) == data[start:stop]
    assert file.closed
    pieces = (data[i : i + step] for i in range(0, len(data), step))
    assert b"".join(part_of(pieces, span)) == data[start:stop]


def test_what_is_not_wanted_any_more_is_not_made():
    made = []

    def pieces():
        for number in range(10):
            made.append(number)
            yield bytes(10)

    assert len(b"".join(part_of(pieces(), Span(15, 25)))) == 10
    assert made == [0, 1, 2]
