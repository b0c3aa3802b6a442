"""The PostgreSQL that the tests bring along is a real one."""

import psycopg
import pytest


def test_it_answers_stores_and_knows_letters(postgresql_url):
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE food (name text)")
        connection.execute("INSERT INTO food VALUES ('rågbröd'), ('Żurek')")
        names = connection.execute("SELECT upper(name) FROM food ORDER BY name").fetchall()
        connection.rollback()
    assert names == [("RÅGBRÖD",), ("ŻUREK",)]


def test_it_asks_for_the_password(postgresql_url):
    user, _, rest = postgresql_url.partition("@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(user.rpartition(":")[0] + ":wrong@" + rest)
