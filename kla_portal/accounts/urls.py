from django.urls import path

from kla_portal.accounts.views import agencies, imports, managing, sign_in

app_name = "accounts"
urlpatterns = [
    path("masuk/", sign_in.login, name="login"),
    path("keluar/", sign_in.logout, name="logout"),
    path("sudah-masuk/", sign_in.back_to_form, name="back_to_form"),
    path("kata-sandi/", sign_in.password_change, name="password_change"),
    path("profil/", sign_in.profile, name="profile"),
    path("daftar/", managing.account_list, name="list"),
    path("daftar/buka/", managing.open_page, name="open"),
    path("daftar/unggah/", imports.import_page, name="import"),
    path("daftar/unggah/hasil/", imports.import_result, name="import_result"),
    path("daftar/unggah/templat/", imports.import_template, name="import_template"),
    path("daftar/<int:pk>/", managing.detail, name="detail"),
    path("daftar/<int:pk>/ubah/", managing.edit, name="edit"),
    path("daftar/<int:pk>/tutup/", managing.close, name="close"),
    path("daftar/<int:pk>/buka-kembali/", managing.reopen, name="reopen"),
    path("daftar/<int:pk>/kata-sandi/", managing.reset, name="reset_password"),
    path("daftar/<int:pk>/peran/tambah/", managing.membership_add, name="membership_add"),
    path(
        "daftar/<int:pk>/peran/<int:membership_pk>/cabut/",
        managing.membership_remove,
        name="membership_remove",
    ),
    path("perangkat-daerah/<str:code>/", agencies.agency_list, name="agencies"),
    path("perangkat-daerah/<str:code>/tambah/", agencies.agency_add, name="agency_add"),
    path("perangkat-daerah/<str:code>/<int:pk>/", agencies.agency_rename, name="agency_rename"),
]
