"""What happens when something breaks: each published figure is one command here (`make faults`)."""
