"""Forms, samples, enumerators, and what they sent: each answer once, as it came, and what was decided since."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from datashift.web.fieldwork import spots as spots
from datashift.web.people.models import Organisation, User


class SealKey(models.Model):
    """The public key of an organisation. What is sealed with it can be read with the private key alone, which nobody
    but the organisation has.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="seal_keys")
    public = models.CharField(max_length=64, unique=True)
    """32 bytes (X25519), base64url."""
    made = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    retired = models.DateTimeField(null=True, blank=True)


class Form(models.Model):
    """What is asked. Its versions say how; what came in under any of them stays together.

    `sealed` are paths of fields that are encrypted on arrival; `coarse` is {path of a position: metres}; positions are
    told no finer than that. `consent` is {language: words read out before the first question}.
    """

    class State(models.TextChoices):
        """Being written; given to phones; given out no more (what is still on phones is taken)."""

        DRAFT = "draft"
        PUBLISHED = "published"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="forms")
    form_id = models.CharField(max_length=64)
    """The id inside the XForm: by it submissions find their form."""
    title = models.CharField(max_length=200)
    kit = models.CharField(max_length=110, default="", blank=True)
    """id@version of the kit that it asks for; "" where it came from elsewhere."""
    country = models.CharField(max_length=2, default="", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    open_link = models.CharField(max_length=43, unique=True, null=True, blank=True)
    """The secret of the address under which anybody may answer; None: only enumerators may."""
    sealed = models.JSONField(default=list, blank=True)
    seal_key = models.ForeignKey(SealKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    coarse = models.JSONField(default=dict, blank=True)
    consent = models.JSONField(default=dict, blank=True)
    keep_days = models.PositiveIntegerField(null=True, blank=True)
    """How many days after its arrival an answer is kept; None: until somebody deletes it."""
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        """A phone knows forms by their id."""

        constraints = (models.UniqueConstraint(fields=["organisation", "form_id"], name="a_form_id_once"),)


class FormVersion(models.Model):
    """One wording of a form: never changed once it was published."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=80)
    """What the XForm calls itself."""
    source_name = models.CharField(max_length=255, default="", blank=True)
    source_sha256 = models.CharField(max_length=64, default="", blank=True)
    """The XLSForm as it came, in the store."""
    xform = models.TextField()
    languages = models.JSONField(default=list)
    made = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A version name stands for one text."""

        constraints = (
            models.UniqueConstraint(fields=["form", "version"], name="a_form_version_once"),
            models.UniqueConstraint(fields=["form", "number"], name="a_form_number_once"),
        )
        ordering = ("form", "number")


class Media(models.Model):
    """A picture, a sound or a list that belongs to a version of a form; its bytes lie in the store."""

    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="media")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32)
    """What the manifest of OpenRosa tells."""
    size = models.BigIntegerField()

    class Meta:
        """One file of a name."""

        constraints = (models.UniqueConstraint(fields=["version", "name"], name="a_media_name_once"),)


class Enumerator(models.Model):
    """Somebody who fills in forms: a name for the supervisor, and the digest of a key; no account, no address."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="enumerators")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    forms = models.ManyToManyField(Form, related_name="enumerators", blank=True)
    made = models.DateTimeField(default=timezone.now)
    stopped = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Supervisors tell them apart by name."""

        constraints = (models.UniqueConstraint(fields=["organisation", "name"], name="an_enumerator_name_once"),)


class ConsentText(models.Model):
    """Words of consent as they were shown, each once: a submission names those that were read out for it."""

    digest = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of language and words."""
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="consent_texts")
    language = models.CharField(max_length=40)
    words = models.TextField()
    since = models.DateTimeField(default=timezone.now)


class Sample(models.Model):
    """What was drawn for a form, with everything by which the draw can be made again."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="samples")
    written = models.JSONField()
    """As `datashift.sampling` writes a draw: plan, seed, digest of the frame, lots."""
    frame_sha256 = models.CharField(max_length=64, default="", blank=True)
    made = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")


