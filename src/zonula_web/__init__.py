"""The thin shell: Zonula as a clinic's web site. The clinical core (`zonula`) knows nothing of it."""
