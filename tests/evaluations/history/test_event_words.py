"""Catatan kejadian says everything in the words of the screen: no key and no value of the code's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from evaluations.domain.eventlog import LABELS, details
from kla_portal.events.models import Event, EventAction
from kla_portal.regions.models import District
from tests.architecture.tree import ROOT
from tests.cast import TABALONG

WRITERS = {"record", "log_account", "_note"}
OWN = {"by", "subject", "district", "evaluation"}
"""What every event has; the page shows it in columns of its own."""


def keys() -> Iterator[tuple[str, str]]:
    for building in ("indicators", "evaluations", "kla_portal"):
        for path in sorted((ROOT / building).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield from ((word.arg, where) for word in node.keywords if word.arg)


def test_every_key_that_an_event_is_written_with_has_its_word():
    found = [(key, where) for key, where in keys() if key not in OWN]
    assert len(found) > 100, "the writers of events have other names now"
    assert [(key, where) for key, where in found if key not in LABELS] == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"memberships": ["contributor@63.09/17"]}, [("peran", "Petugas perangkat daerah (63.09)")]),
        ({"memberships": ["national_admin@nasional"]}, [("peran", "Admin nasional (KemenPPPA) (nasional)")]),
        ({"removed": ["a document"]}, [("dihapus", "a document")]),
        ({"change": "membership.added"}, [("perubahan", "peran ditambah")]),
        ({"change": "what is not known"}, [("perubahan", "what is not known")]),
        ({"with_evidence": True}, [("data dukung ikut dibagikan", "ya")]),
        ({"status": "dropped"}, [("keadaan", "Dibatalkan")]),
        ({"until": "2026-03-02T04:00:00+00:00"}, [("sampai", "2 Maret 2026 11.00 WIB")]),
        ({"until": None}, []),
    ],
)
def test_keys_and_values_are_said_in_indonesian(cast, data, said):
    event = Event(action=EventAction.ACCOUNT_CHANGED, data=data)
    assert details(event, cast.auditor_kalsel) == said


def test_a_moment_of_a_district_is_said_in_its_zone(cast):
    event = Event(
        action=EventAction.DEADLINE_EXTENDED,
        district=District.objects.get(code=TABALONG),
        data={"at": "2026-03-02T04:00:00+00:00"},
    )
    assert details(event, cast.auditor_kalsel) == [("waktu", "2 Maret 2026 12.00 WITA")]
