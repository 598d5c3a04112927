
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from kla_portal.guards import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0003_messages'),
        ('indicators', '0002_guards'),
        ('regions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Going back, the last step: SQLite rebuilds the table, 0006 takes its triggers off, and they must be there.
        migrations.RunPython(migrations.RunPython.noop, append_only("evaluations_stageresult").code),
        migrations.RemoveConstraint(
            model_name='evidence',
            name='evidence_is_a_file_or_a_link',
        ),
        migrations.CreateModel(
            name='ConcernAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=40, verbose_name='pemeriksaan')),
                ('basis', models.CharField(max_length=64, verbose_name='dasar')),
                ('reason', models.CharField(max_length=500, verbose_name='jawaban')),
                ('at', models.DateTimeField(verbose_name='dijawab')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='ditarik')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='nomor berkas')),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='revisi')),
                ('filename', models.CharField(max_length=200, verbose_name='nama berkas')),
                ('content_type', models.CharField(max_length=100, verbose_name='jenis berkas')),
                ('size', models.PositiveBigIntegerField(verbose_name='ukuran')),
                ('sha256', models.CharField(max_length=64)),
                ('source_sha256', models.CharField(max_length=64)),
                ('storage_name', models.CharField(max_length=200, unique=True)),
                ('scan', models.CharField(choices=[('off', 'tidak dipindai'), ('waiting', 'sedang diperiksa'), ('clean', 'bersih'), ('infected', 'ditolak pemindai')], default='off', max_length=8, verbose_name='pemindaian')),
                ('added_at', models.DateTimeField(verbose_name='ditambahkan')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='diganti')),
            ],
            options={
                'ordering': ['evidence', 'number', 'revision'],
            },
        ),
        migrations.CreateModel(
            name='FileBand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=24, verbose_name='pita')),
            ],
        ),
        migrations.CreateModel(
            name='PageText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.PositiveIntegerField(verbose_name='halaman')),
                ('text', models.TextField(verbose_name='teks')),
            ],
            options={
                'ordering': ['file', 'page'],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('path', models.CharField(max_length=400, verbose_name='nama berkas')),
                ('declared_type', models.CharField(blank=True, max_length=100, verbose_name='jenis menurut peramban')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='judul')),
                ('shrink', models.BooleanField(default=False, verbose_name='perkecil foto')),
                ('size', models.PositiveBigIntegerField(verbose_name='ukuran')),
                ('received', models.PositiveBigIntegerField(default=0, verbose_name='diterima')),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('receiving', 'diterima sebagian'), ('received', 'diterima lengkap'), ('settled', 'tersimpan di pustaka'), ('refused', 'ditolak')], default='receiving', max_length=10, verbose_name='status')),
                ('refusal', models.CharField(blank=True, max_length=500, verbose_name='alasan ditolak')),
                ('started_at', models.DateTimeField(verbose_name='dimulai')),
                ('touched_at', models.DateTimeField(verbose_name='terakhir diterima')),
            ],
            options={
                'ordering': ['started_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='UploadPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset', models.PositiveBigIntegerField(verbose_name='awal')),
                ('size', models.PositiveBigIntegerField(verbose_name='ukuran')),
                ('storage_name', models.CharField(max_length=200, unique=True)),
            ],
            options={
                'ordering': ['upload', 'offset'],
            },
        ),
        migrations.AddField(
            model_name='evaluation',
            name='safe_predikat',
            field=models.CharField(blank=True, max_length=20, verbose_name='predikat aman'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='safe_total',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=6, verbose_name='nilai aman'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='unready',
            field=models.JSONField(blank=True, default=dict, verbose_name='belum aman'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='description',
            field=models.CharField(blank=True, max_length=1000, verbose_name='keterangan'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='discarded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dibuang'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='discarded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='document_date',
            field=models.DateField(blank=True, null=True, verbose_name='tanggal dokumen'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='issuer',
            field=models.CharField(blank=True, max_length=200, verbose_name='penerbit'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='kind',
            field=models.CharField(blank=True, max_length=40, verbose_name='jenis'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='number',
            field=models.CharField(blank=True, max_length=120, verbose_name='nomor'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='valid_from',
            field=models.DateField(blank=True, null=True, verbose_name='berlaku mulai'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='berlaku sampai'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ditarik'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='withdrawn_reason',
            field=models.CharField(blank=True, max_length=500, verbose_name='alasan ditarik'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='years',
            field=models.JSONField(blank=True, default=list, verbose_name='tahun yang dibuktikan'),
        ),
        migrations.AddField(
            model_name='evidencelink',
            name='quote',
            field=models.CharField(blank=True, max_length=300, verbose_name='kutipan'),
        ),
        migrations.AddField(
            model_name='stageresult',
            name='safe_total',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='nilai aman'),
        ),
        migrations.AddField(
            model_name='stageresult',
            name='unready',
            field=models.JSONField(blank=True, null=True, verbose_name='belum aman'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('safe_total__gte', 0), ('safe_total__lte', models.F('claimed_total'))), name='evaluation_safe_total_in_range'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='evidence_valid_in_order'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='evidence_withdrawn_at_by_and_reason'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('discarded_at__isnull', True), ('discarded_by__isnull', True)), models.Q(('discarded_at__isnull', False), ('discarded_by__isnull', False)), _connector='OR'), name='evidence_discarded_at_and_by'),
        ),
        migrations.AddConstraint(
            model_name='stageresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('safe_total__isnull', True), ('unready__isnull', True)), models.Q(('safe_total__gte', 0), ('safe_total__isnull', False), ('safe_total__lte', models.F('total')), ('unready__isnull', False)), _connector='OR'), name='result_safe_total_in_range'),
        ),
        migrations.AddField(
            model_name='concernanswer',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='concernanswer',
            name='evaluation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='concern_answers', to='evaluations.evaluation'),
        ),
        migrations.AddField(
            model_name='concernanswer',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='concern_answers', to='evaluations.evidence'),
        ),
        migrations.AddField(
            model_name='concernanswer',
            name='removed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='FileReading',
            fields=[
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reading', serialize=False, to='evaluations.evidencefile')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='halaman')),
                ('text_pages', models.PositiveIntegerField(default=0, verbose_name='halaman berteks')),
                ('lowest_dpi', models.PositiveIntegerField(blank=True, null=True, verbose_name='resolusi terendah')),
                ('width', models.PositiveIntegerField(blank=True, null=True, verbose_name='lebar')),
                ('height', models.PositiveIntegerField(blank=True, null=True, verbose_name='tinggi')),
                ('taken_on', models.DateField(blank=True, null=True, verbose_name='tanggal foto')),
                ('thumbnail', models.CharField(blank=True, max_length=200, verbose_name='gambar kecil')),
                ('identity_numbers', models.PositiveIntegerField(default=0, verbose_name='nomor identitas')),
                ('children_list', models.BooleanField(default=False, verbose_name='daftar nama anak')),
                ('signature', models.JSONField(blank=True, null=True, verbose_name='sidik isi')),
                ('number_clue', models.CharField(blank=True, max_length=120, verbose_name='usulan nomor')),
                ('date_clue', models.DateField(blank=True, null=True, verbose_name='usulan tanggal')),
                ('year_clues', models.JSONField(blank=True, default=list, verbose_name='usulan tahun')),
                ('fault', models.CharField(blank=True, max_length=200, verbose_name='gangguan')),
                ('read_at', models.DateTimeField(verbose_name='dibaca')),
            ],
        ),
        migrations.AddField(
            model_name='evidencefile',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidencefile',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='evaluations.evidence'),
        ),
        migrations.AddField(
            model_name='evidencefile',
            name='retired_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fileband',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bands', to='evaluations.evidencefile'),
        ),
        migrations.AddField(
            model_name='pagetext',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='page_texts', to='evaluations.evidencefile'),
        ),
        migrations.AddField(
            model_name='upload',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='upload',
            name='evaluation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='evaluations.evaluation'),
        ),
        migrations.AddField(
            model_name='upload',
            name='evidence',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='evaluations.evidence'),
        ),
        migrations.AddField(
            model_name='upload',
            name='slot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.slot'),
        ),
        migrations.AddField(
            model_name='uploadpiece',
            name='upload',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='evaluations.upload'),
        ),
        migrations.AddConstraint(
            model_name='concernanswer',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('evaluation', 'evidence', 'rule', 'basis'), name='concern_answered_once'),
        ),
        migrations.AddConstraint(
            model_name='concernanswer',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='concern_answer_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='concernanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='concern_answer_removed_at_and_by'),
        ),
        migrations.AddIndex(
            model_name='evidencefile',
            index=models.Index(fields=['sha256'], name='file_by_content'),
        ),
        migrations.AddIndex(
            model_name='evidencefile',
            index=models.Index(fields=['source_sha256'], name='file_by_source'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.UniqueConstraint(fields=('evidence', 'number', 'revision'), name='file_revision_once'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('evidence', 'number'), name='file_one_revision_in_force'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0), ('revision__gt', 0), ('size__gt', 0), models.Q(('sha256', ''), _negated=True), models.Q(('source_sha256', ''), _negated=True), models.Q(('storage_name', ''), _negated=True), models.Q(('filename', ''), _negated=True), models.Q(('content_type', ''), _negated=True)), name='file_is_complete'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.CheckConstraint(condition=models.Q(('scan__in', ['off', 'waiting', 'clean', 'infected'])), name='file_scan_known'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', True), ('retired_by__isnull', True)), models.Q(('retired_at__isnull', False), ('retired_by__isnull', False)), _connector='OR'), name='file_retired_at_and_by'),
        ),
        migrations.AddIndex(
            model_name='fileband',
            index=models.Index(fields=['key'], name='band_by_key'),
        ),
        migrations.AddConstraint(
            model_name='fileband',
            constraint=models.UniqueConstraint(fields=('file', 'key'), name='band_once_per_file'),
        ),
        migrations.AddConstraint(
            model_name='pagetext',
            constraint=models.UniqueConstraint(fields=('file', 'page'), name='page_text_once'),
        ),
        migrations.AddConstraint(
            model_name='pagetext',
            constraint=models.CheckConstraint(condition=models.Q(('page__gt', 0)), name='page_text_page_counts_from_one'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['touched_at'], name='upload_by_age'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('received__lte', models.F('size')), ('size__gt', 0)), name='upload_received_within_size'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['receiving', 'received', 'settled', 'refused'])), name='upload_state_known'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received__lt', models.F('size')), ('state', 'receiving')), models.Q(models.Q(('state', 'receiving'), _negated=True), ('received', models.F('size'))), ('state', 'refused'), _connector='OR'), name='upload_complete_unless_receiving'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), models.Q(('refusal', ''), _negated=True)), models.Q(models.Q(('state', 'refused'), _negated=True), ('refusal', '')), _connector='OR'), name='upload_refused_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='uploadpiece',
            constraint=models.UniqueConstraint(fields=('upload', 'offset'), name='piece_once_per_offset'),
        ),
        migrations.AddConstraint(
            model_name='uploadpiece',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0), models.Q(('storage_name', ''), _negated=True)), name='piece_is_complete'),
        ),
    ]
