"""``{% url %}`` as Django's own, with addresses that are worked out once. A builtin: every template has it."""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from kla_portal.addresses import address

register = template.Library()


class KeptURLNode(URLNode):
    """Values by place only."""

    def render(self, context: Context) -> str:
        values = [arg.resolve(context) for arg in self.args]
        name = self.view_name.resolve(context)
        try:
            found = address(name, *values)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """``{% url 'evaluations:question' pk code %}``, ``{% url name as there %}``."""
    node = parse_url(parser, token)
    return node if node.kwargs else KeptURLNode(node.view_name, node.args, {}, node.asvar)
