"""A storm: thousands of webhooks as fast as several servers take them, and what has become of each afterwards."""
