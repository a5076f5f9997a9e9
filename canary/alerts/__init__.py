"""What firms are told: alerts, the endpoints they go to, and deliveries until each arrives."""
