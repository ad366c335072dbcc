"""The pager watches itself: its pulse, what is wrong with it, the heartbeat, the alarm and the daily self-test."""
