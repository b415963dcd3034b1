"""The shadow ledger: all that is known about an indicator in a place, in one table and one chart."""
