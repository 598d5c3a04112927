"""Each file of the library gets a row of its own: documents may have several, with revisions."""

from django.db import migrations


def move(apps, schema_editor):
    Evidence = apps.get_model("evaluations", "Evidence")
    EvidenceFile = apps.get_model("evaluations", "EvidenceFile")
    for document in Evidence.objects.filter(form="file").order_by("pk").iterator():
        EvidenceFile.objects.create(
            evidence=document,
            filename=document.filename,
            content_type=document.content_type,
            size=document.size,
            sha256=document.sha256,
            source_sha256=document.sha256,
            storage_name=document.storage_name,
            added_at=document.added_at,
            added_by_id=document.added_by_id,
        )


def back(apps, schema_editor):
    """The first file in force of each document; further files would be lost, so they stop it."""
    EvidenceFile = apps.get_model("evaluations", "EvidenceFile")
    if EvidenceFile.objects.exclude(number=1, revision=1).exists():
        raise RuntimeError("documents with several files or revisions cannot be put back into one row")
    for file in EvidenceFile.objects.select_related("evidence").iterator():
        document = file.evidence
        for name in ("filename", "content_type", "size", "sha256", "storage_name"):
            setattr(document, name, getattr(file, name))
        document.save()
    # In SQL, by hand: historical models of two states do not know each other, so that nothing cascades.
    for name in ("PageText", "FileBand", "FileReading", "EvidenceFile"):
        rows = apps.get_model("evaluations", name).objects.all()
        rows._raw_delete(rows.db)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0004_documents")]
    operations = [migrations.RunPython(move, back)]
