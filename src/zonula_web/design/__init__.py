"""How every page looks: base template, style, icons, headers, and the words for dates and people."""
