"""Copies of everything a clinic keeps: made while it works, proved by opening them, put back only when whole."""
