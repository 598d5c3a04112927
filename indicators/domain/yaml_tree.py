"""YAML text -> a tree of texts, lists and mappings that know their line.

Built from the parser's events, not from its loader: a loader would resolve numbers into binary floats, keep
only the last of two equal keys, expand anchors, and recurse as deep as the file says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from indicators.domain.errors import InstrumentError, InstrumentErrors

MAX_DEPTH = 20
"""The instrument needs 11 levels."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: about 25 times faster."""

_RESOLVER = yaml.SafeLoader.yaml_implicit_resolvers


@dataclass(frozen=True, slots=True)
class Scalar:
    """``tag`` is what plain YAML would read: ``str``, ``int``, ``float``, ``bool``, ``null`` or another."""

    line: int
    text: str
    tag: str


@dataclass(slots=True)
class Sequence:
    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Pairs in the order of the file, equal keys included. Keys are scalars, always."""

    line: int
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    open_key: Scalar | None = None


Node = Scalar | Sequence | Mapping


class _Fault(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.error = InstrumentError(line, message)


def read_tree(text: str, *, name: str) -> Node:
    """The only document in ``text``. Raises ``InstrumentErrors`` with the first fault of the notation."""
    try:
        text.encode()
        return _build(yaml.parse(text, Loader=LOADER))
    except _Fault as fault:
        error = fault.error
    except UnicodeEncodeError as broken:
        error = InstrumentError(text.count("\n", 0, broken.start) + 1, "ada huruf yang bukan UTF-8")
    except yaml.MarkedYAMLError as broken:
        error = _notation_error(broken)
    except yaml.reader.ReaderError as broken:
        before = text.encode()[: broken.position]
        error = InstrumentError(before.count(b"\n") + 1, "ada huruf kendali yang tidak boleh dipakai")
    raise InstrumentErrors([error], name)


def _notation_error(broken: yaml.MarkedYAMLError) -> InstrumentError:
    mark = broken.problem_mark or broken.context_mark
    if mark is None:
        return InstrumentError(None, "susunan YAML tidak dapat dibaca")
    if "tab" in (broken.problem or ""):
        return InstrumentError(mark.line + 1, "ada tab di awal baris; pakai spasi")
    return InstrumentError(
        mark.line + 1,
        f"susunan YAML tidak dapat dibaca pada kolom {mark.column + 1}; "
        "periksa tanda petik, kurung, titik dua, dan jarak dari tepi kiri",
    )


def _build(events: Iterator[yaml.Event]) -> Node:
    stack: list[Sequence | Mapping] = []
    root: Node | None = None
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise _Fault(line, "berkas hanya boleh memuat satu dokumen YAML")
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        node = _node(event, line)
        if stack:
            _attach(stack[-1], node)
        else:
            root = node
        if not isinstance(node, Scalar):
            stack.append(node)
            if len(stack) > MAX_DEPTH:
                raise _Fault(line, f"isi berkas bertingkat lebih dari {MAX_DEPTH} lapis")
    if root is None:
        raise _Fault(1, "berkas kosong")
    return root


def _node(event: yaml.NodeEvent, line: int) -> Node:
    if event.anchor is not None:
        raise _Fault(line, f"jangkar dan alias YAML (&{event.anchor[:20]}) tidak boleh dipakai")
    if getattr(event, "tag", None) is not None:
        raise _Fault(line, "penanda jenis YAML (!...) tidak boleh dipakai")
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(line, event.value, _tag(event.value) if event.implicit[0] else "str")
    return Sequence(line) if isinstance(event, yaml.SequenceStartEvent) else Mapping(line)


def _attach(parent: Sequence | Mapping, node: Node) -> None:
    if isinstance(parent, Sequence):
        parent.items.append(node)
    elif parent.open_key is not None:
        parent.pairs.append((parent.open_key, node))
        parent.open_key = None
    elif isinstance(node, Scalar):
        parent.open_key = node
    else:
        raise _Fault(node.line, "nama isian harus berupa teks")


def _tag(plain: str) -> str:
    """What an unquoted scalar means in YAML 1.1, without converting it."""
    for tag, pattern in _RESOLVER.get(plain[:1], []) + _RESOLVER.get(None, []):
        if pattern.match(plain):
            return str(tag).rpartition(":")[2]
    return "str"
