"""The demonstration clinic: virtual patients and people who work there, made through the same actions as real ones."""
