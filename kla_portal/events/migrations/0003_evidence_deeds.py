
from django.conf import settings
from django.db import migrations, models

from kla_portal.guards import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_guards'),
        ('regions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='event',
            name='event_action_known',
        ),
        migrations.AlterField(
            model_name='event',
            name='action',
            field=models.CharField(choices=[('account.opened', 'Akun dibuka'), ('account.changed', 'Akun diubah'), ('account.closed', 'Akun ditutup'), ('account.reopened', 'Akun dibuka kembali'), ('password.changed', 'Kata sandi diganti'), ('password.reset', 'Kata sandi disetel ulang'), ('agency.added', 'Perangkat daerah ditambah'), ('agency.renamed', 'Perangkat daerah diganti nama'), ('instrument.loaded', 'Instrumen dimuat'), ('instrument.published', 'Instrumen diterbitkan'), ('instrument.retired', 'Instrumen ditarik'), ('edition.created', 'Periode dibuat'), ('edition.changed', 'Periode diubah'), ('edition.opened', 'Periode dibuka untuk semua kabupaten/kota'), ('answer.saved', 'Jawaban disimpan'), ('question.assigned', 'Pertanyaan dibagikan'), ('evidence.added', 'Data dukung ditambahkan'), ('evidence.linked', 'Data dukung dipasang'), ('evidence.unlinked', 'Data dukung dilepas'), ('evidence.deleted', 'Data dukung dihapus'), ('evidence.renamed', 'Judul data dukung diganti'), ('evidence.opened', 'Data dukung sensitif dibuka'), ('evidence.exported', 'Data dukung diunduh sekaligus'), ('evidence.described', 'Keterangan data dukung diisi'), ('evidence.annotated', 'Halaman atau kutipan data dukung diganti'), ('evidence.file_added', 'Berkas data dukung ditambahkan'), ('evidence.revised', 'Berkas data dukung diganti versi baru'), ('evidence.file_retired', 'Berkas data dukung dilepas'), ('evidence.discarded', 'Data dukung masuk keranjang'), ('evidence.restored', 'Data dukung dipulihkan'), ('evidence.withdrawn', 'Data dukung ditarik'), ('evidence.refused', 'Data dukung ditolak pemindai'), ('concern.answered', 'Peringatan dokumen dijawab'), ('concern.taken_back', 'Jawaban peringatan ditarik'), ('evaluation.submitted', 'Evaluasi mandiri diajukan'), ('verifier.assigned', 'Verifikator ditugaskan'), ('verdict.saved', 'Putusan verifikasi disimpan'), ('evaluation.returned', 'Pertanyaan dikembalikan'), ('evaluation.resubmitted', 'Kekurangan diajukan kembali'), ('deadline.extended', 'Batas waktu diperpanjang'), ('stage.closed', 'Tahap ditutup'), ('stage.reopened', 'Tahap dibuka kembali'), ('objection.filed', 'Sanggah diajukan'), ('objection.decided', 'Sanggah diputuskan'), ('results.published', 'Hasil diumumkan'), ('report.stored', 'Laporan dibuat')], max_length=40, verbose_name='tindakan'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['account.opened', 'account.changed', 'account.closed', 'account.reopened', 'password.changed', 'password.reset', 'agency.added', 'agency.renamed', 'instrument.loaded', 'instrument.published', 'instrument.retired', 'edition.created', 'edition.changed', 'edition.opened', 'answer.saved', 'question.assigned', 'evidence.added', 'evidence.linked', 'evidence.unlinked', 'evidence.deleted', 'evidence.renamed', 'evidence.opened', 'evidence.exported', 'evidence.described', 'evidence.annotated', 'evidence.file_added', 'evidence.revised', 'evidence.file_retired', 'evidence.discarded', 'evidence.restored', 'evidence.withdrawn', 'evidence.refused', 'concern.answered', 'concern.taken_back', 'evaluation.submitted', 'verifier.assigned', 'verdict.saved', 'evaluation.returned', 'evaluation.resubmitted', 'deadline.extended', 'stage.closed', 'stage.reopened', 'objection.filed', 'objection.decided', 'results.published', 'report.stored'])), name='event_action_known'),
        ),
        # SQLite rebuilt the table, and lost its triggers.
        append_only("events_event"),
    ]
