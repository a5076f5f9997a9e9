"""What the API takes and shows, one module an area. Tables are never requests or answers."""
