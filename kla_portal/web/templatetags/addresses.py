"""``{% url %}`` as Django's own, but each address is worked out once per process: a page has up to sixty of them.

Working one out (some 10 to 20 µs) takes Django longer than all else that a link needs. Registered as a builtin, so
every template has it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape

register = template.Library()

KEPT = 10_000
"""Addresses that are remembered, some 3 MB at most."""


class KeptURLNode(URLNode):
    """Values by place only. The portal includes no namespace twice, so the page that asks changes nothing."""

    def render(self, context: Context) -> str:
        values = [arg.resolve(context) for arg in self.args]
        name = self.view_name.resolve(context)
        try:
            found = _address(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, *values)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@lru_cache(maxsize=KEPT, typed=True)
def _address(urlconf: str, prefix: str, name: str, *values: Any) -> str:
    """``prefix``, which ``reverse`` reads by itself, only tells apart."""
    return reverse(name, urlconf, args=values)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """``{% url 'evaluations:question' pk code %}``, ``{% url name as there %}``."""
    node = parse_url(parser, token)
    return node if node.kwargs else KeptURLNode(node.view_name, node.args, {}, node.asvar)
