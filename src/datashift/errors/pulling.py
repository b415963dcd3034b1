"""Sources that cannot be pulled as they are described, and sources that do not answer now."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError, SourceUnavailable
from datashift.language import N_


class BadPull(InputError):
    """A source is described in a way that cannot be pulled, refuses us, or gives something else than its data."""

    texts: ClassVar[dict[str, str]] = {
        "pull.not-toml": N_("{file} cannot be read: {problem}. Correct it, or write it anew."),
        "pull.bad-field": N_("{file}: {field} does not fit: {problem}. Correct it."),
        "pull.token-in-file": N_(
            "{file} holds a token. A token in a file gets copied and sent. Take it out, make a new one at the source, "
            "put it into an environment variable, and write the name of that variable as token_from."
        ),
        "pull.no-token": N_("The environment variable {name} holds no token. Set it, then pull again."),
        "pull.address": N_("{address} is not an address that starts with https://. Correct it."),
        "pull.password-in-address": N_(
            "The address of {host} holds a name or a password. Take it out, and use token_from."
        ),
        "pull.private": N_(
            "{host} is an address inside a private network. Data are pulled from public addresses only. Ask who runs "
            "this site if that is not right."
        ),
        "pull.elsewhere": N_(
            "{address} sends us on to another place, {host}. Nothing was sent there. If that is right, write the new "
            "address into the source."
        ),
        "pull.not-allowed": N_(
            "{address} does not let us in (answer {status}). Check that the token is right and may see these data."
        ),
        "pull.not-found": N_("{address} is not there (answer {status}). Check the address and the form."),
        "pull.refused": N_("{address} does not understand what we ask (answer {status}). Check the source."),
        "pull.web-page": N_(
            "{address} gave a web page and no data. Often it is a page to sign in. Check the token, or share the data "
            "so that everybody with the link can read them."
        ),
        "pull.not-data": N_(
            "{address} gave something else than expected: {problem}. Nothing was taken over. Check kind and form."
        ),
        "pull.no-id": N_(
            "A record of {address} has nothing in {column}, so it could be counted twice. Nothing was taken over."
        ),
        "pull.no-key": N_("There is no column {column}. Columns are: {columns}. Correct key in the source."),
        "pull.key-repeats": N_(
            "{count} rows have the same {key} as another row. Choose a key that tells all rows apart."
        ),
        "pull.too-large": N_("{address} gave more than {most} MB. Ask for less, or for one part after the other."),
        "pull.mostly-gone": N_(
            "{after} rows would be left of {before}. It may be that the source shows us only a part. Look there. If "
            "the rows were really deleted, pull again and accept fewer rows."
        ),
        "pull.other-source": N_(
            "What is known of an earlier pull is about another source. Keep each source in a file of its own."
        ),
        "pull.not-state": N_(
            "{file} cannot be read as the note on an earlier pull. Move it away; the next pull then begins anew."
        ),
        "pull.not-before": N_("{file} has no column {column}, so it is not from a pull. Choose another file."),
        "pull.not-stated": N_("“{field}” is missing or does not fit. Fill it in."),
        "pull.no-rows": N_("The source has no rows yet. As soon as it has some, they are fetched."),
        "pull.nobody": N_(
            "Who added this source adds no data for this organisation any more. Open “Change” and keep it, so that "
            "somebody answers for it."
        ),
        "pull.token-lost": N_(
            "The key of this site was changed, so the token cannot be read any more. Open “Change” and enter it again."
        ),
        "pull.other-file": N_(
            "Another file took the place of the rows that were fetched, so no more rows are added to it. Delete this "
            "source. To fetch again, add it anew; it then gets a data set of its own."
        ),
        "pull.erased": N_(
            "The rows of this data set were deleted because their time was over. No more rows are fetched into it."
        ),
    }


class PullUnavailable(SourceUnavailable):
    """A source does not answer now, or not in full; what came so far is kept."""

    texts: ClassVar[dict[str, str]] = {
        "pull.no-answer": N_("{address} did not answer: {problem}. Try again later."),
        "pull.busy": N_("{address} has no time for us now (answer {status}, asked {times} times). Try again later."),
        "pull.cut-off": N_("The answer of {address} broke off. Try again later."),
        "pull.no-progress": N_("{address} gives the same page again and again. Try again later."),
        "pull.too-long": N_("It took over {minutes} minutes to read {address}. The rest is fetched the next time."),
        "pull.rows-missing": N_("{address} speaks of {total} rows, but gave {found}. Try again later."),
    }
