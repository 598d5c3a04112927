from django.db import migrations, models

from kla_portal.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0005_files_of_documents")]
    operations = [
        migrations.RemoveIndex(
            model_name='evidence',
            name='evidence_by_content',
        ),
        migrations.RemoveField(
            model_name='evidence',
            name='content_type',
        ),
        migrations.RemoveField(
            model_name='evidence',
            name='filename',
        ),
        migrations.RemoveField(
            model_name='evidence',
            name='sha256',
        ),
        migrations.RemoveField(
            model_name='evidence',
            name='size',
        ),
        migrations.RemoveField(
            model_name='evidence',
            name='storage_name',
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('form', 'file'), ('url', '')), models.Q(('form', 'link'), models.Q(('url', ''), _negated=True)), _connector='OR'), name='evidence_is_a_file_or_a_link'),
        ),
        # SQLite rebuilt the table for its new columns, and lost its triggers.
        append_only("evaluations_stageresult"),
    ]
