"""Consent, receipts and withdrawals: the desk of the producer, and the page of who answered, which asks no name."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from datashift.errors import BadUpload, DataShiftError, PersonalWords
from datashift.language import N_, _, label
from datashift.standards.personal_texts import in_words
from datashift.web.collection import consenting, receipts
from datashift.web.collection.models import Dataset
from datashift.web.collection.passages import open_words
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.dashboard import withdrawing
from datashift.web.people.roles import may, needs

BASES = {
    "consent": N_("People said yes."),
    "public-interest": N_("The law allows it for the good of all."),
    "legal-duty": N_("A law asks for it."),
    "no-people": N_("Nobody was asked: things were looked at."),
}
CHANNELS = {
    "": N_("not stated"),
    "spoken": N_("spoken, face to face"),
    "written": N_("on paper"),
    "form": N_("in the form on the phone of the interviewer"),
    "phone": N_("by telephone"),
    "online": N_("on the web"),
    "other": N_("in another way"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take an answer out for whoever holds its receipt. The page says the same whatever the code is.

    It shows the number as it was written, to be held against the receipt: a slip would leave the answer where it is.
    """
    written = request.POST.get("code", "").strip()[:100]
    digits = sum(sign.isdecimal() for sign in written)
    short = request.method == "POST" and digits != receipts.DIGITS
    slip = request.method == "POST" and not short and not receipts.fits(written)
    if written and not short and not slip:
        withdrawing.by_receipt(written)
    facts = {"written": written, "short": short, "slip": slip, "digits": digits, "all_digits": receipts.DIGITS}
    return render(request, "dashboard/withdraw.html", facts, status=400 if short or slip else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see-draft")
def consent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show and keep what is said of consent; withdraw an answer whose row is named."""
    found = the_dataset(request, key, "upload" if request.method == "POST" else "see-draft")
    said, problem = _as_it_stands(found), None
    if request.method == "POST":
        fields = {name: "words-version" if name == "version" else name for name in consenting.FIELDS}
        said = {name: request.POST.get(field, said[name]) for name, field in fields.items()}
        try:
            messages.success(request, _kept(request, found, said))
        except DataShiftError as refused:
            problem = refused
            found.refresh_from_db()
        else:
            return redirect("consent", found.pk)
    named = [one["name"] for one in found.suggestion.get("columns", ())]
    facts: dict[str, Any] = {
        "dataset": found, "said": said, "problem": problem, "columns": named,
        "bases": [(name, _(words)) for name, words in BASES.items()],
        "channels": [(name, _(words)) for name, words in CHANNELS.items()],
        "personal": _personal(found), "withdrawn": found.withdrawals.count(), "receipts": found.receipts.count(),
        "editable": may(request.user, "upload", found.organisation),
        "open": bool(named) and not found.screening and not found.erased,
    }  # fmt: skip
    return render(request, "dashboard/consent.html", facts, status=400 if problem else 200)


@require_POST
@needs("upload")
def receipts_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a receipt for every answer and give the list out, this once."""
    found = the_dataset(request, key, "upload")
    try:
        codes = receipts.give(dataset=found, by=person(request))
    except DataShiftError as problem:
        messages.warning(request, str(problem))
        return redirect("consent", found.pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="receipts.csv"'
    response["Cache-Control"] = "no-store"
    table = csv.writer(response)
    table.writerow(["row", "receipt"])
    table.writerows(codes)
    return response


def _kept(request: HttpRequest, found: Dataset, said: dict[str, str]) -> str:
    """Do what was asked for, and return what to say."""
    if "row" in request.POST:
        row = request.POST["row"].strip()
        if not row.isdecimal():
            raise BadUpload("receipt.no-row", row=row)
        withdrawing.of_row(dataset=found, row=int(row), by=person(request))
        return _("The answer is withdrawn. The worker takes it out of the file, then the figures are made again.")
    version = request.POST.get("version", "")
    number = int(version) if version.isdecimal() else 0
    consenting.state(dataset=found, said=said, version=number, by=person(request))
    return _("What you said of consent is saved.")


def _personal(found: Dataset) -> str:
    """Say what the words that people were told seem to hold, before they stop a run."""
    kinds = {kind for one in open_words(found) if one.key.startswith("consent.") for kind in one.kinds}
    return str(PersonalWords("words.of-dataset", kinds=in_words(kinds))) if kinds else ""


def _as_it_stands(dataset: Dataset) -> dict[str, str]:
    told = dataset.answers.get("consent", {})
    stands = {name: str(told.get(name, "")) for name in consenting.FIELDS}
    return stands | {"text": label(told["text"]) if told.get("text") else ""}
