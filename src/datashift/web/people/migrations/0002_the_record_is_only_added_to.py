"""The database itself refuses to change or remove what is on record."""

from django.db import migrations

TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER people_event_kept_{act} BEFORE {act} ON people_event "
        "BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER people_event_kept_{act} BEFORE {act} ON people_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION people_event_kept()"
    ),
}
NOT_REPLACED = (
    # INSERT OR REPLACE removes a row in SQLite without asking the trigger for DELETE.
    "CREATE TRIGGER people_event_kept_INSERT BEFORE INSERT ON people_event "
    "WHEN EXISTS (SELECT 1 FROM people_event WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END"
)
FUNCTION = (
    "CREATE OR REPLACE FUNCTION people_event_kept() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the record is only added to'; END $$"
)
ACTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def keep(apps, editor):
    vendor = editor.connection.vendor
    if vendor == "postgresql":
        editor.execute(FUNCTION)
    for act in ACTS[vendor]:
        editor.execute(TRIGGERS[vendor].format(act=act))
    if vendor == "sqlite":
        editor.execute(NOT_REPLACED)


def let_go(apps, editor):
    vendor = editor.connection.vendor
    if vendor == "sqlite":
        editor.execute("DROP TRIGGER people_event_kept_INSERT")
    for act in ACTS[vendor]:
        editor.execute(f"DROP TRIGGER people_event_kept_{act}" + (" ON people_event" if vendor == "postgresql" else ""))


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(keep, let_go)]
