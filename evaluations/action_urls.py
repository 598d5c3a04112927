"""Addresses. The action plan (RAD KLA)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views.actions import board, editing, papers, tracking, workbook

PLAN = "evaluasi/<int:pk>/rencana"
ONE = f"{PLAN}/<int:action>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{PLAN}/", board.actions, name="actions"),
    path(f"{PLAN}/baru/", editing.create, name="action_new"),
    path(f"{PLAN}/dari-jalan/", editing.from_plan, name="actions_from_plan"),
    path(f"{PLAN}/bawa/", editing.carry, name="actions_carry"),
    path(f"{PLAN}/rencana-aksi.xlsx", workbook.download, name="actions_xlsx"),
    path(f"{PLAN}/baca/", workbook.read, name="actions_read"),
    path(f"{PLAN}/rencana-aksi.pdf", papers.plan_pdf, name="actions_pdf"),
    path(f"{PLAN}/rapat/", papers.meeting, name="meeting"),
    path(f"{PLAN}/rapat/<str:sheet>/lembar.pdf", papers.meeting_pdf, name="meeting_pdf"),
    path(f"{ONE}/", tracking.action, name="action"),
    path(f"{ONE}/ubah/", editing.change, name="action_change"),
    path(f"{ONE}/hapus/", editing.remove, name="action_remove"),
    path(f"{ONE}/kemajuan/", tracking.note, name="action_note"),
    path(f"{ONE}/bukti/", tracking.prove, name="action_prove"),
    path(f"{ONE}/bukti/<uuid:document>/lepas/", tracking.unprove, name="action_unprove"),
]
