"""Pages for a patient: the diary, the plan of the day, the own record."""
