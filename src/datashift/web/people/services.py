"""What is done to people and organisations; every act leaves a record."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from datashift.errors import NotAllowed
from datashift.language import _
from datashift.standards.personal_texts import require_none
from datashift.web.frame.models import bump
from datashift.web.people.letters import post, reading
from datashift.web.people.models import Event, Invitation, Membership, Organisation, Role, User
from datashift.web.people.roles import fits

INVITATION_LASTS = timedelta(days=14)


def record(
    verb: str, subject: str = "", *, by: User | None, organisation: Organisation | None = None, **facts: Any
) -> Event:
    """Write what was done into the record. Facts never hold names, addresses or answers."""
    return Event.objects.create(
        actor=by.pk if by else None, verb=verb, subject=subject,
        organisation=organisation.pk if organisation else None, facts=facts,
    )  # fmt: skip


# --- invitations ------------------------------------------------------------------------------------------------------


@transaction.atomic
def first_link() -> str | None:
    """Return the path of a link by which the first administrator comes in; None where there is one already.

    Only the last such link works: a program that prints it at each start leaves no old keys behind.
    """
    if _administrators().exists():
        return None
    Invitation.objects.filter(role=Role.ADMINISTRATOR, invited_by=None, accepted=None).delete()
    secret = _invitation(role=Role.ADMINISTRATOR)[1]
    record("first-link", by=None)
    with reading("en"):
        return reverse("invitation", args=[secret])


@transaction.atomic
def invite(
    *, email: str, organisation: Organisation | None, role: str, country: str = "", by: User
) -> tuple[Invitation, str]:
    """Invite somebody; return the invitation and its link, which is nowhere kept and is also sent as a letter."""
    _must_fit(role, organisation, country)
    invitation, secret = _invitation(
        email=User.objects.normalize_email(email).lower(), organisation=organisation, role=role, country=country,
        invited_by=by,
    )  # fmt: skip
    record("invited", str(invitation.pk), by=by, organisation=organisation, role=role)
    link = settings.ORIGIN + reverse("invitation", args=[secret])
    post(
        invitation.email,
        _("You are invited"),
        _("{person} invites you to DataShift. There, what people counted stands beside official figures.").format(
            person=by
        ),
        _("Open this link to begin. It works once, until {date}:").format(date=invitation.expires.date().isoformat()),
        link,
        _("If you do not know why you got this letter, do nothing."),
    )
    return invitation, link


def _invitation(**said: Any) -> tuple[Invitation, str]:
    secret = token_urlsafe(32)
    made = Invitation.objects.create(digest=_digest(secret), expires=timezone.now() + INVITATION_LASTS, **said)
    return made, secret


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def invitation_of(secret: str) -> Invitation | None:
    """Return the invitation that a link names; None where it was used, withdrawn, or is too old."""
    found = Invitation.objects.filter(digest=_digest(secret), accepted=None, expires__gt=timezone.now()).first()
    return None if found and is_first(found) and _administrators().exists() else found


def is_first(invitation: Invitation) -> bool:
    """Say whether an invitation is the one for the first administrator."""
    return invitation.role == Role.ADMINISTRATOR and invitation.invited_by_id is None


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """Make the link of an invitation useless."""
    if Invitation.objects.filter(pk=invitation.pk, accepted=None).delete()[0]:
        record("invitation-withdrawn", str(invitation.pk), by=by, organisation=invitation.organisation)


@transaction.atomic
def accept(*, secret: str, name: str, password: str, language: str) -> User:
    """Make the account of somebody who was invited, under the address to which the invitation went."""
    invitation = _used(secret)
    person = _account(invitation.email, name, password, language)
    _membership(invitation, person)
    return person


@transaction.atomic
def join(*, secret: str, by: User) -> None:
    """Give what an invitation offers to a person who has an account."""
    _membership(_used(secret), by)


@transaction.atomic
def set_up(*, secret: str, email: str, name: str, password: str, language: str, organisation: str = "") -> User:
    """Make the account of the first administrator and, where one is named, the first organisation."""
    invitation = _used(secret)
    if not is_first(invitation):
        raise NotAllowed("people.invitation")
    person = _account(email, name, password, language)
    _membership(invitation, person)
    if organisation:
        first = add_organisation(name=organisation, by=person)
        give_role(user=person, role=Role.PRODUCER, organisation=first, by=person)
    return person


def _used(secret: str) -> Invitation:
    """Use an invitation up. Of several who come at once, the database lets one do that."""
    invitation = invitation_of(secret)
    now = timezone.now()
    if invitation is None or not Invitation.objects.filter(pk=invitation.pk, accepted=None).update(accepted=now):
        raise NotAllowed("people.invitation")
    return invitation


def _account(email: str, name: str, password: str, language: str) -> User:
    person = User.objects.create_user(email, password, name=name, language=language)
    record("account-made", str(person.pk), by=person)
    return person


def _membership(invitation: Invitation, person: User) -> None:
    Membership.objects.get_or_create(
        user=person, organisation=invitation.organisation, role=invitation.role,
        defaults={"country": invitation.country},
    )  # fmt: skip
    facts = {"role": invitation.role, "invitation": invitation.pk}
    record("joined", str(person.pk), by=person, organisation=invitation.organisation, **facts)


# --- organisations ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_organisation(*, name: str, by: User | None, country: str = "", anonymous: bool = False) -> Organisation:
    """Add an organisation; one that stays anonymous is known by chance letters alone. Raises PersonalWords."""
    require_none(name, confirmed=True)
    made = Organisation.objects.create(
        slug=_free_slug("" if anonymous else name), name=name, country=country, anonymous=anonymous
    )
    record("organisation-added", made.slug, by=by, organisation=made)
    bump()
    return made


@transaction.atomic
def change_organisation(*, organisation: Organisation, by: User, confirmed: bool = False, **said: Any) -> Organisation:
    """Change what is said of an organisation. Who becomes anonymous gets an address that does not tell the name.

    Raises NotAllowed (people.named-in-releases) where published files tell it: nobody is promised what cannot be kept.
    Raises PersonalWords where name or description tell about a person (see `require_none`); an organisation may bear a
    name, and who it is may be said once it is `confirmed`.
    """
    require_none(said.get("name", ""), confirmed=True)
    require_none(said.get("about", ""), confirmed=confirmed)
    if said.get("anonymous") and not organisation.anonymous:
        if organisation.releases.filter(withdrawn_at=None).exists():
            raise NotAllowed("people.named-in-releases")
        organisation.slug = _free_slug("")
    for field, value in said.items():
        setattr(organisation, field, value)
    organisation.save()
    record("organisation-changed", organisation.slug, by=by, organisation=organisation, fields=sorted(said))
    bump()
    return organisation


def _free_slug(name: str) -> str:
    wish = slugify(name)[:50] or "producer-" + token_hex(3)
    taken = set(Organisation.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 3) if (slug := wish if n == 1 else f"{wish}-{n}") not in taken)


# --- roles ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_role(
    *, user: User, role: str, organisation: Organisation | None = None, country: str = "", by: User | None
) -> Membership:
    """Give a person a role: in an organisation, or for the whole site where none is named."""
    _must_fit(role, organisation, country)
    given, new = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, defaults={"country": country}
    )
    if new:
        record("role-given", str(user.pk), by=by, organisation=organisation, role=role, country=country)
    return given


@transaction.atomic
def take_role(*, membership: Membership, by: User) -> None:
    """Take a role from a person; never the last administrator's."""
    if membership.role == Role.ADMINISTRATOR:
        _must_leave_an_administrator(membership.user)
    record("role-taken", str(membership.user_id), by=by, organisation=membership.organisation, role=membership.role)
    membership.delete()


