"""SDMX REST: figures as SDMX-CSV and SDMX-ML, and the structures that say what they are. Everything here only reads."""
