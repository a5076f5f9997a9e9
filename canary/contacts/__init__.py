"""Contacts: what reaches our lines, stored durably before anyone is answered."""
