"""Filters of the clinic's pages."""
