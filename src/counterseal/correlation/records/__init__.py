"""What AWS recorded, read: records into events, events into a population."""
