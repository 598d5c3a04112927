"""Accounts of an area: list, open, change, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kla_portal.accounts import access, queries
from kla_portal.accounts.domain import (
    AccountRefused,
    OpenedAccount,
    add_membership,
    change_details,
    close_account,
    open_account,
    remove_membership,
    reopen_account,
    reset_password,
)
from kla_portal.accounts.domain.second_factor import devices_of
from kla_portal.accounts.forms import AccountFilter, DetailsForm, MembershipForm, OpenAccountForm
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.accounts.views import confirming

PER_PAGE = 50


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    filters = AccountFilter(request.GET, area=area)
    criteria = filters.criteria()
    found = queries.search_accounts(queries.accounts_in(area), **criteria)
    page = Paginator(queries.with_memberships(found).order_by("username"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "filters": filters,
        "page_obj": page,
        "filtered": any(request.GET.get(n) for n in filters.fields),
        "district": criteria["district"],
    }
    return render(request, "accounts/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def open_page(request: HttpRequest) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    if ask := confirming.wanted(request, "membuka akun baru"):
        return ask
    by = access.signed_in(request.user)
    initial = {
        "role": request.GET.get("peran"),
        "district": request.GET.get("wilayah"),
        "agency": request.GET.get("perangkat"),
        "kecamatan": request.GET.get("kecamatan"),
    }
    form = OpenAccountForm(request.POST or None, area=area, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opened = open_account(
                username=data["username"],
                name=data["name"],
                email=data["email"],
                memberships=[data["membership"]],
                by=by,
            )
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            return _show_once(request, opened, title="Akun dibuka")
    return render(request, "accounts/open.html", {"form": form})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account = queries.get_account(area, pk)
    context = {
        "account": account,
        "is_self": account.pk == request.user.pk,
        "zone": queries.zone_of(account.memberships.all()),
        "second_factor": devices_of(account).exists(),
    }
    return render(request, "accounts/detail.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    if ask := confirming.wanted(request, f"mengubah nama atau surel akun {account}"):
        return ask
    form = DetailsForm(request.POST or None, initial={"name": account.name, "email": account.email})
    if request.method == "POST" and form.is_valid():
        change_details(
            account=account, name=form.cleaned_data["name"], email=form.cleaned_data["email"], by=by
        )
        messages.success(request, "Perubahan sudah disimpan.")
        return redirect("accounts:detail", pk)
    return render(request, "accounts/edit.html", {"form": form, "account": account})


@require_http_methods(["GET", "POST"])
def membership_add(request: HttpRequest, pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    if ask := confirming.wanted(request, f"menambah peran akun {account}"):
        return ask
    form = MembershipForm(request.POST or None, area=area)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_membership(account=account, membership=form.cleaned_data["membership"], by=by)
        except AccountRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Peran ditambahkan: {added}.")
            return redirect("accounts:detail", pk)
    return render(request, "accounts/membership_add.html", {"form": form, "account": account})


@require_http_methods(["GET", "POST"])
def membership_remove(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    membership = get_object_or_404(account.memberships.all(), pk=membership_pk)
    return _confirm(
        request,
        account,
        lambda: remove_membership(membership=membership, by=by),
        title="Cabut peran",
        text=f"{account} tidak lagi menjadi {membership}. Yang sudah dikerjakannya tetap tersimpan.",
        submit="Cabut peran",
        done="Peran sudah dicabut.",
    )


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    return _confirm(
        request,
        account,
        lambda: close_account(account=account, by=by),
        title="Tutup akun",
        text=f"{account} langsung keluar dan tidak dapat masuk lagi. Jawaban dan catatannya tetap tersimpan. "
        "Akun dapat dibuka kembali kapan saja.",
        submit="Tutup akun",
        done="Akun sudah ditutup.",
    )


@never_cache
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    return _confirm(
        request,
        account,
        lambda: reopen_account(account=account, by=by),
        title="Buka kembali akun",
        text=f"{account} dapat masuk lagi dengan kata sandi sekali pakai yang baru.",
        submit="Buka kembali",
        done="Akun dibuka kembali",
    )


@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    area = access.require(request.user, Permission.MANAGE_ACCOUNTS)
    account, by = queries.get_account(area, pk), access.signed_in(request.user)
    return _confirm(
        request,
        account,
        lambda: reset_password(account=account, by=by),
        title="Kata sandi baru",
        text=f"Kata sandi lama {account} tidak berlaku lagi dan sesinya berakhir. "
        "Kata sandi sekali pakai yang baru ditampilkan sekali di halaman berikut.",
        submit="Buat kata sandi baru",
        done="Kata sandi baru dibuat",
    )


def _confirm(request: HttpRequest, account: User, verb: Callable[[], Any], **words: str) -> HttpResponse:
    """Ask on GET, do on POST. A verb that makes a one-time password ends on the page that shows it."""
    title = words["title"]
    if ask := confirming.wanted(request, f"{title[0].lower()}{title[1:]} untuk {account}"):
        return ask
    refused = ""
    if request.method == "POST":
        try:
            result = verb()
        except AccountRefused as refusal:
            refused = refusal.reason
        else:
            if isinstance(result, OpenedAccount):
                return _show_once(request, result, title=words["done"])
            messages.success(request, words["done"])
            return redirect("accounts:detail", account.pk)
    context = {"account": account, "refused": refused, **words}
    return render(request, "accounts/confirm.html", context, status=409 if refused else 200)


def _show_once(request: HttpRequest, opened: OpenedAccount, *, title: str) -> HttpResponse:
    """The page with the one-time password. No redirect: it is kept nowhere that a second page could read."""
    account = queries.with_memberships(User.objects.filter(pk=opened.account.pk)).get()
    context = {"account": account, "one_time_password": opened.one_time_password, "title": title}
    return render(request, "accounts/one_time_password.html", context)
