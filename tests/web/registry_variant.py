"""A local variant of a shipped kit: half an hour to water and back becomes forty-five minutes."""

VARIANT = """
id = "drinking-water-dry-north"
version = "1.0.0"
title.en = "Drinking-water ladder of the dry north"

[variant]
of = "drinking-water-ladder@1.0.0"
decided_by = "Water forum of the dry north"
why.en = "Walking 45 minutes is usual here."

[concepts.service_level.rules]
4 = { when = { minutes = { most = 45 } } }
5 = { when = { minutes = { above = 45 } } }
"""
