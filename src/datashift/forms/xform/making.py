"""From an XLSForm to the XML of a form. Loads the converter, which takes 60 MB; nothing else of this package does."""

from __future__ import annotations

from datashift.errors import BadForm
from datashift.forms.conversion import conversion
from datashift.forms.xlsform import Form, read_form


def as_xform(source: Form | bytes, name: str = "form.xlsx") -> bytes:
    """Return an XLSForm (as records, or as the bytes of a workbook or of Markdown called `name`) as an XForm.

    Raises BadForm where the converter refuses the form, Unreadable where the file cannot be opened.
    """
    form = source if isinstance(source, Form) else read_form(source, name)
    xml, found = conversion(form)
    for problem in found:
        if problem.level == "fault":
            facts = {"sheet": problem.sheet, "row": problem.row, "name": problem.name, **problem.facts}
            raise BadForm(problem.code, **facts)
    return xml.encode()
