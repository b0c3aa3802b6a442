"""Pages for a patient: the diary on the phone, the plan of the day, the own data and the way back to food.

The page at `/diary/` is a small program that holds nothing about anyone; it asks the addresses under `patients/<id>/diary/` for what it
shows, and keeps on the phone only what was not sent yet and today's form, encrypted.
"""
