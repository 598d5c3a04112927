"""Forms about people, roles and agencies. What a form cannot know, the verb refuses with a reason."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest

from kla_portal.accounts import queries
from kla_portal.accounts.access import Area
from kla_portal.accounts.backends import is_own_password
from kla_portal.accounts.domain import AccountRefused, NewMembership
from kla_portal.accounts.domain.accounts import checked_email, checked_name, checked_username
from kla_portal.accounts.domain.memberships import check_may_give, fitting
from kla_portal.accounts.models import Agency, User
from kla_portal.accounts.roles import PROVINCE_MAY_OPEN, Role, Scope, held_in
from kla_portal.regions.models import District, Kecamatan, Province


class PortalForm(forms.Form):
    """The one base: labels without a colon, and refusals of a verb shown beside their field."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refused: AccountRefused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class SignInForm(AuthenticationForm):
    """One message for every failure: it must not tell which user names exist."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Nama pengguna atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Nama pengguna"
        self.fields["password"].label = "Kata sandi"

    def clean_username(self) -> str:
        return cast(str, self.cleaned_data["username"]).strip().lower()

    def get_invalid_login_error(self) -> forms.ValidationError:
        refusal = getattr(self.request, "sign_in_refusal", None)
        if refusal is None:
            return super().get_invalid_login_error()
        return forms.ValidationError(
            f"Tunggu sebentar: coba lagi dalam {refusal.seconds} detik.", code="slow"
        )


class OwnPasswordForm(PasswordChangeForm):
    """The person's own choice. It must differ from the password that someone else chose for them."""

    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "Kata sandi sekarang"
        self.fields["new_password1"].label = "Kata sandi baru"
        self.fields["new_password2"].label = "Kata sandi baru, sekali lagi"
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self) -> str:
        password = cast(str, self.cleaned_data["old_password"])
        if not is_own_password(self.request, password):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        """Beside the first field, under its rules; Django says it beside the repetition."""
        super().validate_password_for_user(user, "new_password1")

    def clean_new_password1(self) -> str:
        password = cast(str, self.cleaned_data["new_password1"])
        if self.user.check_password(password):
            raise forms.ValidationError("Kata sandi baru harus berbeda dari yang sekarang. Pilih yang lain.")
        return password


class EmailForm(PortalForm):
    email = forms.CharField(
        label="Surel (boleh kosong)", max_length=254, required=False, widget=forms.EmailInput
    )

    def clean_email(self) -> str:
        return _checked(checked_email, self.cleaned_data["email"])


class DetailsForm(EmailForm):
    name = forms.CharField(label="Nama orang atau jabatan", max_length=120)
    field_order = ["name", "email"]

    def clean_name(self) -> str:
        return _checked(checked_name, self.cleaned_data["name"])


def _checked(check: Any, text: str) -> str:
    try:
        return cast(str, check(text))
    except AccountRefused as refused:
        raise forms.ValidationError(refused.reason) from refused


class _DistrictField(forms.ModelChoiceField):
    """Kabupaten names repeat across provinces only for people, never in code: show both."""

    several_provinces = False

    def label_from_instance(self, obj: District) -> str:
        return f"{obj} ({obj.province})" if self.several_provinces else str(obj)


