"""Who may do what: people, roles, rights as one table, consent, and the gate that every page stands behind."""
