"""A phone with the browser form, for every test of fieldwork."""

from __future__ import annotations

from fill_phone import phone  # noqa: F401 - a fixture for every test
