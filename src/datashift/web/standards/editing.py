"""Where editors add national and local variants."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from datashift.errors import DataShiftError
from datashift.language import N_, _
from datashift.web.people.models import Organisation, User
from datashift.web.people.roles import may, needs
from datashift.web.standards.services import MOST_BYTES, add_variant


class VariantForm(forms.Form):
    """The text of a variant, as a file or pasted, and whose it is."""

    text = forms.CharField(
        required=False, max_length=MOST_BYTES, strip=False, widget=forms.Textarea(attrs={"rows": 12})
    )
    file = forms.FileField(required=False)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), required=False)

    def __init__(self, user: User, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        own = [one.pk for one in Organisation.objects.all() if may(user, "edit-kits", one)]
        choice = self.fields["organisation"]
        choice.queryset = Organisation.objects.filter(pk__in=own).order_by("slug")  # type: ignore[attr-defined]
        choice.label = _("Whose variant is it?")
        choice.empty_label = _("of nobody in particular")  # type: ignore[attr-defined]
        self.fields["text"].label = _("Or paste its text here")
        self.fields["file"].label = _("The file of the variant (kit.toml or variant.toml)")

    def clean(self) -> dict[str, object]:
        """Take the text of the file where one was chosen."""
        found = super().clean() or {}
        file = found.get("file")
        if file is not None:
            if file.size > MOST_BYTES:
                raise forms.ValidationError(_("This file is larger than a kit can be."))
            try:
                found["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(_("This file is not text in UTF-8. Save it again as UTF-8.")) from None
        if not str(found.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file, or paste a text."))
        return found


ADDED = N_("The variant is in the registry.")


@needs("edit-kits")
def add(request: HttpRequest) -> HttpResponse:
    """Take a variant into the registry; what is wrong with it is said beside the form, and its text stays."""
    user = request.user
    assert isinstance(user, User)
    form = VariantForm(user, request.POST or None, request.FILES or None)
    problem: DataShiftError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = add_variant(text=form.cleaned_data["text"], organisation=form.cleaned_data["organisation"], by=user)
        except DataShiftError as found:
            problem = found
            form = VariantForm(user, initial={**form.cleaned_data, "file": None})
        else:
            messages.success(request, _(ADDED))
            return redirect("registry-kit-version", row.kit, row.version)
    told = {"form": form, "problem": problem}
    return render(request, "standards/add.html", told, status=400 if problem or form.errors else 200)
