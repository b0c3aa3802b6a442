"""Pages about people: the own account, joining by a link, who works in the clinic, consent, who looked."""
