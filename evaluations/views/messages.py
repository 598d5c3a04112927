"""Pesan: what the portal told the person, and what they want by e-mail."""

from __future__ import annotations

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access
from evaluations.domain import messages as domain
from evaluations.forms.messages import PreferenceForm
from evaluations.models import MailMode

PER_PAGE = 30


@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, newest first; POST marks all as read."""
    person = access.signed_in(request.user)
    if request.method == "POST":
        count = domain.mark_read(by=person)
        flash.success(request, f"{count} pesan ditandai sudah dibaca.")
        return redirect("evaluations:messages")
    only_unread = request.GET.get("status") == "belum"
    found = person.messages.select_related("evaluation__district__province")
    if only_unread:
        found = found.filter(read_at__isnull=True)
    context = {
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "only_unread": only_unread,
        "unread": domain.unread_count(person),
    }
    return render(request, "evaluations/messages/list.html", context)


@require_GET
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message in full; reading it marks it as read."""
    person = access.signed_in(request.user)
    found = get_object_or_404(person.messages.select_related("evaluation__district__province"), pk=pk)
    domain.mark_read(by=person, pk=found.pk)
    return render(request, "evaluations/messages/detail.html", {"message": found})


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    person = access.signed_in(request.user)
    data = request.POST if request.method == "POST" else None
    form = PreferenceForm(data, initial={"mail": domain.mail_mode(person)})
    if request.method == "POST" and form.is_valid():
        domain.choose_mail(mode=MailMode(form.cleaned_data["mail"]), by=person)
        flash.success(request, "Pilihan surel sudah disimpan.")
        return redirect("evaluations:message_preferences")
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/messages/preferences.html", {"form": form}, status=status)
