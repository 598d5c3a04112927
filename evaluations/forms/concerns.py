"""The district's answer to a warning about a document."""

from __future__ import annotations

from django import forms

from evaluations.models import ConcernAnswer
from kla_portal.accounts.forms import PortalForm


class ConcernForm(PortalForm):
    """Which warning it is, as the page named it, and the question to go back to."""

    rule = forms.CharField(max_length=ConcernAnswer._meta.get_field("rule").max_length)
    basis = forms.CharField(max_length=ConcernAnswer._meta.get_field("basis").max_length)
    code = forms.CharField(max_length=20, required=False)


class ReplyForm(ConcernForm):
    """The verb cleans the reason and says what is wrong with it."""

    reason = forms.CharField(required=False, strip=False, max_length=4000)
