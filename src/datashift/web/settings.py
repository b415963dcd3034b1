"""All settings of the site. Everything has a default that works on one small machine without a network.

DATASHIFT_HOME       folder of the store and of the SQLite database (default ~/.datashift)
DATASHIFT_ORIGIN     address under which people reach the site (default http://localhost:8000)
DATASHIFT_DATABASE   address of a PostgreSQL database; without it SQLite in the store
DATASHIFT_MAIL       address of a mail server (smtp://user:password@host:port); without it mails are files in the store
DATASHIFT_PROXY      1 where a proxy of yours stands in front and writes X-Forwarded-For
DATASHIFT_REQUESTS   how many pages one address may ask for in a minute (default 600)
DATASHIFT_WEB_FORMS  folder of ODK Web Forms, made by `make web-forms` (default web-forms in DATASHIFT_HOME)
DATASHIFT_SECRET     key for sessions and secrets of apps; without it a file in the store, made at the first start
"""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

HERE = Path(__file__).parent
HOME = Path(os.environ.get("DATASHIFT_HOME") or Path.home() / ".datashift")
WEB_FORMS = Path(os.environ.get("DATASHIFT_WEB_FORMS") or HOME / "web-forms")
ORIGIN = os.environ.get("DATASHIFT_ORIGIN", "http://localhost:8000").rstrip("/")
ENCRYPTED = ORIGIN.startswith("https://")
SECRET_FILE = HOME / "secret.key"

SECRET_KEY = os.environ.get("DATASHIFT_SECRET") or (
    SECRET_FILE.read_text("utf-8").strip() if SECRET_FILE.is_file() else token_urlsafe(50)
)
DEBUG = False
ALLOWED_HOSTS = [urlsplit(ORIGIN).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "datashift.web.frame",
    "datashift.web.jobs",
    "datashift.web.people",
    "datashift.web.standards",
    "datashift.web.fieldwork",
    "datashift.web.collection",
    "datashift.web.dashboard",
]
MIDDLEWARE = [
    "datashift.web.frame.middleware.logged",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "datashift.web.frame.middleware.limited",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "datashift.web.frame.middleware.spoken",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "datashift.web.frame.middleware.bounded",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "datashift.web.frame.middleware.refused",
]
ROOT_URLCONF = "datashift.web.urls"
WSGI_APPLICATION = "datashift.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"environment": "datashift.web.frame.jinja.environment"},
    },
    {
        # allauth writes its mails and asks for templates of its own here; no page of ours is one of these.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

# SQLite that many may read while one writes, and that waits instead of failing: see docs/decisions/0021. What is
# deleted, such as a withdrawn answer, is overwritten. A connection is kept for a minute: opening it takes as long as
# storing an answer.
_SAFE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA mmap_size=134217728;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-16000;PRAGMA secure_delete=ON;"
    ),
}
_ADDRESS = os.environ.get("DATASHIFT_DATABASE", "")
DATABASES: dict[str, Any] = {
    "default": (
        dj_database_url.parse(_ADDRESS, conn_max_age=60, conn_health_checks=True)
        if _ADDRESS
        else {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "site.sqlite3",
            "OPTIONS": _SAFE,
            "CONN_MAX_AGE": 60,
        }
    )
}

# --- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
ACCOUNT_LOGOUT_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "datashift.web.people.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "DataShift: "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an invitation vouches for the address; nobody signs up with that of another
MFA_ADAPTER = "datashift.web.people.sealed.Sealed"
MFA_TOTP_ISSUER = "DataShift"
MFA_TOTP_TOLERANCE = 1  # the clock of a phone may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENCRYPTED

# --- what leaves the house --------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENCRYPTED else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENCRYPTED else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENCRYPTED
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86_400
CSRF_FAILURE_VIEW = "datashift.web.people.views.invitation.stale"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
BEHIND_PROXY = os.environ.get("DATASHIFT_PROXY") == "1"
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
UPLOAD_LIMIT = 200 * 2**20
"""The largest file that may be uploaded, in bytes."""
BODY_LIMIT = 2**20
"""The most that somebody who is not signed in may send at once, in bytes."""
ANSWER_LIMIT = 25 * 2**20
"""The most that one page of a form may take along, in bytes: a picture, or a short film."""
_REQUESTS = int(os.environ.get("DATASHIFT_REQUESTS", "600"))
RATE_LIMITS = {"page": (_REQUESTS, 60), "api": (_REQUESTS // 2, 60), "write": (120, 60), "sign-in": (20, 60),
               "receipt": (10, 60), "phone": (10 * _REQUESTS, 60), "gateway": (10 * _REQUESTS, 60)}  # fmt: skip
"""How many requests of a kind one address may make in how many seconds. A whole team may come home to one address and
send what it filled in for weeks."""

# --- words, static files, mail, logs ----------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("sw", "Kiswahili"), ("ne", "नेपाली")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [HERE / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "datashift.web.frame.static.StaticFiles"},
}
WHITENOISE_MAX_AGE = 3600

_MAIL = urlsplit(os.environ.get("DATASHIFT_MAIL", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL.hostname else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "", _MAIL.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_TLS = _MAIL.scheme == "smtp" and EMAIL_PORT == 587
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
DEFAULT_FROM_EMAIL = f"datashift@{ALLOWED_HOSTS[0]}"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "datashift.web.frame.logs.Json"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "datashift": {"level": "INFO"},
        # What Django says of a request quotes its path and values; our own line says what may be said.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
