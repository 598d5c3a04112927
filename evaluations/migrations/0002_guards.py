from django.db import migrations

from kla_portal.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial")]
    operations = [
        append_only("evaluations_answerrevision"),
        append_only("evaluations_verdictrevision"),
        append_only("evaluations_statechange"),
        append_only("evaluations_stageresult"),
        append_only("evaluations_stagerecord"),
        append_only("evaluations_actionnote"),
    ]
