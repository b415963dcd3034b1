"""Versioned data that everybody shares, with one loader each: areas, kits and recipes, shapes."""
