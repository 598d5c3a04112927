"""The front door: each person lands where their work is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from evaluations import access


def home(request: HttpRequest) -> HttpResponse:
    access.signed_in(request.user)
    return redirect("home")
