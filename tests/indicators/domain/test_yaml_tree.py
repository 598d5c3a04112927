"""The notation itself: what a loader would swallow is refused, with its line."""

import pytest
import yaml

from indicators.domain import yaml_tree
from indicators.domain.errors import InstrumentErrors
from indicators.domain.yaml_tree import Mapping, Scalar, Sequence, read_tree


def fault(text: str) -> tuple[int | None, str]:
    with pytest.raises(InstrumentErrors) as caught:
        read_tree(text, name="uji.yaml")
    [error] = caught.value.errors
    return error.line, error.message


def test_keeps_lines_texts_and_equal_keys():
    root = read_tree("a: 1\nb:\n- x\n- 'y'\na: 2\n", name="uji.yaml")
    assert isinstance(root, Mapping)
    assert [(key.text, key.line) for key, _ in root.pairs] == [("a", 1), ("b", 2), ("a", 5)]
    items = root.pairs[1][1]
    assert isinstance(items, Sequence)
    assert items.items == [Scalar(3, "x", "str"), Scalar(4, "y", "str")]


@pytest.mark.parametrize(
    ("text", "tag"),
    [("12", "int"), ("1.50", "float"), ("true", "bool"), ("null", "null"), ("~", "null"),
     ("2024-01-01", "timestamp"), ("601-700", "str"), ("1.2a", "str"), ('"12"', "str"), ("'null'", "str"),
     ("|\n  12\n", "str")],
)  # fmt: skip
def test_says_what_plain_yaml_would_read(text, tag):
    node = read_tree(f"a: {text}", name="uji.yaml").pairs[0][1]
    assert (node.tag, node.line) == (tag, 1)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "berkas kosong"),
        ("# hanya komentar\n", 1, "berkas kosong"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "susunan YAML tidak dapat dibaca"),
        ("a: 1\n'b: 2", 2, "susunan YAML tidak dapat dibaca"),
        ("a: 1\n\tb: 2", 2, "tab"),
        ("a: 1\nb: &x 2", 2, "jangkar dan alias YAML (&x) tidak boleh dipakai"),
        ("a: 1\nb: *x", 2, "jangkar dan alias"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']", 2, "penanda jenis YAML"),
        ("a: !!int '3'", 1, "penanda jenis YAML"),
        ("a: 1\n---\nb: 2", 2, "satu dokumen"),
        ("a: 1\n? [x]\n: 2", 2, "nama isian harus berupa teks"),
        ("a: 1\nb: \x07", 2, "huruf kendali"),
        ("a: 1\nb: \ud800", 2, "bukan UTF-8"),
        ("[" * 21 + "]" * 21, 1, "lebih dari 20 lapis"),
    ],
)
def test_refuses_with_the_line(text, line, message):
    found_line, found = fault(text)
    assert message in found
    assert found_line == line


def test_nested_aliases_are_refused_before_they_can_grow():
    """The "billion laughs" file: nine lines that would expand to a billion entries."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert fault("\n".join(lines))[0] == 1


def test_a_hundred_thousand_brackets_end_at_once():
    """Reading stops at the depth limit: libyaml itself would take minutes for this line."""
    assert fault("[" * 100_000)[1].startswith("isi berkas bertingkat")


def test_the_slow_parser_builds_the_same_tree(monkeypatch, kla_2023_text):
    """Where PyYAML has no libyaml, everything still holds."""
    fast = read_tree(kla_2023_text[:30_000].rpartition("    - code:")[0], name="x")
    monkeypatch.setattr(yaml_tree, "LOADER", yaml.SafeLoader)
    assert read_tree(kla_2023_text[:30_000].rpartition("    - code:")[0], name="x") == fast
