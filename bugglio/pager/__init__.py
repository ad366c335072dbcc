"""The use cases: take an event, take a text, send a page, tick. Handed the store, the carrier and the clock."""
