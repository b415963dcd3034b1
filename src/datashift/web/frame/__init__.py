"""The frame of the site: templates, languages, page cache, limits, logs, health. Below every room."""
