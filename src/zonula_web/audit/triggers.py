"""The database writes the audit events itself: `update()`, bulk writes and raw SQL are seen like everything else.

Laid after every migration on every table of people and records. The chain: each event hashes the one before it.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

AUDITED_APPS = ("access", "records", "jobs")
# The progress of background work changes many times a second, the mark of what was derived every day; neither says anything of a patient.
_UNWATCHED = {"jobs_job", "records_attention"}
_FIELDS = ("id", "at", "actor", "action", "patient", '"table"', '"row"', "detail", "previous")
EVENTS = "audit_event"


def audited() -> Iterator[type[models.Model]]:
    """Every model whose rows are watched."""
    for name in AUDITED_APPS:
        for model in apps.get_app_config(name).get_models(include_auto_created=True):
            if model._meta.db_table not in _UNWATCHED:
                yield model


def lay() -> None:
    """Lay every trigger anew. Harmless to repeat."""
    statements = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        for model in audited():
            for statement in _watching(model):
                cursor.execute(statement)


def lift() -> None:
    """Take every trigger away, to put back rows of a backup as they were. Call `lay` in the same transaction."""
    with connection.cursor() as cursor:
        for model in audited():
            for action in ("insert", "update", "delete"):
                table = model._meta.db_table
                cursor.execute(f"DROP TRIGGER IF EXISTS audit_{table}_{action}" + _on(table))
        for name in ("audit_chain", "audit_no_update", "audit_no_delete", "audit_no_change"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + _on(EVENTS))


def _on(table: str) -> str:
    return "" if connection.vendor == "sqlite" else f" ON {table}"


def _patient_column(model: type[models.Model]) -> str | None:
    if model._meta.db_table == "records_patient":
        return "id"
    return next((field.column for field in model._meta.local_fields if field.name == "patient"), None)


def _watching(model: type[models.Model]) -> Iterator[str]:
    table, key = model._meta.db_table, model._meta.pk.column if model._meta.pk else "id"
    patient = _patient_column(model)
    for action, row in (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD")):
        name = f"audit_{table}_{action}"
        if connection.vendor == "sqlite":
            whose = f"coalesce({row}.\"{patient}\", '')" if patient else "''"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} AFTER {action.upper()} ON {table} BEGIN "
                f'INSERT INTO {EVENTS} (at, actor, action, patient, "table", "row", detail, previous, hash) '
                f"VALUES ('', zonula_actor(), '{action}', {whose}, '{table}', {row}.\"{key}\", '', '', ''); END"
            )
        else:
            whose = f"coalesce(replace({row}.\"{patient}\"::text, '-', ''), '')" if patient else "''"
            yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
            yield (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f'INSERT INTO {EVENTS} (at, actor, action, patient, "table", "row", detail, previous, hash) '
                f"VALUES ('', zonula_actor(), '{action}', {whose}, '{table}', {row}.\"{key}\"::text, '', '', ''); "
                f"RETURN {row}; END $$"
            )
            yield f"CREATE TRIGGER {name} AFTER {action.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _joined(prefix: str) -> str:
    """The text that is hashed: every field of the event, separated by a character no field holds."""
    return " || char(31) || ".join(f"{prefix}{field}" for field in _FIELDS)


_LAST = f"coalesce((SELECT hash FROM {EVENTS} WHERE id = (SELECT max(id) FROM {EVENTS} WHERE id < NEW.id)), '')"
_REFUSE = {
    "update": "WHEN OLD.hash <> '' ",
    "delete": "",
}
_SQLITE = (
    "DROP TRIGGER IF EXISTS audit_chain",
    f"CREATE TRIGGER audit_chain AFTER INSERT ON {EVENTS} BEGIN "
    # The time is the database's, the previous hash is read in the same transaction: writers cannot choose either.
    f"UPDATE {EVENTS} SET at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), previous = {_LAST} WHERE id = NEW.id; "
    f"UPDATE {EVENTS} SET hash = zonula_sha256({_joined('')}) WHERE id = NEW.id; END",
    *(
        statement
        for action, when in _REFUSE.items()
        for statement in (
            f"DROP TRIGGER IF EXISTS audit_no_{action}",
            f"CREATE TRIGGER audit_no_{action} BEFORE {action.upper()} ON {EVENTS} {when}"
            "BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END",
        )
    ),
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION zonula_actor() RETURNS text LANGUAGE plpgsql AS $$
    DECLARE who text := current_setting('zonula.actor', true);
    BEGIN
        IF who IS NULL OR who = '' THEN RAISE EXCEPTION 'nobody is acting'; END IF;
        RETURN who;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- One writer of the chain at a time, until the transaction ends; the number is drawn inside the lock so that it is the order.
        PERFORM pg_advisory_xact_lock(4711);
        NEW.id := nextval(pg_get_serial_sequence('{EVENTS}', 'id'));
        NEW.at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
        NEW.previous := coalesce((SELECT hash FROM {EVENTS} ORDER BY id DESC LIMIT 1), '');
        NEW.hash := encode(sha256(convert_to(concat_ws(chr(31), {", ".join(f"NEW.{field}" for field in _FIELDS)}), 'UTF8')), 'hex');
        RETURN NEW;
    END $$""",
    f"DROP TRIGGER IF EXISTS audit_chain ON {EVENTS}",
    f"CREATE TRIGGER audit_chain BEFORE INSERT ON {EVENTS} FOR EACH ROW EXECUTE FUNCTION audit_chain()",
    """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit events are never changed'; END $$""",
    f"DROP TRIGGER IF EXISTS audit_no_change ON {EVENTS}",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {EVENTS} EXECUTE FUNCTION audit_refuse()",
)
