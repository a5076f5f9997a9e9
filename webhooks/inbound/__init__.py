"""What carriers post: one module a carrier, verified and parsed before anything is stored."""
