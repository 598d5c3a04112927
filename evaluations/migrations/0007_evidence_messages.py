
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0006_one_place_for_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='message',
            name='message_kind_known',
        ),
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('submitted', 'Evaluasi diajukan'), ('returned', 'Pertanyaan dikembalikan'), ('resubmitted', 'Kekurangan diajukan kembali'), ('return_ended', 'Pengembalian diakhiri'), ('extended', 'Batas waktu diperpanjang'), ('stage_closed', 'Hasil verifikasi'), ('reopened', 'Tahap dibuka kembali'), ('filed', 'Sanggah diajukan'), ('decided', 'Sanggah diputuskan'), ('evidence', 'Data dukung'), ('publication', 'Pengumuman hasil'), ('reminder', 'Pengingat batas waktu')], max_length=12, verbose_name='jenis'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['submitted', 'returned', 'resubmitted', 'return_ended', 'extended', 'stage_closed', 'reopened', 'filed', 'decided', 'evidence', 'publication', 'reminder'])), name='message_kind_known'),
        ),
    ]