class Unit(models.Model):
    """One unit of a sample: who visits it, and how that ended."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="units")
    name = models.CharField(max_length=120)
    stratum = models.CharField(max_length=200, default="", blank=True)
    cluster = models.CharField(max_length=200, default="", blank=True)
    chance = models.FloatField()
    weight = models.FloatField()
    order = models.PositiveIntegerField()
    reserve = models.BooleanField(default=False)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    enumerator = models.ForeignKey(Enumerator, on_delete=models.SET_NULL, null=True, blank=True, related_name="units")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=200, default="", blank=True)
    outcome = models.CharField(max_length=20, default="", blank=True)
    """Follows from the submissions that count and from what was noted (`linking.refresh`); "" is open."""
    noted = models.CharField(max_length=20, default="", blank=True)
    """What a supervisor noted, and when; "" made it open again."""
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A unit is drawn once."""

        constraints = (models.UniqueConstraint(fields=["sample", "name"], name="a_unit_once"),)
        ordering = ("sample", "order", "pk")


class Submission(models.Model):
    """One filled-in form. What it says stands in `Content`, so that a table of a million stays fast.

    The same id with other content is kept beside the first, which it names in `first`: nobody decides by machine which
    of the two is true.
    """

    class State(models.TextChoices):
        """What was decided about it."""

        RECEIVED = "received"
        HAS_ISSUES = "has-issues"
        APPROVED = "approved"
        REJECTED = "rejected"

    class Channel(models.TextChoices):
        """How it came."""

        OPENROSA = "openrosa"
        BROWSER = "browser"
        SMS = "sms"
        USSD = "ussd"
        EMAIL = "email"

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    said_version = models.CharField(max_length=80, default="", blank=True)
    """The version that it names; `version` is None where we never published that one."""
    instance_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """Keyed digest of the bytes as they came: an exact repeat has the same."""
    first = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="others")
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="edited_by")
    """The submission that an edit on the phone takes the place of (its deprecatedID)."""
    edits = models.CharField(max_length=200, null=True, blank=True)
    """That id as the phone says it: the edit may arrive first."""
    enumerator = models.ForeignKey(
        Enumerator, on_delete=models.SET_NULL, null=True, blank=True, related_name="submissions"
    )
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True, blank=True, related_name="submissions")
    outcome = models.CharField(max_length=20, default="", blank=True)
    """What it says of its unit, as `datashift.sampling` names outcomes; "" without a unit."""
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.OPENROSA)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    complete = models.BooleanField(default=True)
    """Whether all attachments that it names are here."""
    arrived = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    """By the clock of the phone, as is `ended`: it may be wrong."""
    ended = models.DateTimeField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    """The first position of the form, no finer than the form allows."""
    longitude = models.FloatField(null=True, blank=True)
    language = models.CharField(max_length=40, default="", blank=True)
    receipt = models.CharField(max_length=64, unique=True, null=True, blank=True)
    """Keyed digest of the code by which whoever answered can withdraw."""
    consent = models.CharField(max_length=64, default="", blank=True)
    """Digest of the words of consent (`ConsentText`) that were shown before; `started` says when."""
    withdrawn = models.DateTimeField(null=True, blank=True)
    erased = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Each answer once: the first of an id, and other contents of it once each."""

        constraints = (
            models.UniqueConstraint(fields=["form", "instance_id"], condition=Q(first=None), name="a_submission_once"),
            models.UniqueConstraint(fields=["form", "instance_id", "digest"], name="a_content_once"),
        )
        indexes = (
            models.Index(fields=["form", "-id"]),
            models.Index(fields=["form", "state", "-id"]),
            models.Index(fields=["form", "enumerator", "-id"]),
            models.Index(fields=["form", "latitude", "longitude"]),
            models.Index(fields=["form", "arrived"]),
            models.Index(fields=["form", "edits"], condition=Q(edits__isnull=False), name="edits_that_wait"),
            models.Index(fields=["form", "-id"], condition=Q(first__isnull=False), name="other_contents"),
            models.Index(fields=["form", "-id"], condition=Q(complete=False), name="not_complete"),
        )


class Content(models.Model):
    """What a submission says: the XML (zlib), and its answers as JSON text {path: text, repeat path: [{…}]}.

    Fields that the form seals stand in both as sealed text. Corrections are in neither: they are in the ledger.
    """

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True, related_name="content")
    xml = models.BinaryField()
    answers = models.TextField()


class Attachment(models.Model):
    """A file of a submission. Pictures lose what they tell beside the picture before they are written anywhere."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    removed = models.JSONField(default=list, blank=True)
    """What was taken out of a picture, as `datashift.pictures` names it."""
    arrived = models.DateTimeField(default=timezone.now)

    class Meta:
        """The same file comes again with each repeat; another file of the same name is kept beside it."""

        constraints = (models.UniqueConstraint(fields=["submission", "name", "sha256"], name="an_attachment_once"),)


