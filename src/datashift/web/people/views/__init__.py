"""Pages about people: one's own account, organisations and their members, invitations, the record."""
