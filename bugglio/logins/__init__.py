"""Logging in to the admin pages: what is kept of it, and what may be asked, tried and used. Values in, values out."""
