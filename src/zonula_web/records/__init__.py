"""What a clinic keeps: rows (`models`), every write (`actions`), and rows turned into the core's structs (`read`)."""
