"""The blinded trial: one person, one food against a sham, in an order nobody at the table knows.

Read in this order: `schedules` (which orders are admissible), `design` (periods and washouts), `power` (can it tell at all?),
`sealing` (the order is hidden, and provably not changed), `conduct` (what happened, append-only), `verdict` (what it means).
"""
