"""The people: a process of its own, told what to do as JSON on stdin, telling what happened as JSON on stdout.

Two ways. ``closed``: each stream does its deeds one after the other without a pause; that measures what the portal
can carry. ``open``: each stream has a deed due every ``period`` seconds, whatever the portal does; seconds count from
when it was due. A stream is one person: with a reply outstanding, the next deed waits, as the browser's outbox does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import sys
import time
from collections import defaultdict
from typing import Any

from tests.bench.wire import note_of, request_of, send

GOOD = frozenset({200, 201, 202, 204, 302})
DELIBERATE, CONFLICT = 503, 409
GRACE = 60
"""Seconds after the end in which what is under way may still be answered."""


class Told:
    """What happened, by kind: seconds of what was done, how many were refused, failed or came back empty."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.refused: dict[str, int] = defaultdict(int)
        self.conflicts: dict[str, int] = defaultdict(int)
        self.faults: dict[str, int] = defaultdict(int)
        self.blank = 0
        self.saved: list[tuple[int, str, int, str]] = []
        self.began = time.perf_counter()
        self.number = random.randrange(1 << 40)

    def take(self, deed: dict[str, Any], reply: Any, seconds: float, number: int) -> None:
        kind = deed["kind"]
        if reply.status in GOOD:
            self.seconds[kind].append(seconds)
            self.blank += reply.status == 200 and not reply.size
            if deed["how"] == "save":
                deed["version"] += 1
                self.saved.append((deed["evaluation"], deed["code"], deed["version"], note_of(number)))
        elif reply.status == DELIBERATE and reply.retry_after:
            self.refused[kind] += 1
            self.blank += not reply.size
        elif reply.status == CONFLICT:
            self.conflicts[kind] += 1
        else:
            self.faults[f"{kind} {reply.status}"] += 1

    def as_json(self) -> dict[str, Any]:
        return {
            "wall": time.perf_counter() - self.began,
            "cpu": time.process_time(),
            "seconds": self.seconds,
            "refused": self.refused,
            "conflicts": self.conflicts,
            "faults": self.faults,
            "blank": self.blank,
            "saved": self.saved,
        }


async def closed(plan: dict[str, Any], told: Told) -> None:
    until = time.perf_counter() + plan["for"]

    async def one(stream: list[dict[str, Any]]) -> None:
        place = 0
        while time.perf_counter() < until:
            deed = stream[place % len(stream)]
            place += 1
            told.number += 1
            number = told.number
            reply = await send(plan["port"], request_of(deed, number=number))
            told.take(deed, reply, reply.seconds, number)

    await asyncio.gather(*(one(stream) for stream in plan["streams"]))


async def opened(plan: dict[str, Any], told: Told) -> None:
    paper = base64.b64decode(plan["paper"])
    chosen = random.Random(plan["seed"])
    start = time.perf_counter() + 0.5
    until = start + plan["for"]

    def deed_of(stream: dict[str, Any], turn: int) -> dict[str, Any]:
        draw = chosen.random()
        for kind, share in plan["shares"].items():
            if draw < share and stream.get(kind):
                return chosen.choice(stream[kind])
            draw -= share
        return stream["saves"][turn % len(stream["saves"])]

    async def one(stream: dict[str, Any]) -> None:
        due, turn = start + chosen.random() * plan["period"], 0
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if time.perf_counter() > until:
                break
            deed = deed_of(stream, turn)
            turn += 1
            told.number += 1
            number = told.number
            reply = await send(plan["port"], request_of(deed, paper=paper, number=number))
            told.take(deed, reply, time.perf_counter() - due, number)
            due = max(due + plan["period"], time.perf_counter())

    people = [asyncio.create_task(one(stream)) for stream in plan["streams"]]
    await asyncio.wait(people, timeout=plan["for"] + GRACE)
    for person in people:
        if not person.done():
            told.faults["unanswered"] += 1
            person.cancel()


def main() -> None:
    plan = json.load(sys.stdin)
    told = Told()
    asyncio.run({"closed": closed, "open": opened}[plan["way"]](plan, told))
    json.dump(told.as_json(), sys.stdout)


if __name__ == "__main__":
    main()
