"""Fieldwork: forms, who fills them in, and every answer that came, once."""
