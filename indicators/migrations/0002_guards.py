from django.db import migrations

from kla_portal.guards import frozen_unless_draft, frozen_with_parent

CHILDREN = [
    "instrumentagency", "theme", "evidencekind", "scale", "predikatband",
    "cluster", "indicator", "question", "slot", "questionagency",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [
        frozen_unless_draft(
            "indicators_instrument",
            ["code", "title", "legal_basis", "total", "digest", "loaded_at", "published_at", "published_by_id"],
        ),
        *(
            frozen_with_parent(f"indicators_{child}", "indicators_instrument", "instrument_id")
            for child in CHILDREN
        ),
    ]
