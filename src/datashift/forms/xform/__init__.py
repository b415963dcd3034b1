"""XForms: a form filled in by its own rules, on the server as on a phone. No screen, no database, no network."""

from datashift.forms.xform.checking import Fault
from datashift.forms.xform.choices import Choice
from datashift.forms.xform.instance import Instance
from datashift.forms.xform.listfiles import file_rows
from datashift.forms.xform.model import Expression, Field, Itemset, XForm
from datashift.forms.xform.problems import problems
from datashift.forms.xform.program import as_program
from datashift.forms.xform.reading import read_xform, with_files
from datashift.forms.xform.screens import Entry, Page
from datashift.forms.xform.submission import Submission, read_submission

__all__ = [
    "Choice",
    "Entry",
    "Expression",
    "Fault",
    "Field",
    "Instance",
    "Itemset",
    "Page",
    "Submission",
    "XForm",
    "as_program",
    "file_rows",
    "problems",
    "read_submission",
    "read_xform",
    "with_files",
]
