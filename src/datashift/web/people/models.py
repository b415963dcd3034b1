"""People, organisations, roles, invitations, and the record of what was done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from datashift.language import N_, _


class People(BaseUserManager["User"]):
    """Makes people; called by allauth and by the invitation."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        """Return a new person with an e-mail address and a password."""
        person = self.model(email=self.normalize_email(email).lower(), **more)
        person.set_password(password)
        person.save()
        return person


class User(AbstractBaseUser):
    """A person who may sign in. Known by an e-mail address; the name is what others see."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, default="", blank=True)
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = People()

    def __str__(self) -> str:
        if not self.is_active:
            return _("somebody who left")
        return self.name or self.email.partition("@")[0]


class Organisation(models.Model):
    """Who produces data. An anonymous one is shown in public by its `slug` alone."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    country = models.CharField(max_length=2, default="", blank=True)
    about = models.TextField(default="", blank=True)
    website = models.URLField(default="", blank=True)
    anonymous = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug if self.anonymous else self.name


class Role(models.TextChoices):
    """What a person is, in an organisation or for the whole site."""

    PRODUCER = "producer", N_("producer")
    REVIEWER = "reviewer", N_("reviewer")
    SUPERVISOR = "supervisor", N_("supervisor")
    SAFETY = "safety", N_("safety officer")
    OFFICE = "office", N_("statistics office")
    EDITOR = "editor", N_("editor")
    ADMINISTRATOR = "administrator", N_("administrator")


class Membership(models.Model):
    """A role of a person: in one organisation, or for the whole site where no organisation is named.

    Producers belong to an organisation. Administrators, editors and statistics offices belong to none: what they do
    reaches everybody. A statistics office has a `country`; what is under review there is shown to it when its producer
    allows that.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(max_length=14, choices=Role.choices)
    country = models.CharField(max_length=2, default="", blank=True)

    class Meta:
        """A person has a role once; each role stands where it can be held."""

        constraints = (
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="a_role_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(role="producer"), name="producers_belong_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | ~Q(role__in=("office", "editor", "administrator")),
                name="who_serves_all_belongs_to_nobody",
            ),
        )


class Invitation(models.Model):
    """A letter that makes somebody a member; only the digest of its secret is kept."""

    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True, default="")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=14, choices=Role.choices)
    country = models.CharField(max_length=2, default="", blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True, blank=True)


class Event(models.Model):
    """What was done, when, by whom (a number, so that a person can leave and the record stays). Only ever added to:
    the database itself refuses changes.
    """

    at = models.DateTimeField(default=timezone.now)
    actor = models.BigIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, default="", blank=True)
    organisation = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        indexes = (models.Index(fields=["organisation", "-id"]),)
