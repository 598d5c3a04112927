"""The agencies of a district."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kla_portal.accounts import access, queries
from kla_portal.accounts.domain import AccountRefused, add_agency, rename_agency
from kla_portal.accounts.forms import AgencyForm
from kla_portal.accounts.models import Agency
from kla_portal.accounts.roles import Permission


@require_safe
def agency_list(request: HttpRequest, code: str) -> HttpResponse:
    district = access.get_district_for(request.user, code, Permission.MANAGE_AGENCIES)
    context = {
        "district": district,
        "agencies": queries.agencies_of(district),
        "form": AgencyForm(),
        "may_open_accounts": access.area_of(request.user, Permission.MANAGE_ACCOUNTS).covers(district),
    }
    return render(request, "accounts/agencies.html", context)


@require_http_methods(["GET", "POST"])
def agency_add(request: HttpRequest, code: str) -> HttpResponse:
    district = access.get_district_for(request.user, code, Permission.MANAGE_AGENCIES)
    form = AgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agency = add_agency(
                district=district, name=form.cleaned_data["name"], by=access.signed_in(request.user)
            )
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Perangkat daerah ditambahkan: {agency}.")
            return redirect("accounts:agencies", code)
    return render(request, "accounts/agency_form.html", {"district": district, "form": form})


@require_http_methods(["GET", "POST"])
def agency_rename(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    district = access.get_district_for(request.user, code, Permission.MANAGE_AGENCIES)
    agency = get_object_or_404(Agency.objects.select_related("district"), district=district, pk=pk)
    form = AgencyForm(request.POST or None, initial={"name": agency.name})
    if request.method == "POST" and form.is_valid():
        try:
            renamed = rename_agency(
                agency=agency, name=form.cleaned_data["name"], by=access.signed_in(request.user)
            )
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Nama tersimpan: {renamed}.")
            return redirect("accounts:agencies", code)
    return render(
        request, "accounts/agency_form.html", {"district": district, "form": form, "agency": agency}
    )
