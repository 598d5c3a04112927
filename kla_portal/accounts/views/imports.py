"""Many accounts from a list: upload, see what will happen, confirm, hand out the passwords."""

from __future__ import annotations

import hashlib
from dataclasses import astuple

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kla_portal.accounts import access, sheets
from kla_portal.accounts.domain import (
    AccountRefused,
    ImportRow,
    OpenedAccount,
    plan_import,
    run_import,
)
from kla_portal.accounts.domain.imports import ROLE_WORDS, AlreadyOpened
from kla_portal.accounts.forms import ImportForm, roles_for
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import RULES, Permission
from kla_portal.accounts.views import confirming

ROWS_SALT = "accounts.import.rows"
RESULT_SALT = "accounts.import.result"
MAX_AGE = 3600
"""Seconds between the dry run and its confirmation, and between the result and its download."""

DONE, DONE_KEPT = "accounts_imported", 20
"""In the session: the lists that were carried out, as digests, the newest so many."""

RESULT_HEADING = ("nama_pengguna", "nama", "surel", "kata_sandi_sekali_pakai")


@never_cache
@require_http_methods(["GET", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_ACCOUNTS)
    if ask := confirming.wanted(request, "membuka akun dari daftar", reading=True):
        return ask
    by = access.signed_in(request.user)
    if request.method == "POST" and "rows" in request.POST:
        return _confirmed(request, by)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            rows = sheets.read_accounts(upload.file, filename=upload.name, size=upload.size)
            return _dry_run(request, by, rows)
        except sheets.SheetRefused as refused:
            form.add_error("file", str(refused))
    return _upload_page(request, form)


def _upload_page(request: HttpRequest, form: ImportForm, refused: str = "") -> HttpResponse:
    may_give = set(roles_for(access.area_of(request.user, Permission.MANAGE_ACCOUNTS)))
    roles = [(word, RULES[role].description) for word, role in ROLE_WORDS.items() if role in may_give]
    context = {"form": form, "roles": roles, "columns": sheets.COLUMNS, "refused": refused}
    return render(request, "accounts/import.html", context)


def _dry_run(request: HttpRequest, by: User, rows: list[ImportRow], refused: str = "") -> HttpResponse:
    plan = plan_import(rows=rows, by=by)
    signed = _sign(by, [astuple(row) for row in rows], ROWS_SALT) if plan.can_run else ""
    return render(request, "accounts/import_plan.html", {"plan": plan, "signed": signed, "refused": refused})


def _confirmed(request: HttpRequest, by: User) -> HttpResponse:
    """The rows come back signed, for this person, within the hour; all of them are judged anew. Only once: a second
    answer would take the place of the page with the passwords."""
    if _is_done(request):
        return _already(request)
    kept = _unsign(by, request.POST["rows"], ROWS_SALT)
    if kept is None:
        refused = "Persetujuan ini sudah lewat satu jam atau rusak. Unggah lagi daftarnya."
        return _upload_page(request, ImportForm(), refused=refused)
    rows = [ImportRow(*row) for row in kept]
    try:
        opened = run_import(rows=rows, by=by)
    except AlreadyOpened:
        return _already(request)
    except AccountRefused as refused:
        return _dry_run(request, by, rows, refused=refused.reason)
    request.session[DONE] = [*request.session.get(DONE, []), _mark(request)][-DONE_KEPT:]
    signed = _sign(by, [_credentials(each) for each in opened], RESULT_SALT)
    return render(request, "accounts/import_result.html", {"opened": opened, "signed": signed})


def _mark(request: HttpRequest) -> str:
    return hashlib.sha256(request.POST["rows"].encode()).hexdigest()


def _is_done(request: HttpRequest) -> bool:
    """This very dry run was carried out before in this session, whatever became of its accounts since."""
    return _mark(request) in request.session.get(DONE, [])


def _already(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/import_done.html", status=409)


def _credentials(opened: OpenedAccount) -> tuple[str, str, str, str]:
    account = opened.account
    return account.username, account.name, account.email, opened.one_time_password or ""


@never_cache
@require_POST
def import_result(request: HttpRequest) -> HttpResponse:
    """The result page's list as a file. It carries the list itself: passwords are not kept on the server."""
    access.require(request.user, Permission.MANAGE_ACCOUNTS)
    if ask := confirming.wanted(request, "mengunduh kata sandi sekali pakai akun-akun baru"):
        return ask
    rows = _unsign(access.signed_in(request.user), request.POST.get("result", ""), RESULT_SALT)
    if rows is None:
        raise AccountRefused(
            "Unduhan ini sudah lewat satu jam. Buat kata sandi baru di halaman akun yang memerlukannya."
        )
    return _attachment(sheets.write_csv([RESULT_HEADING, *rows]), "akun-baru.csv")


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_ACCOUNTS)
    return _attachment(sheets.write_csv([sheets.COLUMNS]), "templat-akun.csv")


def _attachment(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _sign(by: User, rows: list[tuple], salt: str) -> str:
    return signing.dumps({"by": by.pk, "rows": rows}, salt=salt, compress=True)


def _unsign(by: User, text: str, salt: str) -> list[list] | None:
    """The rows, or None when the signature is wrong, too old, or another person's."""
    try:
        kept = signing.loads(text, salt=salt, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    return kept["rows"] if kept["by"] == by.pk else None
