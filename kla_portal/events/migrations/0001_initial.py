import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('regions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventChain',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('length', models.PositiveBigIntegerField(default=0)),
                ('head', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='events.eventchain')),
                ('number', models.PositiveBigIntegerField(verbose_name='nomor')),
                ('action', models.CharField(choices=[('account.opened', 'Akun dibuka'), ('account.changed', 'Akun diubah'), ('account.closed', 'Akun ditutup'), ('account.reopened', 'Akun dibuka kembali'), ('password.changed', 'Kata sandi diganti'), ('password.reset', 'Kata sandi disetel ulang'), ('password.link_sent', 'Tautan kata sandi baru dikirim'), ('sign_in.locked', 'Masuk dikunci sementara'), ('device.new', 'Masuk dari perangkat baru'), ('session.ended', 'Sesi diakhiri'), ('factor.added', 'Verifikasi dua langkah dipasang'), ('factor.removed', 'Verifikasi dua langkah dilepas'), ('recovery.made', 'Kode pemulihan dibuat'), ('recovery.used', 'Kode pemulihan dipakai'), ('account.exported', 'Data akun diunduh'), ('account.removed', 'Data akun dihapus'), ('agency.added', 'Perangkat daerah ditambah'), ('agency.renamed', 'Perangkat daerah diganti nama'), ('instrument.loaded', 'Instrumen dimuat'), ('instrument.published', 'Instrumen diterbitkan'), ('instrument.retired', 'Instrumen ditarik'), ('edition.created', 'Periode dibuat'), ('edition.changed', 'Periode diubah'), ('edition.opened', 'Periode dibuka untuk semua kabupaten/kota'), ('answer.saved', 'Jawaban disimpan'), ('question.assigned', 'Pertanyaan dibagikan'), ('evidence.added', 'Data dukung ditambahkan'), ('evidence.linked', 'Data dukung dipasang'), ('evidence.unlinked', 'Data dukung dilepas'), ('evidence.deleted', 'Data dukung dihapus'), ('evidence.opened', 'Data dukung sensitif dibuka'), ('evidence.exported', 'Data dukung diunduh sekaligus'), ('evidence.described', 'Keterangan data dukung diisi'), ('evidence.annotated', 'Halaman atau kutipan data dukung diganti'), ('evidence.file_added', 'Berkas data dukung ditambahkan'), ('evidence.revised', 'Berkas data dukung diganti versi baru'), ('evidence.file_retired', 'Berkas data dukung dilepas'), ('evidence.discarded', 'Data dukung masuk keranjang'), ('evidence.restored', 'Data dukung dipulihkan'), ('evidence.withdrawn', 'Data dukung ditarik'), ('evidence.refused', 'Data dukung ditolak pemindai'), ('concern.answered', 'Peringatan dokumen dijawab'), ('concern.taken_back', 'Jawaban peringatan ditarik'), ('evaluation.submitted', 'Evaluasi mandiri diajukan'), ('verifier.assigned', 'Verifikator ditugaskan'), ('verdict.saved', 'Putusan verifikasi disimpan'), ('evaluation.returned', 'Pertanyaan dikembalikan'), ('evaluation.resubmitted', 'Kekurangan diajukan kembali'), ('deadline.extended', 'Batas waktu diperpanjang'), ('stage.closed', 'Tahap ditutup'), ('stage.reopened', 'Tahap dibuka kembali'), ('objection.filed', 'Sanggah diajukan'), ('objection.decided', 'Sanggah diputuskan'), ('results.published', 'Hasil diumumkan'), ('report.stored', 'Laporan dibuat'), ('target.set', 'Target ditetapkan'), ('target.cleared', 'Target dilepas'), ('effort.set', 'Ukuran usaha diubah'), ('action.saved', 'Aksi disimpan'), ('action.noted', 'Kemajuan aksi dicatat'), ('action.proved', 'Bukti aksi diubah'), ('action.removed', 'Aksi dihapus'), ('actions.carried', 'Aksi dibawa dari periode sebelumnya'), ('workbook.exported', 'Buku kerja Excel dibuat'), ('workbook.applied', 'Buku kerja Excel dibaca'), ('units.saved', 'Baris kecamatan atau desa disimpan'), ('practice.shared', 'Praktik baik dibagikan'), ('practice.withdrawn', 'Praktik baik ditarik'), ('calculation.exported', 'Perhitungan nilai diunduh'), ('maintenance.begun', 'Pemeliharaan dimulai'), ('maintenance.ended', 'Pemeliharaan diakhiri')], max_length=40, verbose_name='tindakan')),
                ('at', models.DateTimeField(verbose_name='waktu')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='regions.district')),
                ('subject', models.CharField(blank=True, max_length=80, verbose_name='perihal')),
                ('data', models.JSONField(default=dict)),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['district', '-at'], name='event_by_district'), models.Index(fields=['subject', '-at'], name='event_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='event_number_once_per_chain'), models.UniqueConstraint(fields=('hash',), name='event_hash_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='event_number_from_one'), models.CheckConstraint(condition=models.Q(('action__in', ['account.opened', 'account.changed', 'account.closed', 'account.reopened', 'password.changed', 'password.reset', 'password.link_sent', 'sign_in.locked', 'device.new', 'session.ended', 'factor.added', 'factor.removed', 'recovery.made', 'recovery.used', 'account.exported', 'account.removed', 'agency.added', 'agency.renamed', 'instrument.loaded', 'instrument.published', 'instrument.retired', 'edition.created', 'edition.changed', 'edition.opened', 'answer.saved', 'question.assigned', 'evidence.added', 'evidence.linked', 'evidence.unlinked', 'evidence.deleted', 'evidence.opened', 'evidence.exported', 'evidence.described', 'evidence.annotated', 'evidence.file_added', 'evidence.revised', 'evidence.file_retired', 'evidence.discarded', 'evidence.restored', 'evidence.withdrawn', 'evidence.refused', 'concern.answered', 'concern.taken_back', 'evaluation.submitted', 'verifier.assigned', 'verdict.saved', 'evaluation.returned', 'evaluation.resubmitted', 'deadline.extended', 'stage.closed', 'stage.reopened', 'objection.filed', 'objection.decided', 'results.published', 'report.stored', 'target.set', 'target.cleared', 'effort.set', 'action.saved', 'action.noted', 'action.proved', 'action.removed', 'actions.carried', 'workbook.exported', 'workbook.applied', 'units.saved', 'practice.shared', 'practice.withdrawn', 'calculation.exported', 'maintenance.begun', 'maintenance.ended'])), name='event_action_known')],
            },
        ),
    ]
