"""Background work: one table of jobs that workers lease, so that a job whose worker died is done by another, and once in effect."""