class MembershipForm(PortalForm):
    """Role and place. Works without JavaScript: all place fields stand there, and those that the role has no
    use for stay empty. Agencies and kecamatan are those of the chosen district, so a contributor and a kecamatan
    officer take two steps.
    """

    role = forms.ChoiceField(label="Peran")
    province = forms.ModelChoiceField(
        Province.objects.none(),
        label="Provinsi",
        required=False,
        empty_label="Tanpa provinsi",
        help_text="Untuk peran provinsi.",
    )
    district = _DistrictField(
        District.objects.none(),
        label="Kabupaten/Kota",
        required=False,
        empty_label="Tanpa kabupaten/kota",
        help_text="Untuk koordinator, pimpinan, petugas, petugas kecamatan, dan auditor daerah.",
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label="Perangkat daerah",
        required=False,
        empty_label="Tanpa perangkat daerah",
        help_text="Hanya untuk petugas. Pilih kabupaten/kota dan simpan; daftarnya lalu muncul di sini.",
        error_messages={"invalid_choice": "Pilih perangkat daerah dari kabupaten/kota yang dipilih."},
    )

    kecamatan = forms.ModelChoiceField(
        Kecamatan.objects.none(),
        label="Kecamatan",
        required=False,
        empty_label="Tanpa kecamatan",
        help_text="Hanya untuk petugas kecamatan. Pilih kabupaten/kota dan simpan; daftarnya lalu muncul di sini.",
        error_messages={"invalid_choice": "Pilih kecamatan dari kabupaten/kota yang dipilih."},
    )

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        role = cast(forms.ChoiceField, self.fields["role"])
        role.choices = [("", "Pilih peran"), *((r.value, r.label) for r in roles_for(area))]
        self._queryset("province", queries.provinces_in(area))
        self._queryset("district", queries.districts_in(area))
        cast(_DistrictField, self.fields["district"]).several_provinces = (
            area.national or len(area.provinces) > 1
        )
        self._only_province = (
            None if area.national or len(area.provinces) != 1 else next(iter(area.provinces))
        )
        if self._only_province:
            self.fields.pop("province")
        district = self._chosen_district()
        if district:
            self._queryset("agency", Agency.objects.filter(district=district))
            self.fields["agency"].help_text = f"Hanya untuk petugas. Daftar perangkat daerah {district}."
            self._queryset("kecamatan", Kecamatan.objects.filter(district=district))
            self.fields[
                "kecamatan"
            ].help_text = f"Hanya untuk petugas kecamatan. Daftar kecamatan {district}."

    def _queryset(self, name: str, queryset: Any) -> None:
        cast(forms.ModelChoiceField, self.fields[name]).queryset = queryset

    def _chosen_district(self) -> District | None:
        code = self.data.get(self.add_prefix("district")) if self.is_bound else self.initial.get("district")
        return queries.districts_in(self.area).filter(code=code).first() if code else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["membership"] = self._membership(cleaned)
            except AccountRefused as refused:
                self.refuse(refused)
        return cleaned

    def _membership(self, cleaned: dict[str, Any]) -> NewMembership:
        role, district = Role(cleaned["role"]), cleaned.get("district")
        province = cleaned.get("province")
        if self._only_province and not district and role in _OF_A_PROVINCE:
            province = Province.objects.get(pk=self._only_province)
        new = fitting(
            NewMembership(
                role,
                province=province,
                district=district,
                agency=cleaned.get("agency"),
                kecamatan=cleaned.get("kecamatan"),
            )
        )
        check_may_give(self.area, new)
        return new


_OF_A_PROVINCE = held_in(Scope.PROVINCE, Scope.ANY_AREA)


class OpenAccountForm(MembershipForm, DetailsForm):
    username = forms.CharField(
        label="Nama pengguna",
        max_length=60,
        help_text="Huruf kecil, angka, dan tanda . + - _ tanpa spasi; misalnya kesehatan.tabalong.",
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    field_order = ["username", "name", "email", "role", "province", "district", "agency", "kecamatan"]

    def clean_username(self) -> str:
        username = _checked(checked_username, self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(
                "Nama pengguna ini sudah dipakai. Pilih yang lain, misalnya dengan nama daerah."
            )
        return username


class AccountFilter(PortalForm):
    """The list's search and filters, all optional, sent by GET."""

    q = forms.CharField(label="Cari nama atau nama pengguna", required=False, max_length=100)
    peran = forms.ChoiceField(label="Peran", required=False)
    wilayah = _DistrictField(
        District.objects.none(), label="Kabupaten/Kota", required=False, empty_label="Semua kabupaten/kota"
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Semua status"), ("aktif", "Aktif"), ("ditutup", "Ditutup")],
    )

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        peran = cast(forms.ChoiceField, self.fields["peran"])
        peran.choices = [("", "Semua peran"), *((r.value, r.label) for r in roles_for(area))]
        wilayah = cast(_DistrictField, self.fields["wilayah"])
        wilayah.queryset = queries.districts_in(area)
        wilayah.several_provinces = area.national or len(area.provinces) > 1
        self.fields["q"].widget.attrs["placeholder"] = "Cari nama"
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def criteria(self) -> dict[str, Any]:
        """Arguments of ``queries.search_accounts``; a filter that makes no sense is left out and marked."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "text": found.get("q", ""),
            "role": found.get("peran", ""),
            "district": found.get("wilayah"),
            "active": {"aktif": True, "ditutup": False}.get(found.get("status", "")),
        }


class ImportForm(PortalForm):
    file = forms.FileField(
        label="Berkas daftar akun (CSV atau XLSX)",
        help_text="Paling besar 2 MB dan 2.000 baris.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class AgencyForm(PortalForm):
    name = forms.CharField(label="Nama perangkat daerah", max_length=160)


def roles_for(area: Area) -> list[Role]:
    """The roles an account manager of the area may give, in the order of the work."""
    return [role for role in Role if area.national or role in PROVINCE_MAY_OPEN]
