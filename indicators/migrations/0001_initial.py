import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Instrument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='kode')),
                ('title', models.CharField(max_length=200, verbose_name='judul')),
                ('legal_basis', models.JSONField(default=list, verbose_name='dasar hukum')),
                ('total', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='nilai total')),
                ('state', models.CharField(choices=[('draft', 'Rancangan'), ('published', 'Terbit'), ('retired', 'Ditarik')], default='draft', max_length=9, verbose_name='status')),
                ('digest', models.CharField(max_length=64, verbose_name='sidik')),
                ('loaded_at', models.DateTimeField(auto_now_add=True, verbose_name='dimuat')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='diterbitkan')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='ditarik')),
                ('retired_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-loaded_at', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'retired'])), name='instrument_state_known'), models.CheckConstraint(condition=models.Q(('total__gt', 0)), name='instrument_total_positive'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('state', 'draft')), models.Q(('published_at__isnull', False), ('state__in', ['published', 'retired'])), _connector='OR'), name='instrument_published_at_with_state'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', False), ('state', 'retired')), models.Q(models.Q(('state', 'retired'), _negated=True), ('retired_at__isnull', True), ('retired_by__isnull', True)), _connector='OR'), name='instrument_retired_at_with_state')],
            },
        ),
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=8, verbose_name='kode')),
                ('name', models.CharField(max_length=200, verbose_name='nama')),
                ('weight', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='nilai maksimum')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='cluster_code_once'), models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='cluster_weight_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='indicators.cluster')),
                ('number', models.CharField(max_length=8, verbose_name='nomor')),
                ('name', models.CharField(max_length=300, verbose_name='nama')),
                ('weight', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='nilai maksimum')),
                ('purpose', models.TextField(verbose_name='tujuan')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'number'), name='indicator_number_once'), models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='indicator_weight_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='InstrumentAgency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='instrumentagency_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='theme_code_once')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='evidencekind_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Scale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.SlugField(max_length=40)),
                ('options', models.JSONField()),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='scale_code_once')],
            },
        ),
        migrations.CreateModel(
            name='PredikatBand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.SlugField(max_length=20)),
                ('name', models.CharField(max_length=40)),
                ('threshold', models.DecimalField(decimal_places=4, max_digits=10)),
                ('inclusive', models.BooleanField()),
                ('award', models.BooleanField(default=True)),
                ('published', models.CharField(blank=True, max_length=20, verbose_name='rentang terbitan')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='band_code_once'), models.CheckConstraint(condition=models.Q(('threshold__gte', 0)), name='band_threshold_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='indicators.indicator')),
                ('code', models.CharField(max_length=12, verbose_name='kode')),
                ('title', models.CharField(max_length=200, verbose_name='judul')),
                ('text', models.TextField(verbose_name='pertanyaan')),
                ('guidance', models.TextField(verbose_name='petunjuk')),
                ('weight', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='nilai maksimum')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.theme')),
                ('level', models.CharField(choices=[('kabupaten', 'Kabupaten/Kota'), ('kecamatan', 'Kecamatan'), ('desa', 'Desa/Kelurahan')], max_length=9, verbose_name='tingkat')),
                ('rule', models.JSONField(verbose_name='aturan jawaban')),
                ('sensitive', models.BooleanField(verbose_name='dapat memuat data anak')),
                ('official', models.CharField(max_length=11, verbose_name='asal nilai pilihan')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'code'), name='question_code_once'), models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='question_weight_not_negative'), models.CheckConstraint(condition=models.Q(('level__in', ['kabupaten', 'kecamatan', 'desa'])), name='question_level_known'), models.CheckConstraint(condition=models.Q(('official__in', ['weight_only', 'options'])), name='question_official_known')],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='indicators.question')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.evidencekind')),
                ('label', models.CharField(max_length=300, verbose_name='nama')),
                ('required', models.BooleanField(verbose_name='wajib')),
            ],
            options={
                'ordering': ['question', 'position'],
                'constraints': [models.UniqueConstraint(fields=('question', 'position'), name='slot_position_once')],
            },
        ),
        migrations.CreateModel(
            name='QuestionAgency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrument')),
                ('position', models.PositiveSmallIntegerField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.question')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.instrumentagency')),
            ],
            options={
                'ordering': ['question', 'position'],
                'constraints': [models.UniqueConstraint(fields=('question', 'agency'), name='question_agency_once')],
            },
        ),
    ]
