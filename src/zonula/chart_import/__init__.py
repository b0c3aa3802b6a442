"""Documents of every provider into one chart. See `report` for what is said about each."""
