"""What the outside world can call: each door parses, proves, calls and answers."""
