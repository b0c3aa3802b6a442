"""Lines of NDJSON cut into what repeats and what differs, so that the importer reads what repeats once.

A line's *pattern* is its text without ids, dates, numbers and names; millions of lines share a few hundred patterns. The importer
alone says what a pattern means: it is shown the pattern with marked words in the gaps, and where the marks come out is where the
words of every such line go. What cannot be told in this way is read by the importer line by line.
"""
