"""Loading, publishing and retiring an instrument."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from indicators import access
from indicators.domain.importing import InstrumentErrors, check_load, load_instrument, parse_instrument
from indicators.domain.publishing import PublishingRefused, publish, retire
from indicators.domain.spec import loaded
from indicators.forms.importing import ImportForm
from indicators.spec import InstrumentSpec
from kla_portal.accounts.roles import Permission


@require_http_methods(["GET", "POST"])
def import_instrument(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_INSTRUMENTS)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        text, name = form.cleaned_data["text"], form.cleaned_data["name"]
        try:
            spec = parse_instrument(text, name=name)
            if "load" in request.POST:
                return _load(request, spec)
            context |= {"preview": _preview(spec), "outcome": check_load(spec), "text": text, "name": name}
        except InstrumentErrors as refused:
            context |= {"errors": refused.errors, "name": name}
        # A fresh form: the preview carries the text, and a browser never fills in a file again.
        context["form"] = ImportForm()
    return render(request, "indicators/import.html", context)


@require_http_methods(["GET", "POST"])
def publish_instrument(request: HttpRequest, code: str) -> HttpResponse:
    instrument = access.get_managed_instrument(request.user, code)
    if request.method == "POST":
        try:
            publish(instrument, by=access.signed_in(request.user))
            messages.success(request, f"Instrumen {instrument} terbit dan tidak dapat diubah lagi.")
        except PublishingRefused as refused:
            messages.error(request, str(refused))
        return redirect("indicators:detail", code)
    context = {"instrument": instrument, "preview": _preview(loaded(instrument).spec)}
    return render(request, "indicators/publish.html", context)


@require_http_methods(["GET", "POST"])
def retire_instrument(request: HttpRequest, code: str) -> HttpResponse:
    instrument = access.get_managed_instrument(request.user, code)
    if request.method == "POST":
        try:
            retire(instrument, by=access.signed_in(request.user))
            messages.success(request, f"Instrumen {instrument} ditarik.")
        except PublishingRefused as refused:
            messages.error(request, str(refused))
        return redirect("indicators:detail", code)
    return render(request, "indicators/retire.html", {"instrument": instrument})


def _load(request: HttpRequest, spec: InstrumentSpec) -> HttpResponse:
    instrument, changed = load_instrument(spec, by=access.signed_in(request.user))
    if changed:
        messages.success(
            request, f"Instrumen {instrument} dimuat sebagai rancangan. Periksa, lalu terbitkan."
        )
    else:
        messages.info(
            request, f"Instrumen {instrument} sudah ada dengan isi yang sama; tidak ada yang berubah."
        )
    return redirect("indicators:detail", instrument.code)


def _preview(spec: InstrumentSpec) -> dict[str, object]:
    """What the file holds, in numbers."""
    questions = list(spec.questions())
    return {
        "code": spec.code,
        "title": spec.title,
        "total": spec.total,
        "clusters": len(spec.clusters),
        "indicators": sum(len(cluster.indicators) for cluster in spec.clusters),
        "questions": len(questions),
        "slots": sum(len(question.slots) for question in questions),
        "estimated": sum(question.estimated for question in questions),
        "digest": spec.digest,
    }
