"""What the admin pages read."""
