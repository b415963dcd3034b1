"""The dossier of a release: what is known about how its figures came about, for an office and for a committee."""