def _must_fit(role: str, organisation: Organisation | None, country: str) -> None:
    if not fits(role, organisation, country):
        raise NotAllowed("people.role-place", role=role)


def _administrators() -> Any:
    return Membership.objects.filter(role=Role.ADMINISTRATOR, organisation=None, user__is_active=True)


def _must_leave_an_administrator(user: User) -> None:
    """Hold all administrators while one goes, so that the last two cannot take each other's role at once."""
    held = list(_administrators().select_for_update().order_by("pk").values_list("user_id", flat=True))
    if held == [user.pk]:
        raise NotAllowed("people.last-administrator")


# --- one's own account ------------------------------------------------------------------------------------------------


@transaction.atomic
def change_account(*, user: User, name: str, language: str) -> None:
    """Change the name that others see and the language of letters."""
    User.objects.filter(pk=user.pk).update(name=name, language=language)
    record("account-changed", str(user.pk), by=user)


@transaction.atomic
def change_email(*, user: User, email: str) -> None:
    """Change the address of an account, and tell the old one."""
    before = user.email
    user.email = User.objects.normalize_email(email).lower()
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user_id=user.pk).delete()
    record("address-changed", str(user.pk), by=user)
    with reading(user.language):
        post(
            before,
            _("Your e-mail address was changed"),
            _("Letters now go to another address, and you sign in with that one."),
            _("If that was not you, tell your administrator today."),
        )


@transaction.atomic
def close_account(*, user: User, by: User) -> None:
    """Let a person leave: name and address are erased, every session ends, the record stays under a number."""
    _must_leave_an_administrator(user)
    Invitation.objects.filter(email=user.email).update(email="")
    user.memberships.all().delete()
    EmailAddress.objects.filter(user_id=user.pk).delete()
    Authenticator.objects.filter(user_id=user.pk).delete()
    user.name, user.email, user.is_active, user.last_login = "", f"{user.pk}@left.invalid", False, None
    user.set_unusable_password()  # every session knows the digest of the password, and ends with it
    user.save()
    record("account-closed", str(user.pk), by=by)
