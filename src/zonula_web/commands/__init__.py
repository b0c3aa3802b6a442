"""The commands that the site adds to `zonula`: serve, demo, createuser. Same form as the core's: configure and run."""
