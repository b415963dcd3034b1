"""The public pages. They read what was released, never what was submitted."""
