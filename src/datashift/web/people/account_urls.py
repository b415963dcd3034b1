"""Addresses of signing in and of one's own account: those of allauth that are wanted here, and no others."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from datashift.web.people.roles import needs
from datashift.web.people.views import account as own
from datashift.web.people.views import invitation

mine = needs("own-account")

_entrance = [
    path("login/", account.login, name="account_login"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/second/", mfa.authenticate, name="mfa_authenticate"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("join/", invitation.by_invitation, name="account_signup"),
    path("left/", invitation.left, name="left"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
_own = [
    path("", own.account, name="my-account"),
    path("email/", own.email, name="my-email"),
    path("email/<str:token>/", own.confirm_email, name="my-email-confirm"),
    path("leave/", own.leave, name="my-leave"),
    path("again/", mine(account.reauthenticate), name="account_reauthenticate"),
    path("again/code/", mine(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("again/passkey/", mine(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("password/", mine(account.password_change), name="account_change_password"),
    path("password/set/", mine(account.password_set), name="account_set_password"),
    path("ways/", own.ways, name="mfa_index"),
    path("app/", mine(totp.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", mine(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", mine(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/new/", mine(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/file/", mine(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("passkeys/", mine(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", mine(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", mine(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/name/", mine(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
urlpatterns = [*_entrance, *_own]
