"""Where Django finds this room."""

from django.apps import AppConfig


class Fieldwork(AppConfig):
    """The room under the label by which migrations and tables know it."""

    name = "datashift.web.fieldwork"
    label = "fieldwork"
