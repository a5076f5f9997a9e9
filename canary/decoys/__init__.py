"""Decoys: personas nobody owns, on lines we own, planted in dated seedings."""
