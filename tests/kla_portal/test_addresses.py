"""``{% url %}`` gives what Django's own gives, and works each address out once."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from django.template import Context, Engine, Template
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse, set_script_prefix

from kla_portal import addresses

VALUES = ["periode 1", "a&b", "d'e", "<i>", "ą/ż", 7, "7"]


@pytest.fixture(autouse=True)
def forgotten():
    addresses._address.cache_clear()


@pytest.fixture
def only_here(monkeypatch):
    """An URL conf with one address that takes any text."""
    conf = ModuleType("tests_only_here")
    conf.urlpatterns = [path("x/<path:rest>/", lambda request, rest: None, name="any")]
    monkeypatch.setitem(sys.modules, conf.__name__, conf)
    with override_settings(ROOT_URLCONF=conf.__name__):
        yield


def shown(text: str, **values) -> str:
    return Template(text).render(Context(values))


def djangos(text: str, **values) -> str:
    return Engine().from_string(text).render(Context(values))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "text",
    [
        "{% url 'any' v %}",
        "{% url name v %}",
        "{% url 'any' v as there %}{{ there }}",
        "{% autoescape off %}{% url 'any' v %}{% endautoescape %}",
        "{% url 'any' rest=v %}",
        "{% url 'none' v as there %}({{ there }})",
    ],
)
@pytest.mark.usefixtures("only_here")
def test_as_djangos_own(text, value):
    wanted = djangos(text, v=value, name="any")
    assert [shown(text, v=value, name="any") for _ in range(2)] == [wanted, wanted]


def test_an_unknown_address_is_a_fault_of_the_template():
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            shown("{% url 'evaluations:nothing' %}")


def test_worked_out_once(monkeypatch):
    asked = []

    def counted(name, *rest, **named):
        asked.append(name)
        return reverse(name, *rest, **named)

    monkeypatch.setattr(addresses, "reverse", counted)
    text = "{% url 'evaluations:filling' pk %}"
    assert [shown(text, pk=pk) for pk in (3, 3, 4, 3)] == [
        reverse("evaluations:filling", args=[pk]) for pk in (3, 3, 4, 3)
    ]
    assert len(asked) == 2


def test_below_another_prefix():
    text = "{% url 'evaluations:filling' 3 %}"
    plain = shown(text)
    try:
        set_script_prefix("/kla/")
        assert shown(text) == f"/kla{plain}"
    finally:
        set_script_prefix("/")
    assert shown(text) == plain
