"""Where Django finds this room."""

from django.apps import AppConfig


class People(AppConfig):
    """The room under the label by which migrations and tables know it."""

    name = "datashift.web.people"
    label = "people"
