"""What can go wrong on the site: uploads, steps of the road, reviews, releases, people."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import DesignError, InputError
from datashift.language import N_


class BadUpload(InputError):
    """A file, or an answer on the road from a file to a figure, that the sender can correct."""

    texts: ClassVar[dict[str, str]] = {
        "upload.empty": N_("The file {file} is empty. Choose the file again."),
        "upload.no-file": N_("No file came along. Choose a file, then send it."),
        "upload.no-organisation": N_("Choose an organisation for which you may add files."),
        "upload.too-large": N_("{file} is larger than {most}. Split it, or save it as Parquet, and try again."),
        "upload.no-rows": N_("{file} has names of columns, but no rows below them. Choose another file or sheet."),
        "upload.old-page": N_(
            "Somebody answered this after you opened the page. Look at what stands there now, then answer again."
        ),
        "upload.not-yet": N_("One question comes first: {step}"),
        "upload.in-review": N_("A review is open. Take it back first if you want to change something."),
        "upload.no-country": N_("'{country}' is no country code. Choose the country again."),
        "upload.no-places": N_(
            "The names in '{column}' cannot be a list of places: there are none, or more than {most}. Choose another "
            "column, or say that all rows are of one place."
        ),
        "upload.no-column": N_("The file has no column '{column}'. The nearest names are: {near}. Choose one of them."),
        "upload.no-figure": N_(
            "No figure of “{kit}” can be formed from these columns. Say which columns tell us: {needed}. Or choose "
            "another question."
        ),
        "upload.personal-place": N_(
            "'{column}' may name people, so it cannot say where. Choose another column, or say that it names nobody."
        ),
        "upload.no-time": N_("Say which time the figures stand for, such as 2024 or 2023/2024."),
        "upload.no-whole": N_("Say whether all rows stand for the whole country, or for which part of it."),
        "upload.no-choice": N_("'{value}' is not one of the answers here. Choose again."),
        "upload.not-a-number": N_("'{value}' is not a number. Write it with digits, such as 0.5."),
        "upload.not-a-date": N_("'{value}' is not a date. Write it as year-month-day, such as 2024-05-31."),
        "upload.not-a-link": N_("'{value}' is not an address. Begin it with https://"),
        "upload.no-finding": N_("This finding is not part of the latest result. Look at the findings again."),
        "upload.no-comment": N_("Say what should be changed, so that the producer can do it."),
        "receipt.too-many": N_("Receipts are made for up to {most} rows at a time. Split the file."),
        "receipt.no-row": N_("The file has no row {row}. Look at the row numbers of the file, then say which one."),
        "consent.past-day": N_(
            "{day} has passed, so the file and all its rows would be deleted at once. Choose a later day. To delete "
            "them now, delete the draft."
        ),
        "consent.no-text": N_("Write the words to which people said yes."),
        "upload.no-words": N_("Say in a few words what you found. Others have to understand the decision."),
    }


class NotAllowed(DesignError):
    """An act that a rule of the house forbids, whoever asks."""

    texts: ClassVar[dict[str, str]] = {
        "review.own": N_("Somebody else must decide: you asked for this review."),
        "people.last-administrator": N_(
            "You are the last administrator. Give somebody else this role first, so that the site stays in hands."
        ),
        "people.invitation": N_("This invitation was used, withdrawn, or is too old. Ask for a new one."),
        "people.role-place": N_(
            "The role {role} cannot be held there. Producers belong to an organisation. Administrators, editors and "
            "statistics offices serve the whole site, and a statistics office has a country."
        ),
        "upload.was-reviewed": N_("Somebody was asked to review this, so it cannot be deleted."),
        "review.decided": N_("This review was decided before. Open it again to see what was said."),
        "release.known": N_(
            "The release {release} was published before and then replaced or withdrawn, or somebody else published it. "
            "Change the recipe and run it again."
        ),
        "release.no-earlier": N_(
            "There is a release of {series} already, and the recipe does not name it. Beside it this one could tell "
            "about single people. Name the earlier release.zip under [[earlier]] and run the recipe again."
        ),
        "release.few-since": N_(
            "Only {changed} answers came or went since the release before. Whoever lays both side by side learns what "
            "these said. Wait until at least {least} did. To mend what was wrong, publish with --nevertheless."
        ),
        "release.names-producer": N_(
            "This organisation stays anonymous, but the recipe names a producer. Write {slug} there, or answer a "
            "question about the data set again. Then make the result anew."
        ),
        "people.named-in-releases": N_(
            "Files of its releases carry the name, and published files never change. Take these releases back first, "
            "then choose to be anonymous."
        ),
        "people.other-key": N_(
            "The key of this site was changed, so codes from your app are not understood. Sign in with a passkey, or "
            "ask whoever runs the site to put the old key back."
        ),
        "concern.appealed": N_(
            "The person asks for another look, and a safety officer decides first. Open the page again later."
        ),
        "concern.answered": N_("This reply was decided before. Open the page again to see what was said."),
        "concern.own": N_("Somebody else must decide: you decided before on the same interviews."),
        "release.open": N_(
            "Before this may be public, something is open: {what} Read the list and tick that you read it. Then say in "
            "one line why it is released nevertheless, or send it back."
        ),
        "release.stopped": N_("This cannot be released as it is, and no reason overrides it: {what}"),
        "release.reason-personal": N_(
            "The reason seems to hold: {kinds}. It is kept with the release, so write it without."
        ),
        "release.why": N_("Say in public why these figures are taken back."),
        "rating.own": N_("Somebody else must judge: you had a part in this release."),
        "rating.elsewhere": N_(
            "Reviewers of its organisation or of the whole site, and the statistics office of its country, score a "
            "release."
        ),
        "rating.withdrawn": N_("This release was withdrawn, so nobody scores it any more."),
    }


class BadRating(InputError):
    """A score by a profile that is not complete, or was filled in on an old page."""

    texts: ClassVar[dict[str, str]] = {
        "rating.no-why": N_("Say why “{criterion}” gets this score. Everybody can read it."),
        "rating.no-score": N_("You wrote about “{criterion}” but chose no score. Choose one, or take the words out."),
        "rating.no-scale": N_("“{criterion}” is scored from 0 to {most}. Choose again."),
        "rating.old-page": N_(
            "The profile or your scores changed after you opened this page. Compare with what stands there now, then "
            "save again."
        ),
    }


class CannotServe(InputError):
    """The site cannot start, or a job of its worker cannot be done, and whoever runs it can mend that."""

    texts: ClassVar[dict[str, str]] = {
        "site.no-web": N_(
            'The web site needs parts that are not installed: {missing}. Install them: pip install "datashift[web]"'
        ),
        "site.port-taken": N_(
            "Another program already uses port {port} of {host}. Stop it, or choose another port with --port."
        ),
        "site.database": N_(
            "The database of the site does not answer: {problem}. Check that it runs, and the address in "
            "DATASHIFT_DATABASE."
        ),
        "site.not-ready": N_(
            "The database of the site is not set up for this version of the program. Start datashift serve first."
        ),
        "site.stopped": N_("The web server stopped by itself. What it wrote above says why."),
        "site.died": N_(
            "This work was stopped {attempts} times before it was done. Often the machine has too little memory for "
            "it. Nothing is lost. Try a smaller file, or ask whoever runs the site."
        ),
        "site.unexpected": N_(
            "Something stopped this work that we did not foresee. Nothing is lost. Try again. If it happens again, "
            "tell whoever runs the site the number {job}."
        ),
    }


class BadKit(InputError):
    """A kit or variant that the registry cannot take, or does not have."""

    texts: ClassVar[dict[str, str]] = {
        "kit.unknown": N_("The registry has no kit {kit}. Look for its name and version in the list of kits."),
        "kit.too-large": N_("The text of a kit may have {most} kB at most. Take out what the kit does not need."),
        "kit.too-deep": N_("No kit is nested so deeply. Take out the brackets or dots that do not belong there."),
        "kit.no-base": N_('A variant must name the kit that it departs from: [variant] of = "name@version".'),
        "kit.bad-id": N_("“{kit}” cannot be the name of a kit. Use small letters, digits and single hyphens."),
        "kit.bad-version": N_("“{version}” cannot be a version. Write up to three numbers with dots: 1.0.0"),
        "kit.id-taken": N_("Somebody else's kit has the name {kit}, or one that reads alike. Choose another name."),
        "kit.version-there": N_(
            "{kit} {version} is there with another text, and a version never changes. Give your text a new version."
        ),
    }


class BadQuery(InputError):
    """A question of a machine that cannot be answered as it was asked."""

    texts: ClassVar[dict[str, str]] = {
        "query.not-there": N_("There is no {name} here."),
        "query.withdrawn": N_("The release {release} was taken back on {day}: {why}"),
        "query.bad-value": N_("The parameter {parameter} cannot be “{value}”. {repair}"),
        "query.bad-key": N_(
            "The key “{key}” does not fit {flow}: it has {wanted} dimensions, divided by dots. They are: {dimensions}"
        ),
        "query.nothing": N_("No figure matches this question."),
        "query.too-much": N_("More than {most} figures match. Ask for fewer places, measures or years."),
        "query.no-format": N_("This format is not at hand. Known are: {known}"),
        "query.not-done": N_("This part of SDMX is not done here: {what}"),
    }
