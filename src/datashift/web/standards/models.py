"""Versions of kits: those that ship, and national or local variants that an organisation keeps."""

from __future__ import annotations

from django.db import models

from datashift.web.people.models import Organisation, User


class KitVersion(models.Model):
    """One version of a kit as text. A version is never changed: what was released with it must stay readable."""

    kit = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    shipped = models.BooleanField(default=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    added = models.DateTimeField(auto_now_add=True)
    base = models.CharField(max_length=110, default="", blank=True)
    """`kit@version` of which it is a variant; "" for a kit of its own."""

    class Meta:
        """A version is there once."""

        constraints = (models.UniqueConstraint(fields=["kit", "version"], name="a_kit_version_once"),)


class ProfileVersion(models.Model):
    """One version of an assessment profile as text: those that ship, and those that an office or an editor wrote.

    A version is never changed: what was assessed by it must stay readable.
    """

    profile = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    shipped = models.BooleanField(default=True)
    country = models.CharField(max_length=2, default="", blank=True)
    """The country whose statistics office wrote it; "" for all others."""
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    added = models.DateTimeField(auto_now_add=True)
    base = models.CharField(max_length=110, default="", blank=True)
    """`profile@version` from which it was made; "" for one of its own."""

    class Meta:
        """A version is there once."""

        constraints = (models.UniqueConstraint(fields=["profile", "version"], name="a_profile_version_once"),)
