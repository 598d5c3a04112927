"""The password once more, before a deed that a left-open browser must not be able to do.

A view asks on the line after its gate::

    if ask := confirming.wanted(request, "menutup akun Koordinator Tabalong"):
        return ask

Signing in counts, and so does every answer, for ``CONFIRM_MINUTES``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kla_portal.accounts import access
from kla_portal.accounts.backends import is_own_password
from kla_portal.accounts.confirm_form import FIELD, ConfirmForm
from kla_portal.accounts.origin import came_from
from kla_portal.accounts.session_middleware import PASSWORD, seconds

SALT = "accounts.confirming"
TOKEN_AGE = 3600
MINUTE = 60


def is_fresh(request: HttpRequest, *, minutes: int | None = None) -> bool:
    """Whether the password was given in this session within so many minutes."""
    given = request.session.get(PASSWORD, 0)
    return seconds() - given < (settings.CONFIRM_MINUTES if minutes is None else minutes) * MINUTE


def wanted(
    request: HttpRequest, deed: str, *, reading: bool = False, minutes: int | None = None
) -> HttpResponse | None:
    """The page that asks for the password before ``deed`` ("menutup akun ..."); None when there is no need.

    A POST comes back with all its fields as soon as the password is right, and is then carried out: None too.
    Without ``reading`` only POST asks; with it GET does too (downloads, and forms with a file, which cannot be
    sent a second time). A wrong password counts like a wrong sign-in.
    """
    if request.method != "POST":
        return _asked_first(request, deed) if reading and not is_fresh(request, minutes=minutes) else None
    _keep_out_of_reports(request)
    form = ConfirmForm(request.POST) if FIELD in request.POST else None
    if form and form.is_valid():
        if accepted(request, form):
            return None
    elif is_fresh(request, minutes=minutes):
        return None
    if request.FILES:
        return _asked_first(request, deed, lost=True)
    context = {
        "form": form or ConfirmForm(),
        "deed": deed,
        "kept": _kept(request.POST),
        "action": request.get_full_path(),
    }
    return _whole_page(request, context, status=422 if form else 200)


def accepted(request: HttpRequest, form: ConfirmForm) -> bool:
    """Check the password of a valid form and note the moment; else the form carries the reason."""
    if not is_own_password(request, form.cleaned_data[FIELD]):
        form.add_error(FIELD, "Kata sandi tidak cocok. Periksa, lalu coba lagi.")
        return False
    request.session[PASSWORD] = seconds()
    return True


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The question before a page or download; ``untuk`` is signed and says where it leads."""
    user = access.signed_in(request.user)
    token = request.POST.get("untuk") or request.GET.get("untuk", "")
    try:
        kept: dict[str, Any] = signing.loads(token, salt=f"{SALT}.{user.pk}", max_age=TOKEN_AGE)
    except signing.BadSignature:
        return redirect("home")
    form = ConfirmForm(request.POST) if request.method == "POST" else ConfirmForm()
    if form.is_valid() and accepted(request, form):
        return redirect(kept["path"])
    context = {"form": form, "kept": [("untuk", token)], "action": reverse("accounts:confirm"), **kept}
    return _whole_page(request, context, status=422 if form.is_bound else 200)


def _asked_first(request: HttpRequest, deed: str, *, lost: bool = False) -> HttpResponse:
    """On to the question, which leads back here. ``lost``: a file was chosen and must be chosen again."""
    user = access.signed_in(request.user)
    kept = {"path": request.get_full_path(), "deed": deed, "back": came_from(request), "lost": lost}
    token = signing.dumps(kept, salt=f"{SALT}.{user.pk}", compress=True)
    address = reverse("accounts:confirm", query={"untuk": token})
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _kept(post: QueryDict) -> list[tuple[str, str]]:
    """The form's own fields, to be sent again; without passwords and codes, which would stand in the page."""
    return [
        (name, text)
        for name, texts in post.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name and not name.startswith("one_time_")
        for text in texts
    ]


def _whole_page(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    response = render(request, "accounts/confirm_password.html", context, status=status)
    if request.htmx:  # type: ignore[attr-defined]
        # A fragment was asked for; the question takes the whole page.
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    response["Cache-Control"] = "no-store, private"
    return response


def _keep_out_of_reports(request: HttpRequest) -> None:
    """What ``sensitive_post_parameters`` does, for any view that asks."""
    request.sensitive_post_parameters = "__ALL__"  # type: ignore[attr-defined]
