"""Django's SQLite backend on the SQLite that ships with Zonula: safe against the WAL-reset defect, encrypted when there is a key."""
