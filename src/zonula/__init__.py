"""Zonula: from a pile of records to foods that were tested."""

__version__ = "0.1.0"