class Stray(models.Model):
    """What came for a form that we do not know, or that was never published. Kept until somebody says whose it is."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="strays")
    enumerator = models.ForeignKey(Enumerator, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    form_id = models.CharField(max_length=200)
    said_version = models.CharField(max_length=80, default="", blank=True)
    instance_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    xml = models.BinaryField()
    attachments = models.JSONField(default=list, blank=True)
    """[{name, sha256, size, removed}]"""
    arrived = models.DateTimeField(default=timezone.now)

    class Meta:
        """Each once."""

        constraints = (models.UniqueConstraint(fields=["organisation", "digest"], name="a_stray_once"),)


class Draft(models.Model):
    """A form that somebody fills in page by page without JavaScript. Known to who holds its address alone."""

    digest = models.CharField(max_length=64, unique=True)
    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="+")
    enumerator = models.ForeignKey(Enumerator, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    state = models.TextField()
    """Sealed text: what was answered so far, readable with the key in the address alone."""
    changed = models.DateTimeField(auto_now=True)


class Correction(models.Model):
    """A value that was corrected after its arrival. Only ever added to; the last one for a field counts."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="corrections")
    path = models.CharField(max_length=400)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    why = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order in which they were made."""

        ordering = ("id",)


class Remark(models.Model):
    """What a supervisor says about a submission, to the enumerator or among supervisors; and the reply."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="remarks")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    """None: the enumerator of the submission."""
    text = models.TextField()
    for_enumerator = models.BooleanField(default=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """As a conversation."""

        ordering = ("id",)


class BackCheck(models.Model):
    """An answer that somebody else asks for again, and the answer that came."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="back_check")
    enumerator = models.ForeignKey(Enumerator, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    again = models.OneToOneField(Submission, on_delete=models.SET_NULL, null=True, blank=True, related_name="checks")
    asked = models.DateTimeField(default=timezone.now)


class Checked(models.Model):
    """What the checks said of the submissions of a form when they were last looked at."""

    form = models.OneToOneField(Form, on_delete=models.CASCADE, primary_key=True, related_name="checked")
    at = models.DateTimeField(default=timezone.now)
    upto = models.BigIntegerField(default=0)
    """The key of the last submission that was looked at."""
    told = models.JSONField(default=dict)


class Gateway(models.Model):
    """A door for messages: which program sends and fetches them, and the form that they fill in."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="gateways")
    kind = models.CharField(max_length=20)
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="gateways")
    digest = models.CharField(max_length=64, unique=True)
    """Of the secret in the address to which the gateway sends what came."""
    secrets = models.TextField(default="", blank=True)
    """Sealed text: what we show the gateway so that it takes what we send."""
    language = models.CharField(max_length=40, default="", blank=True)
    keyword = models.CharField(max_length=20, default="", blank=True)
    made = models.DateTimeField(default=timezone.now)
    stopped = models.DateTimeField(null=True, blank=True)


class Conversation(models.Model):
    """A form that is filled in by messages. Of a number a keyed digest is kept, and until its reply went the number
    itself, sealed. What was said is deleted when the form is sent.
    """

    class Delivery(models.TextChoices):
        """Where the last reply is: it waits, somebody is at it, it was taken, nobody knows, it is not tried again."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        UNCLEAR = "unclear"
        GIVEN_UP = "given-up"

    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="conversations")
    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="+")
    person = models.CharField(max_length=64)
    state = models.TextField()
    """Sealed text."""
    last = models.CharField(max_length=64, default="", blank=True)
    """Keyed digest of the last message, so that one that comes again is answered again and counts once."""
    reply = models.TextField(default="", blank=True)
    """Sealed text: what was answered to it."""
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default="", blank=True)
    """Of the reply; "" where it needs no sending, as on a screen of USSD."""
    to = models.TextField(default="", blank=True)
    """Sealed text: the number that the reply goes to, until it went."""
    tries = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField(null=True, blank=True)
    """When a reply that waits is tried next; of one that is being sent, until when somebody holds it."""
    changed = models.DateTimeField(auto_now=True)
    done = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One at a time for a person."""

        constraints = (
            models.UniqueConstraint(fields=["gateway", "person"], condition=Q(done=None), name="one_conversation"),
        )
        indexes = (models.Index(fields=["delivery", "due"]),)
