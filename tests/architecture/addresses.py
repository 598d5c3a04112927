"""Every address of the portal with the view behind it, read from the URLconf."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")

NOWHERE = {
    "int": "999999999",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "tidak-ada",
    "str": "tidak-ada",
    "path": "tidak-ada",
}
"""Per converter a value that names nothing."""


@dataclass(frozen=True)
class Address:
    route: str
    view: Callable[..., Any]
    name: str

    def fill(self, values: Mapping[str, object]) -> str:
        """The path with ``values`` by parameter name; what is not given names nothing."""

        def value(match: re.Match[str]) -> str:
            converter, name = match[1] or "str", match[2]
            return str(values.get(name, NOWHERE[converter]))

        return "/" + PARAMETER.sub(value, self.route)

    def __str__(self) -> str:
        return self.name or self.route or "/"


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], route: str, space: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, here, inner)
        else:
            yield Address(here, pattern.callback, f"{space}{pattern.name}")
