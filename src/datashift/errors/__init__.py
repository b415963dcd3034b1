"""Every failure a user can meet, sorted by who can help.

DataShiftError
├── InputError             the sender can fix it (exit 2)
│   ├── Unreadable         read.*        the file, its encoding, its sheet, its table
│   ├── BadRecipe          recipe.*      the recipe or the kit says something that cannot be done
│   ├── BadForm            form.*        an XLSForm has a fault, with sheet, row and name
│   ├── BadXForm           xform.*       an XForm, a submission or an answer; what only other programs can do
│   ├── BadCorrection      correction.*  a correction, a rule or a cleaning log cannot be applied
│   ├── BadStandard        standard.*    a framework file or an SDMX structure file cannot be taken
│   ├── BadAreas           areas.*       a list of areas, a crosswalk or a table to be brought across
│   ├── BadQuestion        question.*    a condition, a column or a table that an analyst names cannot be used
│   ├── BadSeries          trend.* smooth.*  a table of years or areas, or an option that contradicts it
│   ├── BadSources         pool.*        figures of several sources that are to be pooled
│   ├── BadCoverage        coverage.*    what is asked of the coverage matrix, or a table of people
│   ├── BadProgress        progress.*    a file of rules, or a progress that nothing was said about
│   ├── BadProfile         profile.*     an assessment profile, a file of statements, or a rating
│   ├── BadLedger          ledger.*      what is asked of the shadow ledger is not one thing
│   ├── BadOfficial        official-import.*  an official file cannot be taken in, or has no such figure
│   ├── BadExport          export.*      submissions that cannot be written in the format asked for
│   ├── BadMessage         message.*     a form that messages cannot ask, or what is entered for a gateway
│   ├── BadPull            pull.*        data of another system cannot be taken as they are asked for
│   ├── BadUpload          upload.*      a file, or an answer on the road from a file to a figure
│   ├── CannotServe        site.*        the site cannot start, or its worker cannot do a job
│   ├── BadKit             kit.*         a kit that the registry cannot take, or does not have
│   ├── BadFieldwork       fieldwork.*   a form on the site, its versions and files, or a phone that fills it in
│   ├── BadDecision        desk.*        what is decided and corrected at the desk of fieldwork
│   ├── BadRating          rating.*      a score by a profile that is not complete
│   ├── BadSample          sample.*      a frame, a plan, a record or outcomes of a sample
│   ├── BadQuery           query.*       a question of a machine that cannot be answered as it was asked
│   ├── BadSubmission      submission.*  what came is not a filled-in form, or came without a key
│   ├── BadRedaction       redact.*      a list of proposed redactions that does not fit, or is not decided
│   ├── CannotUnseal       unseal.*      a sealed answer or its key cannot be used
│   ├── BadProtection      protection.*  what is asked of the protection of a form cannot be done
│   ├── PersonalWords      words.*       words for everybody that seem to tell about a person
│   ├── BadRow             harmonise.*   one value of one row; collected as a reject, never raised alone
│   ├── LostRows           harmonise.*   rows in and rows out do not balance: our fault, nothing is published
│   ├── Disclosive         protect.*     an output would show what must not be shown
│   ├── CannotProtect      picture.* points.* microdata.*  cannot be made ready to leave
│   └── Tampered           verify.*      a bundle differs from what its own parts give
├── DesignError            the data cannot answer the question (exit 3)
│   ├── NotLicensed        claim.*       the evidence does not carry the claim
│   ├── NotAllowed         review.*  people.*  an act that a rule of the house forbids
│   ├── AgainstDesign      sample.*      what the design of a sample forbids, such as free substitution
│   ├── NothingKnown       ledger.*      nobody counted, or what was counted is not at hand
│   └── TooThin            trend.* smooth.*  the years or areas at hand cannot carry the answer
└── SourceUnavailable      a source is not there now; try again later (exit 4)
    ├── NotKept            submission.*  an answer cannot be stored just now; the phone keeps it
    ├── MessageNotSent     message.*     a gateway or a mailbox does not answer now
    └── PullUnavailable    pull.*        another system does not answer now, or not in full

An error carries a code and facts, never a finished sentence: `str(error)` says it in the current language.
"""

from datashift.errors.claims import NotLicensed
from datashift.errors.coverage import BadCoverage
from datashift.errors.desk import BadDecision
from datashift.errors.exporting import BadExport
from datashift.errors.failure import DataShiftError, DesignError, InputError, SourceUnavailable
from datashift.errors.fieldwork import BadSubmission, NotKept
from datashift.errors.files import BadForm, Unreadable
from datashift.errors.forms_on_site import BadFieldwork
from datashift.errors.ledger import BadLedger, NothingKnown
from datashift.errors.messages import BadMessage, MessageNotSent
from datashift.errors.official import BadOfficial
from datashift.errors.pooling import BadSources
from datashift.errors.profiles import BadProfile
from datashift.errors.progress import BadProgress
from datashift.errors.protection import CannotProtect
from datashift.errors.pulling import BadPull, PullUnavailable
from datashift.errors.questions import BadQuestion
from datashift.errors.recipes import BadRecipe, BadRow, LostRows
from datashift.errors.redaction import BadRedaction, PersonalWords
from datashift.errors.releases import Disclosive, Tampered
from datashift.errors.sampling import AgainstDesign, BadSample
from datashift.errors.sealing import BadProtection, CannotUnseal
from datashift.errors.standards import BadAreas, BadCorrection, BadStandard
from datashift.errors.trends import BadSeries, TooThin
from datashift.errors.web import BadKit, BadQuery, BadRating, BadUpload, CannotServe, NotAllowed
from datashift.errors.xforms import BadXForm

__all__ = [
    "AgainstDesign",
    "BadAreas",
    "BadCorrection",
    "BadCoverage",
    "BadDecision",
    "BadExport",
    "BadFieldwork",
    "BadForm",
    "BadKit",
    "BadLedger",
    "BadMessage",
    "BadOfficial",
    "BadProfile",
    "BadProgress",
    "BadProtection",
    "BadPull",
    "BadQuery",
    "BadQuestion",
    "BadRating",
    "BadRecipe",
    "BadRedaction",
    "BadRow",
    "BadSample",
    "BadSeries",
    "BadSources",
    "BadStandard",
    "BadSubmission",
    "BadUpload",
    "BadXForm",
    "CannotProtect",
    "CannotServe",
    "CannotUnseal",
    "DataShiftError",
    "DesignError",
    "Disclosive",
    "InputError",
    "LostRows",
    "MessageNotSent",
    "NotAllowed",
    "NotKept",
    "NotLicensed",
    "NothingKnown",
    "PersonalWords",
    "PullUnavailable",
    "SourceUnavailable",
    "Tampered",
    "TooThin",
    "Unreadable",
]
