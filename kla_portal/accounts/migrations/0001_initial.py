import django.contrib.auth.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('regions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'Nama pengguna ini sudah dipakai.'}, max_length=60, unique=True, validators=[django.contrib.auth.validators.ASCIIUsernameValidator()], verbose_name='nama pengguna')),
                ('name', models.CharField(max_length=120, verbose_name='nama')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='surel')),
                ('is_active', models.BooleanField(default=True, verbose_name='aktif')),
                ('must_change_password', models.BooleanField(default=True, verbose_name='harus mengganti kata sandi')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='dibuat')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='ditutup')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='data dihapus')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'ordering': ['username'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('is_active', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('is_active', False)), _connector='OR'), name='user_closed_at_and_by_together'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('email', ''), ('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='user_removed_is_closed_and_bare')],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agencies', to='regions.district')),
                ('code', models.SlugField(blank=True, max_length=40, verbose_name='kode instrumen')),
                ('name', models.CharField(max_length=160, verbose_name='nama')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('district', 'name'), name='agency_name_once_per_district'), models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('district', 'code'), name='agency_code_once_per_district'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='agency_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('contributor', 'Petugas perangkat daerah'), ('kecamatan', 'Petugas kecamatan'), ('coordinator', 'Koordinator Gugus Tugas'), ('leader', 'Pimpinan daerah'), ('provincial_verifier', 'Verifikator provinsi'), ('provincial_admin', 'Admin provinsi (DP3A)'), ('national_verifier', 'Verifikator nasional'), ('national_admin', 'Admin nasional (KemenPPPA)'), ('auditor', 'Auditor (inspektorat)')], max_length=20, verbose_name='peran')),
                ('province', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.province')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.district')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.agency')),
                ('kecamatan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.kecamatan')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['contributor', 'kecamatan', 'coordinator', 'leader', 'provincial_verifier', 'provincial_admin', 'national_verifier', 'national_admin', 'auditor'])), name='membership_role_known'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'contributor'), ('district__isnull', False), ('kecamatan__isnull', True), ('province__isnull', True), ('agency__isnull', False)), models.Q(('role', 'kecamatan'), ('agency__isnull', True), ('district__isnull', False), ('kecamatan__isnull', False), ('province__isnull', True)), models.Q(('role__in', ['coordinator', 'leader']), ('district__isnull', False), ('kecamatan__isnull', True), ('province__isnull', True), ('agency__isnull', True)), models.Q(('role__in', ['provincial_verifier', 'provincial_admin']), ('agency__isnull', True), ('district__isnull', True), ('kecamatan__isnull', True), ('province__isnull', False)), models.Q(('role__in', ['national_verifier', 'national_admin']), ('agency__isnull', True), ('district__isnull', True), ('kecamatan__isnull', True), ('province__isnull', True)), models.Q(('role', 'auditor'), models.Q(models.Q(('district__isnull', False), ('kecamatan__isnull', True), ('province__isnull', True), ('agency__isnull', True)), models.Q(('agency__isnull', True), ('district__isnull', True), ('kecamatan__isnull', True), ('province__isnull', False)), models.Q(('agency__isnull', True), ('district__isnull', True), ('kecamatan__isnull', True), ('province__isnull', True)), _connector='OR')), _connector='OR'), name='membership_place_fits_role'), models.UniqueConstraint(condition=models.Q(('agency__isnull', False)), fields=('user', 'role', 'agency'), name='membership_once_in_agency'), models.UniqueConstraint(condition=models.Q(('kecamatan__isnull', False)), fields=('user', 'role', 'kecamatan'), name='membership_once_in_kecamatan'), models.UniqueConstraint(condition=models.Q(('agency__isnull', True), ('district__isnull', False), ('kecamatan__isnull', True)), fields=('user', 'role', 'district'), name='membership_once_in_district'), models.UniqueConstraint(condition=models.Q(('province__isnull', False)), fields=('user', 'role', 'province'), name='membership_once_in_province'), models.UniqueConstraint(condition=models.Q(('district__isnull', True), ('province__isnull', True)), fields=('user', 'role'), name='membership_once_national')],
            },
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64)),
                ('agent', models.CharField(max_length=120, verbose_name='peramban')),
                ('first_seen_at', models.DateTimeField(verbose_name='pertama dipakai')),
                ('last_seen_at', models.DateTimeField(verbose_name='terakhir dipakai')),
            ],
            options={
                'ordering': ['-last_seen_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='device_once_per_person'), models.CheckConstraint(condition=models.Q(('last_seen_at__gte', models.F('first_seen_at'))), name='device_seen_in_order')],
            },
        ),
        migrations.CreateModel(
            name='SignedInSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sittings', to=settings.AUTH_USER_MODEL)),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sittings', to='accounts.knowndevice')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('address', models.GenericIPAddressField(null=True, verbose_name='alamat jaringan')),
                ('agent', models.CharField(max_length=120, verbose_name='peramban')),
                ('signed_in_at', models.DateTimeField(verbose_name='masuk')),
                ('seen_at', models.DateTimeField(verbose_name='terakhir dipakai')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='berakhir')),
                ('end', models.CharField(blank=True, choices=[('signed_out', 'Keluar'), ('idle', 'Lama tidak dipakai'), ('too_old', 'Batas waktu sesi'), ('by_owner', 'Diakhiri pemilik akun'), ('credentials', 'Kata sandi atau verifikasi berubah'), ('closed', 'Akun ditutup')], max_length=12, verbose_name='sebab berakhir')),
            ],
            options={
                'ordering': ['-seen_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at__isnull', True)), models.Q(('end__in', ['signed_out', 'idle', 'too_old', 'by_owner', 'credentials', 'closed']), ('ended_at__isnull', False)), _connector='OR'), name='session_end_has_its_cause'), models.CheckConstraint(condition=models.Q(('seen_at__gte', models.F('signed_in_at'))), name='session_seen_in_order')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                ('hash', models.CharField(max_length=128)),
                ('created_at', models.DateTimeField(verbose_name='dibuat')),
                ('used_at', models.DateTimeField(null=True, verbose_name='dipakai')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('used_at__isnull', True), ('used_at__gte', models.F('created_at')), _connector='OR'), name='recovery_used_after_made')],
            },
        ),
    ]
