"""The registry: kits with their versions, concepts, codelists, areas, crosswalks and local variants."""
