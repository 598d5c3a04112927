import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Province',
            fields=[
                ('code', models.CharField(max_length=2, primary_key=True, serialize=False, verbose_name='kode')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='nama')),
                ('timezone', models.CharField(max_length=40, verbose_name='zona waktu')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('timezone__in', ['Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura'])), name='province_timezone_is_indonesian')],
            },
        ),
        migrations.CreateModel(
            name='District',
            fields=[
                ('code', models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name='kode')),
                ('province', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='districts', to='regions.province')),
                ('kind', models.CharField(choices=[('kabupaten', 'Kabupaten'), ('kota', 'Kota')], max_length=9, verbose_name='jenis')),
                ('name', models.CharField(max_length=80, verbose_name='nama')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['kabupaten', 'kota'])), name='district_kind_known'), models.UniqueConstraint(fields=('province', 'name'), name='district_name_once_per_province')],
            },
        ),
        migrations.CreateModel(
            name='Kecamatan',
            fields=[
                ('code', models.CharField(max_length=8, primary_key=True, serialize=False, verbose_name='kode')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kecamatan', to='regions.district')),
                ('name', models.CharField(max_length=80, verbose_name='nama')),
                ('desa_count', models.PositiveSmallIntegerField(verbose_name='jumlah desa')),
                ('kelurahan_count', models.PositiveSmallIntegerField(verbose_name='jumlah kelurahan')),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Village',
            fields=[
                ('code', models.CharField(max_length=13, primary_key=True, serialize=False, verbose_name='kode')),
                ('kecamatan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='villages', to='regions.kecamatan')),
                ('kind', models.CharField(choices=[('desa', 'Desa'), ('kelurahan', 'Kelurahan')], max_length=9, verbose_name='jenis')),
                ('name', models.CharField(max_length=80, verbose_name='nama')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['desa', 'kelurahan'])), name='village_kind_known')],
            },
        ),
    ]
