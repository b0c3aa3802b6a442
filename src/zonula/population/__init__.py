"""The same rules for everyone: an export staged into tables, the rule library asked of all of it, the answers reported."""
