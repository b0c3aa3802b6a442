"""Who saw and did what: events written by the database itself, chained, never changed. No actor, no event; no event, no write."""
