"""Who may do what: people, organisations, roles, and the record of what was done."""
