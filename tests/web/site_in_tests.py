"""What holds for all tests of the site together: the record can be emptied between them, and there are static files."""

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations

MIGRATION = "datashift.web.people.migrations.0002_the_record_is_only_added_to"


@pytest.fixture(scope="session", autouse=True)
def emptied_between_tests() -> Iterator[None]:
    """The record refuses to be emptied. Between tests that store for good it is emptied all the same."""
    guard, flush = import_module(MIGRATION), BaseDatabaseOperations.execute_sql_flush

    def emptied(operations: Any, statements: Any) -> None:
        connection = operations.connection
        with connection.cursor() as cursor:
            editor = SimpleNamespace(connection=connection, execute=cursor.execute)
            guard.let_go(None, editor)
            flush(operations, statements)
            guard.keep(None, editor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", emptied)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The live server looks for the folder of static files before any test has a store."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
