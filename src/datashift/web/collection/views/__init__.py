"""The work desk, and the road from a file to a reviewed figure."""
