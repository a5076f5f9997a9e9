"""Lines: the phone numbers we own, from quarantine to lease to cooling."""
