"""Every write: keyword-only, one transaction, by a named actor. The triggers write the audit event; an action without an actor fails."""
