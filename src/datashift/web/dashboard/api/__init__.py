"""The API: what is public, as JSON and CSV, described by OpenAPI. Everything here only reads."""

from datashift.web.dashboard.api.routes import patterns

__all__ = ["patterns"]
