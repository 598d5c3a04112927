"""The content of one file of a document, erased for good by an administrator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evaluations import access
from evaluations.domain.evidence import erasing
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.forms.documents import EraseForm
from evaluations.models import EvidenceFile
from evaluations.views.evidence.documents import document_of
from evaluations.views.frame import page
from kla_portal.accounts.views import confirming


@never_cache
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, pk: int, document: UUID, file: UUID) -> HttpResponse:
    """What goes and what stays, then the reason and the password: it cannot be undone."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    evidence = document_of(request, evaluation, document)
    user = access.signed_in(request.user)
    erasing.ensure_may(user, evidence)
    found = get_object_or_404(EvidenceFile.objects.select_related("evidence"), pk=file, evidence=evidence)
    if found.erased_at:
        messages.info(request, "Isi berkas ini sudah dihapus.")
        return redirect("evaluations:evidence_document", pk, document)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if ask := confirming.wanted(request, f"menghapus isi berkas “{found.filename}”"):
            return ask
        try:
            erasing.erase(file=found, by=user, **form.cleaned_data)
        except EvidenceRefused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, "Isi berkas dihapus.")
            return redirect("evaluations:evidence_document", pk, document)
    context = {
        "document": evidence,
        "file": found,
        "form": form,
        "hides_name": erasing.must_hide_name(evidence),
        "copies": erasing.same_elsewhere(found),
    }
    status = 422 if form.is_bound else 200
    return page(request, "evaluations/evidence/erase.html", evaluation, context, status=status)
