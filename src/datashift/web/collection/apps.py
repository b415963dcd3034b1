"""Where Django finds this room."""

from django.apps import AppConfig


class Collection(AppConfig):
    """The room under the label by which migrations and tables know it."""

    name = "datashift.web.collection"
    label = "collection"
