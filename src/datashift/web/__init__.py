"""The web site: people, uploads, the registry and the public dashboard. The only place that knows Django."""
