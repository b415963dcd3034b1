"""Work that takes longer than a click: jobs in the database, done by `datashift work`."""
