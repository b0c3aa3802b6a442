"""One module for each side of the diary: the program itself, what a phone asks and sends, and the pages on the own data."""
