"""A spec -> the instrument file: readable YAML that reads back to the same digest."""

from __future__ import annotations

import re
from typing import Any

import yaml

from indicators.domain.canonical import canonical
from indicators.spec import InstrumentSpec

DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

NUMBERS = {"total", "weight", "points", "fraction", "min", "max", "empty", "from", "above"}
"""Fields whose text is a number. ``official.points`` holds a word and is told apart by its look."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def export_yaml(spec: InstrumentSpec) -> str:
    """The file for ``spec``; ``parse_instrument`` of it gives an equal spec with the same digest."""
    root = _node(canonical(spec), key="")
    text: str = yaml.serialize(root, Dumper=DUMPER, allow_unicode=True, width=2**20, encoding=None)
    return text


def _node(value: object, *, key: str) -> yaml.Node:
    """``key`` is the field the value stands in. Entries without lists of their own take one line."""
    if isinstance(value, dict):
        pairs = [(_text(name), _node(each, key=name)) for name, each in value.items()]
        short = key != "answer" and not any(isinstance(each, dict | list) for each in value.values())
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=short)
    if isinstance(value, list):
        short = key == "agencies" and not any(isinstance(each, dict) for each in value)
        items = [_node(each, key=key) for each in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=short)
    if value is None:
        return yaml.ScalarNode("tag:yaml.org,2002:null", "null")
    if isinstance(value, bool):
        return yaml.ScalarNode("tag:yaml.org,2002:bool", "true" if value else "false")
    text = str(value)
    if key in NUMBERS and _NUMBER.fullmatch(text):
        kind = "float" if "." in text else "int"
        return yaml.ScalarNode(f"tag:yaml.org,2002:{kind}", text)
    return _text(text)


def _text(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)
