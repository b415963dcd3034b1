"""What people are asked about themselves, their organisations and whom they invite. Labels stand in the templates."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings

from datashift.errors import PersonalWords
from datashift.language import _, current, label
from datashift.standards.areas import world
from datashift.standards.personal_texts import require_none
from datashift.web.people.models import Event, Organisation, Role, User
from datashift.web.people.roles import FOR_ALL, WITHIN, fits
from datashift.web.people.verbs import said_of

_LANGUAGES = settings.LANGUAGES


def countries() -> list[tuple[str, str]]:
    """Return the countries by name in the current language, after an empty choice."""
    named = [(area.id, label(dict(area.names))) for area in world().values()]
    return [("", "–"), *sorted(named, key=lambda one: one[1])]


def roles_in(organisation: Organisation | None) -> list[tuple[str, str]]:
    """Return the roles that can be held there, with their names."""
    return [(role.value, _(str(role.label))) for role in Role if role in (WITHIN if organisation else FOR_ALL)]


class NewAccount(forms.Form):
    """Who is invited says a name, a language and a password."""

    name = forms.CharField(max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(choices=_LANGUAGES, initial=current)
    password = forms.CharField(strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def __init__(self, *args: Any, address: str = "", **named: Any) -> None:
        super().__init__(*args, **named)
        self.address = address

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules, knowing who will use it."""
        told = super().clean() or {}
        person = User(email=told.get("email", self.address), name=told.get("name", ""))
        try:
            get_adapter().clean_password(told.get("password", ""), user=person)
        except forms.ValidationError as problem:
            if "password" not in self.errors:
                self.add_error("password", problem)
        return told


class FirstAccount(NewAccount):
    """The first administrator also says an address and, perhaps, an organisation."""

    email = forms.EmailField(max_length=254, widget=forms.EmailInput({"autocomplete": "username"}))
    organisation = forms.CharField(
        max_length=160, required=False, widget=forms.TextInput({"autocomplete": "organization"})
    )
    field_order = ("name", "email", "password", "language", "organisation")

    def clean_organisation(self) -> str:
        """A phone or an address is no part of a name that everybody reads."""
        name = str(self.cleaned_data["organisation"])
        try:
            require_none(name, confirmed=True)
        except PersonalWords as refused:
            raise forms.ValidationError(str(refused)) from None
        return name


class Account(forms.Form):
    """The name that others see and the language of letters."""

    name = forms.CharField(max_length=120, required=False, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(choices=_LANGUAGES)


class Address(forms.Form):
    """Another e-mail address."""

    email = forms.EmailField(max_length=254, widget=forms.EmailInput({"autocomplete": "email"}))


class About(forms.ModelForm):  # type: ignore[type-arg]
    """What is said of an organisation."""

    to_confirm = False
    """Whether it is asked if what may be a name can be public."""
    country = forms.ChoiceField(choices=countries, required=False)
    website = forms.URLField(required=False, assume_scheme="https", widget=forms.URLInput({"inputmode": "url"}))
    confirmed = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Let nothing pass that everybody would read and that tells about a person; a name may, once confirmed."""
        told = super().clean() or {}
        for field, confirmed in (("name", True), ("about", bool(told.get("confirmed")))):
            try:
                require_none(str(told.get(field) or ""), confirmed=confirmed)
            except PersonalWords as refused:
                self.add_error(field, str(refused))
                self.to_confirm = refused.code == "words.to-confirm"
        return told

    class Meta:
        """All that an administrator may change."""

        model = Organisation
        fields = ("name", "country", "about", "website", "anonymous")
        widgets: ClassVar[dict[str, forms.Widget]] = {"about": forms.Textarea({"rows": 5, "maxlength": 2000})}


class Invite(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(max_length=254, widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField()
    country = forms.ChoiceField(choices=countries, required=False)

    def __init__(self, *args: Any, organisation: Organisation | None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.organisation = organisation
        self.fields["role"] = forms.ChoiceField(choices=lambda: roles_in(organisation))
        if organisation:
            del self.fields["country"]

    def clean(self) -> dict[str, Any]:
        """A statistics office has a country; for the other roles a country that was chosen is left aside."""
        told = super().clean() or {}
        role = told.get("role", "")
        told["country"] = told.get("country", "") if role == Role.OFFICE else ""
        if role and not fits(role, self.organisation, told["country"]):
            self.add_error("country", _("Choose the country of the statistics office."))
        return told


class Search(forms.Form):
    """Which part of the record is shown."""

    verb = forms.ChoiceField(required=False)
    organisation = forms.ModelChoiceField(Organisation.objects.order_by("name"), required=False, empty_label="–")
    person = forms.IntegerField(required=False, min_value=1, widget=forms.TextInput({"inputmode": "numeric"}))
    since = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        known = sorted(Event.objects.order_by().values_list("verb", flat=True).distinct(), key=said_of)
        self.fields["verb"] = forms.ChoiceField(
            required=False, choices=[("", "–"), *((verb, said_of(verb)) for verb in known)]
        )
